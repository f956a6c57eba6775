// scrapes: what /metrics says, as Prometheus' own checker and a test read it.
import assert from 'node:assert/strict';
import { run } from './processes.mjs';

const SAMPLE = /^(?<name>[a-z_]+)(?:\{(?<labels>.*)\})? (?<value>[0-9.]+)$/;

// Series by name and labels, as they are written.
export function samplesOf(text) {
  const samples = new Map();
  for (const line of text.split('\n')) {
    if (line === '' || line.startsWith('#')) continue;
    const { name, labels, value } = SAMPLE.exec(line)?.groups ?? assert.fail(`no sample: ${line}`);
    const series = labels === undefined ? name : `${name}{${labels}}`;
    assert.ok(!samples.has(series), `${series} is there twice`);
    samples.set(series, Number(value));
  }
  return samples;
}

export const valueOf = (samples, series) => samples.get(series) ?? 0;

export function sumOf(samples, name) {
  let sum = 0;
  for (const [series, value] of samples) if (series === name || series.startsWith(`${name}{`)) sum += value;
  return sum;
}

export async function assertAccepted(text) {
  const { code, stdout, stderr } = await run('promtool', ['check', 'metrics'], { input: text });
  assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' });
}
