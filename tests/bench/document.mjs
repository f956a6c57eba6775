// document: tables within docs/performance.md, each between markers of its own.
import { readFileSync, writeFileSync } from 'node:fs';
import { shipped } from '../integration/support/place.mjs';

const file = shipped('docs/performance.md');

function replace(text, name, what) {
  const [begin, end] = [`<!-- ${name} -->\n`, `<!-- /${name} -->\n`];
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${file} has no place for ${name}`);
  return text.slice(0, from + begin.length) + what + text.slice(to);
}

const circumstances = ({ machine, at, rounds, seconds, workers }) =>
  `Measured ${at.slice(0, 10)} on ${machine.system}, Linux ${machine.kernel}, ${machine.cores} cores ` +
  `(${machine.processor}), ${machine.memory_gib} GiB, ${machine.file_system}, ` +
  `${Math.round(machine.flush.rate)} flushes a second; ${rounds} rounds of ${seconds} s; ` +
  `workers: ${workers}.\n`;

// Before anything is measured: throws unless there is a place for each.
export function assertPlaces(names) {
  const text = readFileSync(file, 'utf8');
  for (const name of ['machine', ...names]) replace(text, name, '');
}

export function writeTables(name, tables, found) {
  const text = replace(readFileSync(file, 'utf8'), name, tables);
  writeFileSync(file, replace(text, 'machine', circumstances(found)));
}
