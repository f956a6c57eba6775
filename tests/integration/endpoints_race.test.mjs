// Shows that 300 updates and rolls of one endpoint at once lose nothing: every
// roll is in the history, and every field shows its own writer's last word.
import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { rolled, currentSecret } from './support/answers.mjs';
import { pause, paused, update, updated } from './support/changes.mjs';
import { assertChain, assertHolds, assertSequence } from './support/histories.mjs';
import { HttpClient } from './support/http_client.mjs';
import { least } from './support/members.mjs';
import { historyPage } from './support/pages.mjs';
import { make } from './support/projects.mjs';
import { withService } from './support/suite.mjs';

const ROLLS = 150;
const TURNS = 15;

const apiKey = (i) => ({ type: 'api_key', api_key: { header_name: `X-Key-${i}`, header_value: `value ${i}` } });

const fields = {
  description: (i) => `description ${i}`,
  owner_id: (i) => `owner-${i}`,
  support_email: (i) => `support-${i}@example.com`,
  slack_webhook_url: (i) => `https://hooks.slack.example/${i}`,
  http_timeout: (i) => 100 + i,
  rate_limit: (i) => 200 + i,
  rate_limit_duration: (i) => 300 + i,
  advanced_signatures: (i) => i % 2 === 0,
  authentication: apiKey,
  content_type: (i) => (i % 2 === 0 ? 'application/x-www-form-urlencoded' : 'application/json'),
};

const shown = (value) => (value !== null && typeof value === 'object' ? Object.fromEntries(Object.entries(value).filter(([, inner]) => inner !== null)) : value);

withService('300 updates and rolls of one endpoint at once', {}, (at) => {
  const clients = [];
  after(() => clients.forEach((client) => client.close()));

  const wide = () => {
    const client = new HttpClient(at.service.server.port, { connections: ROLLS });
    clients.push(client);
    return client;
  };

  async function writeField(endpoint, field) {
    for (let i = 1; i <= TURNS; i++) {
      const data = updated(await update(at.service, endpoint, { ...least, [field]: fields[field](i) }));
      assert.deepEqual(shown(data[field]), fields[field](i), `${field} of write ${i} is not in its own answer`);
    }
  }

  function rollAll(endpoint, body) {
    const client = wide();
    const options = { headers: { Authorization: `Bearer ${at.service.key.key}` }, body: JSON.stringify(body) };
    return Promise.all(Array.from({ length: ROLLS }, () => client.request('PUT', at.service.rollPath(endpoint), options)));
  }

  function assertLastWords(endpoint) {
    for (const field of Object.keys(fields)) assert.deepEqual(shown(endpoint[field]), fields[field](TURNS), `a write of ${field} was lost`);
  }

  test('lose no roll and no field of an update', async () => {
    assert.equal(Object.keys(fields).length * TURNS + ROLLS, 300);
    const endpoint = await make(at.service);
    const [answers] = await Promise.all([
      rollAll(endpoint, { expiration: 0 }),
      ...Object.keys(fields).map((field) => writeField(endpoint, field)),
    ]);
    const made = answers.map((answer) => currentSecret(rolled(answer)).uid);
    assert.equal(new Set(made).size, ROLLS);
    const now = await at.service.fetch(endpoint);
    assertLastWords(now);
    const { content } = await historyPage(at.service, endpoint, { perPage: 1000 });
    const ofSecrets = content.filter(({ action }) => action !== 'updated');
    assert.equal(ofSecrets.length, ROLLS + 1);
    assert.equal(content.length - ofSecrets.length, TURNS, 'each change of advanced_signatures has its entry');
    assertHolds(ofSecrets, made);
    assertChain(ofSecrets, now);
    assertSequence(content);
  });

  test('undo no roll by an update: what was in grace still is, with its own end', async () => {
    const endpoint = await make(at.service);
    const writers = Object.keys(fields).map((field) => writeField(endpoint, field));
    const kept = [];
    for (let i = 1; i < 10; i++) kept.push(rolled(await at.service.roll(endpoint, { expiration: 3600 + i })));
    await Promise.all(writers);
    const now = await at.service.fetch(endpoint);
    assertLastWords(now);
    assert.deepEqual(now.secrets, kept.at(-1).secrets);
    kept.forEach((data, i) => assert.deepEqual(now.secrets.slice(0, i + 1), data.secrets.slice(0, i + 1)));
  });

  test('lose no pause either: an odd number of them leaves the endpoint paused', async () => {
    const endpoint = await make(at.service);
    const pauses = Array.from({ length: 51 }, async () => paused(await pause(at.service, endpoint)).status);
    const [statuses] = await Promise.all([
      Promise.all(pauses),
      rollAll(endpoint, { expiration: 0 }),
      writeField(endpoint, 'description'),
      writeField(endpoint, 'authentication'),
    ]);
    assert.equal(statuses.filter((status) => status === 'paused').length, 26);
    const now = await at.service.fetch(endpoint);
    assert.equal(now.status, 'paused');
    assert.equal(now.description, fields.description(TURNS));
    assert.equal((await historyPage(at.service, endpoint, { perPage: 1000 })).content.length, ROLLS + 1 + pauses.length);
  });
});
