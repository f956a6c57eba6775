// Shows that the grace an answer states is the grace that is kept, to the
// millisecond, decided by the clock alone: every poll before and after the end.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertEnvelope, currentSecret, rolled } from './support/answers.mjs';
import { getParams, makeBench } from './support/responder.mjs';
import { withService } from './support/suite.mjs';
import { untilClock } from './support/waiting.mjs';

const SECOND = 1000;
const end = (secret) => Date.parse(secret.expires_at);

withService('The grace of a roll', {}, (at) => {
  async function watch(endpoint, last) {
    const seen = [];
    while (seen.length === 0 || seen.at(-1).before < last + SECOND) {
      const begun = Date.now();
      const answer = await at.service.get(endpoint);
      const { data } = assertEnvelope(answer, 200, 'Endpoint fetched successfully');
      seen.push({ before: begun, after: Date.now(), secrets: data.secrets });
    }
    return seen;
  }

  function assertKept(seen, old) {
    const definitelyIn = seen.filter((poll) => poll.after < end(old));
    const definitelyOut = seen.filter((poll) => poll.before >= end(old));
    const of = (poll) => poll.secrets.find((secret) => secret.uid === old.uid);
    definitelyIn.forEach((poll) =>
      assert.deepEqual(of(poll), old, `missing ${end(old) - poll.after} ms before its end`),
    );
    definitelyOut.forEach((poll) =>
      assert.equal(of(poll), undefined, `still there ${poll.before - end(old)} ms after its end`),
    );
    assert.ok(
      definitelyIn.some((poll) => poll.after >= end(old) - SECOND),
      'no poll within the last second',
    );
    assert.ok(
      definitelyOut.some((poll) => poll.before < end(old) + SECOND),
      'no poll within the first second after',
    );
  }

  for (const seconds of [1, 2])
    test(`of ${seconds} s is kept to the millisecond`, async () => {
      const endpoint = await at.service.endpoint();
      const { secrets } = rolled(await at.service.roll(endpoint, { expiration: seconds }));
      const seen = await watch(endpoint, end(secrets[0]));
      assertKept(seen, secrets[0]);
      seen.forEach((poll) => assert.deepEqual(poll.secrets.at(-1), secrets[1]));
    });

  test('is kept for each of several that overlap, in whatever order they end', async () => {
    const endpoint = await at.service.endpoint();
    let data;
    for (const expiration of [3, 1, 60, 2, 1]) data = rolled(await at.service.roll(endpoint, { expiration }));
    const [first, second, third, fourth, fifth, current] = data.secrets;
    const seen = await watch(endpoint, end(first));
    for (const old of [first, second, fourth, fifth]) assertKept(seen, old);
    for (const poll of seen) {
      assert.deepEqual(
        poll.secrets.find((secret) => secret.uid === third.uid),
        third,
      );
      assert.deepEqual(currentSecret(poll), current);
      const order = poll.secrets.map((secret) => data.secrets.findIndex(({ uid }) => uid === secret.uid));
      assert.deepEqual(
        order,
        [...order].sort((a, b) => a - b),
      );
    }
  });

  test('a roll that was refused for too many secrets is done once the next one has ended', async () => {
    const project = await at.service.store.project({ 'max-signing-secrets': 2 });
    const key = await at.service.store.key(project);
    const endpoint = await at.service.endpoint({}, project);
    const roll = () => at.service.roll(endpoint, { expiration: 60 }, { project, key });
    const { secrets } = rolled(await at.service.roll(endpoint, { expiration: 1 }, { project, key }));
    let begun;
    let answer;
    do {
      begun = Date.now();
      answer = await roll();
      if (answer.status === 409) assert.equal(answer.json().data.next_expires_at, secrets[0].expires_at);
      if (Date.now() < end(secrets[0])) assert.equal(answer.status, 409);
    } while (answer.status === 409 && begun < end(secrets[0]));
    assert.equal(rolled(answer).secrets.length, 2);
    assert.ok(Date.now() >= end(secrets[0]));
  });
});

describe('The grace of a roll while nothing runs', () => {
  let bench;
  before(async () => {
    bench = await makeBench();
  });
  after(() => bench?.stop());

  test('ends all the same: the first answer afterwards is without the old secret', async () => {
    const { responder, endpoint, key } = bench;
    await responder.start();
    const short = rolled(await responder.roll(endpoint, key, '{"expiration":1}')).secrets[0];
    const long = rolled(await responder.roll(endpoint, key, '{"expiration":3600}')).secrets[1];
    await responder.stop('SIGKILL');
    await untilClock(end(short));
    await responder.start();
    const { data } = (await responder.ask(getParams(endpoint, key))).json();
    assert.deepEqual(data.secrets[0], long);
    assert.equal(data.secrets.length, 2);
  });
});
