// Shows that the settings are read anew on SIGHUP while a steady load loses no request, and
// that what is wrong in them changes nothing.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertEnvelope, rolled } from './support/answers.mjs';
import { withService } from './support/suite.mjs';
import { until } from './support/waiting.mjs';

const BODY = '{"expiration":0}';

withService('Reading the settings anew', { settings: { max_body: 4096 } }, (at) => {
  const hangUp = () => process.kill(at.service.server.responderPid(), 'SIGHUP');
  const logged = (words, times = 1) =>
    until(`the log to say ${words}`, () => at.service.server.log().split(words).length > times);
  const large = (size) => at.service.endpoint().then((endpoint) => at.service.roll(endpoint, BODY.padEnd(size)));

  test('counts for the requests that come then, and loses none', async () => {
    const endpoint = await at.service.endpoint();
    let over = false;
    let answers = 0;
    const load = Array.from({ length: 8 }, async (_, i) => {
      while (!over) {
        if (i % 2 === 0) rolled(await at.service.roll(endpoint, BODY));
        else assert.equal((await at.service.get(endpoint)).status, 200);
        answers += 1;
      }
    });
    try {
      const responder = at.service.server.responderPid();
      for (let i = 1; i <= 5; i++) {
        const max = i % 2 === 1 ? 8192 : 4096;
        at.service.store.configure({ max_body: max });
        hangUp();
        await logged('the settings were read anew', i);
        assertEnvelope(await large(max + 1), 413, `body must be at most ${max} bytes`);
        rolled(await large(max));
        const before = answers;
        await until('more answers', () => answers > before + 20);
      }
      assert.equal(at.service.server.responderPid(), responder);
    } finally {
      over = true;
      await Promise.all(load);
    }
  });

  test('keeps what was, and says what is wrong and where', async () => {
    at.service.store.configure({ max_body: 8192 });
    hangUp();
    await logged('the settings were read anew', 6);
    const endpoint = await at.service.endpoint();
    at.service.store.configure({ max_body: 100 });
    hangUp();
    await logged('max_body must be an integer from 1024');
    await logged('the settings stay as they were');
    rolled(await at.service.roll(endpoint, BODY.padEnd(8192)));
  });

  test('says what has to wait for the next start', async () => {
    at.service.store.configure({ max_body: 4096, workers: 3 });
    hangUp();
    await logged('the others count from the next start');
    assertEnvelope(await large(4097), 413, 'body must be at most 4096 bytes');
  });
});
