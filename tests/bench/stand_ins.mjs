// stand_ins: the same durable rolls and reads done by what else would be at hand: PHP-FPM and
// Node, both with SQLite; and reads answered without being looked at, the most that each web server
// gets through FastCGI.
import path from 'node:path';
import { shipped } from '../integration/support/place.mjs';
import { freePort } from '../integration/support/ports.mjs';
import { start, stop } from '../integration/support/processes.mjs';
import { until } from '../integration/support/waiting.mjs';
import { startLoop } from './empty_answers.mjs';
import { ratios, summary } from './figures.mjs';
import { load, prepare } from './load.mjs';
import { startPhp } from './php.mjs';
import { any, ask, first, read, roll } from './requests.mjs';
import { interleave } from './rounds.mjs';
import { said } from './said.mjs';
import * as show from './tables.mjs';
import { inWorld, servers } from './world.mjs';

const CLIENTS = 16;
const ENDPOINTS = 10_000;
const NODES = { 'Node, SQLite': 1, 'Node, SQLite, two processes': 2 };
const PHP = 'PHP-FPM, SQLite, nginx';

const WHOLE = [roll, read];

const nameOf = (server) => `hookroll, ${server}`;
const file = (name) => shipped(`tests/bench/stand_ins/${name}`);

async function seeded(world) {
  const database = path.join(world.place(), 'db');
  const store = JSON.parse(await said(process.execPath, [file('seed.mjs'), database, ENDPOINTS]));
  return { database, store };
}

async function startNode(world, database, processes) {
  const port = await freePort();
  const node = start(process.execPath, [file('server.mjs'), database, String(port), String(processes)]);
  world.keep({ stop: () => stop(node) });
  await until('Node to answer', () => fetch(`http://127.0.0.1:${port}/api/healthz`).then(({ ok }) => ok, () => false));
  return port;
}

async function subjects(world, options) {
  const ours = await world.store(ENDPOINTS);
  const { address } = await world.responder(ours, undefined, options.settings);
  const all = [];
  for (const server of servers) all.push({ name: nameOf(server), requests: WHOLE, store: ours, port: await world.front(server, address) });
  for (const server of servers) {
    const loop = await startLoop(world, all[0].port, read(ours, first));
    all.push({ name: `an empty answer, ${server}`, requests: [read], store: ours, port: await world.front(server, loop) });
  }
  const php = await seeded(world);
  all.push({ name: PHP, requests: WHOLE, store: php.store, port: await startPhp(world, php.database) });
  for (const [name, processes] of Object.entries(NODES)) {
    const { database, store } = await seeded(world);
    all.push({ name, requests: WHOLE, store, port: await startNode(world, database, processes) });
  }
  return all;
}

// What they answer has to be the same, but for uids, values, moments and the members of data.
const shape = ({ text }) => Object.keys(JSON.parse(text).data).join();

async function holdToSame(all) {
  for (const request of WHOLE) {
    const shapes = [];
    for (const { store, port } of all.filter(({ requests }) => requests.includes(request))) shapes.push(shape(await ask(port, request(store, first))));
    if (new Set(shapes).size !== 1) throw new Error(`they do not answer the same: ${shapes.join('\n')}`);
  }
}

// Ours over theirs, through each of the servers.
const columnsOf = (what, plural) => {
  const cells = {
    [`${plural}/s`]: ({ rate }) => show.rate(rate),
    [`${plural}, p50, p99 ms`]: show.latencies,
    ...Object.fromEntries(servers.map((server) => [`${plural} of hookroll, ${server} over its`, ({ over }) => show.ratio(over[server])])),
  };
  const ofRow = (cell) => (row) => row[what] === undefined ? '' : cell(row[what]);
  return Object.fromEntries(Object.entries(cells).map(([name, cell]) => [name, ofRow(cell)]));
};

const columns = { '': ({ who }) => who, ...columnsOf('roll', 'rolls'), ...columnsOf('read', 'reads') };

function rowOf(samples, who) {
  const of = (what) => {
    const theirs = samples[`${what},${who}`];
    return theirs && {
      ...summary(theirs),
      over: Object.fromEntries(servers.map((server) => [server, ratios(samples[`${what},${nameOf(server)}`], theirs)])),
    };
  };
  return { who, roll: of('roll'), read: of('read') };
}

export function standIns(options) {
  return inWorld(async (world) => {
    const all = await subjects(world, options);
    await holdToSame(all);
    const cases = all.flatMap(({ name, requests, store, port }) =>
      requests.map((request) => {
        const asked = request(store, any);
        const lua = prepare(world.dir, { ...asked, name: `${asked.name} ${name}` });
        return [`${asked.name},${name}`, () => load(port, lua, { clients: CLIENTS, seconds: options.seconds })];
      }),
    );
    const samples = await interleave(cases, options.rounds);
    const rows = all.map(({ name }) => rowOf(samples, name));
    return { tables: [{ caption: `Of ${show.whole(ENDPOINTS)} endpoints at random, at ${CLIENTS} clients`, columns, rows }], samples };
  });
}
