// Shows that a whole project is rolled in pages, each endpoint once however often and by how
// many it is asked for, also over a kill -9, and that one that cannot be stops no other.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { GENERATED, assertEnvelope } from './support/answers.mjs';
import { pause, paused, remove, removed } from './support/changes.mjs';
import { make, ownProject } from './support/projects.mjs';
import { assertRolledTimes, makeMany, projectRollPath, rollPages, rollProject, rolledOf, rolledProject } from './support/project_rolls.mjs';
import { getParams, makeBench } from './support/responder.mjs';
import { withService } from './support/suite.mjs';
import { until } from './support/waiting.mjs';

const MANY = 250;
const now = () => new Date().toISOString();

withService('A project of two owners', {}, (at) => {
  before(async () => {
    at.options = await ownProject(at.service);
    for (const owner_id of ['alice', 'bob', 'alice'])
      await make(at.service, { name: `of ${owner_id}`, url: 'https://example.com/', owner_id }, at.options);
  });

  test('is rolled for one of them', async () => {
    const rolled = rolledProject(await rollProject(at.service, { owner_id: 'alice' }, at.options)).rolled;
    assert.deepEqual(rolled.map(({ owner_id }) => owner_id), ['alice', 'alice']);
  });

  test('is not rolled at all where a member is not known, or no owner is named', async () => {
    const before = (await at.service.store.history(at.options.project)).length;
    const nothingElse = 'body must hold nothing but expiration, reason, created_before, owner_id, limit and cursor';
    assertEnvelope(await rollProject(at.service, { ownerId: 'alice' }, at.options), 400, nothingElse);
    assertEnvelope(await rollProject(at.service, { owner_id: '' }, at.options), 400, 'owner_id must not be empty');
    assert.equal((await at.service.store.history(at.options.project)).length, before);
  });
});

withService('A project of 250 endpoints', {}, (at) => {
  before(async () => {
    at.options = await ownProject(at.service);
    at.endpoints = await makeMany(at.service, MANY, at.options);
  });

  const history = () => at.service.store.history(at.options.project);

  test('is rolled in three pages, with a secret of its own for each, oldest first', async () => {
    at.pages = await rollPages(at.service, { expiration: 3600, reason: 'it leaked' }, at.options);
    assert.deepEqual(at.pages.map(({ rolled }) => rolled.length), [100, 100, 50]);
    const rolled = rolledOf(at.pages);
    assert.deepEqual(rolled.map(({ uid }) => uid), at.endpoints.map(({ uid }) => uid).sort());
    assert.equal(new Set(rolled.map(({ secret }) => secret.value)).size, MANY);
    rolled.forEach(({ secret }) => assert.match(secret.value, GENERATED));
    assertRolledTimes(await history(), at.endpoints, 1);
  });

  test('is as the answers said', async () => {
    for (const { uid, name, secret, ended } of rolledOf(at.pages).slice(0, 10)) {
      const endpoint = await at.service.fetch({ uid }, at.options);
      assert.equal(endpoint.name, name);
      assert.deepEqual(endpoint.secrets.at(-1), secret);
      assert.deepEqual(endpoint.secrets.map(({ uid, expires_at }) => ({ uid, expires_at }))[0], ended);
    }
  });

  test('is left alone by the same request again, page by page', async () => {
    const { created_before } = at.pages[0];
    const again = await rollPages(at.service, { created_before, limit: 70 }, at.options);
    assert.deepEqual(again.map(({ unchanged }) => unchanged), [70, 70, 70, 40]);
    assert.deepEqual(rolledOf(again), []);
    assertRolledTimes(await history(), at.endpoints, 1);
  });

  test('is rolled once by two clients at the same time', async () => {
    const created_before = now();
    const both = await Promise.all([
      rollPages(at.service, { created_before, expiration: 3600 }, at.options),
      rollPages(at.service, { created_before, expiration: 3600, limit: 60 }, at.options),
    ]);
    const uids = both.flatMap(rolledOf).map(({ uid }) => uid);
    assert.equal(uids.length, MANY);
    assert.equal(new Set(uids).size, MANY);
    assert.ok(both.every((pages) => pages.every(({ refused }) => refused.length === 0)));
    assertRolledTimes(await history(), at.endpoints, 2);
  });

  test('has one secret each after a roll that ends the old ones at once', async () => {
    const data = rolledProject(await rollProject(at.service, { expiration: 0, limit: 1000 }, at.options));
    assert.equal(data.rolled.length, MANY);
    for (const { secret, ended } of data.rolled) assert.equal(ended.expires_at, secret.created_at);
    const path = `${at.service.endpointsPath(at.options.project)}?perPage=1000`;
    const { content } = assertEnvelope(await at.service.request('GET', path, at.options), 200, /fetched/).data;
    // Those in grace from before go on until their own ends.
    for (const { secrets } of content) assert.deepEqual(secrets.map(({ expires_at }) => expires_at === null), [false, false, true]);
  });
});

