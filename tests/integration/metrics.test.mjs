// Shows that what /metrics tells is what was done, by one process or by several, that
// Prometheus takes it, and that nobody gets it without its token.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { assertEnvelope, rolled } from './support/answers.mjs';
import { responderProgram } from './support/place.mjs';
import { adopt, awaitAdopted, run } from './support/processes.mjs';
import { lives } from './support/procfs.mjs';
import { Responder, getParams, healthParams, makeBench, rollParams } from './support/responder.mjs';
import { assertAccepted, samplesOf, sumOf, valueOf } from './support/scrapes.mjs';
import { withService } from './support/suite.mjs';
import { until } from './support/waiting.mjs';

const PROCESSES = 4;
const ROLL = 'route="/v1/projects/{project}/endpoints/{endpoint}/expire_secret",method="PUT"';
const GET = 'route="/v1/projects/{project}/endpoints/{endpoint}",method="GET"';
const requests = (labels, status) => `hookroll_requests_total{${labels},status="${status}"}`;
const refused = (reason) => `hookroll_rolls_refused_total{reason="${reason}"}`;

const scrapeParams = (store) => ({
  REQUEST_METHOD: 'GET',
  SCRIPT_NAME: '/api',
  PATH_INFO: '/metrics',
  HTTP_AUTHORIZATION: `Bearer ${store.token}`,
});

