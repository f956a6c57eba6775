// Shows that an endpoint's history tells of every secret what became of it, when,
// by which key and why, never its value; in pages that nothing disturbs.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { MOMENT, assertEnvelope, currentSecret, rolled } from './support/answers.mjs';
import { remove, removed, revoke, revoked } from './support/changes.mjs';
import { assertSequence } from './support/histories.mjs';
import { gather, historyPage, historyPages, listHistory } from './support/pages.mjs';
import { make, ownProject } from './support/projects.mjs';
import { withService } from './support/suite.mjs';

const MEMBERS = ['action', 'at', 'ended_at', 'ended_secret', 'endpoint_id', 'key_id', 'new_secret', 'reason', 'request_id', 'sequence'];
const STRANGERS = ['01ARZ3NDEKTSV4RRFFQ69G5FAV', 'not-a-uid'];

withService('The history of an endpoint', {}, (at) => {
  const entries = async (endpoint, options) => (await historyPage(at.service, endpoint, { perPage: 1000 }, options)).content;
  const roll = async (endpoint, body = {}, options) => rolled(await at.service.roll(endpoint, { expiration: 3600, ...body }, options));
  const sequences = (content) => content.map(({ sequence }) => sequence);

  describe('holds', () => {
    before(async () => {
      const { service } = at;
      at.other = await service.store.key(service.project);
      at.begun = Date.now();
      const id = (name) => ({ headers: { 'X-Request-ID': name } });
      const endpoint = await make(service, { secret: 'marker-first' }, id('the-create'));
      const first = currentSecret(endpoint);
      const second = currentSecret(await roll(endpoint, { secret: 'marker-second', reason: 'it leaked' }, { ...id('the-roll'), key: at.other }));
      revoked(await revoke(service, endpoint, first, { ...id('the-revoke'), body: { reason: 'nobody uses it' } }));
      removed(await remove(service, endpoint, id('the-delete')));
      at.ended = Date.now();
      Object.assign(at, { endpoint, first, second, entries: await entries(endpoint) });
    });

    const assertEntry = (entry, expected) => {
      assert.deepEqual(Object.keys(entry).sort(), MEMBERS);
      assert.match(entry.at, MOMENT);
      assert.ok(at.begun <= Date.parse(entry.at) && Date.parse(entry.at) <= at.ended);
      const { sequence, at: moment, ...others } = entry;
      assert.deepEqual(others, { endpoint_id: at.endpoint.uid, key_id: at.service.key.uid, reason: '', ...expected });
    };

    test('what happened, newest first, in a sequence without gaps', () => {
      assert.deepEqual(at.entries.map(({ action }) => action), ['deleted', 'revoked', 'rolled', 'created']);
      assertSequence(at.entries);
      const moments = at.entries.map((entry) => entry.at);
      assert.deepEqual(moments, [...moments].sort().reverse());
    });

    test('the creation with the first secret', () => {
      assertEntry(at.entries[3], { action: 'created', request_id: 'the-create', ended_secret: null, ended_at: null, new_secret: at.first.uid });
    });

    test('the roll with both secrets, the end of the old one, its key and its reason', () => {
      const end = new Date(Date.parse(at.entries[2].at) + 3_600_000).toISOString();
      assertEntry(at.entries[2], {
        action: 'rolled', request_id: 'the-roll', key_id: at.other.uid, reason: 'it leaked',
        ended_secret: at.first.uid, ended_at: end, new_secret: at.second.uid,
      });
    });

    test('the revocation with its secret, which ended then, and its reason', () => {
      assertEntry(at.entries[1], {
        action: 'revoked', request_id: 'the-revoke', reason: 'nobody uses it',
        ended_secret: at.first.uid, ended_at: at.entries[1].at, new_secret: null,
      });
    });

    test('the deletion with the secret that ended with it', () => {
      assertEntry(at.entries[0], {
        action: 'deleted', request_id: 'the-delete', ended_secret: at.second.uid, ended_at: at.entries[0].at, new_secret: null,
      });
    });

    test('never a value, whatever the key may read', async () => {
      const key = await at.service.store.key(at.service.project, { scopes: 'history:read,secrets:read' });
      for (const options of [{}, { key }]) {
        const answer = await listHistory(at.service, at.endpoint, {}, options);
        assertEnvelope(answer, 200, /history/);
        assert.doesNotMatch(answer.text, /marker-|whsec_|"value"/);
      }
    });

    test('the same as hookrollctl shows', async () => {
      assert.deepEqual(await at.service.store.history(at.service.project, at.endpoint), at.entries);
    });

    test('what hookrollctl did, without a key', async () => {
      const { service } = at;
      const endpoint = await service.endpoint();
      await service.store.json(['roll', '--project', service.project.uid, '--endpoint', endpoint.uid, '--reason', 'by hand']);
      const [entry] = await entries(endpoint);
      assert.deepEqual([entry.action, entry.key_id, entry.reason], ['rolled', null, 'by hand']);
    });
  });

  describe('takes as a reason', () => {
    const ways = {
      'a roll': async (endpoint, body) => at.service.roll(endpoint, { expiration: 0, ...body }),
      'a revoke': async (endpoint, body) => {
        const { secrets } = await roll(endpoint);
        return revoke(at.service, endpoint, secrets[0], { body });
      },
    };
    const good = {
      '500 characters': 'x'.repeat(500),
      '500 characters of four bytes': '𐍈'.repeat(500),
      'any language': 'срочно 緊急 عاجل \u200f🔑 "\\/',
      'nothing': '',
      'null': null,
    };
    const bad = {
      '501 characters': 'x'.repeat(501),
      '501 characters of four bytes': '𐍈'.repeat(501),
      'a line break': 'a\nb',
      'a tab': '\t',
      'a NUL': 'a\0',
      'DEL': 'a\u007f',
      'a C1 control': '\u0085',
    };

    for (const [what, act] of Object.entries(ways)) {
      for (const [which, reason] of Object.entries(good))
        test(`of ${what}: ${which}`, async () => {
          const endpoint = await make(at.service);
          assertEnvelope(await act(endpoint, { reason }), 200, /./);
          assert.equal((await entries(endpoint))[0].reason, reason ?? '');
        });

      for (const [which, reason] of Object.entries(bad))
        test(`of ${what} not ${which}, and then nothing is done`, async () => {
          const endpoint = await make(at.service);
          const { data } = assertEnvelope(await act(endpoint, { reason }), 400, /\breason\b/);
          assert.deepEqual(data.errors.map(({ field }) => field), ['reason']);
          const what_ = (await entries(endpoint)).map(({ action }) => action);
          assert.equal(what_.includes('revoked'), false);
          assert.equal((await at.service.fetch(endpoint)).secrets.length, what_.length);
        });

      test(`of ${what} not a number`, async () => {
        const answer = await act(await make(at.service), { reason: 7 });
        assertEnvelope(answer, 400, 'body contains incorrect JSON type for field "reason"');
      });
    }

    test('what is wrong with it is named together with the rest', async () => {
      const answer = await at.service.roll(await make(at.service), { expiration: -1, reason: '\n' });
      const { data } = assertEnvelope(answer, 400, /expiration.*reason|reason.*expiration/);
      assert.deepEqual(data.errors.map(({ field }) => field).sort(), ['expiration', 'reason']);
    });
  });

  describe('in pages', () => {
    before(async () => {
      at.endpoint = await make(at.service);
      at.neighbour = await make(at.service);
      for (let i = 0; i < 6; i++) {
        await roll(at.endpoint, { expiration: 0, reason: `roll ${i}` });
        await roll(at.neighbour, { expiration: 0 });
      }
      at.all = await entries(at.endpoint);
    });

    for (const perPage of [1, 2, 3, 7, 8])
      test(`of ${perPage} holds every entry once, newest first`, async () => {
        assert.equal(at.all.length, 7);
        const pages = await gather(historyPages(at.service, at.endpoint, { perPage }));
        assert.deepEqual(pages.flat(), at.all);
        assert.equal(pages.length, Math.ceil(7 / perPage));
        pages.slice(0, -1).forEach((page) => assert.equal(page.length, perPage));
      });

    test('is not disturbed by entries that are added on the way', async () => {
      const endpoint = await make(at.service);
      for (let i = 0; i < 5; i++) await roll(endpoint, { expiration: 0 });
      const expected = sequences(await entries(endpoint));
      const seen = [];
      for await (const page of historyPages(at.service, endpoint, { perPage: 2 })) {
        seen.push(...sequences(page.content));
        await roll(endpoint, { expiration: 0 });
      }
      assert.deepEqual(seen, expected);
      assert.equal((await entries(endpoint)).length, 9);
    });

    test('goes on after the endpoint was deleted', async () => {
      const endpoint = await make(at.service);
      for (let i = 0; i < 3; i++) await roll(endpoint, { expiration: 0 });
      const expected = sequences(await entries(endpoint));
      const pages = historyPages(at.service, endpoint, { perPage: 1 });
      const first = await pages.next();
      removed(await remove(at.service, endpoint));
      assert.deepEqual([...sequences(first.value.content), ...sequences((await gather(pages)).flat())], expected);
      assert.equal((await gather(historyPages(at.service, endpoint, { perPage: 1 }))).length, 5);
    });

    test('has 20 in one unless told otherwise', async () => {
      const endpoint = await make(at.service);
      for (let i = 0; i < 20; i++) await roll(endpoint, { expiration: 0 });
      const { content, pagination } = await historyPage(at.service, endpoint);
      assert.equal(content.length, 20);
      assert.deepEqual([pagination.per_page, pagination.has_next_page], [20, true]);
    });

    const refused = async (endpoint, query, field) => {
      const { data } = assertEnvelope(await listHistory(at.service, endpoint, query), 400, new RegExp(`\\b${field}\\b`));
      assert.deepEqual(data.errors.map((error) => error.field), [field]);
    };

    for (const value of ['0', '-1', '1001', 'x', '1.5'])
      test(`is refused perPage=${value}`, () => refused(at.endpoint, { perPage: value }, 'perPage'));
    for (const value of ['0', '-1', 'x', '1.5', '999999999', '9223372036854775807', '9223372036854775808', '18446744073709551616'])
      test(`is refused next_page_cursor=${value}`, () => refused(at.endpoint, { next_page_cursor: value }, 'next_page_cursor'));

    test('is refused a cursor of another endpoint, exactly as one that nobody gave', async () => {
      const { pagination } = await historyPage(at.service, at.neighbour, { perPage: 3 });
      const foreign = { next_page_cursor: pagination.next_page_cursor };
      assert.notEqual(foreign.next_page_cursor, '');
      await refused(at.endpoint, foreign, 'next_page_cursor');
      const [known, unknown] = [await listHistory(at.service, at.endpoint, foreign), await listHistory(at.service, at.endpoint, { next_page_cursor: '999999999' })];
      assert.equal(known.text, unknown.text);
    });

    test('is refused a cursor of a deleted endpoint, and gives one of its own', async () => {
      const endpoint = await make(at.service);
      await roll(endpoint);
      removed(await remove(at.service, endpoint));
      const { pagination } = await historyPage(at.service, endpoint, { perPage: 1 });
      await refused(at.endpoint, { next_page_cursor: pagination.next_page_cursor }, 'next_page_cursor');
      const { next_page_cursor: own } = (await historyPage(at.service, at.endpoint, { perPage: 1 })).pagination;
      await refused(endpoint, { next_page_cursor: own }, 'next_page_cursor');
    });
  });

  test('of an endpoint that never was is not found', async () => {
    for (const uid of STRANGERS) assertEnvelope(await listHistory(at.service, { uid }), 404, 'Resource not found');
    const options = await ownProject(at.service);
    const endpoint = await make(at.service, {}, options);
    assertEnvelope(await listHistory(at.service, endpoint), 404, 'Resource not found');
  });

  test('is shown to a key of its owner alone, also after the deletion', async () => {
    const mine = await at.service.store.key(at.service.project, { 'owner-id': 'mine' });
    const theirs = await at.service.store.key(at.service.project, { 'owner-id': 'theirs' });
    const endpoint = await make(at.service, { owner_id: 'mine' });
    for (const count of [1, 2]) {
      assert.equal((await entries(endpoint, { key: mine })).length, count);
      assertEnvelope(await listHistory(at.service, endpoint, {}, { key: theirs }), 403, /owner_id/);
      if (count === 1) removed(await remove(at.service, endpoint));
    }
  });
});
