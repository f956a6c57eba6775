// empty_answers: responders that answer a request as hookroll did, and do nothing for it: its
// own pool with the answer kept (constant.c), and libfcgi's plain loop (empty.c), also with one of
// LMDB's commits before each answer (committing.c).
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { built } from '../integration/support/place.mjs';
import { start, stop } from '../integration/support/processes.mjs';
import { isAccepting } from '../integration/support/responder.mjs';
import { until } from '../integration/support/waiting.mjs';
import { ask } from './requests.mjs';
import { programs } from './world.mjs';

const THREADS = 128; // a kept connection holds one: as many as nginx may keep
const OF_THE_SERVER = ['accept-ranges', 'connection', 'date', 'keep-alive', 'server', 'transfer-encoding'];

// These bytes are an answer to everything, the question whether it lives too, which tests of
// the API's description would not have; they look at answers that have X-Request-ID.
const disguised = (name) => name.replace('x-request-id', 'x-request-no');

function cgiOutput({ headers, text }) {
  const lines = [...headers].filter(([name]) => !OF_THE_SERVER.includes(name));
  return ['Status: 200 OK', ...lines.map(([name, value]) => `${disguised(name)}: ${value}`), '', text].join('\r\n');
}

// The socket of a loop that answers what the request is answered at this port.
async function startProgram(world, port, request, program, ...args) {
  const dir = world.place();
  const file = path.join(dir, 'answer');
  const socket = path.join(dir, 'fcgi.sock');
  writeFileSync(file, cgiOutput(await ask(port, request)), { mode: 0o600 });
  const running = start(built(`tests/bench/${program}`), [socket, String(THREADS), file, ...args]);
  world.keep({ stop: () => stop(running) });
  await until(`${program} to accept`, () => isAccepting(socket));
  return socket;
}

export const startLoop = (world, port, request) => startProgram(world, port, request, 'empty');
export const startCommitting = (world, port, request, directory, records) =>
  startProgram(world, port, request, 'committing', directory, String(records));

export const startConstant = async (world, store, settings) => (await world.responder(store, programs.constant, settings)).address;
