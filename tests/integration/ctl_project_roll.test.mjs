// Shows that hookrollctl rolls a whole project in one command, tells of each endpoint as it is
// rolled, and can be called again when it could not go on.
import assert from 'node:assert/strict';
import { closeSync, openSync } from 'node:fs';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { GENERATED } from './support/answers.mjs';
import { rowOf } from './support/ctl_calls.mjs';
import { ctlProgram } from './support/place.mjs';
import { run, start } from './support/processes.mjs';
import { make, ownProject } from './support/projects.mjs';
import { readProc } from './support/procfs.mjs';
import { assertRolledTimes, makeMany } from './support/project_rolls.mjs';
import { withService } from './support/suite.mjs';

const REFUSED = 4;
const STRANGER = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

withService('hookrollctl project roll', {}, (at) => {
  const args = ({ project }, ...more) => ['project', 'roll', '--project', project.uid, ...more];
  const ctl = (...given) => at.service.store.ctl(args(...given));
  const json = (...given) => at.service.store.json(args(...given));
  const history = ({ project }) => at.service.store.history(project);

  test('tells people of each endpoint, of the moment at the start, and of all at the end', async () => {
    const options = await ownProject(at.service);
    const endpoints = await makeMany(at.service, 3, options);
    const { code, stdout, stderr } = await ctl(options, '--expiration', '60', '--reason', 'it leaked');
    assert.equal(code, 0, stderr);
    assert.equal(stderr, '');
    const lines = stdout.slice(0, -1).split('\n');
    assert.equal(lines.length, 6);
    assert.match(lines[0], /^created before \d{4}-\d\d-\d\dT[\d:.]+Z$/);
    assert.equal(lines.at(-1), 'rolled 3, unchanged 0, refused 0');
    for (const { uid, name } of endpoints) {
      const { secrets } = await at.service.fetch({ uid }, options);
      const row = rowOf(lines, uid).split(/ {2,}/);
      assert.deepEqual(row, ['rolled', uid, secrets[1].uid, secrets[0].expires_at, secrets[1].value, name]);
    }
    assert.equal((await history(options))[0].reason, 'it leaked');
  });

  test('tells programs the same, and rolls nothing when it is repeated', async () => {
    const options = await ownProject(at.service);
    const endpoints = await makeMany(at.service, 3, options);
    const first = await json(options);
    assert.deepEqual(Object.keys(first), ['created_before', 'rolled', 'unchanged', 'refused']);
    assert.deepEqual(first.rolled.map(({ uid }) => uid), endpoints.map(({ uid }) => uid).sort());
    first.rolled.forEach(({ secret }) => assert.match(secret.value, GENERATED));
    const again = await json(options, '--created-before', first.created_before);
    assert.deepEqual(again, { created_before: first.created_before, rolled: [], unchanged: 3, refused: [] });
    assertRolledTimes(await history(options), endpoints, 1);
  });

  test('goes through more endpoints than a page of the store has', async () => {
    const options = await ownProject(at.service);
    const endpoints = await makeMany(at.service, 1100, options);
    const { rolled, unchanged } = await json(options, '--expiration', '0');
    assert.equal(rolled.length, 1100);
    assert.equal(unchanged, 0);
    assertRolledTimes(await history(options), endpoints, 1);
  });

  test(`ends with ${REFUSED} when an endpoint could not be rolled, and has rolled the others`, async () => {
    const options = await ownProject(at.service, { 'max-signing-secrets': 2 });
    const [full] = await makeMany(at.service, 3, options);
    await at.service.roll(full, { expiration: 3600 }, options);
    const { code, stdout, stderr } = await ctl(options, '--expiration', '60');
    assert.equal(code, REFUSED);
    assert.equal(stderr, 'hookrollctl: 1 could not be rolled\n');
    assert.match(rowOf(stdout.split('\n'), full.uid), /^refused +\S+ +the project allows 2 signing secrets/);
    assert.match(stdout, /\nrolled 2, unchanged 0, refused 1\n$/);
    const machine = await ctl(options, '--expiration', '60', '--json');
    assert.equal(machine.code, REFUSED);
    assert.equal(JSON.parse(machine.stdout).refused.length, 3);
  });

  test('stops when nobody reads any more, says how to go on, and goes on there', async () => {
    const options = await ownProject(at.service);
    const endpoints = await makeMany(at.service, 300, options);
    const process_ = start(ctlProgram, [...args(options), '--config', at.service.store.config]);
    process_.child.stdout.once('data', () => process_.child.stdout.destroy());
    const { code, stderr } = await process_.ended;
    assert.equal(code, 1);
    const [, count, moment] = stderr.match(/^hookrollctl: standard output cannot be written: stopped after (\d+) rolls, go on with --created-before (\S+)\n$/);
    assert.ok(process_.stdout().startsWith(`created before ${moment}\n`));
    const rest = await json(options, '--created-before', moment);
    assert.equal(rest.unchanged, Number(count));
    assert.equal(rest.rolled.length, 300 - count);
    assert.ok(Number(count) < 300);
    assertRolledTimes(await history(options), endpoints, 1);
  });

  // Begins to roll into a pipe that is too small for all it has to say: it cannot end before `rest`
  // is asked for.
  async function begin(options, { by = [], more = [] } = {}) {
    const fifo = path.join(at.service.store.dir, `fifo-${options.project.uid}`);
    assert.equal((await run('mkfifo', [fifo])).code, 0);
    const [reader, writer] = await Promise.all([open(fifo, 'r'), open(fifo, 'w')]);
    const [program, ...words] = [...by, ctlProgram, ...args(options, ...more), '--json', '--config', at.service.store.config];
    const process_ = start(program, words, { stdout: writer.fd });
    await writer.close();
    const first = Buffer.alloc(32);
    await reader.read(first, 0, first.length);
    const rest = async () => {
      const read = Buffer.concat([first, await reader.readFile()]);
      await reader.close();
      return JSON.parse(read.toString());
    };
    return { process_, rest };
  }

  test('says to go on with the same owner where it was of one', async () => {
    const options = await ownProject(at.service);
    await makeMany(at.service, 500, options, () => ({ owner_id: 'alice' }));
    const { process_, rest } = await begin(options, { more: ['--owner-id', 'alice'] });
    process_.child.kill('SIGTERM');
    await rest();
    assert.match((await process_.ended).stderr, /^hookrollctl: interrupted: stopped after [0-9]+ rolls, go on with the same --owner-id and --created-before [^\n]+\n$/);
  });

  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    test(`stops behind an endpoint on ${signal}, with a whole document, and says how to go on`, async () => {
      const options = await ownProject(at.service);
      const endpoints = await makeMany(at.service, 500, options);
      const { process_, rest } = await begin(options);
      process_.child.kill(signal);
      const { created_before: moment, rolled } = await rest();
      const { code, stderr } = await process_.ended;
      assert.equal(stderr, `hookrollctl: interrupted: stopped after ${rolled.length} rolls, go on with --created-before ${moment}\n`);
      assert.equal(code, 1);
      assert.ok(rolled.length < 500);
      const after = await json(options, '--created-before', moment);
      assert.equal(after.unchanged, rolled.length);
      assertRolledTimes(await history(options), endpoints, 1);
    });

  test('goes on where SIGHUP was ignored, as nohup has it', async () => {
    const options = await ownProject(at.service);
    await makeMany(at.service, 500, options);
    const { process_, rest } = await begin(options, { by: ['nohup'] });
    process_.child.kill('SIGHUP');
    assert.equal((await rest()).rolled.length, 500);
    assert.equal((await process_.ended).code, 0);
  });

  // Stopped while it writes, it would have all who write to the store wait.
  test('is not stopped from the terminal', async () => {
    const SIGTSTP = 1n << 19n;
    const options = await ownProject(at.service);
    await makeMany(at.service, 500, options);
    const { process_, rest } = await begin(options);
    const [, ignored] = readProc(process_.pid, 'status').toString().match(/^SigIgn:\s*([0-9a-f]+)$/m);
    assert.notEqual(BigInt(`0x${ignored}`) & SIGTSTP, 0n);
    await rest();
  });

  test('rolls the endpoints of one owner and no other', async () => {
    const options = await ownProject(at.service);
    const endpoints = await makeMany(at.service, 6, options, (i) => (i === 0 ? {} : { owner_id: i % 2 === 0 ? 'mine' : 'theirs' }));
    const mine = endpoints.filter(({ owner_id }) => owner_id === 'mine').map(({ uid }) => uid);
    const { rolled, unchanged } = await json(options, '--owner-id', 'mine');
    assert.equal(unchanged, 0);
    assert.deepEqual(rolled.map(({ uid }) => uid), mine.sort());
    assert.equal((await history(options)).filter(({ action }) => action === 'rolled').length, 2);
    assert.deepEqual((await json(options, '--owner-id', 'nobody')).rolled, []);
  });

  test('leaves an endpoint alone that another owner got meanwhile', async () => {
    const options = await ownProject(at.service);
    const endpoints = await makeMany(at.service, 500, options, () => ({ owner_id: 'mine' }));
    const given = endpoints.map(({ uid }) => uid).sort().at(-1);
    const { process_, rest } = await begin(options, { more: ['--owner-id', 'mine'] });
    await at.service.store.json(['endpoint', 'update', '--project', options.project.uid, '--endpoint', given, '--owner-id', 'theirs']);
    const { rolled } = await rest();
    assert.equal((await process_.ended).code, 0);
    assert.equal(rolled.length, 499);
    assert.ok(rolled.every(({ uid }) => uid !== given));
  });

  test('rolls nothing where it cannot even say the moment', async () => {
    const options = await ownProject(at.service);
    await makeMany(at.service, 2, options);
    const full = openSync('/dev/full', 'w');
    const { code, stderr } = await run(ctlProgram, [...args(options), '--config', at.service.store.config], { stdout: full });
    closeSync(full);
    assert.equal(code, 1);
    assert.match(stderr, /^hookrollctl: standard output cannot be written: stopped after 0 rolls, /);
    assert.equal((await history(options)).length, 2);
  });

  const wrong = [
    [['--created-before', 'yesterday'], /^hookrollctl: --created-before must be a time of RFC 3339/],
    [['--created-before', '2999-01-01T00:00:00Z'], /^hookrollctl: --created-before must not be in the future\n$/],
    [['--expiration', '-1'], /^hookrollctl: --expiration must be an integer from 0 to/],
    [['--expiration', 'x'], /^hookrollctl: --expiration must be an integer from 0 to 31536000 \(seconds\)\n$/],
    [['--owner-id', ''], /^hookrollctl: --owner-id must not be empty\n$/],
    [['--reason', 'a\nb'], /^hookrollctl: --reason must be/],
  ];
  for (const [more, words] of wrong)
    test(`ends with ${REFUSED} for ${more.join(' ').replace('\n', ' ')}, and rolls nothing`, async () => {
      at.wrong ??= await ownProject(at.service);
      at.one ??= await make(at.service, {}, at.wrong);
      const { code, stdout, stderr } = await ctl(at.wrong, ...more);
      assert.equal(code, REFUSED);
      assert.equal(stdout, '');
      assert.match(stderr, words);
      assert.equal((await history(at.wrong)).length, 1);
    });

  test('ends with 3 for a project that is not', async () => {
    const { code, stdout, stderr } = await ctl({ project: { uid: STRANGER } });
    assert.deepEqual({ code, stdout, stderr }, { code: 3, stdout: '', stderr: 'hookrollctl: project not found\n' });
  });
});
