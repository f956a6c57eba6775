// Shows how the responder starts: from a spawner or on an address of its own,
// and with one clear line and a status of failure where it cannot.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, lstatSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { once } from 'node:events';
import { after, before, describe, test } from 'node:test';
import { assertEnvelope, currentSecret, rolled } from './support/answers.mjs';
import { assertChain, assertHolds, assertSequence } from './support/histories.mjs';
import { responderProgram } from './support/place.mjs';
import { freePort } from './support/ports.mjs';
import { adopt, awaitAdopted, isRunning, run, start, stop } from './support/processes.mjs';
import { lives } from './support/procfs.mjs';
import { Responder, isAccepting, makeBench } from './support/responder.mjs';
import { makeStore } from './support/store.mjs';
import { makeTempDir, removeTempDir } from './support/tempdir.mjs';
import { until } from './support/waiting.mjs';

const BODY = '{"expiration":0}';
const STARTS = 8;

describe('Starting the responder', () => {
  let bench;
  let other;
  before(async () => {
    bench = await makeBench();
    other = await makeStore(makeTempDir());
  });
  after(async () => {
    if (other) removeTempDir(other.dir);
    await bench?.stop();
  });

  const socketPath = (name) => path.join(bench.dir, name);
  const configure = (settings) => bench.store.configure(settings, socketPath('other.conf'));
  const attempt = (args, options) => run(responderProgram, args, options);
  const attemptWith = (settings, ...args) =>
    attempt(['--config', configure({ listen: `unix:${socketPath('never.sock')}`, ...settings }), ...args]);

  function assertRefused(result, words) {
    assert.ok(result.code > 0, `it ended with ${result.code ?? result.signal}`);
    assert.equal(result.stdout, '');
    const lines = result.stderr.split('\n');
    assert.equal(lines.length, 2, `not one line: ${result.stderr}`);
    assert.equal(lines[1], '');
    for (const word of [words].flat()) assert.match(lines[0], word);
  }

  async function assertServes(responder) {
    assertEnvelope(await responder.health(), 200, /./);
    rolled(await responder.roll(bench.endpoint, bench.key, BODY));
  }

  describe('where it cannot', () => {
    after(() => assert.ok(!existsSync(socketPath('never.sock'))));

    const refusedLine = (what, lines, words) =>
      test(`says which line of its settings is wrong: ${what}`, async () => {
        const file = socketPath('bad.conf');
        writeFileSync(file, lines.join('\n'));
        for (const args of [[], ['--check-config']])
          assertRefused(
            await attempt(['--config', file, ...args]),
            [new RegExp(`line ${lines.length}\\b`), words].flat(),
          );
      });
    refusedLine('an unknown setting', ['# a comment', '', 'stoer = /x'], /stoer/);
    refusedLine('no equals sign', ['workers 4'], /name = value/);
    refusedLine('workers of 0', ['log_level = info', 'workers = 0'], /workers.*\b1\b.*\b512\b/);
    refusedLine('workers of more than 512', ['workers = 513'], /workers/);
    refusedLine('workers in words', ['workers = many'], /workers/);
    refusedLine('a max_body that is too small', ['max_body = 1'], /max_body/);
    refusedLine('an unknown log_level', ['log_level = loud'], /log_level/);
    refusedLine('a listen_mode that is not octal', ['listen_mode = 0999'], /listen_mode/);
    refusedLine('an empty value', ['store ='], /store/);
    refusedLine('a setting given twice', ['workers = 4', 'workers = 5'], /workers.*twice/);
    refusedLine('a line that is too long', [`store = /${'x'.repeat(5000)}`], /long/);

    test('says that its settings are not there', async () => {
      assertRefused(await attempt(['--config', socketPath('absent.conf')]), /absent\.conf/);
    });

    test('says that its settings are a directory', async () => {
      assertRefused(await attempt(['--config', bench.dir]), [/./]);
    });

    test('says that there is no store', async () => {
      assertRefused(await attemptWith({ store: socketPath('absent-store') }), /absent-store/);
    });

    test('says that the store was never made', async () => {
      const empty = makeTempDir();
      try {
        assertRefused(await attemptWith({ store: empty }), [/store/]);
      } finally {
        removeTempDir(empty);
      }
    });

    test('says that the master key is not there', async () => {
      assertRefused(await attemptWith({ master_key: socketPath('absent.key') }), /absent\.key/);
    });

    test("says that the master key is another store's", async () => {
      assertRefused(await attemptWith({ master_key: other.masterKey }), /key/);
    });

    test("says that the master key that --master-key names is another store's", async () => {
      assertRefused(await attemptWith({}, '--master-key', other.masterKey), /key/);
    });

    test('says that the path after --master-key is too long', async () => {
      assertRefused(await attemptWith({}, '--master-key', `/${'x'.repeat(1023)}`), /--master-key.*1023/);
    });

    for (const mode of [0o644, 0o640, 0o604])
      test(`says that the master key must not have mode 0${mode.toString(8)}`, async () => {
        const key = socketPath('open.key');
        writeFileSync(key, readFileSync(bench.store.masterKey));
        chmodSync(key, mode);
        assertRefused(await attemptWith({ master_key: key }), [/open\.key/, /0600/]);
      });

    test('says that the master key is none', async () => {
      const key = socketPath('none.key');
      writeFileSync(key, 'a secret marker\n', { mode: 0o600 });
      const result = await attemptWith({ master_key: key });
      assertRefused(result, /none\.key/);
      assert.ok(!result.stderr.includes('marker'));
    });

    test('says that it has neither a socket on fd 0 nor an address', async () => {
      const config = bench.store.configure({}, socketPath('other.conf'));
      assertRefused(await attempt(['--config', config]), [/fd 0/, /listen/]);
    });

    for (const listen of [
      'nowhere',
      'localhost:9000',
      '127.0.0.1:',
      '127.0.0.1:70000',
      '127.0.0.1:0',
      '127.0.0.1:-1',
      ':9000',
      'unix:',
      `unix:/${'x'.repeat(200)}`,
    ])
      test(`says that it cannot listen at ${listen.slice(0, 20)}`, async () => {
        assertRefused(await attemptWith({ listen }), /listen/);
      });

    test('says that a unix socket cannot be made there', async () => {
      assertRefused(await attemptWith({ listen: `unix:${socketPath('absent/x.sock')}` }), /listen.*absent/);
    });

    test('says that a port is in use', async () => {
      const server = net.createServer().listen({ host: '127.0.0.1', port: 0 });
      await once(server, 'listening');
      try {
        assertRefused(await attemptWith({ listen: `127.0.0.1:${server.address().port}` }), [/listen/, /in use/]);
      } finally {
        server.close();
      }
    });

    test('says that it knows no such option, with status 2', async () => {
      const result = await attempt(['--wrong']);
      assert.equal(result.code, 2);
      assert.match(result.stderr, /usage/);
    });

    test('says how it is used when an argument is too many, with status 2', async () => {
      for (const args of [['please'], ['--check-config', 'please'], ['--', '--version']]) {
        const { code, stdout, stderr } = await attemptWith({}, ...args);
        assert.deepEqual({ code, stdout }, { code: 2, stdout: '' });
        assert.match(stderr, /^usage: hookroll\.fcgi /);
      }
    });
  });

  test('says its version and no more where that is asked for, whatever its settings', async () => {
    for (const option of ['--version', '-V']) {
      const { code, stdout, stderr } = await attempt(['--config', socketPath('absent.conf'), option]);
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
      assert.match(stdout, /^hookroll \d+\.\d+\S*\n$/);
    }
  });

  describe('asked only to check its settings', () => {
    test('says nothing and ends with 0 where they are good', async () => {
      const result = await attemptWith(
        { workers: 1, log_level: 'debug', max_body: 1024, listen_mode: '0600' },
        '--check-config',
      );
      assert.deepEqual({ code: result.code, stderr: result.stderr }, { code: 0, stderr: '' });
      assert.ok(!existsSync(socketPath('never.sock')));
    });

    test('reads the file that HOOKROLL_CONFIG names', async () => {
      const file = socketPath('named.conf');
      writeFileSync(file, 'workers = 0\n');
      assertRefused(await attempt(['--check-config'], { env: { HOOKROLL_CONFIG: file } }), [/named\.conf/, /line 1\b/]);
    });
  });

  describe('on a unix socket', () => {
    const responderAt = (name) => new Responder(bench.store, socketPath(name));

    test('makes it with the mode that was set, and with 0660 where none was', async () => {
      for (const [settings, mode] of [
        [{}, 0o660],
        [{ listen_mode: '0600' }, 0o600],
      ]) {
        const responder = await responderAt('mode.sock').start(settings);
        try {
          assert.equal(statSync(responder.address).mode & 0o777, mode);
          await assertServes(responder);
        } finally {
          await responder.stop();
        }
      }
    });

    test('replaces one that a killed responder left behind', async () => {
      const first = await responderAt('stale.sock').start();
      await first.stop('SIGKILL');
      assert.ok(existsSync(first.address));
      const second = await responderAt('stale.sock').start();
      try {
        await assertServes(second);
      } finally {
        await second.stop();
      }
      assert.ok(!existsSync(first.address));
    });

    test('does not take a live one away', async () => {
      const first = await responderAt('live.sock').start();
      try {
        assertRefused(await attemptWith({ listen: `unix:${first.address}` }), [/listen/, /in use/]);
        await assertServes(first);
      } finally {
        assert.equal((await first.stop()).code, 0);
      }
    });

    test('of several that are started at once one serves there, and the others say that it is in use', async () => {
      const address = socketPath('contended.sock');
      const config = configure({ listen: `unix:${address}` });
      const starts = Array.from({ length: STARTS }, () => start(responderProgram, ['--config', config]));
      try {
        const living = () => starts.filter(isRunning);
        await until('all but one to end', () => living().length <= 1, { every: 5 });
        assert.equal(living().length, 1);
        await until('the responder to accept', () => isAccepting(address));
        await assertServes(new Responder(bench.store, address));
        const inUse = starts.filter((one) => /in use/.test(one.stderr()));
        assert.equal(inUse.length, STARTS - 1);
      } finally {
        await Promise.all(starts.map((one) => stop(one)));
      }
      assert.ok(!existsSync(address));
    });

    test('does not take away a file that is no socket', async () => {
      const file = socketPath('a file');
      writeFileSync(file, 'content');
      assertRefused(await attemptWith({ listen: `unix:${file}` }), /listen/);
      assert.equal(readFileSync(file, 'utf8'), 'content');
    });
  });

  test('on a port of the loopback serves there, and starts again at once after it was stopped', async () => {
    const address = { host: '127.0.0.1', port: await freePort() };
    for (let i = 0; i < 2; i++) {
      const responder = await new Responder(bench.store, address).start();
      try {
        await assertServes(responder);
      } finally {
        assert.equal((await responder.stop()).code, 0);
      }
      assert.ok(!(await isAccepting(address)));
    }
  });

  test('with --master-key takes that file and not the one of its settings', async () => {
    const address = socketPath('keyed.sock');
    const config = configure({ listen: `unix:${address}`, master_key: socketPath('absent.key') });
    const process_ = start(responderProgram, ['--config', config, '--master-key', bench.store.masterKey]);
    const responder = new Responder(bench.store, address);
    try {
      await until('the responder to accept', () => isAccepting(address));
      await assertServes(responder);
    } finally {
      assert.equal((await stop(process_)).code, 0);
    }
  });

  describe('from spawn-fcgi', () => {
    const spawned = (name) => new Responder(bench.store, socketPath(name));
    const command = (config) => [responderProgram, '--config', config];

    test('serves the socket on fd 0, whatever its settings say of an address, and leaves it to the spawner', async () => {
      const responder = spawned('spawned.sock');
      const config = configure({ listen: `unix:${socketPath('never.sock')}` });
      const process_ = start('spawn-fcgi', ['-n', '-s', responder.address, '--', ...command(config)]);
      try {
        await until('spawn-fcgi to listen', () => isAccepting(responder.address));
        await assertServes(responder);
        assert.ok(!existsSync(socketPath('never.sock')));
      } finally {
        const { code, stderr } = await stop(process_);
        assert.equal(code, 0, stderr);
      }
      assert.ok(lstatSync(responder.address).isSocket());
      rmSync(responder.address);
    });

    test('several processes serve one socket and one store, and lose nothing', async () => {
      const responder = spawned('shared.sock');
      const pidFile = socketPath('shared.pids');
      const config = configure({ workers: 2 });
      const line = command(config)
        .map((word) => `'${word}'`)
        .join(' ');
      const others = [];
      try {
        writeFileSync(pidFile, '');
        const result = await spawnFcgi(['-s', responder.address, '-F', '3', '-P', pidFile, '-f', line]);
        for (const pid of readFileSync(pidFile, 'utf8').match(/\d+/g) ?? []) others.push(adopt(Number(pid)));
        assert.equal(result, 0);
        assert.equal(others.length, 3);
        const rolls = Array.from({ length: 150 }, () => responder.roll(bench.endpoint, bench.key, BODY));
        const uids = (await Promise.all(rolls)).map((answer) => currentSecret(rolled(answer)).uid);
        const history = await bench.history();
        assertHolds(history, uids);
        assertChain(history);
        assertSequence(history);
      } finally {
        for (const one of others) if (lives(one)) process.kill(one.pid, 'SIGTERM');
        for (const one of others) await awaitAdopted(one);
      }
    });
  });

  async function spawnFcgi(args) {
    const child = spawn('spawn-fcgi', args, { stdio: 'ignore' });
    const [code] = await once(child, 'exit');
    return code;
  }
});
