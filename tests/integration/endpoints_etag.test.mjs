// Shows that an endpoint's ETag names what is seen of it: it changes with every
// change, and by itself when a grace ends, and keeps what is known already from being sent.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertCommonHeaders, assertEnvelope, rolled } from './support/answers.mjs';
import { activate, activated, etagOf, pause, paused, revoke, revoked, update, updated } from './support/changes.mjs';
import { least } from './support/members.mjs';
import { make } from './support/projects.mjs';
import { withService } from './support/suite.mjs';
import { untilClock } from './support/waiting.mjs';

const STALE = '"1-1-x"';

withService('The ETag of an endpoint', {}, (at) => {
  const tagOf = async (endpoint, options) => {
    const answer = await at.service.get(endpoint, options);
    assertEnvelope(answer, 200, 'Endpoint fetched successfully');
    assert.match(etagOf(answer), /^"[\x21\x23-\x7e]+"$/);
    return etagOf(answer);
  };
  const put = (endpoint, headers, members = {}) => update(at.service, endpoint, { ...least, ...members }, { headers });

  test('stays the same while nothing changes', async () => {
    const endpoint = await make(at.service);
    assert.equal(await tagOf(endpoint), await tagOf(endpoint));
  });

  test('is given by whatever answers with the endpoint, and is the one that a GET gives', async () => {
    const answer = await at.service.create(least);
    const endpoint = assertEnvelope(answer, 201, /created/).data;
    assert.equal(etagOf(answer), await tagOf(endpoint));
    for (const changed of [await put(endpoint, {}), await pause(at.service, endpoint), await activate(at.service, endpoint)]) {
      assert.equal(changed.status, 202);
      assert.match(etagOf(changed), /^"/);
    }
    assert.equal(etagOf(await put(endpoint, {}, { description: 'x' })), await tagOf(endpoint));
  });

  const changes = {
    'an update': async (endpoint) => updated(await put(endpoint, {}, { description: 'x' })),
    'a roll': async (endpoint) => rolled(await at.service.roll(endpoint, { expiration: 3600 })),
    'a roll that ends the old secret at once': async (endpoint) => rolled(await at.service.roll(endpoint, { expiration: 0 })),
    'a pause': async (endpoint) => paused(await pause(at.service, endpoint)),
  };
  for (const [what, change] of Object.entries(changes))
    test(`changes with ${what}`, async () => {
      const endpoint = await make(at.service);
      const before = await tagOf(endpoint);
      await change(endpoint);
      assert.notEqual(await tagOf(endpoint), before);
    });

  test('changes with the activation of a paused endpoint', async () => {
    const endpoint = await make(at.service);
    await pause(at.service, endpoint);
    const before = await tagOf(endpoint);
    activated(await activate(at.service, endpoint));
    assert.notEqual(await tagOf(endpoint), before);
  });

  test('changes with the revocation of a secret', async () => {
    const endpoint = await make(at.service);
    const { secrets } = rolled(await at.service.roll(endpoint, { expiration: 3600 }));
    const before = await tagOf(endpoint);
    revoked(await revoke(at.service, endpoint, secrets[0]));
    assert.notEqual(await tagOf(endpoint), before);
  });

  test('changes when a secret\'s grace ends, though nobody does anything', async () => {
    const endpoint = await make(at.service);
    const { secrets } = rolled(await at.service.roll(endpoint, { expiration: 2 }));
    const within = await at.service.get(endpoint);
    assert.ok(Date.now() < Date.parse(secrets[0].expires_at), 'the grace ended before it could be looked at');
    await untilClock(Date.parse(secrets[0].expires_at));
    const answer = await at.service.get(endpoint, { headers: { 'If-None-Match': etagOf(within) } });
    assert.equal(assertEnvelope(answer, 200, /fetched/).data.secrets.length, 1);
    assert.notEqual(etagOf(answer), etagOf(within));
    assertEnvelope(await put(endpoint, { 'If-Match': etagOf(within) }), 412, /changed/);
  });

  test('is never one that it was before', async () => {
    const endpoint = await make(at.service);
    const tags = [await tagOf(endpoint)];
    for (let i = 0; i < 5; i++) {
      await at.service.roll(endpoint, { expiration: 0 });
      tags.push(await tagOf(endpoint));
      await pause(at.service, endpoint);
      tags.push(await tagOf(endpoint));
    }
    assert.equal(new Set(tags).size, tags.length);
  });

  test('is another one for a key that sees less', async () => {
    const endpoint = await make(at.service);
    const key = await at.service.store.key(at.service.project, { scopes: 'endpoints:read' });
    const tag = await tagOf(endpoint);
    assert.notEqual(await tagOf(endpoint, { key }), tag);
    assert.equal((await at.service.get(endpoint, { key, headers: { 'If-None-Match': tag } })).status, 200);
  });

  describe('in If-None-Match', () => {
    const ask = (endpoint, header, method = 'GET') =>
      at.service.request(method, at.service.endpointPath(endpoint), { headers: { 'If-None-Match': header } });

    for (const [what, header] of Object.entries({
      'it': (tag) => tag,
      'it, marked as weak,': (tag) => `W/${tag}`,
      'a list with it': (tag) => `"x", ${tag}, "y"`,
      '*': () => '*',
    }))
      test(`${what} is answered 304, without a body`, async () => {
        const endpoint = await make(at.service);
        const tag = await tagOf(endpoint);
        for (const method of ['GET', 'HEAD']) {
          const answer = await ask(endpoint, header(tag), method);
          assert.equal(answer.status, 304);
          assert.equal(answer.text, '');
          assert.equal(etagOf(answer), tag);
          assert.match(answer.headers['x-request-id'], /./);
          assert.equal(answer.headers['cache-control'], 'no-store');
        }
      });

    for (const [what, header] of Object.entries({ 'another': () => STALE, 'a part of it': (tag) => `${tag.slice(0, -2)}"`, 'it without quotes': (tag) => tag.slice(1, -1), 'a longer one': (tag) => `"0${tag.slice(1)}` }))
      test(`${what} is answered 200 with the endpoint`, async () => {
        const endpoint = await make(at.service);
        const answer = await ask(endpoint, header(await tagOf(endpoint)));
        assert.equal(assertEnvelope(answer, 200, /fetched/).data.uid, endpoint.uid);
        assertCommonHeaders(answer);
      });

    test('does not hide that the endpoint is not there, or not to be seen', async () => {
      const stranger = { uid: '01ARZ3NDEKTSV4RRFFQ69G5FAV' };
      assertEnvelope(await ask(stranger, '*'), 404, 'Resource not found');
      const endpoint = await make(at.service);
      const key = await at.service.store.key(at.service.project, { 'owner-id': 'someone' });
      const answer = await at.service.get(endpoint, { key, headers: { 'If-None-Match': '*' } });
      assertEnvelope(answer, 403, /owner_id/);
    });
  });
});
