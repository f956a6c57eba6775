// Shows what all answers share: X-Request-ID, the health answer, HEAD, and GET
// of an endpoint.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertCommonHeaders, assertEnvelope, assertSecrets } from './support/answers.mjs';
import { withService } from './support/suite.mjs';

const STRANGER = { uid: '01ARZ3NDEKTSV4RRFFQ69G5FAV' };

withService('Every answer', {}, (at) => {
  describe('carries X-Request-ID', () => {
    const idOf = async (given, path = '/api/healthz', options = {}) => {
      const headers = given === undefined ? {} : { 'X-Request-ID': given };
      return (await at.service.request('GET', path, { ...options, headers })).headers['x-request-id'];
    };

    for (const id of ['x', '7f3c-4d', 'a/b:c;d="e"', '{"id":"\\u0041"}', 'x'.repeat(128)])
      test(`as it was given: ${id.slice(0, 20)} of ${id.length} characters`, async () => {
        assert.equal(await idOf(id), id);
      });

    for (const [what, id] of Object.entries({
      empty: '',
      'too long': 'x'.repeat(129),
      'of several words': 'a b',
      'no ASCII': 'é',
    }))
      test(`made anew where the given one is ${what}`, async () => {
        const made = await idOf(id);
        assert.match(made, /^[\x21-\x7e]{1,128}$/);
        assert.notEqual(made, id);
      });

    test('made anew and different each time where none was given', async () => {
      const ids = await Promise.all(Array.from({ length: 20 }, () => idOf(undefined)));
      assert.equal(new Set(ids).size, 20);
      ids.forEach((id) => assert.match(id, /^[\x21-\x7e]{1,128}$/));
    });

    test('on refusals too', async () => {
      const endpoint = await at.service.endpoint();
      const headers = { 'X-Request-ID': 'mine' };
      const refusals = [
        [await at.service.roll(endpoint, '{', { headers }), 400],
        [await at.service.roll(endpoint, {}, { headers, key: null }), 401],
        [await at.service.roll(STRANGER, {}, { headers }), 404],
        [await at.service.request('POST', at.service.rollPath(endpoint), { headers }), 405],
        [await at.service.roll(endpoint, ' '.repeat(5 << 20), { headers }), 413],
        [await at.service.roll(endpoint, '{}', { headers: { ...headers, 'Content-Type': 'text/plain' } }), 415],
        [await at.service.request('GET', '/api/nowhere', { headers }), 404],
      ];
      for (const [answer, status] of refusals) {
        assertEnvelope(answer, status, /./);
        assert.equal(answer.headers['x-request-id'], 'mine');
      }
    });

    test("of a roll that the roll's history entry then names", async () => {
      const endpoint = await at.service.endpoint();
      await at.service.roll(endpoint, {}, { headers: { 'X-Request-ID': 'find-me' } });
      const [newest] = await at.service.store.history(at.service.project, endpoint);
      assert.equal(newest.request_id, 'find-me');
      assert.equal(newest.key_id, at.service.key.uid);
    });
  });

  test('of the health check says ok without a key', async () => {
    const answer = await at.service.request('GET', '/api/healthz', { key: null });
    assertEnvelope(answer, 200, /./);
  });

  describe('to GET of an endpoint', () => {
    test('is the endpoint in an envelope', async () => {
      const endpoint = await at.service.endpoint();
      const { data } = assertEnvelope(await at.service.get(endpoint), 200, 'Endpoint fetched successfully');
      assertSecrets(data.secrets);
      assert.equal(data.uid, endpoint.uid);
      assert.equal(data.project_id, at.service.project.uid);
    });

    for (const [what, id] of Object.entries({
      'an unknown uid': STRANGER.uid,
      'a word': 'x',
      '300 characters': '0'.repeat(300),
    }))
      test(`with ${what} is 404 Resource not found`, async () => {
        assertEnvelope(await at.service.get({ uid: id }), 404, 'Resource not found');
      });

    test('without a key is 401', async () => {
      const endpoint = await at.service.endpoint();
      assertEnvelope(await at.service.get(endpoint, { key: null }), 401, 'Authentication required');
    });
  });

  describe('to HEAD', () => {
    const head = (path, options) => at.service.request('HEAD', path, options);

    for (const [what, status, path, options] of [
      ['the health check', 200, () => '/api/healthz', {}],
      ['an endpoint', 200, (endpoint) => at.service.endpointPath(endpoint), {}],
      ['an endpoint without a key', 401, (endpoint) => at.service.endpointPath(endpoint), { key: null }],
      ['an unknown endpoint', 404, () => at.service.endpointPath(STRANGER), {}],
    ])
      test(`of ${what} is that to GET without its body`, async () => {
        const endpoint = await at.service.endpoint();
        const answer = await head(path(endpoint), options);
        const full = await at.service.request('GET', path(endpoint), options);
        assert.equal(answer.status, status);
        assert.equal(answer.text, '');
        assertCommonHeaders(answer);
        assert.equal(full.status, status);
        assert.equal(answer.headers['content-length'], full.headers['content-length']);
        assert.equal(answer.headers['www-authenticate'], full.headers['www-authenticate']);
      });
  });
});
