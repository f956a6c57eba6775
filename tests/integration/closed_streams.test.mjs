// Shows that a standard stream that is closed at the start never comes to be a file of the store.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertEnvelope, rolled } from './support/answers.mjs';
import { ctlProgram, responderProgram } from './support/place.mjs';
import { run, start, stop } from './support/processes.mjs';
import { Responder, isAccepting, makeBench } from './support/responder.mjs';
import { until } from './support/waiting.mjs';

const CLOSED = ['0<&-', '1>&-', '2>&-', '0<&- 1>&-', '0<&- 2>&-', '1>&- 2>&-', '0<&- 1>&- 2>&-'];

describe('Started with closed streams', () => {
  let bench;
  before(async () => {
    bench = await makeBench();
  });
  after(() => bench?.stop());

  const shell = (redirections, program, args) => ['/bin/sh', ['-c', `exec "$0" "$@" ${redirections}`, program, ...args]];
  const data = () => readFileSync(path.join(bench.store.directory, 'data.mdb'));
  const everything = async () => [
    await bench.store.json(['project', 'list']),
    await bench.store.json(['endpoint', 'list', '--project', bench.project.uid, '--show-secrets']),
    await bench.history(),
  ];

  async function assertUnchanged(work) {
    const [bytes, content] = [data(), await everything()];
    await work();
    assert.ok(data().equals(bytes), 'the store is another file than before');
    assert.deepEqual(await everything(), content);
  }

  for (const closed of CLOSED) {
    const ctl = (...args) => run(...shell(closed, ctlProgram, [...args, '--config', bench.store.config]));

    test(`(${closed}) hookrollctl reads, fails and leaves the store as it was`, () =>
      assertUnchanged(async () => {
        const list = await ctl('project', 'list');
        assert.equal(list.code, closed.includes('1>') ? 5 : 0, 'whether the list could be written');
        assert.equal((await ctl('project', 'create', '--name', '')).code, 4);
      }));

    test(`(${closed}) the responder starts, serves, stops and leaves the store as it was`, () =>
      assertUnchanged(async () => {
        const responder = new Responder(bench.store, path.join(bench.dir, 'closed.sock'));
        const process_ = start(...shell(closed, responderProgram, ['--config', responder.configure()]));
        try {
          await until('the responder to accept', () => isAccepting(responder.address));
          assertEnvelope(await responder.health(), 200, /./);
        } finally {
          assert.equal((await stop(process_)).code, 0);
        }
      }));
  }

  test('hookrollctl says that there is no input, and changes nothing', () =>
    assertUnchanged(async () => {
      const args = ['endpoint', 'create', '--project', bench.project.uid, '--input', '-'];
      const result = await run(...shell('0<&-', ctlProgram, [...args, '--config', bench.store.config]));
      assert.equal(result.code, 1);
      assert.match(result.stderr, /^hookrollctl: [^\n]+\n$/);
    }));

  test('a responder without an address says that there is no socket on fd 0', async () => {
    const config = bench.store.configure({});
    const result = await run(...shell('0<&-', responderProgram, ['--config', config]));
    assert.equal(result.code, 1);
    assert.match(result.stderr, /there is no FastCGI socket on fd 0/);
  });

  test('a responder with its socket on fd 0, and nothing else open, rolls', async () => {
    const responder = new Responder(bench.store, path.join(bench.dir, 'spawned.sock'));
    const [program, args] = shell('1>&- 2>&-', responderProgram, ['--config', bench.store.configure({})]);
    const process_ = start('spawn-fcgi', ['-n', '-s', responder.address, '--', program, ...args]);
    try {
      await until('spawn-fcgi to listen', () => isAccepting(responder.address));
      rolled(await responder.roll(bench.endpoint, bench.key, '{"expiration":0}'));
    } finally {
      assert.equal((await stop(process_)).code, 0);
    }
    assert.equal((await bench.history()).length, 2);
  });
});
