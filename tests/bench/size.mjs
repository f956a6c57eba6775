// size: whether reads, signatures, rolls and starting cost more the more endpoints there are.
import { statSync } from 'node:fs';
import path from 'node:path';
import { median, quartiles, ratios, summary } from './figures.mjs';
import { load, prepare } from './load.mjs';
import { any, read, roll, signRaw } from './requests.mjs';
import { interleave } from './rounds.mjs';
import { anonymousMemory, timeToFirstAnswer } from './starting.mjs';
import * as show from './tables.mjs';
import { inWorld } from './world.mjs';

const CLIENTS = 32;

async function subjectOf(world, endpoints, options) {
  const begun = Date.now();
  const store = await world.store(endpoints);
  const bytes = statSync(path.join(store.directory, 'data.mdb')).size / endpoints;
  console.error(`size: ${endpoints} endpoints made in ${Math.round((Date.now() - begun) / 1000)} s`);
  const responder = await world.responder(store, undefined, options.settings);
  const port = await world.front('lighttpd', responder.address);
  return { store, endpoints, bytes, responder, port };
}

function casesOf(world, { store, endpoints, responder, port }, options) {
  const loads = [read, signRaw, roll].map((request) => {
    const asked = request(store, any);
    const file = prepare(world.dir, { ...asked, name: `${asked.name} ${endpoints}` });
    return [`${asked.name},${endpoints}`, () => load(port, file, { clients: CLIENTS, seconds: options.seconds })];
  });
  return [
    ...loads,
    [`start,${endpoints}`, () => timeToFirstAnswer(world, store, options.settings)],
    [`memory,${endpoints}`, async () => anonymousMemory(responder.pid)],
  ];
}

function rowOf(samples, { endpoints, bytes }, least) {
  const of = (name) => {
    const loads = samples[`${name},${endpoints}`];
    return { ...summary(loads), ratio: ratios(loads, samples[`${name},${least}`]) };
  };
  return {
    endpoints,
    bytes_each: bytes,
    read: of('read'),
    sign: of('sign, raw'),
    roll: of('roll'),
    start_ms: quartiles(samples[`start,${endpoints}`]),
    memory_kib: median(samples[`memory,${endpoints}`]),
  };
}

const loaded = (of) => (row) => `${show.rate(row[of].rate)}: ${show.ratio(row[of].ratio)}`;

const columns = {
  endpoints: ({ endpoints }) => show.whole(endpoints),
  'reads/s: over the least': loaded('read'),
  'signatures/s': loaded('sign'),
  'rolls/s': loaded('roll'),
  'to the first answer, ms': ({ start_ms }) => show.msSpread(start_ms),
  'store, bytes each': ({ bytes_each }) => show.whole(bytes_each),
  'memory of its own, KiB': ({ memory_kib }) => show.whole(memory_kib),
};

export function size(options) {
  return inWorld(async (world) => {
    const subjects = [];
    for (const endpoints of options.sizes) subjects.push(await subjectOf(world, endpoints, options));
    const samples = await interleave(subjects.flatMap((subject) => casesOf(world, subject, options)), options.rounds);
    const rows = subjects.map((subject) => rowOf(samples, subject, options.sizes[0]));
    const caption = `Of endpoints at random, at ${CLIENTS} clients through lighttpd`;
    return { tables: [{ caption, columns, rows }], samples };
  });
}
