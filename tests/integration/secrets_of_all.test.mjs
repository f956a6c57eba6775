// Shows that after rolls the list of all secrets tells who has not moved to the new one:
// by the clock of the request, page by page, to an owner's key only what is the owner's,
// and to hookrollctl the same.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { assertEnvelope, currentSecret, rolled } from './support/answers.mjs';
import { ctlCalls } from './support/ctl_calls.mjs';
import { gather, listSecrets, newestFirst, secretsPage, secretsPages, uidsOf } from './support/pages.mjs';
import { make, ownProject } from './support/projects.mjs';
import { withService } from './support/suite.mjs';
import { untilClock } from './support/waiting.mjs';

const IN_GRACE = { in_grace: 'true' };
const UNVERIFIED = { unverified: 'true' };
const NOT_MOVED = { ...IN_GRACE, ...UNVERIFIED };
const PAYLOAD = '{"order":7}';
const COUNT = 8;

withService('The secrets of all endpoints', {}, (at) => {
  const { json, table } = ctlCalls(at);

  // That a delivery came which was signed with this secret.
  async function verify(endpoint, secret, options) {
    const date = new Date();
    const headers = {
      'webhook-id': 'msg_1',
      'webhook-timestamp': String(Math.floor(date / 1000)),
      'webhook-signature': new Webhook(secret.value).sign('msg_1', date, PAYLOAD),
    };
    const path = `${at.service.endpointPath(endpoint, options.project)}/verify`;
    const answer = await at.service.request('POST', path, { ...options, body: { headers, payload: PAYLOAD } });
    assert.equal(assertEnvelope(answer, 200, 'signature verified').data.secret, secret.uid);
  }

  const roll = async (endpoint, expiration, options) => rolled(await at.service.roll(endpoint, { expiration }, options));
  const found = async (query, options) => uidsOf((await secretsPage(at.service, query, options)).content);

  // Of eight endpoints of two owners, those from the third on are rolled, and those of
  // `moved` verified a delivery with the current secret.
  before(async () => {
    at.options = await ownProject(at.service);
    at.rows = [];
    for (let i = 0; i < COUNT; i++)
      at.rows.push(await make(at.service, { name: `endpoint ${i}`, ...(i === 0 ? {} : { owner_id: i % 2 === 0 ? 'anna' : 'bert' }) }, at.options));
    for (const [i, row] of at.rows.entries()) {
      if (i > 1) at.rows[i] = await roll(row, 3600, at.options);
      if (i % 3 === 0) await verify(row, currentSecret(at.rows[i]), at.options);
    }
    const rolledOnes = at.rows.slice(2);
    const unmoved = at.rows.filter((_, i) => i % 3 !== 0);
    at.sets = [
      [{}, at.rows],
      [IN_GRACE, rolledOnes],
      [UNVERIFIED, unmoved],
      [NOT_MOVED, rolledOnes.filter((row) => unmoved.includes(row))],
    ];
  });

  test('tell after two rolls which of them has not moved', async () => {
    const options = await ownProject(at.service);
    const [moved, unmoved] = [await make(at.service, {}, options), await make(at.service, {}, options)];
    const { secrets } = await roll(moved, 3600, options);
    await roll(unmoved, 3600, options);
    assert.deepEqual(await found(NOT_MOVED, options), newestFirst([moved, unmoved]));
    await verify(moved, secrets[0], options);
    assert.deepEqual(await found(NOT_MOVED, options), newestFirst([moved, unmoved]));
    await verify(moved, secrets[1], options);
    assert.deepEqual(await found(NOT_MOVED, options), [unmoved.uid]);
    assert.deepEqual(await found(UNVERIFIED, options), [unmoved.uid]);
    assert.deepEqual(await found(IN_GRACE, options), newestFirst([moved, unmoved]));
    await roll(moved, 3600, options);
    assert.deepEqual(await found(NOT_MOVED, options), newestFirst([moved, unmoved]));
  });

  test('are what each endpoint\'s own list has, beside its name and owner, and no values', async () => {
    const answer = await listSecrets(at.service, {}, at.options);
    const { content } = assertEnvelope(answer, 200, 'Secrets fetched successfully').data;
    assert.deepEqual(uidsOf(content), newestFirst(at.rows));
    for (const { uid, name, owner_id, secrets } of at.rows) {
      const path = `${at.service.endpointPath({ uid }, at.options.project)}/secrets`;
      const own = assertEnvelope(await at.service.request('GET', path, at.options), 200, /fetched/).data;
      const expected = { uid, name, ...(owner_id === undefined ? {} : { owner_id }), secrets: own.secrets };
      assert.deepEqual(content.find((row) => row.uid === uid), expected);
      for (const { value } of secrets) assert.ok(!answer.text.includes(value));
    }
  });

  test('are in grace until the end of the last one, by the clock alone', async () => {
    const options = await ownProject(at.service);
    const endpoint = await make(at.service, {}, options);
    assert.deepEqual(await found(IN_GRACE, options), []);
    const { secrets } = await roll(endpoint, 2, options);
    const within = await found(IN_GRACE, options);
    assert.ok(Date.now() < Date.parse(secrets[0].expires_at), 'the grace ended before it could be looked at');
    assert.deepEqual(within, [endpoint.uid]);
    await untilClock(Date.parse(secrets[0].expires_at));
    assert.deepEqual(await found(IN_GRACE, options), []);
    assert.deepEqual(await found(NOT_MOVED, options), []);
    assert.deepEqual(await found(UNVERIFIED, options), [endpoint.uid]);
    const [row] = (await secretsPage(at.service, {}, options)).content;
    assert.deepEqual(row.secrets.map(({ state }) => state), ['ended', 'current']);
  });

  for (const perPage of [1, 2, 3])
    test(`hold each match once in both directions, ${perPage} a page, whatever they are narrowed to`, async () => {
      for (const [filter, matching] of at.sets) {
        const walked = async (direction) =>
          gather(secretsPages(at.service, direction, { perPage, ...filter }, at.options));
        assert.ok(matching.length > 3);
        assert.deepEqual(uidsOf((await walked('next')).flat()), newestFirst(matching));
        assert.deepEqual(uidsOf((await walked('prev')).reverse().flat()), newestFirst(matching));
      }
    });

  test('are narrowed to current secrets that are older than a moment, by the same as a roll of the project', async () => {
    const options = await ownProject(at.service);
    const [first, second] = [await make(at.service, {}, options), await make(at.service, {}, options)];
    await untilClock(Date.parse(second.secrets[0].created_at) + 1);
    const { secrets } = await roll(first, 3600, options);
    const older = (moment, more = {}) => found({ created_before: moment, ...more }, options);
    const next = (moment) => new Date(Date.parse(moment) + 1).toISOString();
    await untilClock(Date.parse(next(secrets[1].created_at)));
    assert.deepEqual(await older(second.secrets[0].created_at), []);
    assert.deepEqual(await older(next(second.secrets[0].created_at)), [second.uid]);
    assert.deepEqual(await older(secrets[1].created_at), [second.uid]);
    assert.deepEqual(await older(next(secrets[1].created_at)), newestFirst([first, second]));
    assert.deepEqual(await older(next(secrets[1].created_at), IN_GRACE), [first.uid]);
    assert.deepEqual(await older('1970-01-01T00:00:00Z'), []);
    const { project } = options;
    const listed = await json(['secrets', '--project', project.uid, '--created-before', secrets[1].created_at]);
    assert.deepEqual(uidsOf(listed), [second.uid]);
    const { rolled: then } = await json(['project', 'roll', '--project', project.uid, '--created-before', secrets[1].created_at]);
    assert.deepEqual(uidsOf(then), [second.uid]);
  });

  test('are narrowed by name and owner, too', async () => {
    const [, , , [, unmoved]] = at.sets;
    assert.deepEqual(await found({ ...NOT_MOVED, ownerId: 'anna' }, at.options), newestFirst(unmoved.filter((row) => row.owner_id === 'anna')));
    assert.deepEqual(await found({ ...NOT_MOVED, q: 'POINT 4' }, at.options), [at.rows[4].uid]);
    assert.deepEqual(await found({ ...NOT_MOVED, q: 'point 3' }, at.options), []);
  });

  test('are the owner\'s for a key of that owner', async () => {
    const key = await at.service.store.key(at.options.project, { 'owner-id': 'bert', 'scopes': 'endpoints:read' });
    const options = { ...at.options, key };
    for (const [filter, matching] of at.sets) {
      const own = newestFirst(matching.filter((row) => row.owner_id === 'bert'));
      assert.deepEqual(await found(filter, options), own);
      const walked = await gather(secretsPages(at.service, 'next', { perPage: 1, ...filter }, options));
      assert.deepEqual(uidsOf(walked.flat()), own);
    }
    assertEnvelope(await listSecrets(at.service, { ownerId: 'anna' }, options), 403, /owner_id/);
  });

  describe('are refused with', () => {
    for (const name of ['in_grace', 'unverified'])
      for (const query of [name, `${name}=`, `${name}=false`, `${name}=1`, `${name}=TRUE`, `${name}=true%20`, `${name}=%80`])
        test(`?${query}, which is named`, async () => {
          const { message, data } = assertEnvelope(await listSecrets(at.service, query), 400, /must be true/);
          assert.deepEqual(data.errors, [{ field: name, message }]);
        });

    for (const [moment, words] of [['', /RFC 3339/], ['yesterday', /RFC 3339/], ['2999-01-01T00:00:00Z', /must not be in the future/]])
      test(`?created_before=${moment}, which is named`, async () => {
        const { message, data } = assertEnvelope(await listSecrets(at.service, `created_before=${moment}`), 400, words);
        assert.deepEqual(data.errors, [{ field: 'created_before', message }]);
      });

    test('all that is wrong named', async () => {
      const query = 'created_before=%80&in_grace=x&unverified=y&perPage=0&direction=up&next_page_cursor=z';
      const { data } = assertEnvelope(await listSecrets(at.service, query), 400, /./);
      assert.deepEqual(data.errors.map(({ field }) => field).sort(), ['created_before', 'direction', 'in_grace', 'next_page_cursor', 'perPage', 'unverified']);
    });
  });

  describe('with hookrollctl', () => {
    const flags = (filter) => Object.keys(filter).map((name) => `--${name.replace('_', '-')}`);
    const list = (...args) => ['secrets', '--project', at.options.project.uid, ...args];

    test('are the same, as JSON', async () => {
      for (const [filter] of at.sets)
        assert.deepEqual(await json(list(...flags(filter))), (await secretsPage(at.service, filter, at.options)).content);
    });

    test('are as many endpoints as asked, of those that match', async () => {
      const [, , , [, unmoved]] = at.sets;
      assert.deepEqual(uidsOf(await json(list(...flags(NOT_MOVED), '--limit', '2'))), newestFirst(unmoved).slice(0, 2));
    });

    test('are a row each for people', async () => {
      const rows = (await secretsPage(at.service, IN_GRACE, at.options)).content;
      const [head, ...lines] = await table(list('--in-grace'));
      assert.match(head, /^ENDPOINT +SECRET +STATE +CREATED +ENDS +LAST VERIFIED +NAME$/);
      const expected = rows.flatMap(({ uid, name, secrets }) =>
        secrets.map((secret) => [uid, secret.uid, secret.state, secret.created_at, secret.expires_at ?? '-', secret.last_verified_at ?? '-', name]));
      assert.deepEqual(lines.map((line) => line.split(/ {2,}/)), expected);
    });

    test('are refused with a moment that is none', async () => {
      const { code, stdout, stderr } = await at.service.store.ctl(list('--created-before', ''));
      assert.deepEqual([code, stdout], [4, '']);
      assert.match(stderr, /^hookrollctl: --created-before must be a time of RFC 3339, such as \S+\n$/);
    });

    test('are not those of a project that is not there', async () => {
      const { code, stderr } = await at.service.store.ctl(['secrets', '--project', '01ARZ3NDEKTSV4RRFFQ69G5FAV']);
      assert.deepEqual([code, stderr], [3, 'hookrollctl: project not found\n']);
    });
  });
});
