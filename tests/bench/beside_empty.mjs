// beside_empty: requests answered by hookroll, and the same ones by responders that do nothing
// for them, behind the same servers.
import { startConstant, startLoop } from './empty_answers.mjs';
import { better, ratios, summary } from './figures.mjs';
import { load, prepare } from './load.mjs';
import { interleave } from './rounds.mjs';
import * as show from './tables.mjs';

const nameOf = (...parts) => parts.join();

async function casesOf(world, store, servers, requests, options) {
  const { address } = await world.responder(store, undefined, options.settings);
  const constant = await startConstant(world, store, options.settings);
  const cases = [];
  for (const server of servers) {
    const ours = await world.front(server, address);
    const pool = await world.front(server, constant);
    for (const request of requests) {
      const file = prepare(world.dir, request);
      const loop = await world.front(server, await startLoop(world, ours, request));
      for (const [variant, port] of Object.entries({ hookroll: ours, pool, loop }))
        cases.push([nameOf(server, request.name, variant), () => load(port, file, options)]);
    }
  }
  return cases;
}

function rowOf(samples, server, request) {
  const [hookroll, pool, loop] = ['hookroll', 'pool', 'loop'].map((variant) => samples[nameOf(server, request, variant)]);
  const empty = better(pool, loop);
  return {
    server,
    request,
    hookroll: summary(hookroll),
    empty: summary(empty),
    empty_pool: summary(pool),
    empty_loop: summary(loop),
    ratio: ratios(hookroll, empty),
    loop_ratio: ratios(hookroll, loop),
  };
}

const columns = {
  server: ({ server }) => server,
  request: ({ request }) => request,
  'hookroll/s': ({ hookroll }) => show.rate(hookroll.rate),
  'p50, p99 ms': ({ hookroll }) => show.latencies(hookroll),
  'empty answer/s': ({ empty }) => show.rate(empty.rate),
  'its p50, p99 ms': ({ empty }) => show.latencies(empty),
  'hookroll over it': ({ ratio }) => show.ratio(ratio),
  "over libfcgi's loop": ({ loop_ratio: ratio }) => show.ratio(ratio),
};

// options: those of the run, and clients.
export async function besideEmpty(world, store, { servers, requests, caption, options }) {
  const samples = await interleave(await casesOf(world, store, servers, requests, options), options.rounds);
  const rows = servers.flatMap((server) => requests.map(({ name }) => rowOf(samples, server, name)));
  return { tables: [{ caption, columns, rows }], samples };
}
