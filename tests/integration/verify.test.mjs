// Shows that what verifiers of others sign verifies here, and that what was altered,
// left out, is too old, too much or of another version does not, each for its reason.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { Webhook as Svix } from 'svix';
import { assertEnvelope, rolled } from './support/answers.mjs';
import { withService } from './support/suite.mjs';
import { untilClock } from './support/waiting.mjs';

const RAW = { 'Content-Type': 'application/octet-stream' };
const ID = 'msg_2f7';
const HEADER = 'X-Convoy-Signature';
const seconds = (offset = 0) => Math.floor(Date.now() / 1000) + offset;

const payloads = {
  'nothing': Buffer.alloc(0),
  'one byte': Buffer.from('x'),
  'a MiB of random bytes': randomBytes(1 << 20),
  'bytes that are not UTF-8': Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28]),
  'lines that end in CRLF': Buffer.from('{\r\n"a": 1\r\n}\r\n'),
};

const standardHeaders = (signature, timestamp) => ({ 'webhook-id': ID, 'webhook-timestamp': String(timestamp), 'webhook-signature': signature });
const keyOf = (value) => Buffer.from(value.replace('whsec_', ''), 'base64');

const hmac = (value, payload, timestamp, id = ID) =>
  `v1,${createHmac('sha256', keyOf(value)).update(`${id}.${timestamp}.`).update(payload).digest('base64')}`;
const convoy = (value, payload, timestamp, version = 'v1') =>
  `${version}=${createHmac('sha256', value).update(`${timestamp},`).update(payload).digest('hex')}`;

const signers = {
  standardwebhooks: (value, payload, t) => standardHeaders(new Webhook(value).sign(ID, new Date(t * 1000), payload.toString('utf8')), t),
  svix: (value, payload, t) => standardHeaders(new Svix(value).sign(ID, new Date(t * 1000), payload.toString('utf8')), t),
  'node:crypto, Standard Webhooks': (value, payload, t) => standardHeaders(hmac(value, payload, t), t),
  'node:crypto, the Convoy header': (value, payload, t) => ({ [HEADER]: `t=${t},${convoy(value, payload, t)}` }),
};
const isText = (payload) => payload.equals(Buffer.from(payload.toString('utf8')));
const able = (payload) => Object.keys(signers).filter((name) => isText(payload) || name.startsWith('node:crypto'));

