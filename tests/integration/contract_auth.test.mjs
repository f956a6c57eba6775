// Shows who may roll: every kind of missing, wrong and insufficient key is
// refused with the contract's words, in the contract's order of checks.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { assertEnvelope, rolled } from './support/answers.mjs';
import { rawRequest, sendRaw } from './support/raw_http.mjs';
import { ownAnswer } from './support/servers.mjs';
import { bearer } from './support/service.mjs';
import { leavesTheEndpointAlone, withService } from './support/suite.mjs';
import { untilClock } from './support/waiting.mjs';

const STRANGER = { uid: '01ARZ3NDEKTSV4RRFFQ69G5FAV' };
const MISSING = 'Authentication required';
const WRONG = 'authorization failed';

const changeCharacter = (text, at) => text.slice(0, at) + (text[at] === 'A' ? 'B' : 'A') + text.slice(at + 1);

const malformed = (token) => ({
  'no Authorization at all': undefined,
  'an empty Authorization': '',
  'the scheme alone': 'Bearer',
  'the scheme and a space': 'Bearer ',
  'the key alone': token,
  'the Basic scheme': `Basic ${Buffer.from(`${token}:`).toString('base64')}`,
  'the scheme in lower case': `bearer ${token}`,
  'the scheme in upper case': `BEARER ${token}`,
  'another word than the scheme': `Token ${token}`,
  'the scheme stuck to the key': `Bearer${token}`,
  'two spaces before the key': `Bearer  ${token}`,
  'a tab before the key': `Bearer\t${token}`,
  'a word behind the key': `Bearer ${token} x`,
  'two keys': `Bearer ${token},${token}`,
});

const wrong = (token) => ({
  'a key that was never made': `hrk_${STRANGER.uid}_${token.slice(-43)}`,
  'a key with a wrong secret': changeCharacter(token, token.length - 20),
  'a key that is cut short': token.slice(0, -1),
  'a key with a character too many': `${token}A`,
  'a key without its prefix': token.slice(4),
  'a key with another prefix': `xyz_${token.slice(4)}`,
  'a key in lower case': token.toLowerCase(),
  'a word': 'x',
  'the uid of the key alone': token.slice(4, 30),
  'a key with a padding': `${token}=`,
  'a key of 4,000 characters': token.padEnd(4000, 'A'),
  'a key in quotes': `"${token}"`,
});

