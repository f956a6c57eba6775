// Shows that the configuration shipped for Apache's mod_fcgid serves the API: the key
// passes, every method arrives, our own answers are seen, several processes share a store.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertEnvelope, currentSecret, rolled } from './support/answers.mjs';
import { startApache } from './support/apache.mjs';
import { assertChain, assertHolds, assertSequence } from './support/histories.mjs';
import { Service } from './support/service.mjs';
import { makeStore } from './support/store.mjs';
import { makeTempDir } from './support/tempdir.mjs';

const CLIENTS = 16;
const ROLLS = 200;

describe('Behind Apache and mod_fcgid', () => {
  let service;
  let endpoint;
  before(async () => {
    const dir = makeTempDir();
    const store = await makeStore(dir);
    const project = await store.project();
    const key = await store.key(project);
    endpoint = await store.endpoint(project);
    const server = await startApache({ dir, config: store.config });
    service = new Service(store, server, project, key);
  });
  after(() => service?.stop());

  test('a secret is rolled, and the key passes', async () => {
    const data = rolled(await service.roll(endpoint, { expiration: 3600 }));
    assert.equal(data.secrets.length, 2);
    assertEnvelope(await service.roll(endpoint, {}, { key: null }), 401, 'Authentication required');
  });

  test('every method arrives', async () => {
    const { data } = assertEnvelope(
      await service.create({ name: 'x', url: 'https://example.com/' }),
      201,
      'Endpoint created successfully',
    );
    const deleted = await service.request('DELETE', service.endpointPath(data), {});
    assert.equal(assertEnvelope(deleted, 200, 'Endpoint deleted successfully').data, null);
    assertEnvelope(await service.request('PATCH', service.endpointPath(data), {}), 405, 'method not allowed');
  });

  test('a body that is too large gets our own answer', async () => {
    const answer = await service.roll(endpoint, Buffer.alloc(5 << 20, ' '));
    assertEnvelope(answer, 413, /at most/);
  });

  test('a chunked body arrives whole', async () => {
    rolled(await service.roll(endpoint, { expiration: 0 }, { chunked: true }));
  });

  test(`${CLIENTS} clients that roll one endpoint at once lose nothing`, async () => {
    const uids = [];
    let begun = 0;
    const client = async () => {
      while (begun++ < ROLLS) uids.push(currentSecret(rolled(await service.roll(endpoint, { expiration: 0 }))).uid);
    };
    await Promise.all(Array.from({ length: CLIENTS }, client));
    assert.equal(uids.length, ROLLS);
    const history = await service.store.history(service.project, endpoint);
    assertHolds(history, uids);
    assertChain(history, await service.fetch(endpoint));
    assertSequence(await service.store.history(service.project));
  });
});
