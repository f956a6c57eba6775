// Shows that neither the responder nor its web server loses a request of a steady load when
// it is restarted, or its settings are read anew, as each server's administrator does it.
// HOOKROLL_SERVER names the server.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertEnvelope } from './support/answers.mjs';
import { underLoad } from './support/load.mjs';
import { withService } from './support/suite.mjs';
import { until } from './support/waiting.mjs';

const TIMES = 5;
const LEAST = 4096;

withService('Under a steady load', {}, (at) => {
  const refusal = async (max) => {
    const answer = await at.service.roll(await at.service.endpoint(), ' '.repeat(max + 1));
    assertEnvelope(answer, answer.status, /./);
    return answer.json().message === `body must be at most ${max} bytes`;
  };

  test('restarts of the responder fail no request', (t) => {
    const { server } = at.service;
    if (server.restartResponder === null) return t.skip('none: each request has a process of its own');
    return underLoad(at.service, async (more) => {
      for (let i = 0; i < TIMES; i++) {
        await server.restartResponder();
        await more();
      }
    });
  });

  test('settings that are read anew fail no request', () =>
    underLoad(at.service, async (more) => {
      for (let i = 1; i <= TIMES; i++) {
        at.service.server.configure({ max_body: LEAST + i });
        at.service.server.responderPids().forEach((pid) => process.kill(pid, 'SIGHUP'));
        await until('the settings to count', () => refusal(LEAST + i));
        await more();
      }
    }));

  test('graceful restarts of the web server fail no request', () =>
    underLoad(
      at.service,
      async (more) => {
        for (let i = 0; i < 2; i++) {
          await at.service.server.restartServer();
          await more();
        }
      },
      { again: true },
    ));

  test('and the service is as it was', async () => {
    assert.equal((await at.service.server.client.request('GET', '/api/healthz')).status, 200);
  });
});
