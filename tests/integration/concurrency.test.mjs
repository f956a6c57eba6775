// Shows that rolls of one endpoint by many clients at once all happen, one after
// the other, and that nothing that was answered is lost.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { assertEnvelope, assertOldestFirst, currentSecret, rolled } from './support/answers.mjs';
import { assertChain, assertHolds, assertSequence, assertTimesFollow, freshSecrets } from './support/histories.mjs';
import { HttpClient } from './support/http_client.mjs';
import { bearer } from './support/service.mjs';
import { withService } from './support/suite.mjs';

const CLIENTS = 64;
const ROLLS = 2000;

withService('64 clients that roll one endpoint at once', {}, (at) => {
  const clients = [];
  after(() => clients.forEach((client) => client.close()));

  async function rollAll(endpoint, key, body, total) {
    const path = at.service.rollPath(endpoint, { uid: endpoint.project_id });
    const options = { headers: bearer(key), body: JSON.stringify(body) };
    const answers = [];
    let begun = 0;
    const work = async () => {
      const client = new HttpClient(at.service.server.port, { connections: 1 });
      clients.push(client);
      while (begun < total) {
        begun++;
        answers.push(await client.request('PUT', path, options));
      }
    };
    await Promise.all(Array.from({ length: CLIENTS }, work));
    return answers;
  }

  test('do all of 2,000 rolls at grace 0, each in the history exactly once', async () => {
    const { project, key, store } = at.service;
    const endpoint = await at.service.endpoint();
    const answers = await rollAll(endpoint, key, { expiration: 0 }, ROLLS);
    const made = answers.map((answer) => currentSecret(rolled(answer)).uid);
    assert.equal(new Set(made).size, ROLLS);
    const { processes, responderPids } = at.service.server;
    if (processes > 1) assert.equal(responderPids().length, processes, 'not all processes took part');

    const history = await store.history(project, endpoint);
    assert.equal(history.length, ROLLS + 1);
    assertHolds(history, made);
    assertChain(history, await at.service.fetch(endpoint));
    assertSequence(history);
    for (const answer of answers) assert.equal(answer.json().data.secrets.length, 1);
    for (const entry of history.slice(0, -1)) assert.equal(entry.ended_at, entry.at);
    at.rolled = history;
  });

  test('are dated in the order in which they were done', () => assertTimesFollow(at.rolled));

  test('fill an endpoint to the limit and not beyond, and lose none of what is in grace', async () => {
    const { store } = at.service;
    const project = await store.project({ 'max-signing-secrets': 64 });
    const key = await store.key(project);
    const endpoint = await store.endpoint(project);
    const answers = await rollAll(endpoint, key, { expiration: 3600 }, 4 * CLIENTS);
    const done = answers.filter((answer) => answer.status === 200).map((answer) => rolled(answer));
    answers
      .filter((answer) => answer.status !== 200)
      .forEach((answer) => assertEnvelope(answer, 409, /signing secrets/));
    assert.equal(done.length, 63);

    const made = done.map((data) => currentSecret(data).uid);
    const history = await store.history(project, endpoint);
    const now = await at.service.fetch(endpoint, { project, key });
    assert.equal(history.length, 64);
    assertHolds(history, made);
    assertChain(history, now);
    assertSequence(history);
    assert.deepEqual(
      now.secrets.map(({ uid }) => uid),
      freshSecrets(history).reverse(),
    );
    assert.equal(now.secrets.filter((secret) => secret.expires_at === null).length, 1);
    for (const data of done)
      assert.deepEqual(
        data.secrets.map(({ uid }) => uid),
        now.secrets.slice(0, data.secrets.length).map(({ uid }) => uid),
      );
    at.filled = now.secrets;
  });

  test('leave the secrets oldest first by their created_at too', () => assertOldestFirst(at.filled));

  test('and as many endpoints leave the sequence of their project without a gap', async () => {
    const { store } = at.service;
    const project = await store.project();
    const key = await store.key(project);
    const endpoints = await Promise.all(Array.from({ length: 8 }, () => store.endpoint(project)));
    const rolls = await Promise.all(endpoints.map((endpoint) => rollAll(endpoint, key, { expiration: 0 }, 50)));
    const history = await store.history(project);
    assertSequence(history);
    assert.equal(history.length, 8 + 8 * 50);
    for (const [i, endpoint] of endpoints.entries()) {
      const own = history.filter((entry) => entry.endpoint_id === endpoint.uid);
      assertHolds(
        own,
        rolls[i].map((answer) => currentSecret(rolled(answer)).uid),
      );
      assertChain(own, await at.service.fetch(endpoint, { project, key }));
    }
  });
});
