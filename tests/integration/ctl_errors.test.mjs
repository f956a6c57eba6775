// Shows that hookrollctl, when it cannot, says so in one line on standard error,
// with the right status, and has changed nothing.
import assert from 'node:assert/strict';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ctlProgram } from './support/place.mjs';
import { run } from './support/processes.mjs';
import { makeStore } from './support/store.mjs';
import { makeTempDir, removeTempDir } from './support/tempdir.mjs';
import { unwritableKinds, withUnwritable } from './support/unwritable.mjs';

const FAILED = 1;
const USAGE = 2;
const NOT_FOUND = 3;
const REFUSED = 4;
const STRANGER = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

describe('hookrollctl that cannot', () => {
  let store;
  let project;
  let endpoint;
  let asItWas;

  const everything = async () => [
    await store.json(['project', 'list']),
    await store.json(['key', 'list', '--project', project.uid]),
    await store.json(['endpoint', 'list', '--project', project.uid, '--show-secrets']),
    await store.history(project),
  ];

  before(async () => {
    store = await makeStore(makeTempDir());
    project = await store.project({ 'max-signing-secrets': 1 });
    await store.key(project);
    endpoint = await store.endpoint(project, { secret: 'the current one' });
    asItWas = await everything();
  });
  after(() => store && removeTempDir(store.dir));

  function assertFailed({ code, stdout, stderr }, status, words) {
    assert.equal(code, status, stderr);
    assert.equal(stdout, '');
    assert.match(stderr, /^hookrollctl: [^\n]+\n$/);
    assert.doesNotMatch(stderr.slice(0, -1), /[\x00-\x1f\x7f]/);
    assert.match(stderr, words);
  }

  const ids = () => ['--project', project.uid, '--endpoint', endpoint.uid];
  const fails = (what, status, args, words, input) =>
    test(`ends with ${status}: ${what}`, async () => {
      const given = args();
      assertFailed(await store.ctl(given, input), status, words);
      assertFailed(await store.ctl([...given, '--json'], input), status, words);
    });

  describe('for wrong usage', () => {
    fails('a command that there is not', USAGE, () => ['explode'], /command/);
    fails('half a command', USAGE, () => ['project'], /command/);
    fails('a verb that there is not', USAGE, () => ['key', 'delete'], /command/);
    fails('two options for standard input', USAGE, () => ['verify', '--secret-file', '-', '--payload', '-', '--headers', 'x'], /standard input .*--payload/);
    fails('an unknown option', USAGE, () => ['project', 'list', '--wrong'], /unknown option in argument 3 \(/);
    fails("another command's option", USAGE, () => ['project', 'list', '--name', 'x'], /--name/);
    fails('a missing option', USAGE, () => ['project', 'create'], /--name/);
    fails('a missing project', USAGE, () => ['roll', '--endpoint', endpoint.uid], /--project/);
    fails('a missing endpoint', USAGE, () => ['roll', '--project', project.uid], /--endpoint/);
    fails('a word too many', USAGE, () => ['project', 'list', 'please'], /unexpected argument 3 \(/);
    fails('a secret on the command line', USAGE, () => ['roll', ...ids(), '--secret', 'x'], /unknown option in argument 6 \(/);
    fails('an option given twice', USAGE, () => ['roll', ...ids(), '--expiration=1', '--expiration', '2'], /--expiration is given twice/);
    fails('an option given twice with one value', USAGE, () => ['roll', ...ids(), '--project', project.uid], /--project is given twice/);
    fails('a flag given twice', USAGE, () => ['endpoint', 'list', '--project', project.uid, '--show-secrets', '--show-secrets'], /--show-secrets is given twice/);
    const delivery = ['--payload', 'x', '--headers', 'y'];
    fails('nothing to verify with', USAGE, () => ['verify', ...delivery], /missing --project and --endpoint, or --secret-file/);
    fails('a project alone to verify with', USAGE, () => ['verify', ...delivery, '--project', project.uid], /missing --endpoint/);
    fails('an endpoint alone to verify with', USAGE, () => ['verify', ...delivery, '--endpoint', endpoint.uid], /missing --project/);
    fails('two things to verify with', USAGE, () => ['verify', ...delivery, ...ids(), '--secret-file', 'z'], /not both, --project and --endpoint, or --secret-file/);
    fails('half of one and the other to verify with', USAGE, () => ['verify', ...delivery, '--project', project.uid, '--secret-file', 'z'], /not both/);
    fails(
      'a secret for create on the command line',
      USAGE,
      () => ['endpoint', 'create', '--project', project.uid, '--name', 'n', '--url', 'http://a', '--secret', 'x'],
      /unknown option in argument 9 \(/,
    );

    test('repeats no word that might be a secret that slipped into the command line', async () => {
      const secret = 'marker-that-slipped';
      for (const args of [
        [...ids(), `--secret=${secret}`],
        [...ids(), '--secret', secret],
        [...ids(), secret],
        [secret],
        [`--${secret}`],
        [`--${secret}=x`],
        [...ids(), '--secret-file', secret],
      ])
        assert.ok(!(await store.ctl(['roll', ...args])).stderr.includes(secret), args.join(' '));
    });

    test('ends with 2: no command at all', async () => {
      assertFailed(await run(ctlProgram, []), USAGE, /command/);
    });

    test('ends with 2: values for a table that has no place for them', async () => {
      const result = await store.ctl(['endpoint', 'list', '--project', project.uid, '--show-secrets']);
      assertFailed(result, USAGE, /--show-secrets of a list needs --json/);
    });

    test('ends with 2: an option without its value', async () => {
      assertFailed(await store.ctl(['roll', ...ids(), '--expiration']), USAGE, /--/);
    });
  });

  describe('because something is not there', () => {
    fails(
      'an endpoint to get',
      NOT_FOUND,
      () => ['endpoint', 'get', '--project', project.uid, '--endpoint', STRANGER],
      /endpoint not found/,
    );
    fails(
      'an endpoint to roll',
      NOT_FOUND,
      () => ['roll', '--project', project.uid, '--endpoint', STRANGER],
      /endpoint not found/,
    );
    fails(
      "another project's endpoint",
      NOT_FOUND,
      () => ['roll', '--project', STRANGER, '--endpoint', endpoint.uid],
      /not found/,
    );
    fails('a project to update', NOT_FOUND, () => ['project', 'update', '--project', STRANGER, '--name', 'x'], /: project not found$/m);
    fails('an endpoint to revoke of', NOT_FOUND, () => ['revoke', '--project', project.uid, '--endpoint', STRANGER, '--secret-id', endpoint.secrets[0].uid], /: endpoint not found$/m);
    fails("another project's endpoint to revoke of", NOT_FOUND, () => ['revoke', '--project', STRANGER, '--endpoint', endpoint.uid, '--secret-id', endpoint.secrets[0].uid], /: endpoint not found$/m);
    fails('a secret to revoke', NOT_FOUND, () => ['revoke', ...ids(), '--secret-id', STRANGER], /: no such secret can sign: it has ended, or never was$/m);
    fails('a project for a key', NOT_FOUND, () => ['key', 'create', '--project', STRANGER], /project not found/);
    fails(
      'a project for an endpoint',
      NOT_FOUND,
      () => ['endpoint', 'create', '--project', STRANGER, '--name', 'n', '--url', 'http://a'],
      /project not found/,
    );
    for (const what of ['endpoint list', 'key list', 'history'])
      fails(`a project for ${what}`, NOT_FOUND, () => [...what.split(' '), '--project', STRANGER], /project not found/);
    // Which has the last characters of one that there is, by which keys are told apart in the store.
    const alike = () => `${project.uid[0]}${project.uid[1] === '1' ? '2' : '1'}${project.uid.slice(2)}`;
    for (const what of ['endpoint list', 'history'])
      fails(`a project for ${what} that is like another`, NOT_FOUND, () => [...what.split(' '), '--project', alike()], /project not found/);
    fails('an endpoint of such a project', NOT_FOUND, () => ['endpoint', 'get', '--project', alike(), '--endpoint', endpoint.uid], /endpoint not found/);
    fails('a key to revoke', NOT_FOUND, () => ['key', 'revoke', '--key', STRANGER], /key not found/);
    fails(
      'a file with a secret',
      NOT_FOUND,
      () => ['roll', ...ids(), '--secret-file', '/nonexistent/secret'],
      /--secret-file: No such file or directory$/m,
    );
    fails(
      'a file with an endpoint',
      NOT_FOUND,
      () => ['endpoint', 'create', '--project', project.uid, '--input', '/nonexistent/input'],
      /\/nonexistent\/input/,
    );
  });

  describe('because it may not be', () => {
    const create = () => ['endpoint', 'create', '--project', project.uid];
    fails(
      'an id that is none',
      REFUSED,
      () => ['endpoint', 'get', '--project', 'x', '--endpoint', endpoint.uid],
      /--project/,
    );
    fails('a number that is none', REFUSED, () => ['roll', ...ids(), '--expiration', 'soon'], /--expiration must be an integer from 0 to 31536000 \(seconds\)/);
    for (const limit of ['-1', '0', 'all', '1.5', '', '9223372036854775808'])
      for (const list of ['history', 'endpoint list'])
        fails(`a limit of '${limit}' for ${list}`, REFUSED, () => [...list.split(' '), '--project', project.uid, `--limit=${limit}`], /--limit must be an integer from 1 to 9223372036854775807/);
    fails('a reason that is too long', REFUSED, () => ['roll', ...ids(), '--reason', 'x'.repeat(501)], /: --reason must be at most 500 characters/);
    fails('the current secret to revoke', REFUSED, () => ['revoke', ...ids(), '--secret-id', endpoint.secrets[0].uid], /: the current secret cannot be revoked: use roll with --expiration 0$/m);
    fails('a secret to revoke that is no id', REFUSED, () => ['revoke', ...ids(), '--secret-id', 'the current one'], /: --secret-id must be an id of 26 characters$/m);
    fails('a reason to revoke that is too long', REFUSED, () => ['revoke', ...ids(), '--secret-id', STRANGER, '--reason', 'x'.repeat(501)], /: --reason must be at most 500 characters/);
    fails(
      'an expiration below 0',
      REFUSED,
      () => ['roll', ...ids(), '--expiration=-1'],
      /: --expiration must be an integer from 0 to 31536000 \(seconds\)/,
    );
    fails(
      'an expiration above the maximum',
      REFUSED,
      () => ['roll', ...ids(), '--expiration', '31536001'],
      /expiration.*\b31536000\b/,
    );
    fails(
      'an expiration beyond 64 bits',
      REFUSED,
      () => ['roll', ...ids(), '--expiration', '99999999999999999999'],
      /--expiration must be an integer from 0 to 31536000 \(seconds\)/,
    );
    fails('more secrets than may sign', REFUSED, () => ['roll', ...ids(), '--expiration', '60'], /signing secrets/);
    fails(
      'the current secret again',
      REFUSED,
      () => ['roll', ...ids(), '--expiration', '0', '--secret-file', '-'],
      /secret/,
      'the current one',
    );
    fails(
      'an empty secret file',
      REFUSED,
      () => ['roll', ...ids(), '--expiration', '0', '--secret-file', '-'],
      /secret/,
      '',
    );
    fails(
      'a secret of two lines',
      REFUSED,
      () => ['roll', ...ids(), '--expiration', '0', '--secret-file', '-'],
      /secret/,
      'a\nb\n',
    );
    fails(
      'a secret of 257 bytes',
      REFUSED,
      () => ['roll', ...ids(), '--expiration', '0', '--secret-file', '-'],
      /secret/,
      'x'.repeat(257),
    );
    fails(
      'a secret of a megabyte',
      REFUSED,
      () => ['roll', ...ids(), '--expiration', '0', '--secret-file', '-'],
      /secret/,
      'x'.repeat(1 << 20),
    );
    fails('a project without a name', REFUSED, () => ['project', 'create', '--name', ''], /: --name must be 1 to/);
    fails(
      'a project with a control character in its name',
      REFUSED,
      () => ['project', 'create', '--name', 'a\u001b[31m'],
      /name/,
    );
    fails(
      'a default grace below 0',
      REFUSED,
      () => ['project', 'create', '--name', 'x', '--default-grace', '-1'],
      /: --default-grace must be from 0 to/,
    );
    fails(
      'a maximum below the default grace',
      REFUSED,
      () => ['project', 'update', '--project', project.uid, '--max-grace', '1'],
      /: --default-grace must be from 0 to max_grace, 1 /,
    );
    fails('a header that is no name', REFUSED, () => ['project', 'create', '--name', 'x', '--signature-header', 'a b'], /: --signature-header must be a header's name/);
    fails('a name of a key with a line break', REFUSED, () => ['key', 'create', '--project', project.uid, '--name', 'a\n'], /: --name must be at most/);
    fails(
      'a default grace above the maximum',
      REFUSED,
      () => ['project', 'create', '--name', 'x', '--max-grace', '1', '--default-grace', '2'],
      /: --default-grace must be from 0 to max_grace, 1 \(seconds\)$/m,
    );
    fails(
      '65 signing secrets',
      REFUSED,
      () => ['project', 'create', '--name', 'x', '--max-signing-secrets', '65'],
      /--max-signing-secrets must be an integer from 1 to 64$/m,
    );
    fails(
      'an unknown scope',
      REFUSED,
      () => ['key', 'create', '--project', project.uid, '--scopes', 'sign,everything'],
      /scope 2 of --scopes must be one of project_admin, .*, sign$/m,
    );
    for (const [what, versions, words] of [
      ['the second signature version', 'SHA256:hex,MD5:hex', /version 2 of --signature-versions must be SHA256 or SHA512/],
      ['a fifth signature version', Array(5).fill('SHA256:hex').join(), /--signature-versions must be 1 to 4 versions/],
    ])
      fails(what, REFUSED, () => ['project', 'create', '--name', 'x', '--signature-versions', versions], words);
    fails(
      'a key that ends at once',
      REFUSED,
      () => ['key', 'create', '--project', project.uid, '--expires-in', '0'],
      /--expires-in must be an integer from 1 to 315360000 \(seconds\)/,
    );
    fails('an owner that an unset variable should name', REFUSED, () => ['key', 'create', '--project', project.uid, '--owner-id', ''], /: --owner-id must be 1 to 256 bytes of UTF-8 without control characters$/m);
    fails('an endpoint without members', REFUSED, create, /url.*name|name.*url/);
    fails('an endpoint with a bad url', REFUSED, () => [...create(), '--name', 'n', '--url', 'nowhere'], /: --url must be http/);
    fails('input that is not JSON', REFUSED, () => [...create(), '--input', '-'], /: --input contains badly-formed JSON/, '{"name":');
    fails('input that is empty', REFUSED, () => [...create(), '--input', '-'], /: --input must not be empty$/m, '');
    fails('input with a member of the wrong type', REFUSED, () => [...create(), '--input', '-'], /: --input contains incorrect JSON type for field "name"/, '{"name":1}');
    fails('input with a bad member beside a good option', REFUSED, () => [...create(), '--name', 'n', '--input', '-'], /: url must be http/, '{"url":"nowhere"}');
    fails('input that is no object', REFUSED, () => [...create(), '--input', '-'], /: --input contains incorrect JSON type/, 'null');
    fails(
      'input with everything wrong',
      REFUSED,
      () => [...create(), '--input', '-'],
      /url.*name|name.*url/,
      '{"name":"","support_email":"x"}',
    );
    fails('a store that is there', REFUSED, () => ['init'], /already/);
  });

  describe('because of its surroundings', () => {
    const file = (name) => path.join(store.dir, name);
    const attempt = (...args) => run(ctlProgram, args);

    test('ends with 1 and advice: there is no store', async () => {
      const result = await attempt('project', 'list', '--store', file('absent'), '--master-key', store.masterKey);
      assertFailed(result, FAILED, /hookrollctl init/);
    });

    test('ends with 1: the settings it was told of are not there', async () => {
      assertFailed(await attempt('project', 'list', '--config', file('absent.conf')), FAILED, /absent\.conf/);
    });

    test('ends with 4 or 1: a line of the settings is bad', async () => {
      writeFileSync(file('bad.conf'), '\nworkers = 0\n');
      const result = await attempt('project', 'list', '--config', file('bad.conf'));
      assert.ok([FAILED, REFUSED].includes(result.code));
      assertFailed(result, result.code, /bad\.conf.*line 2\b/);
    });

    test("ends with 1 and advice: the master key is another store's", async () => {
      const other = await makeStore(makeTempDir());
      try {
        const result = await attempt('project', 'list', '--store', store.directory, '--master-key', other.masterKey);
        assertFailed(result, FAILED, /--master-key/);
      } finally {
        removeTempDir(other.dir);
      }
    });

    test('ends with 1: others can read the master key', async () => {
      chmodSync(store.masterKey, 0o644);
      try {
        assertFailed(await store.ctl(['project', 'list']), FAILED, /0600/);
      } finally {
        chmodSync(store.masterKey, 0o600);
      }
    });
  });

  test('has changed nothing in all of these', async () => {
    assert.deepEqual(await everything(), asItWas);
  });
});

describe('hookrollctl', () => {
  let store;
  let ids;

  before(async () => {
    store = await makeStore(makeTempDir());
    const project = await store.project();
    const endpoint = await store.endpoint(project);
    ids = ['--project', project.uid, '--endpoint', endpoint.uid];
  });
  after(() => store && removeTempDir(store.dir));

  for (const kind of unwritableKinds)
    test(`ends with 5 when it has done what nobody can read of: ${kind}`, async () => {
      const rolled = async () => (await store.json(['history', ...ids])).filter(({ action }) => action === 'rolled').length;
      const before = await rolled();
      const { code, stderr } = await withUnwritable(kind, (stdout) => run(ctlProgram, ['roll', ...ids, '--config', store.config], { stdout }));
      assert.deepEqual({ code, stderr }, { code: 5, stderr: 'hookrollctl: done, but standard output cannot be written\n' });
      assert.equal(await rolled(), before + 1);
    });

  test('does not end a pause by another one', async () => {
    const pause = ['endpoint', 'pause', ...ids];
    assert.equal((await store.json(pause)).status, 'paused');
    const { code, stderr } = await store.ctl(pause);
    assert.deepEqual({ code, stderr }, { code: REFUSED, stderr: 'hookrollctl: the endpoint is paused\n' });
    assert.equal((await store.json(['endpoint', 'get', ...ids])).status, 'paused');
    assert.equal((await store.json(['endpoint', 'activate', ...ids])).status, 'active');
  });
});
