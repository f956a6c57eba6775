// Shows what every web server in front of the responder has to carry, and that the death
// of the responder costs no roll that was answered. HOOKROLL_SERVER names the server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertEnvelope, currentSecret, rolled } from './support/answers.mjs';
import { assertHolds } from './support/histories.mjs';
import { withService } from './support/suite.mjs';
import { until } from './support/waiting.mjs';

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
