// figures: what the benches say of many measurements, and of where they were made.
import { cpus, totalmem } from 'node:os';

export const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))];

export const ascending = (numbers) => [...numbers].sort((a, b) => a - b);

export function quartiles(numbers) {
  const sorted = ascending(numbers);
  return { p25: quantile(sorted, 0.25), p50: quantile(sorted, 0.5), p75: quantile(sorted, 0.75) };
}

export const machine = () => ({ cores: cpus().length, memory_gib: Math.round(totalmem() / 2 ** 30) });
