// Shows that hookrollctl makes, shows and rolls endpoints on the store that the
// responder is serving, each seeing at once what the other did.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import {
  GENERATED,
  MOMENT,
  assertEnvelope,
  assertOldestFirst,
  assertSecrets,
  currentSecret,
  rolled,
} from './support/answers.mjs';
import { ctlCalls, rowOf } from './support/ctl_calls.mjs';
import { authentications, everyMember, least, masked } from './support/members.mjs';
import { withService } from './support/suite.mjs';

const REDACTED = '[REDACTED]';

withService('hookrollctl beside a responder that serves', {}, (at) => {
  const { ctl, json, ofProject, ofEndpoint, table } = ctlCalls(at);

  describe('endpoint', () => {
    test('create by options is what a GET then answers', async () => {
      const args = ofProject('endpoint', 'create', '--name', 'n', '--url', 'http://example.com/', '--owner-id', 'o');
      const made = await json(args);
      assert.deepEqual(await at.service.fetch(made), made);
      assert.deepEqual([made.name, made.url, made.owner_id], ['n', 'http://example.com/', 'o']);
      assert.match(currentSecret(made).value, GENERATED);
    });

    for (const [type, authentication] of Object.entries(authentications))
      test(`create by --input takes every member, ${type} among them`, async () => {
        const members = { ...everyMember, authentication };
        const { uid } = await json(
          ofProject('endpoint', 'create', '--input', '-'),
          JSON.stringify({ ...members, secret: 'mine' }),
        );
        const data = await at.service.fetch({ uid });
        assert.equal(currentSecret(data).value, 'mine');
        for (const [name, value] of Object.entries(masked(members, true)))
          if (name === 'authentication') assert.deepEqual(data.authentication[type], value[type]);
          else assert.deepEqual(data[name], value, name);
      });

    test('create by --input takes a file', async () => {
      const file = path.join(at.service.store.dir, 'endpoint.json');
      writeFileSync(file, JSON.stringify({ ...least, name: 'from a file' }));
      const { uid } = await json(ofProject('endpoint', 'create', '--input', file));
      assert.equal((await at.service.fetch({ uid })).name, 'from a file');
    });

    test('get shows what was done over HTTP, hiding secrets unless asked', async () => {
      const { data } = assertEnvelope(await at.service.create({ ...least, secret: 'hidden' }), 201, /./);
      rolled(await at.service.roll(data, { expiration: 60, secret: 'hidden too' }));
      const full = await at.service.fetch(data);
      assert.deepEqual(await json([...ofEndpoint(data, 'endpoint', 'get'), '--show-secrets']), full);
      const hidden = await json(ofEndpoint(data, 'endpoint', 'get'));
      assert.deepEqual(hidden, { ...full, secrets: full.secrets.map((secret) => ({ ...secret, value: REDACTED })) });
    });

    test('get shows people the same', async () => {
      const endpoint = await at.service.endpoint({ secret: 'hidden' });
      rolled(await at.service.roll(endpoint, { expiration: 60, secret: 'hidden too' }));
      const { secrets } = await at.service.fetch(endpoint);
      const lines = await table(ofEndpoint(endpoint, 'endpoint', 'get'));
      assert.ok(rowOf(lines, secrets[0].uid).includes(secrets[0].expires_at));
      assert.ok(rowOf(lines, secrets[1].uid).startsWith('current'));
      assert.ok(!lines.join('\n').includes('hidden'));
      const shown = await table([...ofEndpoint(endpoint, 'endpoint', 'get'), '--show-secrets']);
      assert.ok(rowOf(shown, secrets[0].uid).endsWith('hidden'));
      assert.ok(rowOf(shown, secrets[1].uid).endsWith('hidden too'));
    });

    test('list shows the newest first, as many as asked, as JSON and as a table', async () => {
      const project = await at.service.store.project();
      const made = [];
      for (const name of ['first', 'second', 'third'])
        made.unshift(await at.service.store.endpoint(project, { name, secret: `secret of ${name}` }));
      const list = (...args) => ['endpoint', 'list', '--project', project.uid, ...args];
      const listed = await json(list());
      assert.deepEqual(listed.map(({ name }) => name).sort(), ['first', 'second', 'third']);
      assert.deepEqual(
        listed.map(({ uid }) => uid),
        made
          .map(({ uid }) => uid)
          .sort()
          .reverse(),
      );
      assert.ok(!JSON.stringify(listed).includes('secret of'));
      assert.ok(JSON.stringify(await json(list('--show-secrets'))).includes('secret of third'));
      assert.equal((await json(list('--limit', '2'))).length, 2);
      const lines = await table(list());
      assert.equal(lines.length, 4);
      assert.match(lines[0], /^ENDPOINT /);
      for (const { uid, name } of made) assert.ok(rowOf(lines, uid).includes(name));
    });
  });

  describe('roll', () => {
    test('is seen at once over HTTP, and keeps the grace it says', async () => {
      const endpoint = await at.service.endpoint();
      const before = Date.now();
      const data = await json([...ofEndpoint(endpoint, 'roll'), '--expiration', '60', '--show-secrets']);
      const end = Date.parse(data.secrets[0].expires_at);
      assert.ok(before + 60_000 <= end && end <= Date.now() + 60_000);
      assertSecrets(data.secrets);
      assertOldestFirst(data.secrets);
      assert.deepEqual(await at.service.fetch(endpoint), data);
    });

    test('without an expiration keeps the default of the project', async () => {
      const data = await json(ofEndpoint(await at.service.endpoint(), 'roll'));
      assert.equal(Date.parse(data.secrets[0].expires_at) - Date.parse(data.secrets[1].created_at), 86_400_000);
    });

    test('shows the new secret and no other, as JSON and to people', async () => {
      const endpoint = await at.service.endpoint({ secret: 'the old one' });
      const data = await json([...ofEndpoint(endpoint, 'roll'), '--expiration', '60']);
      assert.equal(data.secrets[0].value, REDACTED);
      assert.match(data.secrets[1].value, GENERATED);
      const text = (await table([...ofEndpoint(endpoint, 'roll'), '--expiration', '60'])).join('\n');
      const value = currentSecret(await at.service.fetch(endpoint)).value;
      assert.ok(text.includes(value));
      assert.ok(!text.includes('the old one') && !text.includes(data.secrets[1].value));
    });

    for (const [what, content, secret] of [
      ['as it is', '  my §ecret ', '  my §ecret '],
      ['without the line end behind it', 'a secret\n', 'a secret'],
      ['of 256 bytes and a line end', `${'x'.repeat(256)}\n`, 'x'.repeat(256)],
    ]) {
      const current = async (endpoint) => currentSecret(await at.service.fetch(endpoint)).value;

      test(`takes a secret from a file, ${what}`, async () => {
        const endpoint = await at.service.endpoint();
        const file = path.join(at.service.store.dir, 'secret');
        writeFileSync(file, content);
        await json([...ofEndpoint(endpoint, 'roll'), '--secret-file', file]);
        assert.equal(await current(endpoint), secret);
      });

      test(`takes a secret from standard input, ${what}`, async () => {
        const endpoint = await at.service.endpoint();
        await json([...ofEndpoint(endpoint, 'roll'), '--secret-file', '-'], content);
        assert.equal(await current(endpoint), secret);
      });
    }

    test('warns where an endpoint without advanced signatures has no overlap', async () => {
      const endpoint = await at.service.endpoint({ advanced_signatures: false });
      assert.match((await ctl([...ofEndpoint(endpoint, 'roll'), '--expiration', '60'])).stdout, /overlap/);
    });
  });

  describe('history', () => {
    test('shows who did what and when, newest first, as JSON and as a table', async () => {
      const endpoint = await at.service.endpoint();
      const over = rolled(
        await at.service.roll(endpoint, { expiration: 60 }, { headers: { 'X-Request-ID': 'by-http' } }),
      );
      await json([...ofEndpoint(endpoint, 'roll'), '--expiration', '0']);
      const [third, second, first, ...others] = await json(ofEndpoint(endpoint, 'history'));
      assert.deepEqual(others, []);
      assert.deepEqual([first.action, second.action, third.action], ['created', 'rolled', 'rolled']);
      assert.deepEqual([first.key_id, second.key_id, third.key_id], [null, at.service.key.uid, null]);
      assert.equal(second.request_id, 'by-http');
      assert.equal(second.ended_secret, first.new_secret);
      assert.equal(second.ended_at, over.secrets[0].expires_at);
      assert.equal(second.new_secret, currentSecret(over).uid);
      assert.equal(second.endpoint_id, endpoint.uid);
      assert.match(second.at, MOMENT);
      const lines = await table(ofEndpoint(endpoint, 'history'));
      assert.equal(lines.length, 4);
      for (const word of [
        String(second.sequence),
        second.at,
        'by-http',
        second.new_secret,
        second.ended_secret,
        second.key_id,
      ])
        assert.ok(lines[2].includes(word), lines[2]);
    });

    test('of a project holds all of its endpoints, and --limit bounds it', async () => {
      const project = await at.service.store.project();
      const endpoints = [await at.service.store.endpoint(project), await at.service.store.endpoint(project)];
      const history = await at.service.store.history(project);
      assert.deepEqual(
        history.map((entry) => entry.endpoint_id),
        endpoints.map(({ uid }) => uid).reverse(),
      );
      assert.deepEqual(await json(['history', '--project', project.uid, '--limit', '1']), history.slice(0, 1));
    });
  });

  test('control characters in a name and a description do not reach a terminal', async () => {
    const name = 'a\u001b[2J\u001b]0;x\u0007\u0000\r\n\t\u007f\u0085\u009bz';
    const endpoint = await at.service.endpoint({ name, description: name });
    const lines = [
      ...(await table(ofEndpoint(endpoint, 'endpoint', 'get'))),
      ...(await table(ofProject('endpoint', 'list'))),
    ];
    assert.equal(lines.filter((line) => line.includes(endpoint.uid)).length, 2);
    assert.doesNotMatch(lines.join(''), /[\x00-\x1f\x7f-\x9f]/);
    assert.equal((await json(ofEndpoint(endpoint, 'endpoint', 'get'))).name, name);
  });
});
