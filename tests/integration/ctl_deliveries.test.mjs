// Shows that hookrollctl signs and verifies like the responder: from the store, and from a
// secret on standard input where there is no store at all.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { ctlProgram } from './support/place.mjs';
import { run } from './support/processes.mjs';
import { makeStore } from './support/store.mjs';
import { makeTempDir, removeTempDir } from './support/tempdir.mjs';

const REFUSED = 4;
const BODY = '{"order": 7}';
const PRIVATE = 'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==';
const PUBLIC = 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=';

describe('hookrollctl with a delivery', () => {
  let store;
  let project;
  let endpoint;
  let payload;

  const ids = () => ['--project', project.uid, '--endpoint', endpoint.uid];
  const file = (name, content) => {
    const at = path.join(store.dir, name);
    writeFileSync(at, content);
    return at;
  };
  const headersFile = (headers) => file('headers', Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`).join(''));
  const succeeded = ({ code, stdout, stderr }) => {
    assert.equal(stderr, '');
    assert.equal(code, 0);
    return stdout;
  };
  const refused = ({ code, stdout, stderr }, reason) => {
    assert.equal(stdout, '');
    assert.equal(stderr, `hookrollctl: ${reason}\n`);
    assert.equal(code, REFUSED);
  };
  const sign = async (...more) => JSON.parse(succeeded(await store.ctl(['sign', ...ids(), '--payload', payload, '--json', ...more])));
  const verify = (...more) => store.ctl(['verify', ...ids(), '--payload', payload, ...more]);
  // Told nothing of the store.
  const alone = (secret, headers, ...more) =>
    run(ctlProgram, ['verify', '--secret-file', '-', '--payload', payload, '--headers', headers, ...more], { input: secret });

  before(async () => {
    store = await makeStore(makeTempDir());
    project = await store.project();
    endpoint = await store.endpoint(project);
    payload = file('payload', BODY);
  });
  after(() => store && removeTempDir(store.dir));

  test('signs what a receiver of others accepts, in lines and as JSON', async () => {
    const { headers } = await sign();
    new Webhook(endpoint.secrets[0].value).verify(BODY, headers);
    const lines = succeeded(await store.ctl(['sign', ...ids(), '--payload', '-', '--message-id', 'm', '--timestamp', '1614265330'], BODY));
    const convoy = createHmac('sha256', endpoint.secrets[0].value).update(`1614265330,${BODY}`).digest('hex');
    assert.match(lines, /^X-Convoy-Signature: /);
    assert.ok(lines.includes(`X-Convoy-Signature: t=1614265330,v1=${convoy}\nwebhook-id: m\nwebhook-timestamp: 1614265330\nwebhook-signature: v1,`));
  });

  test('compacts, and gives what is then to be sent', async () => {
    const { headers, payload: compacted } = await sign('--compact');
    assert.equal(compacted, '{"order":7}');
    new Webhook(endpoint.secrets[0].value).verify(compacted, headers);
    const lines = succeeded(await store.ctl(['sign', ...ids(), '--payload', payload, '--compact']));
    assert.ok(lines.endsWith('\n\n{"order":7}'));
  });

  test('verifies what it signed, and not what was altered', async () => {
    const { headers } = await sign();
    const found = JSON.parse(succeeded(await verify('--headers', headersFile(headers), '--json')));
    assert.equal(found.secret, endpoint.secrets[0].uid);
    assert.equal(found.state, 'current');
    assert.match(succeeded(await verify('--headers', headersFile(headers))), /^verified  standard  current  [0-9A-Z]{26}  -/);
    refused(await verify('--headers', headersFile({ ...headers, 'webhook-id': 'other' })), 'signature not verified: mismatch');
    refused(await verify('--headers', headersFile({})), 'signature not verified: missing');
    const old = (await sign('--timestamp', '1614265330')).headers;
    refused(await verify('--headers', headersFile(old)), 'signature not verified: too_old');
    refused(await verify('--headers', headersFile(old), '--tolerance', '31536001'), '--tolerance must be an integer from 0 to 31536000 (seconds)');
    const [shown] = (await store.json(['endpoint', 'get', ...ids()])).secrets;
    assert.equal(shown.uid, endpoint.secrets[0].uid);
  });

  test('verifies with a secret on standard input and no store', async () => {
    const { headers } = await sign();
    const { value } = endpoint.secrets[0];
    const convoyAlone = headersFile({ 'x-convoy-signature': headers['X-Convoy-Signature'] });
    assert.match(succeeded(await alone(`${value}\n`, convoyAlone)), /^verified  convoy/);
    assert.match(succeeded(await alone(value, headersFile(headers))), /^verified  standard/);
    refused(await alone('another', headersFile(headers)), 'signature not verified: mismatch');
  });

  test('verifies ed25519 with the public key alone', async () => {
    const other = await store.endpoint(project, { signature: { key_type: 'ed25519' }, secret: PRIVATE });
    const of = ['--project', project.uid, '--endpoint', other.uid];
    const { headers } = JSON.parse(succeeded(await store.ctl(['sign', ...of, '--payload', payload, '--json'])));
    assert.deepEqual(Object.keys(headers), ['webhook-id', 'webhook-timestamp', 'webhook-signature']);
    assert.match(succeeded(await alone(PUBLIC, headersFile(headers))), /^verified  standard/);
    assert.match(succeeded(await alone(PRIVATE, headersFile(headers))), /^verified  standard/);
    refused(await alone(PUBLIC.replace('1SiA', '2SiA'), headersFile(headers)), 'signature not verified: mismatch');
  });

  test('takes the header and the versions of a project that it cannot ask', async () => {
    const t = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha512', 'word').update(`${t},${BODY}`).digest('base64');
    const headers = headersFile({ 'X-Mine': `t=${t},v1=${signature}` });
    refused(await alone('word', headers), 'signature not verified: missing');
    const settings = ['--signature-header', 'x-mine', '--signature-versions', 'SHA512:base64'];
    assert.match(succeeded(await alone('word', headers, ...settings)), /^verified  convoy/);
  });

  test('refuses what it cannot use, in one line', async () => {
    refused(await store.ctl(['sign', ...ids(), '--payload', payload, '--message-id', 'a.b']), "--message-id must be 1 to 256 printable ASCII characters without space and '.'");
    refused(await store.ctl(['sign', ...ids(), '--payload', '-', '--compact'], '{'), '--payload must be JSON to be compacted');
    const missing = await store.ctl(['sign', '--project', project.uid, '--endpoint', project.uid, '--payload', payload]);
    assert.equal(missing.code, 3);
    assert.equal(missing.stderr, 'hookrollctl: endpoint not found\n');
    const nowhere = await alone('word', path.join(store.dir, 'nowhere'));
    assert.equal(nowhere.code, 3);
    const wrong = await store.ctl(['project', 'list', '--compact']);
    assert.equal(wrong.code, 2);
    assert.match(wrong.stderr, /does not take --compact/);
    await store.ctl(['endpoint', 'pause', ...ids()]);
    refused(await store.ctl(['sign', ...ids(), '--payload', payload]), 'the endpoint is paused: nothing is to be delivered to it');
    const [{ action }] = await store.history(project, endpoint);
    assert.equal(action, 'updated');
  });
});
