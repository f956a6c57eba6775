// Shows that a key made over HTTP works at once and ends at once, by revocation
// or by the clock, and that nobody can give rights that they have not got.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { MOMENT, ULID, assertEnvelope } from './support/answers.mjs';
import { createKey, createdKey, fetchKey, getKey, listKeys, revokeKey, revokedKey } from './support/keys.mjs';
import { least } from './support/members.mjs';
import { make, ownProject } from './support/projects.mjs';
import { withService } from './support/suite.mjs';
import { until } from './support/waiting.mjs';

const SECOND = 1000;
const CEILING = 315_360_000;
const TOKEN = /^hrk_[0-7][0-9A-HJKMNP-TV-Z]{25}_[A-Za-z0-9_-]{43}$/;
const SCOPES = [
  'endpoints:read', 'endpoints:write', 'secrets:roll', 'secrets:read', 'keys:write', 'project:write', 'history:read', 'sign',
];
const MEMBERS = ['created_at', 'expires_at', 'last_used_at', 'name', 'owner_id', 'project_id', 'revoked_at', 'scopes', 'uid'];
const STRANGERS = ['01ARZ3NDEKTSV4RRFFQ69G5FAV', 'not-a-uid'];

const without = (object, ...names) => Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));

withService('An API key', {}, (at) => {
  const create = async (body, options) => createdKey(await createKey(at.service, body, options));
  const project = (key) => at.service.request('GET', at.service.path(at.service.project.uid), { key });
  const assertGood = async (key) => assertEnvelope(await project(key), 200, 'Project fetched successfully');
  const assertEnded = async (key) => assertEnvelope(await project(key), 401, 'authorization failed');
  const refusedFields = async (body, fields, options) => {
    const { data } = assertEnvelope(await createKey(at.service, body, options), 400, /./);
    assert.deepEqual(data.errors.map(({ field }) => field).sort(), [...fields].sort());
  };

  describe('that is made', () => {
    test('has what was asked for and is shown this once', async () => {
      const begun = Date.now();
      const key = await create({ name: 'a key 🔑', scopes: ['sign', 'endpoints:read'], owner_id: 'an owner' });
      assert.deepEqual(Object.keys(key).sort(), [...MEMBERS, 'key'].sort());
      assert.match(key.uid, ULID);
      assert.match(key.key, TOKEN);
      assert.match(key.created_at, MOMENT);
      assert.ok(begun <= Date.parse(key.created_at) && Date.parse(key.created_at) <= Date.now());
      assert.deepEqual(key.scopes, ['endpoints:read', 'sign']);
      assert.deepEqual(without(key, 'uid', 'key', 'created_at', 'scopes'), {
        project_id: at.service.project.uid, name: 'a key 🔑', owner_id: 'an owner', expires_at: null, revoked_at: null, last_used_at: null,
      });
    });

    test('works at once, for what it was made for and nothing else', async () => {
      const key = await create({ scopes: ['endpoints:write'] });
      const endpoint = await make(at.service, {}, { key });
      assertEnvelope(await at.service.get(endpoint, { key }), 403, /endpoints:read/);
    });

    test('has its maker\'s scopes when it names none, and all of them by their bundle', async () => {
      assert.deepEqual((await create({})).scopes, SCOPES);
      assert.deepEqual((await create({ scopes: null })).scopes, SCOPES);
      assert.deepEqual((await create({ scopes: ['project_admin'] })).scopes, SCOPES);
      const key = await create({ scopes: ['keys:write', 'sign'] });
      assert.deepEqual((await create({}, { key })).scopes, ['keys:write', 'sign']);
    });

    for (const scope of SCOPES)
      test(`can have ${scope} alone`, async () => {
        assert.deepEqual((await create({ scopes: [scope] })).scopes, [scope]);
      });

    test('is another one each time', async () => {
      const keys = await Promise.all(Array.from({ length: 10 }, () => create({ name: 'the same' })));
      assert.equal(new Set(keys.map(({ key }) => key)).size, 10);
      assert.equal(new Set(keys.map(({ uid }) => uid)).size, 10);
      for (const key of keys) await assertGood(key);
    });
  });

  describe('that cannot be', () => {
    const bad = {
      'an unknown scope': [{ scopes: ['endpoints:read', 'everything'] }, ['scopes']],
      'a scope in upper case': [{ scopes: ['SIGN'] }, ['scopes']],
      'an empty scope': [{ scopes: [''] }, ['scopes']],
      'no scope at all': [{ scopes: [] }, ['scopes']],
      'a scope that is a number': [{ scopes: [1] }, ['scopes']],
      'a name of 257 bytes': [{ name: 'x'.repeat(257) }, ['name']],
      'a name with a line break': [{ name: 'a\n' }, ['name']],
      'an owner_id of 257 bytes': [{ owner_id: 'x'.repeat(257) }, ['owner_id']],
      'an empty owner_id': [{ owner_id: '' }, ['owner_id']],
      'an owner_id with a NUL': [{ owner_id: 'a\0' }, ['owner_id']],
      'an expires_in of 0': [{ expires_in: 0 }, ['expires_in']],
      'an expires_in of -1': [{ expires_in: -1 }, ['expires_in']],
      'an expires_in of more than ten years': [{ expires_in: CEILING + 1 }, ['expires_in']],
      'several of these at once': [{ name: '\0', owner_id: '\0', scopes: ['x'], expires_in: 0 }, ['expires_in', 'name', 'owner_id', 'scopes']],
    };
    for (const [what, [body, fields]] of Object.entries(bad)) test(`is refused: ${what}`, () => refusedFields(body, fields));

    for (const [member, value] of [['name', 1], ['owner_id', []], ['scopes', 'sign'], ['scopes', {}], ['expires_in', '60'], ['expires_in', 1.5]])
      test(`is refused: ${member} given as ${JSON.stringify(value)}`, async () => {
        assertEnvelope(await createKey(at.service, { [member]: value }), 400, new RegExp(`body contains incorrect JSON type for field "${member}"`));
      });

    test('leaves none behind', async () => {
      const count = (await listKeys(at.service)).length;
      await refusedFields({ scopes: ['x'] }, ['scopes']);
      assertEnvelope(await createKey(at.service, '{'), 400, /badly-formed/);
      assert.equal((await listKeys(at.service)).length, count);
    });
  });

  describe('seen afterwards', () => {
    test('is as it was made, without the key itself, alone and in the list', async () => {
      const made = await create({ name: 'seen', scopes: ['sign'], expires_in: 3600 });
      assert.deepEqual(await fetchKey(at.service, made), without(made, 'key'));
      assert.deepEqual((await listKeys(at.service)).find(({ uid }) => uid === made.uid), without(made, 'key'));
      const answers = [await at.service.request('GET', at.service.path(at.service.project.uid, 'api-keys')), await getKey(at.service, made)];
      for (const answer of answers) assert.equal(answer.text.includes(made.key.slice(-43)), false);
    });

    test('is the same with hookrollctl, and the other way round', async () => {
      const { store, project: own } = at.service;
      const made = await create({ name: 'over HTTP', scopes: ['sign'] });
      const ctl = await store.key(own, { name: 'by hand', scopes: 'history:read', 'owner-id': 'o' });
      const listed = await store.json(['key', 'list', '--project', own.uid]);
      assert.deepEqual(listed.find(({ uid }) => uid === made.uid), without(made, 'key'));
      assert.deepEqual(await fetchKey(at.service, ctl), without(ctl, 'key'));
    });

    test('is not found when it never was, or is another project\'s', async () => {
      const other = await ownProject(at.service);
      for (const key of [...STRANGERS.map((uid) => ({ uid })), other.key]) {
        assertEnvelope(await getKey(at.service, key), 404, 'API Key not found');
        assertEnvelope(await revokeKey(at.service, key), 404, 'API Key not found');
      }
      assert.equal((await fetchKey(at.service, other.key, other)).revoked_at, null);
      assert.deepEqual((await listKeys(at.service, other)).map(({ uid }) => uid), [other.key.uid]);
    });

    test('has a last use only once it was used', async () => {
      const key = await create({ scopes: ['sign'] });
      assert.equal((await fetchKey(at.service, key)).last_used_at, null);
      const begun = Date.now();
      await assertGood(key);
      const ended = Date.now();
      const used = await until('the use of the key to be noted', async () => (await fetchKey(at.service, key)).last_used_at);
      assert.match(used, MOMENT);
      assert.ok(begun <= Date.parse(used) && Date.parse(used) <= ended);
    });
  });

  describe('that is revoked', () => {
    test('is refused at once, on connections that it used as well', async () => {
      const key = await create({});
      await assertGood(key);
      const begun = Date.now();
      assert.equal(revokedKey(await revokeKey(at.service, key)), null);
      for (let i = 0; i < 20; i++) await assertEnded(key);
      const seen = await fetchKey(at.service, key);
      assert.ok(begun <= Date.parse(seen.revoked_at) && Date.parse(seen.revoked_at) <= Date.now());
    });

    test('is refused for all that were begun after the answer', async () => {
      const key = await create({});
      revokedKey(await revokeKey(at.service, key));
      await Promise.all(Array.from({ length: 50 }, () => assertEnded(key)));
    });

    test('can revoke itself, once', async () => {
      const key = await create({ scopes: ['keys:write'] });
      revokedKey(await revokeKey(at.service, key, { key }));
      assertEnvelope(await revokeKey(at.service, key, { key }), 401, 'authorization failed');
    });

    test('twice keeps the moment of the first time', async () => {
      const key = await create({});
      revokedKey(await revokeKey(at.service, key));
      const first = (await fetchKey(at.service, key)).revoked_at;
      await until('the clock to go on', () => Date.now() > Date.parse(first) + 5);
      assert.equal(revokedKey(await revokeKey(at.service, key)), null);
      assert.equal((await fetchKey(at.service, key)).revoked_at, first);
      await assertEnded(key);
    });

    test('with hookrollctl is refused at once too', async () => {
      const key = await create({});
      await at.service.store.json(['key', 'revoke', '--key', key.uid]);
      await assertEnded(key);
    });

    test('leaves the keys that it made', async () => {
      const maker = await create({});
      const made = await create({ scopes: ['sign'] }, { key: maker });
      revokedKey(await revokeKey(at.service, maker));
      await assertGood(made);
    });
  });

  describe('that expires', () => {
    for (const seconds of [1, 2, 3600, CEILING - 1, CEILING])
      test(`after ${seconds} s says so to the millisecond`, async () => {
        const key = await create({ expires_in: seconds, scopes: ['sign'] });
        assert.equal(Date.parse(key.expires_at) - Date.parse(key.created_at), seconds * SECOND);
        await assertGood(key);
      });

    test('is good until its end and refused from then on, as every poll shows', async () => {
      const key = await create({ expires_in: 1, scopes: ['sign'] });
      const end = Date.parse(key.expires_at);
      const seen = [];
      await until('a second to have passed since the key\'s end', async () => {
        const before = Date.now();
        const { status } = await project(key);
        seen.push({ before, after: Date.now(), status });
        return before > end + SECOND;
      }, { every: 1 });
      const early = seen.filter(({ after }) => after < end);
      const late = seen.filter(({ before }) => before >= end);
      early.forEach(({ status, after }) => assert.equal(status, 200, `refused ${end - after} ms before its end`));
      late.forEach(({ status, before }) => assert.equal(status, 401, `taken ${before - end} ms after its end`));
      assert.ok(early.length > 0 && late.length > 0);
      await assertEnded(key);
      assert.equal((await fetchKey(at.service, key)).expires_at, key.expires_at);
    });
  });

  describe('with the right to make keys', () => {
    const maker = (scopes, members = {}) => create({ scopes: ['keys:write', ...scopes], ...members });
    const refused = async (body, key, message) => {
      const count = (await listKeys(at.service)).length;
      assertEnvelope(await createKey(at.service, body, { key }), 403, message);
      assert.equal((await listKeys(at.service)).length, count);
    };

    for (const scope of SCOPES.filter((name) => name !== 'keys:write'))
      test(`cannot give ${scope} when it lacks that, and can when it has it`, async () => {
        await refused({ scopes: [scope] }, await maker([]), /scopes/);
        await refused({ scopes: ['keys:write', scope] }, await maker([]), /scopes/);
        assert.deepEqual((await create({ scopes: [scope] }, { key: await maker([scope]) })).scopes, [scope]);
      });

    test('cannot give the bundle when it lacks a single scope', async () => {
      for (const lacking of SCOPES.filter((name) => name !== 'keys:write')) {
        const key = await maker(SCOPES.filter((name) => name !== lacking && name !== 'keys:write'));
        await refused({ scopes: ['project_admin'] }, key, /scopes/);
      }
    });

    test('cannot give through a made key what it could not give itself', async () => {
      const made = await create({ scopes: ['keys:write'] }, { key: await maker(['sign']) });
      await refused({ scopes: ['sign'] }, made, /scopes/);
    });

    test('cannot give more time than it has itself, and gives all of that when none is named', async () => {
      const key = await maker(['sign'], { expires_in: 3600 });
      for (const expires_in of [3601, CEILING]) await refused({ expires_in }, key, 'expires_in must not outlast your own API key');
      for (const body of [{}, { expires_in: null }]) assert.equal((await create(body, { key })).expires_at, key.expires_at);
      const made = await create({ expires_in: 60 }, { key });
      assert.equal(Date.parse(made.expires_at) - Date.parse(made.created_at), 60 * SECOND);
    });

    test('revokes no key that has a scope which it lacks, and those that have none', async () => {
      const key = await maker(['sign']);
      const refusals = [
        [['sign', 'endpoints:read'], 'endpoints:read'],
        [['project:write', 'history:read'], 'project:write,history:read'],
        [SCOPES, SCOPES.filter((name) => name !== 'sign' && name !== 'keys:write').join(',')],
      ];
      for (const [scopes, lacked] of refusals) {
        const other = await create({ scopes });
        const answer = await revokeKey(at.service, other, { key });
        assertEnvelope(answer, 403, `the API key lacks scopes of the one to be revoked: ${lacked}`);
        await assertGood(other);
      }
      for (const scopes of [['sign'], ['keys:write', 'sign']]) {
        const other = await create({ scopes });
        revokedKey(await revokeKey(at.service, other, { key }));
        await assertEnded(other);
      }
    });

    test('needs that right: every other scope together does not make a key', async () => {
      const key = await create({ scopes: SCOPES.filter((name) => name !== 'keys:write') });
      await refused({ scopes: ['sign'] }, key, /keys:write/);
    });
  });

  describe('restricted to an owner', () => {
    const restricted = (members = {}) => create({ owner_id: 'mine', ...members });

    test('makes keys of its owner only, with the owner named or not', async () => {
      const key = await restricted();
      for (const body of [{}, { owner_id: 'mine' }, { owner_id: null }]) assert.equal((await create(body, { key })).owner_id, 'mine');
      for (const owner_id of ['theirs', 'MINE']) assertEnvelope(await createKey(at.service, { owner_id }, { key }), 403, /owner_id/);
    });

    test('sees and revokes keys of its owner only', async () => {
      const options = await ownProject(at.service);
      const key = createdKey(await createKey(at.service, { owner_id: 'mine' }, options));
      const theirs = createdKey(await createKey(at.service, { owner_id: 'theirs' }, options));
      const mine = { ...options, key };
      const made = createdKey(await createKey(at.service, {}, mine));
      assert.deepEqual((await listKeys(at.service, mine)).map(({ uid }) => uid).sort(), [key.uid, made.uid].sort());
      for (const other of [theirs, options.key]) {
        assertEnvelope(await getKey(at.service, other, mine), 403, /owner_id/);
        assertEnvelope(await revokeKey(at.service, other, mine), 403, /owner_id/);
        assert.equal((await fetchKey(at.service, other, options)).revoked_at, null);
      }
      assert.equal((await fetchKey(at.service, made, mine)).uid, made.uid);
      revokedKey(await revokeKey(at.service, made, mine));
    });

    test('makes endpoints of its owner only, and cannot give one away or take one over', async () => {
      const key = await restricted();
      const endpoint = await make(at.service, {}, { key });
      assert.equal(endpoint.owner_id, 'mine');
      for (const owner_id of ['theirs', '']) {
        const answer = await at.service.create({ ...least, owner_id }, { key });
        assertEnvelope(answer, 403, /owner_id/);
        const away = await at.service.request('PUT', at.service.endpointPath(endpoint), { key, body: { ...least, owner_id } });
        assertEnvelope(away, 403, /owner_id/);
      }
      const theirs = await make(at.service, { owner_id: 'theirs' });
      const taken = await at.service.request('PUT', at.service.endpointPath(theirs), { key, body: { ...least, owner_id: 'mine' } });
      assertEnvelope(taken, 403, /owner_id/);
      assert.deepEqual([await at.service.fetch(endpoint), await at.service.fetch(theirs)].map(({ owner_id }) => owner_id), ['mine', 'theirs']);
    });

    test('cannot change the settings that are everyone\'s', async () => {
      const answer = await at.service.request('PUT', at.service.path(at.service.project.uid), { key: await restricted(), body: { name: 'x' } });
      assertEnvelope(answer, 403, /owner_id/);
    });
  });
});
