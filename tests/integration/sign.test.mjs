// Shows that verifiers which others wrote accept what is signed here, through a whole
// roll: the old secret to its last second and not after it, the new one at once.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Webhook } from 'standardwebhooks';
import { Webhook as Svix } from 'svix';
import { assertEnvelope, rolled } from './support/answers.mjs';
import { pause, paused } from './support/changes.mjs';
import { withService } from './support/suite.mjs';
import { untilClock } from './support/waiting.mjs';

const RAW = { 'Content-Type': 'application/octet-stream' };

const payloads = {
  'nothing': Buffer.alloc(0),
  'one byte': Buffer.from('x'),
  'a MiB of random bytes': randomBytes(1 << 20),
  'bytes that are not UTF-8': Buffer.from([0xff, 0xfe, 0x00, 0xc3, 0x28]),
  'lines that end in CRLF': Buffer.from('{\r\n"a": 1\r\n}\r\n'),
  'JSON with what others would escape': Buffer.from('{"a":"<>&\u2028\u00e9","n":1.0e5}'),
};

// What a receiver that keeps one secret does.
const receivers = {
  standardwebhooks: (value, payload, headers) => new Webhook(value).verify(payload, headers, { jsonParse: false }),
  svix: (value, payload, headers) =>
    new Svix(value).verify(payload, Object.fromEntries(Object.entries(headers).map(([name, v]) => [name.replace('webhook-', 'svix-'), v]))),
  'node:crypto, Standard Webhooks': (value, payload, headers) => {
    const key = Buffer.from(value.replace('whsec_', ''), 'base64');
    const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.`;
    const expected = createHmac('sha256', key).update(signed).update(payload).digest('base64');
    assert.ok(headers['webhook-signature'].split(' ').includes(`v1,${expected}`), 'no signature matches');
  },
  'node:crypto, the Convoy header': (value, payload, headers) => {
    const [, seconds] = /^t=([0-9]+),/.exec(headers['X-Convoy-Signature']);
    const expected = createHmac('sha256', value).update(`${seconds},`).update(payload).digest('hex');
    assert.ok(headers['X-Convoy-Signature'].split(',').includes(`v1=${expected}`), 'no signature matches');
  },
};

// The libraries read a payload as text, so what is no UTF-8 cannot pass through them.
const isText = (payload) => payload.equals(Buffer.from(payload.toString('utf8')));
const able = (payload) => Object.keys(receivers).filter((name) => isText(payload) || name.startsWith('node:crypto'));

// Two of the libraries parse what they have verified: that the text is no JSON is not about its signature.
function accepts(name, value, payload, headers) {
  try {
    receivers[name](value, payload, headers);
  } catch (error) {
    if (error instanceof SyntaxError) return true;
    assert.match(error.message, /no signature matches|No matching signature found/i);
    return false;
  }
  return true;
}

withService('Signing a payload', {}, (at) => {
  const signing = (endpoint, body, options = {}) =>
    at.service.request('POST', `${at.service.endpointPath(endpoint)}/sign`, { body, ...options });
  const signed = (answer) => assertEnvelope(answer, 200, 'payload signed successfully').data;
  const judged = (value, payload, headers) => able(payload).map((name) => accepts(name, value, payload, headers));
  const acceptedBy = (...of) => assert.deepEqual(judged(...of).filter((accepted) => !accepted), []);
  const refusedBy = (...of) => assert.deepEqual(judged(...of).filter((accepted) => accepted), []);

  for (const [what, payload] of Object.entries(payloads))
    test(`gives headers that every verifier accepts for ${what}, whichever way in`, async () => {
      const endpoint = await at.service.endpoint();
      const { value } = endpoint.secrets[0];
      const raw = signed(await signing(endpoint, payload, { headers: RAW }));
      acceptedBy(value, payload, raw.headers);
      refusedBy(value, Buffer.concat([payload, Buffer.from('!')]), raw.headers);
      const { message_id, timestamp } = raw;
      assert.deepEqual(signed(await signing(endpoint, { payload_base64: payload.toString('base64'), message_id, timestamp })), raw);
      if (isText(payload))
        assert.deepEqual(signed(await signing(endpoint, { payload: payload.toString('utf8'), message_id, timestamp })), raw);
      const headers = { ...RAW, 'Webhook-Id': message_id, 'Webhook-Timestamp': timestamp };
      assert.deepEqual(signed(await signing(endpoint, payload, { headers })), raw);
    });

  test('takes JSON and bytes, and nothing else', async () => {
    const endpoint = await at.service.endpoint();
    const answer = await signing(endpoint, 'x', { headers: { 'Content-Type': 'text/plain' } });
    assertEnvelope(answer, 415, 'Content-Type must be application/json or application/octet-stream');
  });

  test('gives a payload of the largest size back compacted, all of it escaped', async () => {
    const endpoint = await at.service.endpoint();
    const payload = `"${'\\'.repeat((4 << 20) - 2)}"`;
    const headers = { ...RAW, 'Hookroll-Compact': 'true' };
    const answer = signed(await signing(endpoint, payload, { headers }));
    assert.ok(answer.payload === payload);
    acceptedBy(endpoint.secrets[0].value, Buffer.from(payload), answer.headers);
  });

  test('is refused while the endpoint is paused', async () => {
    const endpoint = await at.service.endpoint();
    paused(await pause(at.service, endpoint));
    const answer = await signing(endpoint, { payload: '{}' });
    assert.deepEqual(assertEnvelope(answer, 409, /endpoint is paused/).data, { status: 'paused' });
    paused(await pause(at.service, endpoint));
    signed(await signing(endpoint, { payload: '{}' }));
  });

  test('names what is wrong in what it was given', async () => {
    const endpoint = await at.service.endpoint();
    const answer = await signing(endpoint, { message_id: 'a.b', timestamp: 1.5 });
    const { errors } = assertEnvelope(answer, 400, /payload/).data;
    assert.deepEqual(errors.map(({ field }) => field), ['payload', 'message_id', 'timestamp']);
  });

  const keyOf = (bytes) => `whsec_${randomBytes(bytes).toString('base64')}`;
  for (const [what, secret] of Object.entries({
    '16 bytes': keyOf(16), '23 bytes': keyOf(23), '24 bytes': keyOf(24), '32 bytes': keyOf(32), '64 bytes': keyOf(64),
    '65 bytes': keyOf(65), '32 bytes without padding': keyOf(32).replaceAll('=', ''),
  }))
    test(`warns of a whsec_ of ${what} exactly where no library verifies with it`, async () => {
      const created = await at.service.request('POST', at.service.path(at.service.project.uid, 'endpoints'), {
        body: JSON.stringify({ name: what, url: 'https://example.com/', secret }),
      });
      const { uid, warning } = assertEnvelope(created, 201, 'Endpoint created successfully').data;
      const payload = Buffer.from('{}');
      const { headers } = signed(await signing({ uid }, payload, { headers: RAW }));
      for (const library of ['standardwebhooks', 'svix'])
        assert.equal(accepts(library, secret, payload, headers), warning === undefined, library);
    });

  test('follows a roll: old receivers accept until the end of the grace, new ones at once', async () => {
    const endpoint = await at.service.endpoint();
    const payload = Buffer.from('{"order": 7}');
    const { secrets } = rolled(await at.service.roll(endpoint, { expiration: 2 }));
    const [old, current] = secrets;
    const end = Date.parse(old.expires_at);
    let within = 0;
    let begun;
    do {
      begun = Date.now();
      const { headers, secrets: used } = signed(await signing(endpoint, payload, { headers: RAW }));
      acceptedBy(current.value, payload, headers);
      if (Date.now() < end) {
        acceptedBy(old.value, payload, headers);
        assert.deepEqual(used, [old.uid, current.uid]);
        within += 1;
      }
    } while (begun < end);
    assert.ok(within > 0, 'nothing was signed within the grace');
    await untilClock(end);
    const { headers, secrets: used } = signed(await signing(endpoint, payload, { headers: RAW }));
    refusedBy(old.value, payload, headers);
    acceptedBy(current.value, payload, headers);
    assert.deepEqual(used, [current.uid]);
  });
});
