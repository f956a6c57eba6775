// starting: how long a responder takes to its first answer, and what memory it holds.
import { performance } from 'node:perf_hooks';
import path from 'node:path';
import { askOnce } from '../integration/support/fastcgi_client.mjs';
import { isRunning, start, stop } from '../integration/support/processes.mjs';
import { readProc } from '../integration/support/procfs.mjs';
import { healthParams, isAccepting } from '../integration/support/responder.mjs';
import { programs } from './world.mjs';

// Milliseconds from before the process is made; asks again at once until somebody listens.
export async function timeToFirstAnswer(world, store, settings) {
  const socket = path.join(world.place(), 'fcgi.sock');
  const config = store.configure({ listen: `unix:${socket}`, log_level: 'warn', ...settings });
  const begun = performance.now();
  const running = start(programs.hookroll, ['--config', config]);
  while (isRunning(running) && !(await isAccepting(socket)));
  const { status } = await askOnce(socket, healthParams);
  const took = performance.now() - begun;
  await stop(running);
  if (status !== 200) throw new Error(`the first answer was ${status}`);
  return took;
}

// KiB that are the process's own: neither the map of the store nor of a program.
export const anonymousMemory = (pid) => Number(/^RssAnon:\s+(\d+) kB$/m.exec(readProc(pid, 'status'))[1]);