withService('Metrics behind a web server', { settings: { metrics: true }, project: { 'max-signing-secrets': 2 } }, (at) => {
  const token = (value) => ({ key: null, headers: { Authorization: `Bearer ${value}` } });
  const ask = (options) => at.service.request('GET', '/api/metrics', options);

  async function scrape() {
    const answer = await ask(token(at.service.store.token));
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.headers['content-type'], /^text\/plain; *version=0\.0\.4; *charset=utf-8$/);
    return answer.text;
  }
  const samples = async () => samplesOf(await scrape());

  // What has been counted between two scrapes.
  async function counted(what) {
    const before_ = await samples();
    await what();
    const after_ = await samples();
    return (series) => valueOf(after_, series) - valueOf(before_, series);
  }

  test('are those of what was done and of what was refused', async () => {
    const { service } = at;
    const endpoint = await service.endpoint();
    const added = await counted(async () => {
      rolled(await service.roll(endpoint, { expiration: 60 }));
      rolled(await service.roll(endpoint, { expiration: 0 }));
      assertEnvelope(await service.roll(endpoint, { expiration: 60 }), 409, /the project allows 2/);
      assertEnvelope(await service.roll(endpoint, { expiration: -1 }), 400, /expiration/);
      assertEnvelope(await service.roll(endpoint, '{'), 400, /badly-formed/);
      assertEnvelope(await service.roll(endpoint, {}, { key: null }), 401, /required/);
      assertEnvelope(await service.roll({ uid: 'nowhere' }, {}), 404, 'endpoint not found');
      for (let i = 0; i < 5; i++) assert.equal((await service.get(endpoint)).status, 200);
      assertEnvelope(await service.request('GET', '/api/nowhere'), 404, 'Resource not found');
    });
    assert.equal(added('hookroll_rolls_total'), 2);
    assert.equal(added(refused('conflict')), 1);
    assert.equal(added(refused('invalid')), 2);
    assert.equal(added(refused('unauthenticated')), 1);
    assert.equal(added(refused('not_found')), 1);
    assert.equal(added(requests(ROLL, 200)), 2);
    assert.equal(added(requests(ROLL, 409)), 1);
    assert.equal(added(requests(ROLL, 400)), 2);
    assert.equal(added(requests(ROLL, 404)), 1);
    assert.equal(added(requests(GET, 200)), 5);
    assert.equal(added(requests('route="none",method="any"', 404)), 1);
    assert.equal(added(`hookroll_request_duration_seconds_count{${ROLL}}`), 7);
    assert.equal(added(`hookroll_request_duration_seconds_bucket{${ROLL},le="+Inf"}`), 7);
    assert.ok(added(`hookroll_request_duration_seconds_sum{${ROLL}}`) > 0);
    assert.ok(added('hookroll_commit_duration_seconds_count') >= 1);
    assert.ok(added('hookroll_commit_batch_size_sum') >= 2);
  });

  test('are taken by promtool', async () => assertAccepted(await scrape()));

  test('tell of the store', async () => {
    const now = await samples();
    assert.equal(valueOf(now, 'hookroll_map_bytes'), 16 * 1024 * 1024);
    assert.ok(valueOf(now, 'hookroll_map_used_bytes') > 0);
    assert.equal(valueOf(now, 'hookroll_readers_max'), 1024);
    assert.ok(now.has('hookroll_readers'));
    assert.equal(sumOf(now, 'hookroll_build_info'), 1);
  });

  test('tell of all secrets, as the census of the responder found them', async () => {
    const found = await until('a census', async () => {
      const now = await samples();
      return now.has('hookroll_census_timestamp_seconds') && now;
    });
    assert.ok(Math.abs(Date.now() / 1000 - found.get('hookroll_census_timestamp_seconds')) < 3600);
    for (const name of ['endpoints', 'endpoints_damaged', 'secrets_current', 'secrets_in_grace'])
      assert.ok(found.has(`hookroll_${name}`), name);
  });

  test('count what hookrollctl does, which prints the same', async () => {
    const { store, project } = at.service;
    const endpoint = await at.service.endpoint();
    const ids = ['--project', project.uid, '--endpoint', endpoint.uid];
    const added = await counted(async () => {
      await store.json(['roll', ...ids, '--expiration', '60']);
      assert.equal((await store.ctl(['roll', ...ids, '--expiration', '60'])).code, 4);
    });
    assert.equal(added('hookroll_rolls_total'), 1);
    assert.equal(added(refused('conflict')), 1);
    const { code, stdout, stderr } = await store.ctl(['metrics']);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: '' });
    await assertAccepted(stdout);
    const printed = samplesOf(stdout);
    const scraped = await samples();
    for (const series of ['hookroll_rolls_total', requests(ROLL, 200), requests(GET, 200)])
      assert.equal(printed.get(series), scraped.get(series), series);
  });

  test('are for who has the token', async () => {
    assertEnvelope(await ask({ key: null }), 401, 'Authentication required');
    assertEnvelope(await ask(), 401, 'authorization failed');
    assertEnvelope(await ask(token(`${at.service.store.token}x`)), 401, 'authorization failed');
    const head = await at.service.request('HEAD', '/api/metrics', token(at.service.store.token));
    assert.deepEqual([head.status, head.text], [200, '']);
  });

  test('are beside an answer to whether changes can be made', async () => {
    const { service } = at;
    const added = await counted(async () => assertEnvelope(await service.request('GET', '/api/readyz', { key: null }), 200, 'ready'));
    assert.equal(added(requests('route="/readyz",method="GET"', 200)), 1);
    assert.equal(added('hookroll_commit_duration_seconds_count'), 0);
  });
});

withService('Metrics without a token', {}, (at) => {
  test('are not there', async () => {
    const authorized = { key: null, headers: { Authorization: `Bearer ${at.service.store.token}` } };
    assertEnvelope(await at.service.request('GET', '/api/metrics', authorized), 404, 'Resource not found');
  });
});

