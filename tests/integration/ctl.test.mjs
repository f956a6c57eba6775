// Shows that hookrollctl does what it says on the store that the responder is
// serving, each seeing at once what the other did; as JSON and as a table.
import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { GENERATED, MOMENT, ULID, assertEnvelope, assertOldestFirst, assertSecrets, currentSecret, rolled } from './support/answers.mjs';
import { authentications, everyMember, least, masked } from './support/members.mjs';
import { Store } from './support/store.mjs';
import { withService } from './support/suite.mjs';
import { makeTempDir, removeTempDir } from './support/tempdir.mjs';

const TOKEN = /^hrk_[0-9A-HJKMNP-TV-Z]{26}_[A-Za-z0-9_-]{43}$/;
const REDACTED = '[REDACTED]';

withService('hookrollctl beside a responder that serves', {}, (at) => {
  const ctl = (args, input) => at.service.store.ctl(args, input);
  const json = (args, input) => at.service.store.json(args, input);
  const ofProject = (...args) => [...args, '--project', at.service.project.uid];
  const ofEndpoint = (endpoint, ...args) => [...ofProject(...args), '--endpoint', endpoint.uid];

  async function table(args, input) {
    const { code, stdout, stderr } = await ctl(args, input);
    assert.equal(stderr, '');
    assert.equal(code, 0);
    assert.ok(stdout.endsWith('\n'));
    assert.doesNotMatch(stdout, /[\x00-\x09\x0b-\x1f\x7f]/);
    return stdout.slice(0, -1).split('\n');
  }

  const rowOf = (lines, word) => {
    const found = lines.filter((line) => line.includes(word));
    assert.equal(found.length, 1, `${word} is in ${found.length} rows`);
    return found[0];
  };

  describe('init', () => {
    const inNewDir = async (work) => {
      const dir = makeTempDir();
      try {
        await work(new Store(dir));
      } finally {
        removeTempDir(dir);
      }
    };

    test('makes a store and a key and says where, as JSON', () =>
      inNewDir(async (store) => {
        assert.deepEqual(await store.json(['init']), { store: store.directory, master_key: store.masterKey });
        assert.deepEqual(await store.json(['project', 'list']), []);
      }));

    test('makes a store and a key and says where, for people', () =>
      inNewDir(async (store) => {
        const { code, stdout } = await store.ctl(['init']);
        assert.equal(code, 0);
        assert.ok(stdout.includes(store.directory) && stdout.includes(store.masterKey));
        assert.ok(existsSync(path.join(store.directory, 'data.mdb')));
      }));

    test('takes --store and --master-key in place of settings', () =>
      inNewDir(async (store) => {
        const where = ['--store', path.join(store.dir, 'elsewhere'), '--master-key', path.join(store.dir, 'elsewhere.key')];
        assert.equal((await store.ctl(['init', ...where])).code, 0);
        assert.equal((await store.ctl(['project', 'create', '--name', 'x', ...where])).code, 0);
        assert.ok(!existsSync(store.directory));
      }));

    test('leaves a store that is there alone', async () => {
      const before = await json(['project', 'list']);
      assert.equal((await ctl(['init'])).code, 4);
      assert.deepEqual(await json(['project', 'list']), before);
      assert.equal((await at.service.get(await at.service.endpoint())).status, 200);
    });
  });

  describe('project', () => {
    test('create has factory settings where none are given', async () => {
      const project = await json(['project', 'create', '--name', 'plain']);
      const { uid, created_at, updated_at, ...others } = project;
      assert.match(uid, ULID);
      assert.match(created_at, MOMENT);
      assert.equal(updated_at, created_at);
      assert.deepEqual(others, { name: 'plain', default_grace: 86_400, max_grace: 31_536_000, max_signing_secrets: 10 });
    });

    test('create takes settings, and list shows them, as JSON and as a table', async () => {
      const settings = ['--default-grace', '60', '--max-grace', '120', '--max-signing-secrets', '3'];
      const project = await json(['project', 'create', '--name', 'a set one', ...settings]);
      assert.deepEqual([project.default_grace, project.max_grace, project.max_signing_secrets], [60, 120, 3]);
      assert.deepEqual((await json(['project', 'list'])).find(({ uid }) => uid === project.uid), project);
      assert.match(rowOf(await table(['project', 'list']), project.uid), /\b60 +120 +3 +a set one$/);
    });

    test('create says as a table what it made', async () => {
      const lines = await table(['project', 'create', '--name', 'for people']);
      assert.match(lines[0], /^PROJECT /);
      assert.match(rowOf(lines, 'for people').split(' ')[0], ULID);
    });
  });

  describe('key', () => {
    test('create shows a key once that is good at once', async () => {
      const key = await json(ofProject('key', 'create', '--name', 'a key'));
      assert.match(key.key, TOKEN);
      assert.equal(key.project_id, at.service.project.uid);
      assert.equal((await at.service.get(await at.service.endpoint(), { key })).status, 200);
      const listed = (await json(ofProject('key', 'list'))).find(({ uid }) => uid === key.uid);
      const { key: token, ...others } = key;
      assert.deepEqual(listed, others);
      assert.ok(token.includes(key.uid));
    });

    test('create shows for people a key that is good at once', async () => {
      const token = (await table(ofProject('key', 'create'))).find((line) => TOKEN.test(line));
      assert.equal((await at.service.get(await at.service.endpoint(), { key: { key: token } })).status, 200);
    });

    test('create takes scopes, an owner and an end, and list shows them', async () => {
      const before = Date.now();
      const args = ['--name', 'narrow', '--scopes', 'secrets:roll,endpoints:read', '--owner-id', 'acme', '--expires-in', '3600'];
      const key = await json(ofProject('key', 'create', ...args));
      assert.deepEqual([...key.scopes].sort(), ['endpoints:read', 'secrets:roll']);
      assert.equal(key.owner_id, 'acme');
      const end = Date.parse(key.expires_at);
      assert.ok(before + 3_600_000 <= end && end <= Date.now() + 3_600_000);
      const row = rowOf(await table(ofProject('key', 'list')), key.uid);
      for (const word of ['good', key.expires_at, 'secrets:roll', 'endpoints:read', 'acme', 'narrow']) assert.ok(row.includes(word), row);
    });

    test('revoke ends a key at once, and for good', async () => {
      const endpoint = await at.service.endpoint();
      const key = await at.service.store.key(at.service.project);
      rolled(await at.service.roll(endpoint, { expiration: 0 }, { key }));
      const asItWas = await at.service.fetch(endpoint);
      assert.equal((await ctl(['key', 'revoke', '--key', key.uid])).code, 0);
      assertEnvelope(await at.service.roll(endpoint, { expiration: 0 }, { key }), 401, 'authorization failed');
      assert.deepEqual(await at.service.fetch(endpoint), asItWas);
      const [first] = (await json(ofProject('key', 'list'))).filter(({ uid }) => uid === key.uid);
      assert.match(first.revoked_at, MOMENT);
      assert.match(rowOf(await table(ofProject('key', 'list')), key.uid), /\brevoked\b/);
      assert.deepEqual(await json(['key', 'revoke', '--key', key.uid]), { revoked: true });
      const [second] = (await json(ofProject('key', 'list'))).filter(({ uid }) => uid === key.uid);
      assert.equal(second.revoked_at, first.revoked_at);
    });
  });

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
        const { uid } = await json(ofProject('endpoint', 'create', '--input', '-'), JSON.stringify({ ...members, secret: 'mine' }));
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
      for (const name of ['first', 'second', 'third']) made.unshift(await at.service.store.endpoint(project, { name, secret: `secret of ${name}` }));
      const list = (...args) => ['endpoint', 'list', '--project', project.uid, ...args];
      const listed = await json(list());
      assert.deepEqual(listed.map(({ name }) => name).sort(), ['first', 'second', 'third']);
      assert.deepEqual(listed.map(({ uid }) => uid), made.map(({ uid }) => uid).sort().reverse());
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
      const over = rolled(await at.service.roll(endpoint, { expiration: 60 }, { headers: { 'X-Request-ID': 'by-http' } }));
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
      for (const word of [String(second.sequence), second.at, 'by-http', second.new_secret, second.ended_secret, second.key_id]) assert.ok(lines[2].includes(word), lines[2]);
    });

    test('of a project holds all of its endpoints, and --limit bounds it', async () => {
      const project = await at.service.store.project();
      const endpoints = [await at.service.store.endpoint(project), await at.service.store.endpoint(project)];
      const history = await at.service.store.history(project);
      assert.deepEqual(history.map((entry) => entry.endpoint_id), endpoints.map(({ uid }) => uid).reverse());
      assert.deepEqual(await json(['history', '--project', project.uid, '--limit', '1']), history.slice(0, 1));
    });
  });

  test('control characters in a name and a description do not reach a terminal', async () => {
    const name = 'a\u001b[2J\u001b]0;x\u0007\u0000\r\n\t\u007f\u0085\u009bz';
    const endpoint = await at.service.endpoint({ name, description: name });
    const lines = [...(await table(ofEndpoint(endpoint, 'endpoint', 'get'))), ...(await table(ofProject('endpoint', 'list')))];
    assert.equal(lines.filter((line) => line.includes(endpoint.uid)).length, 2);
    assert.doesNotMatch(lines.join(''), /[\x00-\x1f\x7f-\x9f]/);
    assert.equal((await json(ofEndpoint(endpoint, 'endpoint', 'get'))).name, name);
  });

  test('--help and --version say what they should', async () => {
    const help = await ctl(['--help']);
    assert.equal(help.code, 0);
    for (const word of ['init', 'project create', 'key revoke', 'endpoint get', 'roll', 'history', '--json']) assert.ok(help.stdout.includes(word), word);
    assert.match((await ctl(['--version'])).stdout, /^hookroll \d+\.\d+/);
  });
});
