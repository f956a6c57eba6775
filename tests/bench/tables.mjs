// tables: figures for people.
const grouped = (number) => Math.round(number).toLocaleString('en');
const spread = (of, { p25, p50, p75 }) => `${of(p50)} (${of(p25)}–${of(p75)})`;

export const whole = (number) => grouped(number);
export const rate = (quartiles) => spread(grouped, quartiles);
export const ratio = (quartiles) => spread((number) => number.toFixed(2), quartiles);
export const ms = (number) => number.toFixed(number < 10 ? 2 : 1);
export const latencies = ({ p50, p99 }) => `${ms(p50)}, ${ms(p99)}`;
export const msSpread = (quartiles) => spread(ms, quartiles);

// columns: { heading: row => text }.
export function markdown({ caption, columns, rows }) {
  const line = (cells) => `| ${cells.join(' | ')} |\n`;
  const cells = Object.values(columns);
  const headings = Object.keys(columns);
  return `${caption}\n\n${line(headings)}${line(headings.map(() => '---'))}${rows.map((row) => line(cells.map((cell) => cell(row)))).join('')}`;
}
