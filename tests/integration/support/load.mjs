// load: clients that roll, read and sign without a pause, none of which may fail.
import assert from 'node:assert/strict';
import { currentSecret, rolled } from './answers.mjs';
import { assertHolds } from './histories.mjs';
import { HttpClient } from './http_client.mjs';
import { until } from './waiting.mjs';

const CLIENTS = 8;
const BODY = '{"expiration":0}';

// A web server that ends closes connections on which it has read nothing yet; the client asks
// again, as RFC 9112, section 9.3.1 has it.
const patient = (ask) =>
  ask().catch((error) => {
    if (error.code !== 'ECONNRESET') throw error;
    return patient(ask);
  });

// Does `work(more)` meanwhile; more() waits until every client has had answers since. again: a
// connection that is closed without an answer is no failure.
export async function underLoad(service, work, { again = false } = {}) {
  const endpoint = await service.endpoint();
  const client = new HttpClient(service.server.port, { connections: CLIENTS, kept: !again });
  const through = service.through(client);
  const uids = [];
  const roll = async () => uids.push(currentSecret(rolled(await through.roll(endpoint, BODY))).uid);
  const read = async () => assert.equal((await through.get(endpoint)).status, 200);
  const sign = async () => {
    const path = `${through.endpointPath(endpoint)}/sign`;
    assert.equal((await through.request('POST', path, { body: { payload: '{}' } })).status, 200);
  };
  const answers = Array(CLIENTS).fill(0);
  let over = false;
  const load = Array.from(answers, async (_, i) => {
    const ask = [roll, read, roll, sign][i % 4];
    for (; !over; answers[i]++) await (again ? patient(ask) : ask());
  });
  const failed = Promise.all(load);
  failed.catch(() => {});
  const more = async () => {
    const before = [...answers];
    const answered = () => answers.every((n, i) => n >= before[i] + 3);
    await Promise.race([until('more answers', answered), failed]);
  };
  try {
    await more();
    await Promise.race([work(more), failed]);
    await more();
  } finally {
    over = true;
    await Promise.allSettled(load);
    client.close();
  }
  await failed;
  const history = await service.store.history(service.project, endpoint);
  assertHolds(history, uids);
  assert.equal(history.length, uids.length + 1, 'a roll was done twice');
}