withService('Verifying a delivery', {}, (at) => {
  const ask = (endpoint, body, options = {}) =>
    at.service.request('POST', `${at.service.endpointPath(endpoint)}/verify`, { body, ...options });
  const verified = (answer) => assertEnvelope(answer, 200, 'signature verified').data;
  const refused = (answer) => assertEnvelope(answer, 200, 'signature not verified').data;
  const json = (endpoint, headers, payload, more = {}) =>
    ask(endpoint, { headers, payload_base64: Buffer.from(payload).toString('base64'), ...more });
  const raw = (endpoint, headers, payload) => ask(endpoint, payload, { headers: { ...RAW, ...headers } });

  for (const [what, payload] of Object.entries(payloads))
    for (const name of able(payload))
      test(`accepts ${what} signed by ${name}, whichever way in`, async () => {
        const endpoint = await at.service.endpoint();
        const t = seconds(-2);
        const headers = signers[name](endpoint.secrets[0].value, payload, t);
        const data = verified(await json(endpoint, headers, payload));
        assert.equal(data.format, name.includes('Convoy') ? 'convoy' : 'standard');
        assert.equal(data.version, 'v1');
        assert.equal(data.secret, endpoint.secrets[0].uid);
        assert.equal(data.state, 'current');
        assert.equal(data.timestamp, t);
        assert.ok(data.age >= 2 && data.age < 300);
        assert.equal(verified(await raw(endpoint, headers, payload)).secret, endpoint.secrets[0].uid);
        const tampered = Buffer.concat([payload, Buffer.from('!')]);
        assert.equal(refused(await json(endpoint, headers, tampered)).reason, 'mismatch');
        assert.equal(refused(await raw(endpoint, headers, tampered)).reason, 'mismatch');
      });

  const body = Buffer.from('{"order": 7}');
  const good = (value, t = seconds()) => standardHeaders(hmac(value, body, t), t);
  const many = (one, separator) => Array.from({ length: 1000 }, () => one).join(separator);
  const refusals = {
    'a swapped id': ['mismatch', (value) => ({ ...good(value), 'webhook-id': 'msg_other' })],
    'a swapped timestamp': ['mismatch', (value) => ({ ...good(value), 'webhook-timestamp': String(seconds(-9)) })],
    'an old timestamp': ['too_old', (value) => good(value, seconds(-310))],
    'a timestamp ahead': ['too_new', (value) => good(value, seconds(330))],
    'a timestamp of Infinity': ['malformed', (value) => ({ ...good(value), 'webhook-timestamp': 'Infinity' })],
    'a timestamp with a zero before it': ['malformed', (value) => ({ ...good(value), 'webhook-timestamp': `0${seconds()}` })],
    'no id': ['missing', (value) => ({ ...good(value), 'webhook-id': undefined })],
    'no timestamp': ['missing', (value) => ({ ...good(value), 'webhook-timestamp': undefined })],
    'no signature': ['missing', (value) => ({ ...good(value), 'webhook-signature': undefined })],
    'no header at all': ['missing', () => ({})],
    '1,000 signatures': ['too_many_signatures', (value) => ({ ...good(value), 'webhook-signature': many('v1,x', ' ') })],
    'a wrong version tag': ['unknown_version', (value) => ({ ...good(value), 'webhook-signature': good(value)['webhook-signature'].replace('v1,', 'v2,') })],
    'a signature of another secret': ['mismatch', () => good(`whsec_${randomBytes(24).toString('base64')}`)],
    'a Convoy header without its timestamp': ['malformed', (value) => ({ [HEADER]: convoy(value, body, seconds()) })],
    'a Convoy header with a timestamp of Infinity': ['malformed', (value) => ({ [HEADER]: `t=Infinity,${convoy(value, body, 'Infinity')}` })],
    'a Convoy header that is old': ['too_old', (value) => ({ [HEADER]: `t=${seconds(-310)},${convoy(value, body, seconds(-310))}` })],
    'a Convoy header with 1,000 signatures': ['too_many_signatures', () => ({ [HEADER]: `t=${seconds()},${many('v1=x', ',')}` })],
    'a Convoy header of a version that the project has not': [
      'unknown_version', (value) => ({ [HEADER]: `t=${seconds()},${convoy(value, body, seconds(), 'v2')}` }),
    ],
  };

  for (const [what, [reason, make]] of Object.entries(refusals))
    test(`refuses ${what}: ${reason}`, async () => {
      const endpoint = await at.service.endpoint();
      verified(await json(endpoint, good(endpoint.secrets[0].value), body));
      const headers = Object.fromEntries(Object.entries(make(endpoint.secrets[0].value)).filter(([, value]) => value !== undefined));
      const data = refused(await json(endpoint, headers, body));
      assert.equal(data.reason, reason);
      assert.equal(data.secret, null);
      assert.deepEqual({ ...refused(await raw(endpoint, headers, body)), age: null }, { ...data, age: null });
    });

  test('takes the tolerance that is asked for', async () => {
    const endpoint = await at.service.endpoint();
    const headers = good(endpoint.secrets[0].value, seconds(-400));
    assert.equal(refused(await json(endpoint, headers, body)).reason, 'too_old');
    verified(await json(endpoint, headers, body, { tolerance: 500 }));
    verified(await raw(endpoint, { ...headers, 'Hookroll-Tolerance': '500' }, body));
    const answer = await json(endpoint, headers, body, { tolerance: -1 });
    assertEnvelope(answer, 400, 'tolerance must be an integer from 0 to 31536000 (seconds)');
  });

  test('follows a roll, and tells who still uses the old secret', async () => {
    const endpoint = await at.service.endpoint();
    const { secrets } = rolled(await at.service.roll(endpoint, { expiration: 2 }));
    const [old, current] = secrets;
    const list = async () =>
      assertEnvelope(await at.service.request('GET', `${at.service.endpointPath(endpoint)}/secrets`), 200, 'Secrets fetched successfully').data.secrets;
    assert.deepEqual((await list()).map(({ last_verified_at }) => last_verified_at), [null, null]);
    const end = Date.parse(old.expires_at);
    const before = Date.now();
    assert.ok(before < end, 'the grace was over before it was looked at');
    const answer = await json(endpoint, good(old.value), body);
    if (Date.now() < end) {
      const data = verified(answer);
      assert.equal(data.state, 'ending');
      assert.equal(data.secret, old.uid);
      assert.equal(data.expires_at, old.expires_at);
      const [first, second] = await list();
      assert.ok(Date.parse(first.last_verified_at) >= before);
      assert.equal(second.last_verified_at, null);
    }
    assert.equal(verified(await json(endpoint, good(current.value), body)).state, 'current');
    await untilClock(end);
    const late = refused(await json(endpoint, good(old.value), body));
    assert.equal(late.reason, 'secret_ended');
    assert.equal(late.state, 'ended');
    assert.deepEqual((await list()).map(({ state }) => state), ['ended', 'current']);
    assert.ok(!JSON.stringify(await list()).includes(current.value));
  });
});
