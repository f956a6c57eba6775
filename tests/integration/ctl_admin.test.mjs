// Shows that hookrollctl makes stores, projects and keys that the responder then
// serves at once; as JSON and as a table.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { MOMENT, ULID, assertEnvelope, rolled } from './support/answers.mjs';
import { ctlCalls, rowOf } from './support/ctl_calls.mjs';
import { ctlProgram } from './support/place.mjs';
import { run } from './support/processes.mjs';
import { Store } from './support/store.mjs';
import { withService } from './support/suite.mjs';
import { makeTempDir, removeTempDir } from './support/tempdir.mjs';

const TOKEN = /^hrk_[0-9A-HJKMNP-TV-Z]{26}_[A-Za-z0-9_-]{43}$/;

withService('hookrollctl, of what the responder serves', {}, (at) => {
  const { ctl, json, ofProject, table } = ctlCalls(at);

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
        const where = [
          '--store',
          path.join(store.dir, 'elsewhere'),
          '--master-key',
          path.join(store.dir, 'elsewhere.key'),
        ];
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
      const { uid, created_at, updated_at, name, default_grace, max_grace, max_signing_secrets } = project;
      assert.match(uid, ULID);
      assert.match(created_at, MOMENT);
      assert.equal(updated_at, created_at);
      assert.deepEqual([name, default_grace, max_grace, max_signing_secrets], ['plain', 86_400, 31_536_000, 10]);
    });

    test('create takes settings, and list shows them, as JSON and as a table', async () => {
      const settings = ['--default-grace', '60', '--max-grace', '120', '--max-signing-secrets', '3'];
      const project = await json(['project', 'create', '--name', 'a set one', ...settings]);
      assert.deepEqual([project.default_grace, project.max_grace, project.max_signing_secrets], [60, 120, 3]);
      assert.deepEqual(
        (await json(['project', 'list'])).find(({ uid }) => uid === project.uid),
        project,
      );
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
      const listed = (await json(ofProject('key', 'list'))).find(({ uid }) => uid === key.uid);
      const { key: token, ...others } = key;
      assert.deepEqual(listed, others);
      assert.ok(token.includes(key.uid));
      assert.equal((await at.service.get(await at.service.endpoint(), { key })).status, 200);
    });

    test('create shows for people a key that is good at once', async () => {
      const token = (await table(ofProject('key', 'create'))).find((line) => TOKEN.test(line));
      assert.equal((await at.service.get(await at.service.endpoint(), { key: { key: token } })).status, 200);
    });

    test('create tells people of the owner to whom the key is restricted', async () => {
      const [about] = await table(ofProject('key', 'create', '--owner-id', 'acme'));
      assert.equal(about, 'The key, restricted to owner acme, shown this once:');
      assert.equal((await table(ofProject('key', 'create')))[0], 'The key, shown this once:');
    });

    test('create takes scopes, an owner and an end, and list shows them', async () => {
      const before = Date.now();
      const args = [
        '--name',
        'narrow',
        '--scopes',
        'secrets:roll,endpoints:read',
        '--owner-id',
        'acme',
        '--expires-in',
        '3600',
      ];
      const key = await json(ofProject('key', 'create', ...args));
      assert.deepEqual([...key.scopes].sort(), ['endpoints:read', 'secrets:roll']);
      assert.equal(key.owner_id, 'acme');
      const end = Date.parse(key.expires_at);
      assert.ok(before + 3_600_000 <= end && end <= Date.now() + 3_600_000);
      const row = rowOf(await table(ofProject('key', 'list')), key.uid);
      for (const word of ['good', key.expires_at, 'secrets:roll', 'endpoints:read', 'acme', 'narrow'])
        assert.ok(row.includes(word), row);
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

  describe('a table', () => {
    let project;
    before(async () => {
      project = await at.service.store.project();
      await at.service.store.key(project, { name: 'a key' });
      await at.service.store.endpoint(project);
    });

    const tables = ['key list', 'endpoint list', 'secrets', 'history', 'project roll'];
    for (const [name, args] of [['project list', () => []], ...tables.map((of) => [of, () => ['--project', project.uid]])])
      test(`of ${name} has every cell under its title`, async () => {
        const lines = await table([...name.split(' '), ...args()]);
        const head = lines.findIndex((line) => /^[A-Z]/.test(line));
        const rows = lines.slice(head + 1).filter((line) => /  /.test(line));
        assert.ok(rows.length > 0);
        for (const { index } of lines[head].matchAll(/(?<=^|  )\S/g))
          for (const row of rows.filter(({ length }) => length > index))
            assert.match(row.slice(Math.max(index - 2, 0)), index === 0 ? /^\S/ : /^  \S/, `${lines[head]}\n${row}`);
      });
  });

  test('--help and --version say what they should', async () => {
    const help = await ctl(['--help']);
    assert.equal(help.code, 0);
    for (const word of ['init', 'project create', 'key revoke', 'endpoint get', 'roll', 'history', '--json'])
      assert.ok(help.stdout.includes(word), word);
    assert.match((await ctl(['--version'])).stdout, /^hookroll \d+\.\d+/);
  });

  const commandsIn = (help) => [...help.matchAll(/^  ([a-z]+(?: [a-z]+)?) /gm)].map(([, name]) => name);
  for (const [words, commands] of [
    [['roll', '--help'], ['roll']],
    [['roll', '-h'], ['roll']],
    [['roll', '--project', 'x', '--help'], ['roll']],
    [['endpoint', 'create', '--help'], ['endpoint create']],
    [['key', '--help'], ['key create', 'key list', 'key revoke']],
  ])
    test(`${words.join(' ')} shows what that takes, without a store`, async () => {
      const { code, stdout, stderr } = await run(ctlProgram, words);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
      assert.deepEqual(commandsIn(stdout), commands);
      assert.match(stdout, /^usage: .*\n\n/);
      assert.match(stdout, /^Exit status: /m);
    });

  test('--help as the value of an option is that value', async () => {
    assert.equal((await json(['project', 'create', '--name', '--help'])).name, '--help');
  });

  test('--help behind no command is wrong usage', async () => {
    assert.equal((await run(ctlProgram, ['explode', '--help'])).code, 2);
  });
});
