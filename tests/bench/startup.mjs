// startup: what a responder costs before it has done anything, with few workers and with many.
import { median, quartiles } from './figures.mjs';
import { load, prepare } from './load.mjs';
import { first, read } from './requests.mjs';
import { interleave } from './rounds.mjs';
import { anonymousMemory, timeToFirstAnswer } from './starting.mjs';
import * as show from './tables.mjs';
import { inWorld } from './world.mjs';

const WORKERS = [1, 64];
const ENDPOINTS = 1000;
const CLIENTS = 128;

async function memory(store, options, workers) {
  return inWorld(async (world) => {
    const responder = await world.responder(store, undefined, { workers });
    await responder.health();
    const fresh = anonymousMemory(responder.pid);
    const port = await world.front('nginx', responder.address);
    await load(port, prepare(world.dir, read(store, first)), { clients: CLIENTS, seconds: options.seconds });
    return { fresh, served: anonymousMemory(responder.pid) };
  });
}

const rowOf = (samples, workers) => ({
  workers,
  start_ms: quartiles(samples[`start,${workers}`]),
  fresh_kib: median(samples[`memory,${workers}`].map(({ fresh }) => fresh)),
  served_kib: median(samples[`memory,${workers}`].map(({ served }) => served)),
});

const columns = {
  workers: ({ workers }) => workers,
  'to the first answer, ms': ({ start_ms }) => (start_ms ? show.msSpread(start_ms) : ''),
  'memory of its own, KiB': ({ fresh_kib }) => show.whole(fresh_kib),
  'after 128 clients, KiB': ({ served_kib }) => show.whole(served_kib),
};

function perWorker([few, many]) {
  const each = (of) => (many[of] - few[of]) / (many.workers - few.workers);
  return { workers: 'each further one', fresh_kib: each('fresh_kib'), served_kib: each('served_kib') };
}

export function startup(options) {
  return inWorld(async (world) => {
    const store = await world.store(ENDPOINTS);
    const cases = WORKERS.flatMap((workers) => [
      [`start,${workers}`, () => timeToFirstAnswer(world, store, { workers })],
      [`memory,${workers}`, () => memory(store, options, workers)],
    ]);
    const samples = await interleave(cases, options.rounds);
    const rows = WORKERS.map((workers) => rowOf(samples, workers));
    return { tables: [{ caption: 'Starting, and idle workers', columns, rows: [...rows, perWorker(rows)] }], samples };
  });
}