describe('Metrics of several processes on one store', () => {
  let bench;
  let responder;
  const others = [];

  async function spawned() {
    const pidFile = path.join(bench.dir, 'pids');
    writeFileSync(pidFile, '');
    const child = spawn('spawn-fcgi', ['-s', responder.address, '-F', PROCESSES, '-P', pidFile, '--', responderProgram, '--config', bench.store.config].map(String), { stdio: 'ignore' });
    const [code] = await once(child, 'exit');
    for (const pid of readFileSync(pidFile, 'utf8').match(/\d+/g) ?? []) others.push(adopt(Number(pid)));
    assert.equal(code, 0);
    assert.equal(others.filter(lives).length, PROCESSES);
  }
  async function ended(signal) {
    for (const one of others) if (lives(one)) process.kill(one.pid, signal);
    for (const one of others) await awaitAdopted(one);
  }
  async function scrape() {
    const answer = await responder.ask(scrapeParams(bench.store));
    assert.equal(answer.status, 200, answer.text);
    return samplesOf(answer.text);
  }
  const load = () => Promise.all(Array.from({ length: 120 }, (_, i) => (i % 3 === 0 ? responder.roll(bench.endpoint, bench.key, '{"expiration":-1}') : responder.ask(getParams(bench.endpoint, bench.key)))));

  before(async () => {
    bench = await makeBench();
    bench.store.configure({ metrics: true, workers: 2 });
    responder = new Responder(bench.store, path.join(bench.dir, 'shared.sock'));
    await spawned();
  });
  after(async () => {
    await ended('SIGTERM');
    await bench?.stop();
  });

  test('are those of all of them, whichever is asked', async () => {
    await load();
    for (let i = 0; i < 3 * PROCESSES; i++) {
      const now = await scrape();
      assert.equal(valueOf(now, refused('invalid')), 40);
      assert.equal(valueOf(now, requests(ROLL, 400)), 40);
      assert.equal(valueOf(now, requests(GET, 200)), 80);
    }
  });

  test('are there after all were killed', async () => {
    await ended('SIGKILL');
    await spawned();
    await load();
    const now = await scrape();
    assert.equal(valueOf(now, refused('invalid')), 80);
    assert.equal(valueOf(now, requests(GET, 200)), 160);
  });

  test('are those of CGI programs too, each of which answers one request', async () => {
    const cgi = (params, input = '') =>
      run(responderProgram, [], {
        env: Object.fromEntries(Object.entries({ GATEWAY_INTERFACE: 'CGI/1.1', HOOKROLL_CONFIG: bench.store.config, ...params }).map(([name, value]) => [name, String(value)])),
        input,
      });
    const health = 'route="/healthz",method="GET"';
    const before_ = await scrape();
    for (let i = 0; i < 3; i++) assert.match((await cgi(healthParams)).stdout, /^Status: 200 OK/);
    const body = '{"expiration":0}';
    assert.match((await cgi(rollParams(bench.endpoint, bench.key, body), body)).stdout, /^Status: 200 OK/);
    const after_ = await scrape();
    assert.equal(valueOf(after_, requests(health, 200)), valueOf(before_, requests(health, 200)) + 3);
    assert.equal(valueOf(after_, 'hookroll_rolls_total'), valueOf(before_, 'hookroll_rolls_total') + 1);
    const printed = (await cgi(scrapeParams(bench.store))).stdout;
    assert.match(printed, /^Status: 200 OK\r\n(.+\r\n)*Content-Type: text\/plain; version=0\.0\.4; charset=utf-8\r\n/);
    await assertAccepted(printed.slice(printed.indexOf('\r\n\r\n') + 4));
  });

  test('begin anew in the place of a damaged file', async () => {
    await ended('SIGTERM');
    writeFileSync(path.join(bench.store.directory, 'metrics'), 'damaged');
    const { code, stdout } = await bench.store.ctl(['metrics']);
    assert.equal(code, 0);
    const now = samplesOf(stdout);
    assert.equal(valueOf(now, 'hookroll_rolls_total'), 0);
    assert.equal(now.get('hookroll_endpoints'), 1);
    assert.equal(now.get('hookroll_secrets_in_grace'), 0);
    assert.ok(now.get('hookroll_oldest_current_secret_timestamp_seconds') > 1.7e9);
  });
});
