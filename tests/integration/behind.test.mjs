// Shows what every web server in front of the responder has to carry, and that the death
// of the responder costs no roll that was answered. HOOKROLL_SERVER names the server.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import net from 'node:net';
import { test } from 'node:test';
import { assertEnvelope, currentSecret, rolled } from './support/answers.mjs';
import { assertHolds } from './support/histories.mjs';
import { rawRequest } from './support/raw_http.mjs';
import { bearer } from './support/service.mjs';
import { withService } from './support/suite.mjs';
import { bounded, until } from './support/waiting.mjs';

async function opened(port) {
  const socket = net.connect({ host: '127.0.0.1', port });
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

const MIB = 1 << 20;
const BODY = '{"expiration":0}';

withService('Behind a web server', {}, (at) => {
  test('the key passes', async () => {
    const endpoint = await at.service.endpoint();
    rolled(await at.service.roll(endpoint, BODY));
    assertEnvelope(await at.service.roll(endpoint, BODY, { key: null }), 401, 'Authentication required');
  });

  test('a chunked body arrives whole', async () => {
    const endpoint = await at.service.endpoint();
    const secret = 's'.repeat(256);
    const body = JSON.stringify({ expiration: 0, secret }).padEnd(100_000);
    assert.equal(currentSecret(rolled(await at.service.roll(endpoint, body, { chunked: true }))).value, secret);
  });

  test('a large body arrives whole, and one too large meets our own answer', async () => {
    const endpoint = await at.service.endpoint();
    rolled(await at.service.roll(endpoint, BODY.padEnd(4 * MIB)));
    assertEnvelope(await at.service.roll(endpoint, BODY.padEnd(10 * MIB)), 413, /at most/);
  });

  test('a client that sends a byte at a time and 200 that send none keep nobody waiting', async () => {
    const [slow, others] = [await at.service.endpoint(), await at.service.endpoint()];
    const { port } = at.service.server;
    const idle = await Promise.all(Array.from({ length: 200 }, () => opened(port)));
    const socket = await opened(port);
    try {
      const request = rawRequest('PUT', at.service.rollPath(slow), { ...bearer(at.service.key), 'Content-Length': BODY.length });
      socket.write(request);
      for (const byte of BODY.slice(0, -1)) {
        socket.write(byte);
        rolled(await at.service.roll(others, BODY));
      }
      assert.equal(socket.bytesRead, 0, 'the slow client was answered before it had asked');
      const answered = once(socket, 'data');
      socket.write(BODY.at(-1));
      const [bytes] = await bounded('an answer to the slow client', answered);
      assert.match(bytes.toString('latin1'), /^HTTP\/1\.1 200 /);
    } finally {
      [socket, ...idle].forEach((one) => one.destroy());
    }
  });

  test('what was answered outlives kill -9 of the responder, which is there again', async () => {
    const endpoint = await at.service.endpoint();
    const answered = [];
    let over = false;
    const work = async () => {
      while (!over) {
        const answer = await at.service.roll(endpoint, BODY).catch(() => null);
        if (answer?.status === 200) answered.push(currentSecret(answer.json().data).uid);
      }
    };
    const working = Array.from({ length: 8 }, work);
    try {
      await until('some rolls', () => answered.length > 20);
      await at.service.server.killResponder();
      const before = answered.length;
      await until('rolls again', () => answered.length > before + 20, { within: 60_000 });
    } finally {
      over = true;
      await Promise.all(working);
    }
    assertHolds(await at.service.store.history(at.service.project, endpoint), answered);
  });
});
