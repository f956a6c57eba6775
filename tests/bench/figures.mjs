// figures: what is said of many measurements that were taken in turn.
// Between the two numbers that are nearest.
function quantile(sorted, q) {
  const at = q * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(at)], sorted[Math.ceil(at)]];
  return below + (above - below) * (at % 1);
}

export function quartiles(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return { p25: quantile(sorted, 0.25), p50: quantile(sorted, 0.5), p75: quantile(sorted, 0.75) };
}

export const median = (numbers) => quartiles(numbers).p50;

// Of loads: answers a second, and milliseconds that half of them and 99 of 100 took at most.
export const summary = (loads) => ({
  rate: quartiles(loads.map(({ rate }) => rate)),
  p50: median(loads.map(({ p50 }) => p50)),
  p99: median(loads.map(({ p99 }) => p99)),
});

// Each round's own ratio: what slows the whole machine down for a while is in both.
export const ratios = (loads, over, of = ({ rate }) => rate) => quartiles(loads.map((load, i) => of(load) / of(over[i])));

export const better = (...variants) => variants[0].map((_, i) => variants.map((loads) => loads[i]).reduce((a, b) => (a.rate > b.rate ? a : b)));
