// Shows that a secret in grace can be ended at once, and that nothing else can be
// ended that way.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { assertEnvelope, rolled } from './support/answers.mjs';
import { remove, removed, revoke, revoked } from './support/changes.mjs';
import { historyPage } from './support/pages.mjs';
import { make } from './support/projects.mjs';
import { leavesTheEndpointAlone, withService } from './support/suite.mjs';
import { untilClock } from './support/waiting.mjs';

withService('Revoking a secret', {}, (at) => {
  async function inGrace(count) {
    const endpoint = await make(at.service);
    let data = endpoint;
    for (let i = 0; i < count; i++) data = rolled(await at.service.roll(endpoint, { expiration: 3600 }));
    return data;
  }
  const revoking = (endpoint, secret, options) => revoke(at.service, endpoint, secret, options);

  for (const which of [0, 1, 2])
    test(`takes number ${which + 1} of three in grace off the list at once, and leaves the others as they were`, async () => {
      const endpoint = await inGrace(3);
      const left = endpoint.secrets.filter((_, i) => i !== which);
      const data = revoked(await revoking(endpoint, endpoint.secrets[which]));
      assert.deepEqual(data.secrets, left);
      assert.deepEqual((await at.service.fetch(endpoint)).secrets, left);
    });

  for (const [what, options] of Object.entries({
    'no body': { body: '' },
    'an empty object': { body: {} },
    'unknown members': { body: { force: true } },
    'a reason': { body: { reason: 'x' }, headers: { 'Content-Type': 'application/json; charset=utf-8' } },
  }))
    test(`is done with ${what}`, async () => {
      const endpoint = await inGrace(1);
      assert.equal(revoked(await revoking(endpoint, endpoint.secrets[0], options)).secrets.length, 1);
    });

  test('makes room for another secret where no more may sign', async () => {
    const project = await at.service.store.project({ 'max-signing-secrets': 2 });
    const options = { project, key: await at.service.store.key(project) };
    const endpoint = await make(at.service, {}, options);
    const { secrets } = rolled(await at.service.roll(endpoint, { expiration: 3600 }, options));
    assertEnvelope(await at.service.roll(endpoint, { expiration: 3600 }, options), 409, /signing secrets/);
    revoked(await revoking(endpoint, secrets[0], options));
    assert.equal(rolled(await at.service.roll(endpoint, { expiration: 3600 }, options)).secrets.length, 2);
  });

  test('lets its value be used again', async () => {
    const endpoint = await make(at.service, { secret: 'the same' });
    const { secrets } = rolled(await at.service.roll(endpoint, { expiration: 3600 }));
    assertEnvelope(await at.service.roll(endpoint, { expiration: 3600, secret: 'the same' }), 400, /secret/);
    revoked(await revoking(endpoint, secrets[0]));
    rolled(await at.service.roll(endpoint, { expiration: 3600, secret: 'the same' }));
  });

  test('by many at once is done by one of them, and stands in the history once', async () => {
    const endpoint = await inGrace(1);
    const answers = await Promise.all(Array.from({ length: 20 }, () => revoking(endpoint, endpoint.secrets[0])));
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    answers.filter(({ status }) => status !== 200).forEach((answer) => assertEnvelope(answer, 404, 'secret not found'));
    const { content } = await historyPage(at.service, endpoint);
    assert.equal(content.filter(({ action }) => action === 'revoked').length, 1);
  });

  test('shows the values to a key that may read them only', async () => {
    const endpoint = await inGrace(2);
    const key = await at.service.store.key(at.service.project, { scopes: 'secrets:roll' });
    const blind = revoked(await revoking(endpoint, endpoint.secrets[0], { key }));
    assert.deepEqual(blind.secrets.map(({ value }) => value), ['[REDACTED]', '[REDACTED]']);
    const seeing = revoked(await revoking(endpoint, endpoint.secrets[1]));
    assert.deepEqual(seeing.secrets, endpoint.secrets.slice(2));
  });

  test('with hookrollctl is the same', async () => {
    const endpoint = await inGrace(1);
    const ids = ['--project', at.service.project.uid, '--endpoint', endpoint.uid, '--secret-id', endpoint.secrets[0].uid];
    await at.service.store.json(['revoke', ...ids, '--reason', 'by hand']);
    assert.deepEqual((await at.service.fetch(endpoint)).secrets, endpoint.secrets.slice(1));
    assertEnvelope(await revoking(endpoint, endpoint.secrets[0]), 404, 'secret not found');
  });

  leavesTheEndpointAlone(at, 'that cannot be revoked', () => {
    before(() => {
      at.current = at.asItWas.secrets[0];
    });

    test('is refused: the current one, naming the roll', async () => {
      assertEnvelope(await revoking(at.endpoint, at.current), 409, /current secret.*roll/);
    });

    test('is refused: one that never was', async () => {
      for (const uid of ['01ARZ3NDEKTSV4RRFFQ69G5FAV', 'not-a-uid', '00000000000000000000000000'])
        assertEnvelope(await revoking(at.endpoint, { uid }), 404, 'secret not found');
    });

    test('is refused: another endpoint\'s', async () => {
      const other = await inGrace(1);
      for (const secret of other.secrets) assertEnvelope(await revoking(at.endpoint, secret), 404, 'secret not found');
      assert.deepEqual((await at.service.fetch(other)).secrets, other.secrets);
    });

    test('is refused with a body that is none', async () => {
      assertEnvelope(await revoking(at.endpoint, at.current, { body: '[]' }), 400, 'body contains incorrect JSON type');
      assertEnvelope(await revoking(at.endpoint, at.current, { body: '{' }), 400, /^body contains badly-formed JSON/);
      const options = { body: '{}', headers: { 'Content-Type': 'text/plain' } };
      assertEnvelope(await revoking(at.endpoint, at.current, options), 415, /Content-Type/);
    });
  });

  describe('that has ended', () => {
    test('by a roll with a grace of 0 is not found', async () => {
      const endpoint = await make(at.service);
      rolled(await at.service.roll(endpoint, { expiration: 0 }));
      assertEnvelope(await revoking(endpoint, endpoint.secrets[0]), 404, 'secret not found');
    });

    test('by the clock is not found', async () => {
      const endpoint = await make(at.service);
      const { secrets } = rolled(await at.service.roll(endpoint, { expiration: 1 }));
      await untilClock(Date.parse(secrets[0].expires_at));
      assertEnvelope(await revoking(endpoint, secrets[0]), 404, 'secret not found');
      assert.equal((await historyPage(at.service, endpoint)).content.length, 2);
    });

    test('by being revoked is not found', async () => {
      const endpoint = await inGrace(1);
      revoked(await revoking(endpoint, endpoint.secrets[0]));
      assertEnvelope(await revoking(endpoint, endpoint.secrets[0]), 404, 'secret not found');
    });

    test('with its endpoint is answered as the endpoint is', async () => {
      const endpoint = await inGrace(1);
      removed(await remove(at.service, endpoint));
      assertEnvelope(await revoking(endpoint, endpoint.secrets[0]), 404, 'endpoint not found');
    });
  });
});
