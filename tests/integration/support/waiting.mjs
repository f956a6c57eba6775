// waiting: bounded waits for things that can be asked for.
import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

export async function until(what, probe, { within = 15_000, every = 10 } = {}) {
  const deadline = performance.now() + within;
  for (;;) {
    const value = await probe();
    if (value) return value;
    if (performance.now() > deadline) throw new Error(`waited ${within} ms in vain for ${what}`);
    await delay(every);
  }
}

export async function bounded(what, promise, within = 15_000) {
  const stop = new AbortController();
  const late = delay(within, undefined, { signal: stop.signal }).then(() => {
    throw new Error(`waited ${within} ms in vain for ${what}`);
  });
  late.catch(() => {});
  try {
    return await Promise.race([promise, late]);
  } finally {
    stop.abort();
  }
}

export const untilClock = (moment) =>
  until(`the clock to reach ${new Date(moment).toISOString()}`, () => Date.now() >= moment, {
    within: moment - Date.now() + 5_000,
    every: 5,
  });
