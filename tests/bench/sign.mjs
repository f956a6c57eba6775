// sign: what does a signature cost beside the transport? POST .../sign of 1 KiB with 1, 2
// and 10 live secrets, in JSON and raw, over an empty FastCGI answer through the same
// lighttpd, all in turn, in one run. The load is wrk's.
// usage: node sign.mjs [ROUNDS]
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { built } from '../integration/support/place.mjs';
import { run } from '../integration/support/processes.mjs';
import { startService } from '../integration/support/service.mjs';
import { ascending, machine, quantile, quartiles } from './figures.mjs';

const ROUNDS = Number(process.argv[2] ?? 15);
const CLIENTS = 8;
const SECONDS = 1;
const SECRETS = [1, 2, 10];
const PAYLOAD = randomBytes(768).toString('base64');

const emptyMount = (dir) => `
fastcgi.server += ( "/empty" => ((
  "socket" => "${path.join(dir, 'empty.sock')}", "bin-path" => "${built('tests/bench/empty')}",
  "max-procs" => 1, "check-local" => "disable"
)) )
`;

// What wrk sends, and how it says what came of it.
const script = ({ route, type, body, key }) => `
wrk.method = "POST"
wrk.path = "${route}"
wrk.body = ${JSON.stringify(body)}
wrk.headers["Content-Type"] = "${type}"
wrk.headers["Authorization"] = "Bearer ${key}"
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('{"answers":%d,"microseconds":%d,"p99":%d,"errors":%d}\\n', summary.requests,
    summary.duration, latency:percentile(99), e.connect + e.read + e.write + e.status + e.timeout))
end
`;

async function endpointWith(service, secrets) {
  const endpoint = await service.endpoint();
  for (let i = 1; i < secrets; i++) {
    const answer = await service.roll(endpoint, { expiration: 86400 });
    if (answer.status !== 200) throw new Error(answer.text);
  }
  return `${service.endpointPath(endpoint)}/sign`;
}

async function load(service, file) {
  const url = `http://127.0.0.1:${service.server.port}`;
  const { code, stdout, stderr } = await run('wrk', ['-t1', `-c${CLIENTS}`, `-d${SECONDS}s`, '-s', file, url]);
  if (code !== 0) throw new Error(stderr);
  const { answers, microseconds, p99, errors } = JSON.parse(stdout.trim().split('\n').at(-1));
  if (errors > 0) throw new Error(`${errors} answers to ${path.basename(file)} were not 200`);
  return { rate: (answers / microseconds) * 1e6, p99 };
}

async function variants(service) {
  const key = service.key.key;
  const json = { type: 'application/json', body: JSON.stringify({ payload: PAYLOAD }), key };
  const raw = { type: 'application/octet-stream', body: PAYLOAD, key };
  const all = { empty: { ...raw, route: '/empty/sign' } };
  for (const secrets of SECRETS) {
    const route = await endpointWith(service, secrets);
    all[`raw, ${secrets}`] = { ...raw, route };
    all[`JSON, ${secrets}`] = { ...json, route };
  }
  return Object.entries(all).map(([name, what]) => {
    const file = path.join(service.store.dir, `${name.replace(', ', '-')}.lua`);
    writeFileSync(file, script(what), { mode: 0o600 });
    return [name, file];
  });
}

async function measure(service, files, rounds) {
  const rates = Object.fromEntries(files.map(([name]) => [name, []]));
  const tails = Object.fromEntries(files.map(([name]) => [name, []]));
  for (let round = 0; round < rounds; round++) {
    const found = {};
    for (const [name, file] of files) found[name] = await load(service, file);
    for (const [name] of files) {
      rates[name].push(found[name].rate / found.empty.rate);
      tails[name].push(found[name].p99 / found.empty.p99);
    }
  }
  return Object.fromEntries(
    files
      .filter(([name]) => name !== 'empty')
      .map(([name]) => [name, { rate: quartiles(rates[name]), p99: quantile(ascending(tails[name]), 0.5) }]),
  );
}

const service = await startService({ extra: emptyMount, project: { 'max-signing-secrets': 10 } });
try {
  const files = await variants(service);
  await measure(service, files, 1);
  const ratios = await measure(service, files, ROUNDS);
  console.log(
    JSON.stringify({ bench: 'sign', machine: machine(), over: 'an empty FastCGI answer', clients: CLIENTS, rounds: ROUNDS, ratios }),
  );
} finally {
  await service.stop();
}
