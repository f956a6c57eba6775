// rolls: how many durable rolls go through a web server, beside rolls that each commit alone,
// the same request answered without writing, and what the disk and LMDB do by themselves.
import path from 'node:path';
import { built } from '../integration/support/place.mjs';
import { startConstant } from './empty_answers.mjs';
import { median, quartiles, ratios, summary } from './figures.mjs';
import { load, prepare } from './load.mjs';
import { any, first, roll } from './requests.mjs';
import { interleave } from './rounds.mjs';
import { said } from './said.mjs';
import * as show from './tables.mjs';
import { inWorld, programs, servers } from './world.mjs';

const CLIENTS = [1, 8, 32, 128];
const ENDPOINTS = 100_000;
const VARIANTS = ['hookroll', 'serial', 'unwritten'];

const nameOf = (...parts) => parts.join();

async function casesOf(world, store, options) {
  const anyOf = prepare(world.dir, roll(store, any));
  const one = prepare(world.dir, { ...roll(store, first), name: 'one' });
  const cases = [];
  for (const variant of VARIANTS) {
    const { address } = await world.responder(store, programs[variant], options.settings);
    for (const server of servers) {
      const port = await world.front(server, address);
      for (const clients of CLIENTS)
        cases.push([nameOf(variant, server, clients), () => load(port, anyOf, { clients, seconds: options.seconds })]);
    }
  }
  const constant = await startConstant(world, store, options.settings);
  for (const server of servers) {
    const port = await world.front(server, constant);
    cases.push([nameOf('empty', server), () => load(port, one, { clients: 1, seconds: options.seconds })]);
  }
  return cases;
}

// Of as many records as the store has endpoints, or of one alone; of so many rolls each.
const COMMITS = [
  [1, 1],
  [ENDPOINTS, 1],
  [ENDPOINTS, 16],
  [ENDPOINTS, 64],
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

function rollRow(samples, server, clients) {
  const [hookroll, serial, unwritten] = VARIANTS.map((variant) => samples[nameOf(variant, server, clients)]);
  return {
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
    what: `LMDB's commit of what ${rolls === 1 ? 'a roll writes' : `${rolls} rolls write`}, ${records === 1 ? 'one record' : `${show.whole(records)} records`}`,
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

function loneRow(samples, server) {
  const rolls = samples[nameOf('hookroll', server, 1)];
  const empty = samples[nameOf('empty', server)];
  const commit = samples[nameOf('commit', ENDPOINTS, 1)];
  const floor = empty.map(({ p50 }, i) => ({ p50: p50 + commit[i].p50 }));
  return {
    server,
    roll_p50: median(rolls.map(({ p50 }) => p50)),
    commit_p50: median(commit.map(({ p50 }) => p50)),
    empty_p50: median(empty.map(({ p50 }) => p50)),
    floor_p50: quartiles(floor.map(({ p50 }) => p50)),
    ratio: ratios(rolls, floor, ({ p50 }) => p50),
  };
}

const loneColumns = {
  server: ({ server }) => server,
  'a roll, ms': ({ roll_p50 }) => show.ms(roll_p50),
  'a bare commit, ms': ({ commit_p50 }) => show.ms(commit_p50),
  'an empty answer, ms': ({ empty_p50 }) => show.ms(empty_p50),
  'a roll over both': ({ ratio }) => show.ratio(ratio),
};

export function rolls(options) {
  return inWorld(async (world) => {
    const store = await world.store(ENDPOINTS);
    const cases = [...(await casesOf(world, store, options)), ...machineCases(world, options)];
    const samples = await interleave(cases, options.rounds);
    const each = servers.flatMap((server) => CLIENTS.map((clients) => rollRow(samples, server, clients)));
    const disk = [
      { what: '4 KiB appended and fdatasync', ...summary(samples.flush) },
      ...COMMITS.map(([records, rolls]) => commitRow(samples, records, rolls)),
    ];
    const tables = [
      { caption: `Durable rolls, of ${show.whole(ENDPOINTS)} endpoints at random`, columns: rollColumns, rows: each },
      { caption: 'The disk, one after the other', columns: diskColumns, rows: disk },
      { caption: 'A lone client, medians', columns: loneColumns, rows: servers.map((server) => loneRow(samples, server)) },
    ];
    return { tables, samples };
  });
}
