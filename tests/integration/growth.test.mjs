// Shows that the store grows by itself while it is used, whichever process needs
// the room, and that nothing that was answered meanwhile is lost.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { assertEnvelope, currentSecret, rolled } from './support/answers.mjs';
import { assertChain, assertHolds, assertSequence } from './support/histories.mjs';
import { least } from './support/members.mjs';
import { withService } from './support/suite.mjs';

const MIB = 1 << 20;
const KEY_BYTES = 64 * 1024;
const large = { ...least, mtls_client_cert: { client_cert: 'c'.repeat(KEY_BYTES), client_key: 'k'.repeat(KEY_BYTES) } };

withService('A store that needs more room', {}, (at) => {
  const size = () => statSync(path.join(at.service.store.directory, 'data.mdb')).size;

  async function rollMeanwhile(endpoint, work) {
    const uids = [];
    let stop = false;
    const roll = async () => {
      while (!stop) uids.push(currentSecret(rolled(await at.service.roll(endpoint, { expiration: 0 }))).uid);
    };
    const load = Promise.all([roll(), roll(), roll(), roll()]);
    try {
      await Promise.race([work(), load]);
    } finally {
      stop = true;
    }
    await load;
    return uids;
  }

  async function assertKept(endpoint, uids) {
    assert.ok(uids.length > 0);
    const history = await at.service.store.history(at.service.project, endpoint);
    assertHolds(history, uids);
    assertChain(history, await at.service.fetch(endpoint));
  }

  async function createLarge(total) {
    const made = [];
    let begun = 0;
    const create = async () => {
      while (begun < total) {
        begun++;
        made.push(assertEnvelope(await at.service.create(large), 201, /./).data.uid);
      }
    };
    await Promise.all(Array.from({ length: 8 }, create));
    return made;
  }

  test('grows while the responder writes', async () => {
    const endpoint = await at.service.endpoint();
    let made;
    const uids = await rollMeanwhile(endpoint, async () => {
      made = await createLarge(200);
    });
    assert.ok(size() > 25 * MIB, `the store has ${size()} bytes`);
    await assertKept(endpoint, uids);
    for (const uid of made)
      assert.equal((await at.service.fetch({ uid })).mtls_client_cert.client_cert, large.mtls_client_cert.client_cert);
  });

  test('grows while hookrollctl writes, and the responder follows', async () => {
    const endpoint = await at.service.endpoint();
    const before = size();
    let last;
    const uids = await rollMeanwhile(endpoint, async () => {
      while (size() < before + 10 * MIB) last = await at.service.store.endpoint(at.service.project, large);
    });
    await assertKept(endpoint, uids);
    assert.equal((await at.service.fetch(last)).uid, last.uid);
    assert.equal((await createLarge(1)).length, 1);
    assertSequence(await at.service.store.history(at.service.project));
  });
});
