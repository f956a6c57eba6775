// Shows that the responder stops cleanly when told to: what was in flight is
// answered whole, what was answered is kept, nothing is left behind.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { currentSecret, rolled } from './support/answers.mjs';
import { request } from './support/fastcgi_records.mjs';
import { assertChain, assertHolds, assertSequence } from './support/histories.mjs';
import { freePort } from './support/ports.mjs';
import { Responder, healthParams, makeBench, rollParams } from './support/responder.mjs';
import { bounded, until } from './support/waiting.mjs';

const BODY = '{"expiration":0}';
const CONNECTIONS = 64;
const MOST_AFTERWARDS = 5; // one is in flight, some may pass before the signal is seen

describe('A responder that is told to stop', () => {
  let bench;
  before(async () => {
    bench = await makeBench();
  });
  after(() => bench?.stop());

  const bytes = () => request(rollParams(bench.endpoint, bench.key, BODY), BODY);
  const uidOf = (answer) => currentSecret(rolled(answer)).uid;
  const openMany = (n) => Promise.all(Array.from({ length: n }, () => bench.responder.open()));
  const openKept = async (n) => {
    const connections = await openMany(n);
    await Promise.all(connections.map((connection) => connection.request(healthParams)));
    return connections;
  };

  const wholeOrNothing = (connection, answered) =>
    answered.then(uidOf, () => {
      assert.equal(connection.bytesOfAnswer, 0, `an answer ended after ${connection.bytesOfAnswer} bytes`);
      return null;
    });

  async function assertStopped(ending) {
    const { code, signal, stderr } = await ending;
    assert.equal(signal, null);
    assert.equal(code, 0, stderr);
    assert.ok(!existsSync(bench.responder.address), 'its socket was left behind');
  }

  async function assertKept(uids) {
    const history = await bench.history();
    assertHolds(history, uids);
    assertChain(history);
    assertSequence(history);
  }

  for (const signal of ['SIGTERM', 'SIGINT'])
    test(`by ${signal} answers every request that had come on a kept connection`, async () => {
      await bench.responder.start();
      const connections = await openKept(CONNECTIONS);
      const answers = connections.map((connection) => connection.answer());
      answers.forEach((answer) => answer.catch(() => {}));
      await Promise.all(connections.map((connection) => connection.write(bytes())));
      const ending = bench.responder.stop(signal);
      await assertKept((await Promise.all(answers)).map(uidOf));
      await assertStopped(ending);
      await Promise.all(connections.map((connection) => connection.ended()));
    });

  test('answers whole or not at all what came on connections that it may not have accepted', async () => {
    await bench.responder.start({ workers: 2 });
    const connections = await openMany(CONNECTIONS);
    const answers = connections.map((connection) => wholeOrNothing(connection, connection.answer()));
    await Promise.all(connections.map((connection) => connection.write(bytes())));
    const ending = bench.responder.stop('SIGTERM');
    const uids = (await Promise.all(answers)).filter((uid) => uid !== null);
    await assertStopped(ending);
    await assertKept(uids);
    assert.ok(uids.length > 0);
  });

  test('answers what is in flight under a load that goes on, and then takes no more', async () => {
    await bench.responder.start();
    const connections = await openKept(CONNECTIONS);
    const uids = [];
    let told = false;
    const rollUntilClosed = async (connection) => {
      for (let afterwards = 0; ; afterwards += told ? 1 : 0) {
        const answer = connection.answer();
        connection.socket.write(bytes());
        const uid = await wholeOrNothing(connection, answer);
        if (uid === null) return afterwards;
        uids.push(uid);
      }
    };
    const load = Promise.all(connections.map(rollUntilClosed));
    load.catch(() => {});
    await until('some rolls', () => uids.length > CONNECTIONS, { every: 1 });
    told = true;
    await assertStopped(bench.responder.stop('SIGTERM'));
    const afterwards = await bounded('the end of the load', load);
    await assertKept(uids);
    const most = Math.max(...afterwards);
    assert.ok(most <= MOST_AFTERWARDS, `a connection was served ${most} times after the signal`);
  });

  const addresses = {
    'a path': () => bench.responder.address,
    'a port': async () => ({ host: '127.0.0.1', port: await freePort() }),
  };
  for (const [where, addressOf] of Object.entries(addresses))
    test(`answers whoever has connected to ${where} of its own`, async () => {
      const responder = await new Responder(bench.store, await addressOf()).start();
      const idle = await responder.open();
      await idle.request(healthParams);
      let answered = 0;
      const askUntilRefused = async () => {
        for (;;) {
          let connection;
          try {
            connection = await responder.open();
          } catch {
            return;
          }
          await connection.request(healthParams);
          connection.close();
          answered++;
        }
      };
      const load = Promise.all(Array.from({ length: 8 }, askUntilRefused));
      load.catch(() => {});
      await until('some answers', () => answered > 100, { every: 1 });
      const { code, stderr } = await responder.stop('SIGTERM');
      assert.equal(code, 0, stderr);
      await bounded('the end of the load', load);
    });

  for (const signal of ['SIGTERM', 'SIGINT'])
    test(`by ${signal} ends at once though idle connections are open`, async () => {
      await bench.responder.start();
      const kept = await openKept(20);
      const silent = await openMany(20);
      await assertStopped(bench.responder.stop(signal));
      await Promise.all([...kept, ...silent].map((connection) => connection.ended()));
    });

  test('by a second signal while it stops ends all the same', async () => {
    await bench.responder.start();
    const ending = bench.responder.stop('SIGTERM');
    if (bench.responder.isRunning()) process.kill(bench.responder.pid, 'SIGTERM');
    await assertStopped(ending);
  });
});