withService('A roll of a project', {}, (at) => {
  const own = (settings) => ownProject(at.service, settings);

  test('goes over those that cannot be rolled, says why, and gets them when it is repeated', async () => {
    const options = await own({ 'max-signing-secrets': 2 });
    const endpoints = await makeMany(at.service, 5, options);
    await at.service.roll(endpoints[2], { expiration: 3600 }, options);
    const data = rolledProject(await rollProject(at.service, { expiration: 3600 }, options));
    assert.equal(data.rolled.length, 4);
    assert.deepEqual(data.refused.map(({ uid }) => uid), [endpoints[2].uid]);
    assert.match(data.refused[0].message, /^the project allows 2 signing secrets at a time: the next one ends at \d/);
    const { created_before } = data;
    const second = rolledProject(await rollProject(at.service, { expiration: 0, created_before }, options));
    assert.deepEqual(second.rolled.map(({ uid }) => uid), [endpoints[2].uid]);
    assert.equal(second.unchanged, 4);
  });

  test('is of paused endpoints too', async () => {
    const options = await own();
    const endpoint = await make(at.service, {}, options);
    paused(await pause(at.service, endpoint, options));
    const data = rolledProject(await rollProject(at.service, {}, options));
    assert.deepEqual(data.rolled.map(({ uid }) => uid), [endpoint.uid]);
    assert.equal((await at.service.fetch(endpoint, options)).status, 'paused');
  });

  test('goes on from a cursor whose endpoint was deleted meanwhile', async () => {
    const options = await own();
    const uids = (await makeMany(at.service, 4, options)).map(({ uid }) => uid).sort();
    const first = rolledProject(await rollProject(at.service, { limit: 2 }, options));
    assert.equal(first.next_cursor, uids[2]);
    removed(await remove(at.service, { uid: uids[2] }, options));
    const { created_before, next_cursor: cursor } = first;
    const second = rolledProject(await rollProject(at.service, { created_before, cursor }, options));
    assert.deepEqual(second.rolled.map(({ uid }) => uid), [uids[3]]);
    assert.equal(second.next_cursor, null);
  });

  test('by a key of one owner is of that owner\'s endpoints', async () => {
    const options = await own();
    const endpoints = await makeMany(at.service, 6, options, (i) => ({ owner_id: i % 2 === 0 ? 'mine' : 'theirs' }));
    const key = await at.service.store.key(options.project, { 'owner-id': 'mine' });
    const pages = await rollPages(at.service, { limit: 2 }, { ...options, key });
    const rolled = rolledOf(pages);
    assert.ok(rolled.every(({ owner_id }) => owner_id === 'mine'));
    assert.equal(rolled.length, 3);
    const history = await at.service.store.history(options.project);
    assertRolledTimes(history, endpoints.filter(({ owner_id }) => owner_id === 'mine'), 1);
    assert.equal(history.length, 9);
  });

  test('shows new secrets, and no old one, to a key that may not read secrets', async () => {
    const options = await own();
    const old = 'marker-that-is-old';
    await makeMany(at.service, 3, options, () => ({ secret: old }));
    const key = await at.service.store.key(options.project, { scopes: 'secrets:roll' });
    const answer = await rollProject(at.service, { expiration: 3600 }, { ...options, key });
    rolledProject(answer).rolled.forEach(({ secret }) => assert.match(secret.value, GENERATED));
    assert.ok(!answer.text.includes(old));
  });

  test('warns where an endpoint has no overlap', async () => {
    const options = await own();
    await make(at.service, { advanced_signatures: false }, options);
    const { rolled } = rolledProject(await rollProject(at.service, { expiration: 3600 }, options));
    assert.match(rolled[0].warning, /^advanced_signatures is off/);
  });

  const wrong = [
    ['expiration', -1],
    ['expiration', '60'],
    ['reason', 'a\nb'],
    ['secret', 'one for all'],
    ['created_before', 'yesterday'],
    ['created_before', '2999-01-01T00:00:00Z'],
    ['created_before', 0],
    ['limit', 0],
    ['limit', 1001],
    ['cursor', 'x'],
  ];
  for (const [member, value] of wrong)
    test(`is refused for its ${member} ${JSON.stringify(value)}, and rolls nothing`, async () => {
      at.wrong ??= await own();
      at.one ??= await make(at.service, {}, at.wrong);
      const answer = await rollProject(at.service, { [member]: value }, at.wrong);
      assert.deepEqual(assertEnvelope(answer, 400, /./).data.errors.map(({ field }) => field), [member]);
      assert.equal((await at.service.store.history(at.wrong.project)).length, 1);
    });

  test('needs a body, as a roll does', async () => {
    at.wrong ??= await own();
    assertEnvelope(await at.service.request('PUT', projectRollPath(at.service, at.wrong.project), at.wrong), 400, 'body must not be empty');
  });
});

