// Shows what the responder says of its settings when it is asked: all that is wrong with
// them, all that is in force, and what options on its command line put above them.
import assert from 'node:assert/strict';
import { chmodSync, existsSync, openSync, closeSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertEnvelope } from './support/answers.mjs';
import { responderProgram } from './support/place.mjs';
import { run } from './support/processes.mjs';
import { Responder } from './support/responder.mjs';
import { makeStore } from './support/store.mjs';
import { makeTempDir, removeTempDir } from './support/tempdir.mjs';
import { until } from './support/waiting.mjs';

describe('The settings', () => {
  let store;
  before(async () => {
    store = await makeStore(makeTempDir());
  });
  after(() => store && removeTempDir(store.dir));

  const file = (name) => path.join(store.dir, name);
  const configure = (settings) => store.configure(settings, file('other.conf'));
  const ask = (config, ...args) => run(responderProgram, ['--config', config, ...args]);
  const messages = (stderr) =>
    [...stderr.matchAll(/^time=\S+ level=error msg="(.*)"$/gm)].map(([, message]) => message);

  async function assertWrong(config, args, ...expected) {
    const { code, stdout, stderr } = await ask(config, ...args);
    assert.deepEqual({ code, stdout }, { code: 1, stdout: '' });
    const told = messages(stderr);
    assert.equal(told.length, expected.length, stderr);
    assert.equal(stderr.split('\n').length, expected.length + 1, stderr);
    expected.forEach((words, i) => assert.match(told[i], words));
  }

  describe('that are wrong', () => {
    test('are told of line by line, whatever was asked for', async () => {
      writeFileSync(file('bad.conf'), 'workers = 0\nlisten = nowhere\nstoer = /x\nmax_body = 2048\nmax_body = 4096\n');
      for (const args of [[], ['--check-config'], ['--show-config']])
        await assertWrong(
          file('bad.conf'),
          args,
          /bad\.conf, line 1: workers must be an integer from 1 to 512/,
          /bad\.conf, line 2: listen must be /,
          /bad\.conf, line 3: unknown setting \\"stoer\\"/,
          /bad\.conf, line 5: max_body is set twice/,
        );
    });

    test('are told of up to a number, and the others counted', async () => {
      writeFileSync(file('bad.conf'), 'nonsense\n'.repeat(20));
      const told = Array.from({ length: 16 }, (_, i) => new RegExp(`line ${i + 1}: `));
      await assertWrong(file('bad.conf'), ['--check-config'], ...told, /^4 more errors/);
    });

    test('are told of together with the options that are', async () => {
      await assertWrong(
        configure({ workers: 0 }),
        ['--workers', '513', '--log-level=loud', '--listen', '127.0.0.1:0'],
        /line 3: workers must be/,
        /^--listen must be unix:PATH/,
        /^--workers must be an integer from 1 to 512$/,
        /^--log-level must be error, warn, info or debug$/,
      );
    });
  });

  describe('when they are checked', () => {
    test('are good where a store and its key are there, of which nothing is touched', async () => {
      const before = readdirSync(store.directory);
      const { code, stdout, stderr } = await ask(store.config, '--check-config');
      assert.deepEqual({ code, stdout, stderr }, { code: 0, stdout: '', stderr: '' });
      assert.deepEqual(readdirSync(store.directory), before);
    });

    test('are not where neither is', async () => {
      const config = configure({ store: file('absent'), master_key: file('absent.key') });
      await assertWrong(config, ['--check-config'], /there is none in .*absent$/, /absent\.key cannot be opened/);
      assert.ok(!existsSync(file('absent')));
    });

    test('are not where others can read the key', async () => {
      chmodSync(store.masterKey, 0o640);
      try {
        await assertWrong(store.config, ['--check-config'], /mode 0600/);
      } finally {
        chmodSync(store.masterKey, 0o600);
      }
    });
  });

  describe('when they are shown', () => {
    const stated = (text) => text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));

    test('are those of the file and of the options, in the form of a file that says the same', async () => {
      const config = configure({ workers: 3, log_level: 'warn' });
      const shown = await ask(config, '--show-config', '--workers', '4', '--listen', 'unix:/run/a socket');
      assert.deepEqual({ code: shown.code, stderr: shown.stderr }, { code: 0, stderr: '' });
      assert.deepEqual(stated(shown.stdout), [
        `store = ${store.directory}`,
        `master_key = ${store.masterKey}`,
        'listen = unix:/run/a socket',
        'workers = 4',
        'log_level = warn',
      ]);
      writeFileSync(file('shown.conf'), shown.stdout);
      assert.equal((await ask(file('shown.conf'), '--show-config')).stdout, shown.stdout);
    });

    test('are all commented out where none was stated', async () => {
      const { stdout } = await ask('/dev/null', '--show-config');
      assert.deepEqual(stated(stdout), []);
      assert.match(stdout, /^#workers = 128$/m);
    });

    test('say so when nobody can read them', async () => {
      const full = openSync('/dev/full', 'w');
      try {
        const args = ['--config', store.config, '--show-config'];
        const { code, stderr } = await run(responderProgram, args, { stdout: full });
        assert.deepEqual({ code, told: messages(stderr).length }, { code: 1, told: 1 });
      } finally {
        closeSync(full);
      }
    });
  });

  test('are overridden by options, also when they are read anew', async () => {
    const responder = new Responder(store, file('above.sock'));
    await responder.start(
      { listen: `unix:${file('never.sock')}`, workers: 3, log_level: 'error' },
      ['--listen', `unix:${file('above.sock')}`, '--workers', '2', '--log-level', 'info'],
    );
    try {
      const log = () => responder.process.stderr();
      await until('the responder to serve', () => /above\.sock with up to 2 workers/.test(log()));
      process.kill(responder.pid, 'SIGHUP');
      await until('the settings to be read anew', () => log().includes('the settings were read anew'));
      assert.doesNotMatch(log(), /count from the next start/);
      assertEnvelope(await responder.health(), 200, /./);
      assert.ok(!existsSync(file('never.sock')));
    } finally {
      assert.equal((await responder.stop()).code, 0);
    }
  });
});
