// Shows that neither a secret value, nor a sealed member, nor an API key gets
// into a log, the store's bytes, a command line, an environment or a refusal.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, test } from 'node:test';
import { assertEnvelope, currentSecret, rolled } from './support/answers.mjs';
import {
  allCommandLines,
  fileContents,
  filesUnder,
  findAll,
  modeOf,
  needlesOf,
  processContents,
} from './support/haystack.mjs';
import { authentications, everyMember, least, sealedValues } from './support/members.mjs';
import { ctlProgram } from './support/place.mjs';
import { start, stop } from './support/processes.mjs';
import { rollProject } from './support/project_rolls.mjs';
import { withService } from './support/suite.mjs';

const MARKER = 'marker-of-a-secret';
const extra = (dir) => `server.modules += ( "mod_accesslog" )
accesslog.filename = "${dir}/access.log"`;

const refusedBodies = {
  'cut short': `{"expiration":0,"secret":"${MARKER}`,
  'followed by more': `{"secret":"${MARKER}"} ${MARKER}`,
  'with a bad escape': `{"secret":"${MARKER}\\x"}`,
  'with a NUL': `{"secret":"${MARKER}\0"}`,
  'with an escaped NUL': `{"secret":"${MARKER}\\u0000"}`,
  'with a secret in an array': `{"secret":["${MARKER}"]}`,
  'with a secret in an object': `{"secret":{"${MARKER}":"${MARKER}"}}`,
  'with a secret that is too long': `{"secret":"${MARKER.padEnd(300, 'x')}"}`,
  'with the secret as its expiration': `{"expiration":"${MARKER}"}`,
  'with the secret twice': `{"secret":"${MARKER}","secret":"${MARKER}"}`,
  'with the secret as a name given twice': `{"${MARKER}":0,"${MARKER}":0}`,
  'with a bad expiration beside it': `{"expiration":-1,"secret":"${MARKER}"}`,
  'that is an array': `["${MARKER}"]`,
  'that is the bare secret': MARKER,
  'that is too large': `{"secret":"${MARKER}","x":"${'x'.repeat(5 << 20)}"}`,
};

