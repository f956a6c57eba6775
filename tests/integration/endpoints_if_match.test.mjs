// Shows that If-Match guards every change of an endpoint: with a tag of before, nothing
// happens, to the endpoint or its history; with the tag that it has now, the change does.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertEnvelope, rolled } from './support/answers.mjs';
import {
  activate, activated, etagOf, pause, paused, remove, removed, revoke, revoked, update, updated,
} from './support/changes.mjs';
import { least } from './support/members.mjs';
import { historyPage } from './support/pages.mjs';
import { make } from './support/projects.mjs';
import { withService } from './support/suite.mjs';
import { untilClock } from './support/waiting.mjs';

const CHANGED = 'the endpoint has changed since';
const STRANGER = { uid: '01ARZ3NDEKTSV4RRFFQ69G5FAV', secrets: [{ uid: '01ARZ3NDEKTSV4RRFFQ69G5FAV' }] };

withService('If-Match', {}, (at) => {
  const put = (endpoint, headers, members = {}) => update(at.service, endpoint, { ...least, ...members }, { headers });
  const roll = (endpoint, headers, expiration = 3600) => at.service.roll(endpoint, { expiration }, { headers });
  const guarded = {
    'an update': { ask: (endpoint, headers) => put(endpoint, headers, { description: 'done' }), done: updated },
    'a roll': { ask: roll, done: rolled },
    'a revocation': { ask: (endpoint, headers) => revoke(at.service, endpoint, endpoint.secrets[0], { headers }), done: revoked },
    'a pause': { ask: (endpoint, headers) => pause(at.service, endpoint, { headers }), done: paused },
    'an activation': { ask: (endpoint, headers) => activate(at.service, endpoint, { headers }), done: activated, isPaused: true },
    'a deletion': { ask: (endpoint, headers) => remove(at.service, endpoint, { headers }), done: removed },
  };

  const tagOf = async (endpoint, options) => etagOf(await at.service.get(endpoint, options));
  const seen = async (endpoint) => ({
    endpoint: await at.service.fetch(endpoint), tag: await tagOf(endpoint), history: await historyPage(at.service, endpoint),
  });

  // One to which each of the changes could be done: a secret is in grace.
  async function ready(isPaused) {
    const endpoint = rolled(await at.service.roll(await make(at.service), { expiration: 3600 }));
    if (isPaused) paused(await pause(at.service, endpoint));
    return endpoint;
  }

  async function refusesWith(header, ask, endpoint) {
    const before = await seen(endpoint);
    assertEnvelope(await ask(endpoint, { 'If-Match': header }), 412, CHANGED);
    assert.deepEqual(await seen(endpoint), before);
  }

  for (const [what, { ask, done, isPaused }] of Object.entries(guarded))
    describe(`of ${what}`, () => {
      for (const [which, header] of Object.entries({ 'the tag': (tag) => tag, 'a list with it': (tag) => `"x", ${tag}, "y"`, '*': () => '*' }))
        test(`that is ${which} lets it happen`, async () => {
          const endpoint = await ready(isPaused);
          done(await ask(endpoint, { 'If-Match': header(await tagOf(endpoint)) }));
        });

      const others = {
        'another tag': () => '"1-1-x"', 'the tag, marked as weak': (tag) => `W/${tag}`, 'a list without it': () => '"x", "y"',
        'it without quotes': (tag) => tag.slice(1, -1), 'a longer one': (tag) => `"0${tag.slice(1)}`,
      };
      for (const [which, header] of Object.entries(others))
        test(`that is ${which} is answered 412, and nothing changes`, async () => {
          const endpoint = await ready(isPaused);
          await refusesWith(header(await tagOf(endpoint)), ask, endpoint);
        });

      const between = {
        'an update': async (endpoint) => updated(await put(endpoint, {}, { description: 'x' })),
        'a roll': async (endpoint) => rolled(await roll(endpoint, {})),
        'a roll that ends the old secret at once': async (endpoint) => rolled(await roll(endpoint, {}, 0)),
        'a pause and an activation': async (endpoint) => {
          if (!isPaused) paused(await pause(at.service, endpoint));
          activated(await activate(at.service, endpoint));
          if (isPaused) paused(await pause(at.service, endpoint));
        },
      };
      for (const [before, change] of Object.entries(between))
        test(`that is the tag of before ${before} is answered 412, and nothing changes`, async () => {
          const endpoint = await ready(isPaused);
          const tag = await tagOf(endpoint);
          await change(endpoint);
          await refusesWith(tag, ask, endpoint);
        });

      test('that is the tag of a key that sees less is that key\'s alone', async () => {
        const endpoint = await ready(isPaused);
        const key = await at.service.store.key(at.service.project, { scopes: 'endpoints:read' });
        await refusesWith(await tagOf(endpoint, { key }), ask, endpoint);
      });

      test('on an endpoint that is not there is answered 404', async () => {
        assertEnvelope(await ask(STRANGER, { 'If-Match': '*' }), 404, /not found/);
      });
    });

  test('that is the tag of before a secret\'s grace ended is answered 412, though nobody did anything', async () => {
    const endpoint = await make(at.service);
    const { secrets } = rolled(await at.service.roll(endpoint, { expiration: 2 }));
    const tag = await tagOf(endpoint);
    assert.ok(Date.now() < Date.parse(secrets[0].expires_at), 'the grace ended before it could be looked at');
    await untilClock(Date.parse(secrets[0].expires_at));
    for (const { ask } of Object.values(guarded)) await refusesWith(tag, ask, { ...endpoint, secrets });
  });

  for (const what of ['an update', 'a roll'])
    test(`lets exactly one of many at once of ${what} happen`, async () => {
      const { ask, done } = guarded[what];
      const endpoint = await ready();
      const headers = { 'If-Match': await tagOf(endpoint) };
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(endpoint, headers)));
      const [first, ...more] = answers.filter(({ status }) => status !== 412);
      assert.deepEqual(more, []);
      assert.deepEqual(done(first), await at.service.fetch(endpoint));
      for (const answer of answers) if (answer !== first) assertEnvelope(answer, 412, CHANGED);
    });
});
