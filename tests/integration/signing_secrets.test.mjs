// Shows that a sender that signs itself is given the secrets that can sign, and for how
// long it may keep them.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertEnvelope, rolled } from './support/answers.mjs';
import { etagOf, pause, paused } from './support/changes.mjs';
import { make } from './support/projects.mjs';
import { withService } from './support/suite.mjs';
import { untilClock } from './support/waiting.mjs';

withService('The signing secrets', {}, (at) => {
  const ask = (endpoint, headers = {}) =>
    at.service.request('GET', `${at.service.endpointPath(endpoint)}/signing_secrets`, { headers });
  const fetched = (answer) => assertEnvelope(answer, 200, 'Signing secrets fetched successfully').data;
  const maxAge = (answer) => Number(/^private, max-age=([0-9]+)$/.exec(answer.headers['cache-control'])[1]);

  test('are those that a roll answered, until one ends', async () => {
    const endpoint = await make(at.service);
    const { secrets } = rolled(await at.service.roll(endpoint, { expiration: 2 }));
    const begun = Date.now();
    const answer = await ask(endpoint);
    const { secrets: given, next_expires_at } = fetched(answer);
    const end = Date.parse(secrets[0].expires_at);
    assert.ok(begun < end, 'the grace was over before it was looked at');
    assert.ok(maxAge(answer) * 1000 <= end - begun, 'may be kept past the end');
    assert.deepEqual(given, secrets.map(({ uid, value, expires_at }) => ({ uid, type: 'hmac', value, expires_at })));
    assert.equal(next_expires_at, secrets[0].expires_at);
    await untilClock(end);
    const later = await ask(endpoint, { 'If-None-Match': etagOf(answer) });
    assert.deepEqual(fetched(later).secrets, given.slice(1));
    assert.equal(maxAge(later), 60);
  });

  test('are answered 304 until something changes', async () => {
    const endpoint = await make(at.service);
    let tag = etagOf(await ask(endpoint));
    const changes = [
      () => at.service.roll(endpoint, { expiration: 3600 }),
      async () => paused(await pause(at.service, endpoint)),
      () => at.service.request('PUT', at.service.path(at.service.project.uid), { body: { signature: { header: 'X-Signature' } } }),
    ];
    for (const change of changes) {
      const same = await ask(endpoint, { 'If-None-Match': tag });
      assert.equal(same.status, 304);
      assert.equal(etagOf(same), tag);
      assert.equal(maxAge(same), 60);
      await change();
      const other = await ask(endpoint, { 'If-None-Match': tag });
      fetched(other);
      tag = etagOf(other);
    }
    assert.equal(fetched(await ask(endpoint)).signature.header, 'X-Signature');
    assert.equal(fetched(await ask(endpoint)).status, 'paused');
  });
});