withService('What must stay secret', { settings: { log_level: 'debug', metrics: true }, extra }, (at) => {
  const secrets = [];
  const refusals = [];
  const remember = (endpoint) => endpoint.secrets.forEach(({ value }) => secrets.push(value));

  async function useEverything() {
    const { service } = at;
    for (const authentication of Object.values(authentications)) {
      const members = {
        ...everyMember,
        owner_id: '',
        authentication,
        secret: `marker-made-with-${authentication.type}`,
      };
      secrets.push(...sealedValues(members));
      const { data } = assertEnvelope(await service.create(members), 201, /./);
      remember(data);
      remember(rolled(await service.roll(data, { expiration: 60, secret: `marker-rolled-${authentication.type}` })));
      remember(rolled(await service.roll(data, { expiration: 60 })));
      remember(rolled(await service.roll(data, { expiration: 0 })));
    }
    at.endpoint = await service.endpoint({
      ...least,
      name: 'a name that is no secret',
      secret: 'marker-from-ctl-input',
    });
    secrets.push('marker-from-ctl-input', MARKER);
  }

  async function beRefused() {
    const { service, endpoint } = at;
    const keep = (answer) => {
      assert.ok(answer.status >= 400, answer.text);
      refusals.push([
        `the answer ${answer.status} ${answer.text}`,
        Buffer.from(answer.text + JSON.stringify(answer.headers)),
      ]);
    };
    for (const body of Object.values(refusedBodies)) {
      keep(await service.roll(endpoint, body));
      keep(await service.create(body));
    }
    rolled(await service.roll(endpoint, { expiration: 60, secret: MARKER }));
    keep(await service.roll(endpoint, { expiration: 60, secret: MARKER }));
    for (const member of ['secret', 'expiration', 'created_before', 'limit', 'cursor'])
      keep(await rollProject(service, { [member]: MARKER }));
    keep(await service.roll({ uid: 'nowhere' }, { secret: MARKER }));
    keep(await service.roll(endpoint, { secret: MARKER }, { project: { uid: 'nowhere' } }));
    keep(await service.roll(endpoint, { secret: MARKER }, { headers: { 'Content-Type': 'text/plain' } }));
    keep(
      await service.create({
        ...authentications.oauth2,
        mtls_client_cert: everyMember.mtls_client_cert,
        secret: MARKER,
      }),
    );
    const token = service.key.key;
    for (const authorization of [
      token,
      `Basic ${token}`,
      `bearer ${token}`,
      `Bearer ${token}x`,
      `Bearer  ${token}`,
      `Bearer ${token} ${token}`,
      `Bearer ${token.slice(0, -1)}`,
    ])
      keep(await service.roll(endpoint, {}, { key: null, headers: { Authorization: authorization } }));
    keep(await service.roll(endpoint, {}, { key: null, headers: { 'X-Request-ID': 'x', 'X-Api-Key': token } }));
  }

  before(async () => {
    secrets.push(at.service.key.key);
    await useEverything();
    await beRefused();
  });

  test('was looked for in a place where it would be found', () => {
    assert.ok(secrets.length > 30);
    const values = ['a name that is no secret'];
    const found = findAll(fileContents(at.service.store.directory), values);
    assert.equal(found.length, 1, 'the store does not hold what it should');
    assert.equal(needlesOf(at.service.key.key).length, 3);
    assert.match(at.service.server.log(), /hookroll/);
  });

  test('is in no answer that refuses something', () => assert.deepEqual(findAll(refusals, secrets), []));

  test('is in no log', () => {
    const log = [['a log', Buffer.from(at.service.server.log())]];
    const access = [['the access log', readFileSync(path.join(at.service.store.dir, 'access.log'))]];
    assert.deepEqual(findAll([...log, ...access], secrets), []);
  });

  test('is in no metric, nor is the id of anything', async () => {
    const { service, endpoint } = at;
    const headers = { Authorization: `Bearer ${service.store.token}` };
    const { status, text } = await service.request('GET', '/api/metrics', { key: null, headers });
    assert.equal(status, 200);
    const ids = [service.project.uid, service.key.uid, endpoint.uid];
    assert.deepEqual(findAll([['the metrics', Buffer.from(text)]], [...secrets, ...ids, service.store.token]), []);
    const printed = await service.store.ctl(['metrics']);
    assert.match(printed.stdout, /^hookroll_rolls_total [1-9]/m);
    assert.deepEqual(findAll([['the printed metrics', Buffer.from(printed.stdout)]], [...secrets, ...ids]), []);
  });

  test('nor is the token of metrics in a log, a command line or an environment', () => {
    const { server, store } = at.service;
    const processes = [server.pid, server.responderPid()];
    const hay = [['a log', Buffer.from(server.log())], ...processes.flatMap(processContents), ...fileContents(store.directory)];
    assert.deepEqual(findAll(hay, [store.token]), []);
    assert.match(server.log(), / event=request /);
  });

  test("is in no byte of the store's files, nor of any other file of the service", () => {
    const names = filesUnder(at.service.store.directory).map((name) => path.basename(name));
    assert.deepEqual(names.sort(), ['data.mdb', 'lock.mdb', 'metrics']);
    assert.deepEqual(findAll(fileContents(at.service.store.dir), secrets), []);
  });

  test('is in no command line and in no environment', () => {
    const processes = [at.service.server.pid, at.service.server.responderPid()];
    assert.ok(processes.every((pid) => pid > 0));
    const hay = [...processes.flatMap(processContents), ...allCommandLines()];
    assert.deepEqual(findAll(hay, secrets), []);
  });

  test('is in no command line while hookrollctl takes it, and in no line that it logs', async () => {
    const { service, endpoint } = at;
    const secret = 'marker-through-standard-input';
    const args = [
      'roll',
      '--project',
      service.project.uid,
      '--endpoint',
      endpoint.uid,
      '--expiration',
      '0',
      '--secret-file',
      '-',
      '--config',
      service.store.config,
    ];
    const process_ = start(ctlProgram, args, { stdin: 'pipe' });
    try {
      process_.child.stdin.write(secret);
      assert.deepEqual(findAll(processContents(process_.pid), [...secrets, secret]), []);
      process_.child.stdin.end();
      const { code, stderr } = await process_.ended;
      assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    } finally {
      await stop(process_);
    }
    assert.equal(currentSecret(await service.fetch(endpoint)).value, secret);
    assert.deepEqual(findAll(fileContents(service.store.dir), [secret]), []);
  });

  test('is in no error of hookrollctl', async () => {
    const { service, endpoint } = at;
    const file = path.join(service.store.dir, 'a-secret');
    writeFileSync(file, `${MARKER}\n${MARKER}\n`, { mode: 0o600 });
    const ids = ['--project', service.project.uid, '--endpoint', endpoint.uid];
    const results = [
      await service.store.ctl(['roll', ...ids, '--secret-file', file]),
      await service.store.ctl(['roll', ...ids, '--secret-file', '-'], `${MARKER}\0`),
      await service.store.ctl(
        ['endpoint', 'create', ...ids.slice(0, 2), '--input', '-'],
        `{"name":"x","secret":"${MARKER}`,
      ),
    ];
    writeFileSync(file, '');
    for (const { code, stdout, stderr } of results) {
      assert.equal(code, 4);
      assert.deepEqual(findAll([['standard error', Buffer.from(stdout + stderr)]], secrets), []);
    }
  });

  test('is in files that only their owner can read', () => {
    const { store } = at.service;
    for (const name of ['data.mdb', 'lock.mdb', 'metrics']) assert.equal(modeOf(path.join(store.directory, name)), 0o600, name);
    assert.equal(modeOf(store.masterKey), 0o600);
    assert.equal(modeOf(store.directory) & 0o007, 0);
  });

  test('would not get into a core file: the responder may write none', () => {
    const limits = readFileSync(`/proc/${at.service.server.responderPid()}/limits`, 'utf8');
    assert.match(limits, /^Max core file size +0 +0 /m);
  });

  test('is nowhere once all has stopped either', async () => {
    const contents = fileContents(at.service.store.dir);
    assert.ok(contents.some(([name]) => name.endsWith('data.mdb')));
    await stop(at.service.server.process);
    assert.deepEqual(findAll(fileContents(at.service.store.dir), secrets), []);
    assert.deepEqual(findAll([['standard error', Buffer.from(at.service.server.log())]], secrets), []);
  });
});
