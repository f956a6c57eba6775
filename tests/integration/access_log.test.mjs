// Shows that each request that was answered has its line in the log, that the line says who
// did what to which endpoint, and that access_log is read anew on SIGHUP.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ULID, assertEnvelope, currentSecret, rolled } from './support/answers.mjs';
import { responderProgram } from './support/place.mjs';
import { run } from './support/processes.mjs';
import { healthParams } from './support/responder.mjs';
import { withService } from './support/suite.mjs';
import { until } from './support/waiting.mjs';

const ROUTE = '/v1/projects/{project}/endpoints/{endpoint}';
const FIELD = /([a-z_]+)=("(?:[^"\\]|\\.)*"|[^ ]*)/g;

const eventsIn = (log) =>
  log
    .split('\n')
    .filter((line) => line.includes(' event=request '))
    .map((line) => Object.fromEntries([...line.slice(line.indexOf('time=')).matchAll(FIELD)].map(([, name, value]) => [name, value])));

withService('The access log', {}, (at) => {
  let number = 0;
  const events = (id) => eventsIn(at.service.server.log()).filter((event) => event.id === id);

  // Asks with an id of its own; the answer and its line.
  async function asked(what) {
    const id = `request-${++number}`;
    const answer = await what({ headers: { 'X-Request-ID': id } });
    await until('the line of a request', () => events(id).length > 0);
    const [event, ...others] = events(id);
    assert.equal(others.length, 0);
    assert.match(event.time, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    assert.match(event.us, /^\d+$/);
    assert.equal(event.status, String(answer.status));
    return { answer, event };
  }

  test('tells of a roll who did it, to which endpoint, and which secret it made', async () => {
    const { service } = at;
    const endpoint = await service.endpoint();
    const { answer, event } = await asked((options) => service.roll(endpoint, { expiration: 60 }, options));
    const { time, us, id, ...others } = event;
    assert.ok(time && us && id);
    assert.deepEqual(others, {
      level: 'info',
      event: 'request',
      key: service.key.uid,
      method: 'PUT',
      route: `${ROUTE}/expire_secret`,
      status: '200',
      result: 'ok',
      project: service.project.uid,
      endpoint: endpoint.uid,
      secret: currentSecret(rolled(answer)).uid,
    });
  });

  test('tells of what was refused, and why', async () => {
    const { service } = at;
    const endpoint = await service.endpoint();
    const denied = await asked((options) => service.roll(endpoint, {}, { ...options, headers: { ...options.headers, Authorization: `Bearer ${service.key.key}x` } }));
    assert.deepEqual([denied.event.key, denied.event.result, denied.event.status], ['-', 'denied', '401']);
    const invalid = await asked((options) => service.roll(endpoint, { expiration: -1 }, options));
    assert.deepEqual([invalid.event.key, invalid.event.result], [service.key.uid, 'invalid']);
    const unknown = await asked((options) => service.request('GET', '/api/a/path/of/nothing', options));
    assert.deepEqual([unknown.event.route, unknown.event.result], ['-', 'not_found']);
    assert.doesNotMatch(at.service.server.log(), /path\/of\/nothing/);
  });

  test('tells of what a CGI program answers', async () => {
    const env = { GATEWAY_INTERFACE: 'CGI/1.1', HOOKROLL_CONFIG: at.service.store.config, ...healthParams };
    const { stderr } = await run(responderProgram, [], { env, input: '' });
    const [event, ...others] = eventsIn(stderr);
    assert.equal(others.length, 0);
    assert.match(event.id, ULID);
    assert.deepEqual([event.route, event.status, event.key], ['/healthz', '200', '-']);
  });

  async function readAnew(settings) {
    const times = at.service.server.log().split('the settings were read anew').length;
    at.service.store.configure(settings);
    process.kill(at.service.server.responderPid(), 'SIGHUP');
    await until('the settings to be read', () => at.service.server.log().split('the settings were read anew').length > times);
  }

  // A line that does not come would be there before that of a later request.
  async function untold(what) {
    const id = `untold-${++number}`;
    await what({ headers: { 'X-Request-ID': id } });
    return () => events(id).length === 0;
  }

  test('tells of changes only, or of nothing, when it is told to', async () => {
    const { service } = at;
    const endpoint = await service.endpoint();
    await readAnew({ access_log: 'changes' });
    const read = await untold((options) => service.get(endpoint, options));
    await asked((options) => service.roll(endpoint, { expiration: 0 }, options));
    assert.ok(read());
    await readAnew({ access_log: 'none' });
    const change = await untold(async (options) => rolled(await service.roll(endpoint, { expiration: 0 }, options)));
    await readAnew({ access_log: 'all' });
    await asked((options) => service.get(endpoint, options));
    assert.ok(change());
    assertEnvelope(await service.roll(endpoint, '{'), 400, /badly-formed/);
  });
});