describe('A responder that is killed while it rolls a project', () => {
  let bench;
  before(async () => {
    bench = await makeBench();
  });
  after(() => bench?.stop());

  const endpointsPath = () => `/v1/projects/${bench.project.uid}/endpoints`;
  const ask = (method, path, body) => {
    const text = JSON.stringify(body);
    const params = {
      REQUEST_METHOD: method, SCRIPT_NAME: '/api', PATH_INFO: path, CONTENT_TYPE: 'application/json',
      CONTENT_LENGTH: Buffer.byteLength(text), HTTP_AUTHORIZATION: `Bearer ${bench.key.key}`,
    };
    return bench.responder.ask(params, text);
  };
  const rollAll = (created_before) =>
    ask('PUT', `/v1/projects/${bench.project.uid}/expire_secrets`, { created_before, expiration: 0, limit: 1000 });
  const secretOf = async (endpoint) =>
    (await bench.responder.ask(getParams({ ...endpoint, project_id: bench.project.uid }, bench.key))).json().data.secrets.at(-1).uid;

  // How many rolls the kill left to do.
  async function rollKillAndRepeat(endpoints) {
    const created_before = now();
    const rolls = async () => (await bench.store.history(bench.project)).filter(({ action }) => action === 'rolled').length;
    const before = await rolls();
    const was = await secretOf(endpoints[0]);
    const cut = rollAll(created_before).catch(() => {});
    await until('the first roll', async () => (await secretOf(endpoints[0])) !== was, { every: 1 });
    await bench.responder.stop('SIGKILL');
    await cut;
    const done = (await rolls()) - before;
    await bench.responder.start();
    const { data } = (await rollAll(created_before)).json();
    assert.equal(data.unchanged, done);
    assert.equal(data.rolled.length, endpoints.length - done);
    return data.rolled.length;
  }

  test('has rolled each endpoint exactly once when the request was repeated', async () => {
    await bench.responder.start();
    for (let i = 0; i < 300; i++)
      assert.equal((await ask('POST', endpointsPath(), { name: `e${i}`, url: 'https://example.com/hook' })).status, 201);
    const endpoints = (await bench.store.json(['endpoint', 'list', '--project', bench.project.uid])).reverse();
    let left = 0;
    let times = 0;
    while (left === 0 && times < 10) {
      left = await rollKillAndRepeat(endpoints);
      assertRolledTimes(await bench.store.history(bench.project), endpoints, ++times);
    }
    assert.ok(left > 0, 'every kill came too late');
  });
});
