// Shows that no roll that was answered is lost when the responder is killed at
// random moments (HOOKROLL_SEED repeats a run), and that nothing needs repair.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { currentSecret } from './support/answers.mjs';
import { assertChain, assertHolds, assertSequence } from './support/histories.mjs';
import { adopt, awaitAdopted } from './support/processes.mjs';
import { seeded, seedOfThisRun } from './support/random.mjs';
import { getParams, makeBench, rollParams } from './support/responder.mjs';
import { withService } from './support/suite.mjs';
import { until } from './support/waiting.mjs';

const CONNECTIONS = 8;
const KILLS = 50;
const LONGEST = 60; // ms of load between the first answer and the kill
const BODY = '{"expiration":0}';

const seed = seedOfThisRun();
const random = seeded(seed);

describe(`A responder that is killed ${KILLS} times while it rolls (HOOKROLL_SEED=${seed})`, () => {
  let bench;
  const answered = [];
  before(async () => {
    bench = await makeBench();
  });
  after(() => bench?.stop());

  async function rollUntilGone(state) {
    const params = rollParams(bench.endpoint, bench.key, BODY);
    let connection;
    try {
      connection = await bench.responder.open();
      for (;;) {
        const answer = await connection.request(params, BODY);
        assert.equal(answer.status, 200, answer.text);
        answered.push(currentSecret(answer.json().data).uid);
        state.rolls++;
      }
    } catch (error) {
      if (!state.killed) throw error;
    } finally {
      await connection?.close();
    }
  }

  async function loadAndKill() {
    const state = { killed: false, rolls: 0 };
    const load = Promise.all(Array.from({ length: CONNECTIONS }, () => rollUntilGone(state)));
    load.catch(() => {});
    await until('the first roll to be answered', () => state.rolls > 0, { every: 1 });
    await delay(random() * LONGEST);
    state.killed = true;
    await bench.responder.stop('SIGKILL');
    await load;
  }

  async function assertNothingLost() {
    await bench.responder.start();
    assert.equal((await bench.responder.health()).status, 200);
    const { data } = (await bench.responder.ask(getParams(bench.endpoint, bench.key))).json();
    const history = await bench.history();
    assertHolds(history, answered);
    assertChain(history, data);
    assertSequence(history);
  }

  test('has after each restart every roll that it had answered, and no repair was needed', async () => {
    await bench.responder.start();
    for (let kill = 0; kill < KILLS; kill++) {
      await loadAndKill();
      await assertNothingLost();
    }
    assert.ok(answered.length >= KILLS, `only ${answered.length} rolls were answered`);
    assert.equal((await bench.responder.stop()).code, 0);
  });
});

withService(`A responder that is killed behind lighttpd (HOOKROLL_SEED=${seed})`, {}, (at) => {
  async function roll(state, endpoint) {
    while (!state.stop) {
      const answer = await at.service.roll(endpoint, BODY).catch(() => ({ status: 0 }));
      if (answer.status === 200) state.answered.push(currentSecret(answer.json().data).uid);
      else state.refused++;
      if (answer.status !== 200) await delay(5);
    }
  }

  test('is started again by lighttpd, and nothing that was answered is lost', async () => {
    const endpoint = await at.service.endpoint();
    const state = { stop: false, answered: [], refused: 0 };
    const load = Promise.all(Array.from({ length: CONNECTIONS }, () => roll(state, endpoint)));
    try {
      for (let kill = 0; kill < 3; kill++) {
        const before = state.answered.length;
        await until('rolls to be answered', () => state.answered.length > before + CONNECTIONS);
        await delay(random() * LONGEST);
        const victim = adopt(at.service.server.responderPid());
        process.kill(victim.pid, 'SIGKILL');
        await awaitAdopted(victim);
        await until('another responder', () => (at.service.server.responderPid() ?? victim.pid) !== victim.pid);
        await until('the health check', () => at.service.server.isHealthy());
      }
    } finally {
      state.stop = true;
      await load;
    }
    const history = await at.service.store.history(at.service.project, endpoint);
    assertHolds(history, state.answered);
    assertChain(history, await at.service.fetch(endpoint));
    assertSequence(history);
  });
});
