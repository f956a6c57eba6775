// Shows that the responder restarts in place on SIGUSR2: in the same process, on the same
// socket, with the connections that are open, and not at all where that would end in nothing.
import assert from 'node:assert/strict';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { assertEnvelope, currentSecret, rolled } from './support/answers.mjs';
import { begin, request } from './support/fastcgi_records.mjs';
import { assertChain, assertHolds } from './support/histories.mjs';
import { responderProgram } from './support/place.mjs';
import { healthParams, makeBench, rollParams } from './support/responder.mjs';
import { makeStore } from './support/store.mjs';
import { until } from './support/waiting.mjs';

const BODY = '{"expiration":0}';
const CONNECTIONS = 40;

describe('A responder that is told to restart in place', () => {
  let bench;
  let program;
  beforeEach(async () => {
    bench = await makeBench();
    program = path.join(bench.dir, 'hookroll.fcgi');
    copyFileSync(responderProgram, program);
    bench.responder.program = program;
    await bench.responder.start();
    await served(1);
  });
  afterEach(() => bench.stop());

  const log = () => bench.responder.process.stderr();
  const logged = (words, times = 1) => until(`the log to say ${words}`, () => log().split(words).length > times);
  const restart = () => process.kill(bench.responder.pid, 'SIGUSR2');
  const served = (times) => logged(' serves ', times);
  const params = () => rollParams(bench.endpoint, bench.key, BODY);
  const openKept = (n) =>
    Promise.all(
      Array.from({ length: n }, async () => {
        const connection = await bench.responder.open();
        assertEnvelope(await connection.request(healthParams), 200, 'ok');
        return connection;
      }),
    );

  async function assertServes() {
    rolled(await bench.responder.roll(bench.endpoint, bench.key, BODY));
    assert.ok(bench.responder.isRunning());
  }

  test('serves on with every connection that was open, several times', async () => {
    const { pid } = bench.responder;
    const connections = await openKept(CONNECTIONS);
    const uids = [];
    for (let i = 1; i <= 3; i++) {
      restart();
      const answers = await Promise.all(connections.map((connection) => connection.request(params(), BODY)));
      uids.push(...answers.map((answer) => currentSecret(rolled(answer)).uid));
      await served(i + 1);
    }
    assert.equal(bench.responder.pid, pid);
    assert.ok(bench.responder.isRunning());
    const history = await bench.history();
    assertHolds(history, uids);
    assertChain(history);
    assert.equal(history.length, 1 + 3 * CONNECTIONS);
  });

  test('ends as before when it is told to, and removes its socket', async () => {
    restart();
    await served(2);
    const { code } = await bench.responder.stop();
    assert.equal(code, 0, log());
    assert.ok(!existsSync(bench.responder.address), 'its socket was left behind');
  });

  test('does not forget a word to stop that comes meanwhile', async () => {
    restart();
    const { code } = await bench.responder.stop();
    assert.equal(code, 0, log());
  });

  test('takes settings that count from the start', async () => {
    bench.responder.configure({ workers: 20 });
    restart();
    await until('20 workers', () => /serves .* with up to 20 workers/.test(log()));
    await assertServes();
  });

  test('runs the program that has taken its place', async () => {
    const other = `${program}.new`;
    copyFileSync(responderProgram, other);
    const { ino } = statSync(other);
    renameSync(other, program);
    restart();
    await served(2);
    assert.equal(statSync(readlinkSync(`/proc/${bench.responder.pid}/exe`)).ino, ino);
    await assertServes();
  });

  describe('does not, and serves on with every connection that was open,', () => {
    async function assertRefuses(...words) {
      const [connection] = await openKept(1);
      restart();
      await logged('not restarted: the program that was to follow would not start');
      for (const said of words) assert.ok(log().includes(said), log());
      assertEnvelope(await connection.request(healthParams), 200, 'ok');
      assert.ok(!log().includes('restarting'), log());
      await assertServes();
    }
    const place = (name) => path.join(bench.dir, name);

    test('where its program is gone', async () => {
      rmSync(program);
      await assertRefuses(`${program}: No such file`);
    });

    test('where its program is a directory', async () => {
      rmSync(program);
      mkdirSync(program);
      await assertRefuses(`${program}: Permission denied`);
    });

    test('where its program is a text', async () => {
      rmSync(program);
      writeFileSync(program, 'no program', { mode: 0o755 });
      await assertRefuses(`${program}: Exec format error`);
    });

    test('where its program is another', async () => {
      rmSync(program);
      copyFileSync('/bin/false', program);
      await assertRefuses(`${program} --check-start ended with status 1`);
    });

    test('where its settings are wrong', async () => {
      bench.responder.configure({ workers: 0 });
      await assertRefuses('workers');
    });

    test('where there is no store', async () => {
      bench.responder.configure({ store: place('absent') });
      await assertRefuses(`there is none in ${place('absent')}`);
    });

    test('where there is no master key', async () => {
      bench.responder.configure({ master_key: place('absent') });
      await assertRefuses(`master key ${place('absent')} cannot be opened`);
    });

    test("where the master key is another store's", async () => {
      const other = place('other');
      mkdirSync(other);
      bench.responder.configure({ master_key: (await makeStore(other)).masterKey });
      await assertRefuses("the key file does not hold this store's master key");
    });

    test('where there is no token for metrics', async () => {
      bench.responder.configure({ metrics_token: place('absent') });
      await assertRefuses(`metrics token ${place('absent')} cannot be opened`);
    });
  });

  // It says that it would start, and is gone when it is to.
  test('serves on with every connection that was open where the program cannot be run after all', async () => {
    const { pid } = bench.responder;
    const connections = await openKept(CONNECTIONS);
    writeFileSync(`${program}.new`, '#!/bin/sh\nrm "$0"\n', { mode: 0o755 });
    renameSync(`${program}.new`, program);
    restart();
    await logged(`restart: ${program}: No such file`);
    await served(2);
    const answers = await Promise.all(connections.map((connection) => connection.request(params(), BODY)));
    assertHolds(
      await bench.history(),
      answers.map((answer) => currentSecret(rolled(answer)).uid),
    );
    assert.equal(bench.responder.pid, pid);
    copyFileSync(responderProgram, program);
    restart();
    await served(3);
    for (const connection of connections) assertEnvelope(await connection.request(healthParams), 200, 'ok');
    await assertServes();
  });

  test('does not while a request lasts, and serves others', async () => {
    const stalled = await bench.responder.open();
    const bytes = request(params(), BODY);
    await stalled.write(bytes.subarray(0, begin().length));
    const outcomes = () => log().match(/ serves |a request takes longer than 2 s/g);
    // A worker that has not begun to read it yet leaves it to the program that follows.
    for (let n = 1; !outcomes().at(-1).includes('longer'); n++) {
      restart();
      await until('what becomes of it', () => outcomes().length > n);
    }
    await assertServes();
    const answer = stalled.answer();
    await stalled.write(bytes.subarray(begin().length));
    rolled(await answer);
    const before = outcomes().length;
    restart();
    await until('the restart', () => outcomes().length > before);
    assert.equal(outcomes().at(-1), ' serves ');
    await assertServes();
  });
});
