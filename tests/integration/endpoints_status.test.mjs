// Shows an endpoint's whole life through lighttpd: made, found, paused and back,
// activated, rolled and deleted; and what is left of it then.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertEnvelope, currentSecret, rolled } from './support/answers.mjs';
import { activate, activated, pause, paused, remove, removed, revoke, update, updated } from './support/changes.mjs';
import { least } from './support/members.mjs';
import { endpointPage, historyPage, uidsOf } from './support/pages.mjs';
import { make, ownProject } from './support/projects.mjs';
import { withService } from './support/suite.mjs';

const ACTIVE = 'current endpoint status - active, does not support activation';
const STRANGERS = [{ uid: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }, { uid: 'not-a-uid' }];

withService('An endpoint', {}, (at) => {
  const statusOf = async (endpoint) => (await at.service.fetch(endpoint)).status;

  describe('paused', () => {
    test('is paused, and by the same request active again', async () => {
      const endpoint = await make(at.service);
      for (const status of ['paused', 'active', 'paused']) {
        const data = paused(await pause(at.service, endpoint));
        assert.equal(data.status, status);
        assert.deepEqual(data, { ...endpoint, status, updated_at: data.updated_at });
        assert.deepEqual(await at.service.fetch(endpoint), data);
      }
    });

    const bodies = {
      'no body': {},
      'an empty body': { body: '' },
      'the JSON string "{}" that the Go client sends': { body: '"{}"', headers: { 'Content-Type': 'application/json' } },
      'what is not JSON': { body: '{"status":', headers: { 'Content-Type': 'application/json' } },
      'a form': { body: 'a=b', headers: { 'Content-Type': 'application/x-www-form-urlencoded' } },
      'a chunked body': { body: '"{}"', chunked: true },
      'bytes': { body: Buffer.from([0, 255, 1]), headers: { 'Content-Type': 'application/octet-stream' } },
    };
    for (const [what, options] of Object.entries(bodies)) {
      test(`with ${what} is paused`, async () => {
        const endpoint = await make(at.service);
        assert.equal(paused(await pause(at.service, endpoint, options)).status, 'paused');
        assert.equal(await statusOf(endpoint), 'paused');
      });

      test(`and activated with ${what} is active`, async () => {
        const endpoint = await make(at.service);
        await pause(at.service, endpoint);
        assert.equal(activated(await activate(at.service, endpoint, options)).status, 'active');
        assert.equal(await statusOf(endpoint), 'active');
      });
    }

    test('can be updated and rolled, and stays paused', async () => {
      const endpoint = await make(at.service);
      await pause(at.service, endpoint);
      assert.equal(updated(await update(at.service, endpoint, { ...least, name: 'new' })).status, 'paused');
      assert.equal(rolled(await at.service.roll(endpoint, { expiration: 3600 })).status, 'paused');
      assert.equal(await statusOf(endpoint), 'paused');
    });
  });

  describe('activated', () => {
    test('while it is active is refused with the words that clients know', async () => {
      const endpoint = await make(at.service);
      assertEnvelope(await activate(at.service, endpoint), 400, ACTIVE);
      await pause(at.service, endpoint);
      activated(await activate(at.service, endpoint));
      const before = await at.service.fetch(endpoint);
      assertEnvelope(await activate(at.service, endpoint), 400, ACTIVE);
      assert.deepEqual(await at.service.fetch(endpoint), before);
    });

    test('is in the history as a pause is, an update of what no sender needs is not', async () => {
      const endpoint = await make(at.service);
      paused(await pause(at.service, endpoint));
      activated(await activate(at.service, endpoint));
      updated(await update(at.service, endpoint, { ...least, description: 'x' }));
      const { content } = await historyPage(at.service, endpoint);
      assert.deepEqual(content.map(({ action }) => action), ['updated', 'updated', 'created']);
      assert.ok(content.slice(0, 2).every(({ new_secret, ended_secret, ended_at }) => new_secret === null && ended_secret === null && ended_at === null));
    });
  });

  test('that does not exist cannot be paused, activated or deleted', async () => {
    for (const stranger of STRANGERS)
      for (const act of [pause, activate, remove])
        assertEnvelope(await act(at.service, stranger), 404, 'Resource not found');
  });

  describe('deleted', () => {
    const deleted = async () => {
      const endpoint = await make(at.service, { name: 'to be deleted' });
      const { secrets } = rolled(await at.service.roll(endpoint, { expiration: 3600 }));
      assert.equal(removed(await remove(at.service, endpoint)), null);
      return { endpoint, secrets };
    };

    test('is answered with data that is null, and is not found afterwards', async () => {
      const { endpoint, secrets } = await deleted();
      assertEnvelope(await at.service.get(endpoint), 404, 'Resource not found');
      assertEnvelope(await update(at.service, endpoint, least), 404, 'Resource not found');
      assertEnvelope(await pause(at.service, endpoint), 404, 'Resource not found');
      assertEnvelope(await activate(at.service, endpoint), 404, 'Resource not found');
      assertEnvelope(await at.service.roll(endpoint, { expiration: 0 }), 404, 'endpoint not found');
      assertEnvelope(await revoke(at.service, endpoint, secrets[0]), 404, 'endpoint not found');
      assertEnvelope(await remove(at.service, endpoint), 404, 'Resource not found');
    });

    test('is in no list, by name or without', async () => {
      const { endpoint } = await deleted();
      for (const query of [{}, { q: 'to be deleted' }])
        assert.equal(uidsOf((await endpointPage(at.service, { perPage: 1000, ...query })).content).includes(endpoint.uid), false);
    });

    test('is gone for hookrollctl too', async () => {
      const { endpoint } = await deleted();
      const args = ['endpoint', 'get', '--project', at.service.project.uid, '--endpoint', endpoint.uid];
      const { code, stderr } = await at.service.store.ctl(args);
      assert.equal(code, 3);
      assert.match(stderr, /not found/);
    });

    test('keeps its history, which ends with the end of each secret that could sign', async () => {
      const { endpoint, secrets } = await deleted();
      const { content } = await historyPage(at.service, endpoint);
      const uids = secrets.map(({ uid }) => uid);
      assert.deepEqual(content.map(({ action }) => action), ['deleted', 'deleted', 'rolled', 'created']);
      assert.deepEqual(content.slice(0, 2).map((entry) => entry.ended_secret).sort(), [...uids].sort());
      content.slice(0, 2).forEach((entry) => assert.equal(entry.ended_at, entry.at));
      assert.deepEqual(content.slice(2).map((entry) => entry.new_secret), [...uids].reverse());
      assert.deepEqual(content, await at.service.store.history(at.service.project, endpoint));
    });

    test('twice is not found the second time, and is in the history once', async () => {
      const { endpoint } = await deleted();
      const before = await historyPage(at.service, endpoint);
      assertEnvelope(await remove(at.service, endpoint), 404, 'Resource not found');
      assert.deepEqual(await historyPage(at.service, endpoint), before);
    });

    test('by many at once is deleted by one of them', async () => {
      const endpoint = await make(at.service);
      const answers = await Promise.all(Array.from({ length: 20 }, () => remove(at.service, endpoint)));
      assert.equal(answers.filter(({ status }) => status === 200).length, 1);
      answers.filter(({ status }) => status !== 200).forEach((answer) => assertEnvelope(answer, 404, 'Resource not found'));
      assert.equal((await historyPage(at.service, endpoint)).content.length, 2);
    });

    test('while it is paused is deleted all the same', async () => {
      const endpoint = await make(at.service);
      await pause(at.service, endpoint);
      removed(await remove(at.service, endpoint));
      assertEnvelope(await at.service.get(endpoint), 404, 'Resource not found');
    });
  });

  test('is walked from its creation through pages, get, update, pause, activation and roll to its deletion', async () => {
    const options = await ownProject(at.service);
    const rows = [];
    for (let i = 0; i < 5; i++) rows.push(await make(at.service, { name: `row ${i}` }, options));
    const endpoint = rows[2];
    const first = await endpointPage(at.service, { perPage: 2 }, options);
    await make(at.service, { name: 'added in between' }, options);
    removed(await remove(at.service, { uid: first.pagination.next_page_cursor }, options));
    const next = await endpointPage(at.service, { perPage: 2, next_page_cursor: first.pagination.next_page_cursor }, options);
    const back = await endpointPage(at.service, { perPage: 2, direction: 'prev', prev_page_cursor: next.pagination.prev_page_cursor }, options);
    const gone = first.pagination.next_page_cursor;
    const left = uidsOf(rows).sort().reverse().filter((uid) => uid !== gone);
    assert.deepEqual([uidsOf(first.content), uidsOf(next.content), uidsOf(back.content)], [left.slice(0, 2), left.slice(2), left.slice(0, 2)]);

    const kept = rows.find(({ uid }) => uid !== gone && uid !== endpoint.uid);
    assert.deepEqual(await at.service.fetch(kept, options), kept);
    updated(await update(at.service, kept, { ...least, name: 'renamed' }, options));
    paused(await pause(at.service, kept, options));
    activated(await activate(at.service, kept, options));
    const data = rolled(await at.service.roll(kept, { expiration: 60 }, options));
    assert.deepEqual([data.name, data.status, data.secrets.length], ['renamed', 'active', 2]);
    assert.deepEqual(data.secrets[0].value, currentSecret(kept).value);
    assert.equal(removed(await remove(at.service, kept, options)), null);
    assertEnvelope(await at.service.get(kept, options), 404, 'Resource not found');
    assert.deepEqual((await historyPage(at.service, kept, {}, options)).content.map(({ action }) => action), ['deleted', 'deleted', 'rolled', 'updated', 'updated', 'created']);
  });
});