withService('Who may roll', {}, (at) => {
  const rollWith = (authorization, options = {}) =>
    at.service.request('PUT', options.path ?? at.service.rollPath(at.endpoint), {
      key: null,
      body: { expiration: 0 },
      headers: authorization === undefined ? {} : { Authorization: authorization },
      ...options,
    });

  const assertMissing = (answer) => {
    assertEnvelope(answer, 401, MISSING);
    assert.equal(answer.headers['www-authenticate'], 'Bearer realm="hookroll"');
  };

  const assertWrong = (answer) => {
    assertEnvelope(answer, 401, WRONG);
    assert.equal(answer.headers['www-authenticate'], 'Bearer realm="hookroll", error="invalid_token"');
    return answer.text;
  };

  leavesTheEndpointAlone(at, 'Without a credential that can be read', () => {
    for (const what of Object.keys(malformed('')))
      test(`${what} is answered 401`, async () => {
        assertMissing(await rollWith(malformed(at.service.key.key)[what]));
      });

    test('two Authorization headers are refused', async () => {
      const authorization = bearer(at.service.key).Authorization;
      const headers = { Authorization: [authorization, authorization], 'Content-Length': 2 };
      const request = rawRequest('PUT', at.service.rollPath(at.endpoint), headers, '{}');
      const answer = await sendRaw(at.service.server.port, request);
      const own = ownAnswer(at.service.server, 'two keys');
      if (own === undefined) assertMissing(answer);
      else assert.equal(answer.status, own);
    });

    test('a key in the query or the body does not count', async () => {
      const token = at.service.key.key;
      const path = `${at.service.rollPath(at.endpoint)}?access_token=${token}&key=${token}`;
      assertMissing(await rollWith(undefined, { path, body: { expiration: 0, key: token } }));
    });
  });

  leavesTheEndpointAlone(at, 'With a key that is not good', () => {
    before(async () => {
      at.expired = await at.service.store.key(at.service.project, { 'expires-in': 1 });
      at.revoked = await at.service.store.key(at.service.project);
      await at.service.store.json(['key', 'revoke', '--key', at.revoked.uid]);
      await untilClock(Date.parse(at.expired.expires_at));
    });

    for (const what of Object.keys(wrong('')))
      test(`${what} is answered 401`, async () => {
        assertWrong(await rollWith(`Bearer ${wrong(at.service.key.key)[what]}`));
      });

    test('an expired and a revoked key are answered exactly as an unknown one', async () => {
      const unknown = assertWrong(await rollWith(`Bearer ${wrong(at.service.key.key)['a key that was never made']}`));
      assert.deepEqual(assertWrong(await rollWith(`Bearer ${at.expired.key}`)), unknown);
      assert.deepEqual(assertWrong(await rollWith(`Bearer ${at.revoked.key}`)), unknown);
      assert.deepEqual(assertWrong(await rollWith(`Bearer ${changeCharacter(at.service.key.key, 60)}`)), unknown);
    });
  });

  leavesTheEndpointAlone(at, 'With a key of another project', () => {
    before(async () => {
      at.foreign = await at.service.store.project({ name: 'another project' });
      at.foreignKey = await at.service.store.key(at.foreign);
    });

    test('the project is answered 404, exactly as one that does not exist', async () => {
      const foreign = await at.service.roll(at.endpoint, { expiration: 0 }, { key: at.foreignKey });
      const unknown = await at.service.roll(at.endpoint, { expiration: 0 }, { project: STRANGER });
      assertEnvelope(foreign, 404, 'project not found');
      assertEnvelope(unknown, 404, 'project not found');
      assert.equal(foreign.text, unknown.text);
    });

    test('its own project does not lead to the endpoint either', async () => {
      const options = { key: at.foreignKey, project: at.foreign };
      assertEnvelope(await at.service.roll(at.endpoint, { expiration: 0 }, options), 404, 'endpoint not found');
      assertEnvelope(await at.service.get(at.endpoint, options), 404, 'Resource not found');
    });

    test('get and create are answered 404 too', async () => {
      assertEnvelope(await at.service.get(at.endpoint, { key: at.foreignKey }), 404, 'project not found');
      const body = { name: 'x', url: 'https://example.com' };
      assertEnvelope(await at.service.create(body, { key: at.foreignKey }), 404, 'project not found');
    });
  });

  leavesTheEndpointAlone(at, 'Where several things are wrong at once', () => {
    test('authentication is looked at before the project', async () => {
      assertMissing(await rollWith(undefined, { path: at.service.rollPath(at.endpoint, STRANGER), body: '{' }));
    });

    test('the project is looked at before the body', async () => {
      assertEnvelope(await at.service.roll(at.endpoint, '{', { project: STRANGER }), 404, 'project not found');
    });

    test('the body is looked at before the endpoint', async () => {
      assertEnvelope(await at.service.roll(STRANGER, '[]'), 400, 'body contains incorrect JSON type');
      assertEnvelope(await at.service.roll(STRANGER, { expiration: -1 }), 400, /expiration/);
    });

    test('an endpoint that does not exist is not found', async () => {
      assertEnvelope(await at.service.roll(STRANGER, { expiration: 0 }), 404, 'endpoint not found');
    });

    test('the body is looked at before the state', async () => {
      const project = await at.service.store.project({ 'max-signing-secrets': 1 });
      const key = await at.service.store.key(project);
      const endpoint = await at.service.endpoint({}, project);
      assertEnvelope(await at.service.roll(endpoint, { expiration: -1 }, { project, key }), 400, /expiration/);
      assertEnvelope(await at.service.roll(endpoint, { expiration: 1 }, { project, key }), 409, /signing secrets/);
    });
  });

  leavesTheEndpointAlone(at, 'With a key that lacks a scope', () => {
    const withScopes = (scopes, settings) => at.service.store.key(at.service.project, { scopes, ...settings });

    for (const scopes of [
      'endpoints:read',
      'secrets:read',
      'endpoints:read,endpoints:write,secrets:read,keys:write,project:write,history:read,sign',
    ])
      test(`${scopes} may not roll, and is told of secrets:roll`, async () => {
        const key = await withScopes(scopes);
        assertEnvelope(await at.service.roll(at.endpoint, { expiration: 0 }, { key }), 403, /\bsecrets:roll\b/);
      });

    test('secrets:roll alone may not read an endpoint, and is told of endpoints:read', async () => {
      const key = await withScopes('secrets:roll');
      assertEnvelope(await at.service.get(at.endpoint, { key }), 403, /\bendpoints:read\b/);
    });

    test('endpoints:read may not create one, and is told of endpoints:write', async () => {
      const key = await withScopes('endpoints:read');
      const answer = await at.service.create({ name: 'x', url: 'https://example.com' }, { key });
      assertEnvelope(answer, 403, /\bendpoints:write\b/);
    });
  });

  leavesTheEndpointAlone(at, 'With a key that is restricted to an owner', () => {
    before(async () => {
      at.acme = await at.service.store.key(at.service.project, { 'owner-id': 'acme' });
    });

    test('an endpoint without an owner may be neither rolled nor read', async () => {
      assertEnvelope(await at.service.roll(at.endpoint, { expiration: 0 }, { key: at.acme }), 403, /owner/);
      assertEnvelope(await at.service.get(at.endpoint, { key: at.acme }), 403, /owner/);
    });

    test('an endpoint of another owner may be neither rolled nor read', async () => {
      const other = await at.service.endpoint({ owner_id: 'acme2' });
      assertEnvelope(await at.service.roll(other, { expiration: 0 }, { key: at.acme }), 403, /owner/);
      assertEnvelope(await at.service.get(other, { key: at.acme }), 403, /owner/);
      assert.equal((await at.service.fetch(other)).secrets.length, 1);
    });

    test('an endpoint may not be created for another owner', async () => {
      const body = { name: 'x', url: 'https://example.com', owner_id: 'other' };
      assertEnvelope(await at.service.create(body, { key: at.acme }), 403, /owner/);
    });

    test("an endpoint created without an owner is refused, or the key's own", async () => {
      const answer = await at.service.create({ name: 'x', url: 'https://example.com' }, { key: at.acme });
      if (answer.status === 403) assertEnvelope(answer, 403, /owner/);
      else assert.equal(assertEnvelope(answer, 201, /./).data.owner_id, 'acme');
    });

    test('its own endpoint may be created, read and rolled', async () => {
      const body = { name: 'x', url: 'https://example.com', owner_id: 'acme' };
      const created = await at.service.create(body, { key: at.acme });
      const { data } = assertEnvelope(created, 201, 'Endpoint created successfully');
      assertEnvelope(await at.service.get(data, { key: at.acme }), 200, 'Endpoint fetched successfully');
      rolled(await at.service.roll(data, { expiration: 0 }, { key: at.acme }));
    });
  });

  describe('With exactly the scope it needs', () => {
    test('a key with secrets:roll may roll', async () => {
      const endpoint = await at.service.endpoint();
      const key = await at.service.store.key(at.service.project, { scopes: 'secrets:roll' });
      rolled(await at.service.roll(endpoint, { expiration: 0 }, { key }));
    });

    test('a key with endpoints:read may read', async () => {
      const endpoint = await at.service.endpoint();
      const key = await at.service.store.key(at.service.project, { scopes: 'endpoints:read' });
      assertEnvelope(await at.service.get(endpoint, { key }), 200, 'Endpoint fetched successfully');
    });

    test('a key that expires later is good until it does', async () => {
      const endpoint = await at.service.endpoint();
      const key = await at.service.store.key(at.service.project, { 'expires-in': 3600 });
      rolled(await at.service.roll(endpoint, { expiration: 0 }, { key }));
    });
  });
});
