// rolls: how many durable rolls go through a web server, beside rolls that each commit alone,
// the same request answered without writing, and what the disk and LMDB do by themselves.
import path from 'node:path';
import { built } from '../integration/support/place.mjs';
import { startCommitting, startConstant } from './empty_answers.mjs';
import { median, quartiles, ratios, summary } from './figures.mjs';
import { load, prepare } from './load.mjs';
import { any, first, roll } from './requests.mjs';
import { interleave } from './rounds.mjs';
import { said } from './said.mjs';
import * as show from './tables.mjs';
import { inWorld, programs, servers } from './world.mjs';

// By how many endpoints the store has, with how many clients.
const CLIENTS = { 1_000: [1, 8, 32, 128], 100_000: [1, 32, 128] };
const SIZES = Object.keys(CLIENTS).map(Number);
const VARIANTS = ['hookroll', 'serial', 'unwritten'];

const nameOf = (...parts) => parts.join();

async function rollCases(world, store, options) {
  const { endpoints } = store;
  const anyOf = prepare(world.dir, { ...roll(store, any), name: nameOf('any', endpoints) });
  const cases = [];
  for (const variant of VARIANTS) {
    const { address } = await world.responder(store, programs[variant], options.settings);
    for (const server of servers) {
      const port = await world.front(server, address);
      for (const clients of CLIENTS[endpoints])
        cases.push([nameOf(variant, endpoints, server, clients), () => load(port, anyOf, { clients, seconds: options.seconds })]);
    }
  }
  return cases;
}

// One client of responders that answer as hookroll does and decide nothing: with nothing else, or
// behind a bare commit.
async function loneCases(world, store, options) {
  const { endpoints } = store;
  const request = roll(store, first);
  const one = prepare(world.dir, { ...request, name: nameOf('one', endpoints) });
  const { address } = await world.responder(store, programs.hookroll, options.settings);
  const port = await world.front(servers[0], address);
  const sockets = {
    empty: await startConstant(world, store, options.settings),
    committing: await startCommitting(world, port, request, world.place(), endpoints),
  };
  const cases = [];
  for (const [name, socket] of Object.entries(sockets))
    for (const server of servers) {
      const front = await world.front(server, socket);
      cases.push([nameOf(name, endpoints, server), () => load(front, one, { clients: 1, seconds: options.seconds })]);
    }
  return cases;
}

// LMDB alone: of as many records as the store has endpoints, so many rolls each.
const COMMITS = [
  [1_000, 1],
  [1_000, 16],
  [100_000, 1],
  [100_000, 16],
  [100_000, 64],
];

function machineCases(world, { seconds }) {
  const file = path.join(world.place(), 'flushed');
  const bare = async (program, ...args) => JSON.parse(await said(built(`tests/bench/${program}`), [...args, seconds]));
  const commits = COMMITS.map(([records, rolls]) => {
    const dir = world.place();
    return [nameOf('commit', records, rolls), () => bare('commit', dir, records, rolls)];
  });
  return [['flush', () => bare('flush', file)], ...commits];
}

function rollRow(samples, endpoints, server, clients) {
  const [hookroll, serial, unwritten] = VARIANTS.map((variant) => samples[nameOf(variant, endpoints, server, clients)]);
  return {
    endpoints,
    server,
    clients,
    hookroll: summary(hookroll),
    serial: summary(serial),
    unwritten: summary(unwritten),
    over_serial: ratios(hookroll, serial),
    over_unwritten: ratios(hookroll, unwritten),
    over_flushes: ratios(hookroll, samples.flush),
  };
}

const rollColumns = {
  endpoints: ({ endpoints }) => show.whole(endpoints),
  server: ({ server }) => server,
  clients: ({ clients }) => clients,
  'rolls/s': ({ hookroll }) => show.rate(hookroll.rate),
  'p50, p99 ms': ({ hookroll }) => show.latencies(hookroll),
  'a commit each/s': ({ serial }) => show.rate(serial.rate),
  'its p50, p99 ms': ({ serial }) => show.latencies(serial),
  'not written/s': ({ unwritten }) => show.rate(unwritten.rate),
  'over a commit each': ({ over_serial }) => show.ratio(over_serial),
  'over not written': ({ over_unwritten }) => show.ratio(over_unwritten),
  'over flushes': ({ over_flushes }) => show.ratio(over_flushes),
};

function commitRow(samples, records, rolls) {
  const commits = samples[nameOf('commit', records, rolls)];
  return {
    what: `LMDB's commit of what ${rolls === 1 ? 'a roll writes' : `${rolls} rolls write`}, ${show.whole(records)} endpoints`,
    rolls: quartiles(commits.map(({ rate }) => rate * rolls)),
    ...summary(commits),
  };
}

const diskColumns = {
  '': ({ what }) => what,
  'a second': ({ rate }) => show.rate(rate),
  'rolls/s': ({ rolls }) => (rolls === undefined ? '' : show.rate(rolls)),
  'p50, p99 ms': show.latencies,
};

function loneRow(samples, endpoints, server) {
  const rolls = samples[nameOf('hookroll', endpoints, server, 1)];
  const empty = samples[nameOf('empty', endpoints, server)];
  const commit = samples[nameOf('commit', endpoints, 1)];
  const committing = samples[nameOf('committing', endpoints, server)];
  const floor = empty.map(({ p50 }, i) => ({ p50: p50 + commit[i].p50 }));
  const p50 = (sample) => sample.p50;
  return {
    endpoints,
    server,
    roll_p50: median(rolls.map(p50)),
    commit_p50: median(commit.map(p50)),
    empty_p50: median(empty.map(p50)),
    committing_p50: median(committing.map(p50)),
    over_sum: ratios(rolls, floor, p50),
    over_committing: ratios(rolls, committing, p50),
  };
}

const loneColumns = {
  endpoints: ({ endpoints }) => show.whole(endpoints),
  server: ({ server }) => server,
  'a roll, ms': ({ roll_p50 }) => show.ms(roll_p50),
  'both in one responder, ms': ({ committing_p50 }) => show.ms(committing_p50),
  'a roll over it': ({ over_committing }) => show.ratio(over_committing),
  'a bare commit, ms': ({ commit_p50 }) => show.ms(commit_p50),
  'an empty answer, ms': ({ empty_p50 }) => show.ms(empty_p50),
  'a roll over their sum': ({ over_sum }) => show.ratio(over_sum),
};

export function rolls(options) {
  return inWorld(async (world) => {
    const cases = machineCases(world, options);
    for (const size of SIZES) {
      const store = await world.store(size);
      cases.push(...(await rollCases(world, store, options)), ...(await loneCases(world, store, options)));
    }
    const samples = await interleave(cases, options.rounds);
    const each = SIZES.flatMap((size) => servers.flatMap((server) => CLIENTS[size].map((clients) => rollRow(samples, size, server, clients))));
    const disk = [
      { what: '4 KiB appended and fdatasync', ...summary(samples.flush) },
      ...COMMITS.map(([records, rolls]) => commitRow(samples, records, rolls)),
    ];
    const lone = SIZES.flatMap((size) => servers.map((server) => loneRow(samples, size, server)));
    const tables = [
      { caption: 'Durable rolls, of endpoints at random', columns: rollColumns, rows: each },
      { caption: 'The disk, one after the other', columns: diskColumns, rows: disk },
      { caption: 'A lone client, medians', columns: loneColumns, rows: lone },
    ];
    return { tables, samples };
  });
}
