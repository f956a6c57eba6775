// suite: a group of tests that share one running service, stopped whatever happens.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { startService } from './service.mjs';

export function withService(name, options, define) {
  describe(name, () => {
    const at = {};
    before(async () => {
      at.service = await startService(options);
    });
    after(() => at.service?.stop());
    define(at);
  });
}

export function leavesTheEndpointAlone(at, name, define) {
  describe(name, () => {
    before(async () => {
      at.endpoint = await at.service.endpoint();
      at.asItWas = await at.service.fetch(at.endpoint);
      at.responder = at.service.server.responderPid();
    });
    define();
    test('and the endpoint is as it was before all of these, the responder too', async () => {
      assert.ok(at.responder > 0);
      assert.equal(at.service.server.responderPid(), at.responder);
      assert.deepEqual(await at.service.fetch(at.endpoint), at.asItWas);
      assert.equal((await at.service.store.history(at.service.project, at.endpoint)).length, 1);
    });
  });
}
