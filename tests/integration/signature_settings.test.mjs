// Shows that the settings of signatures reach what is signed: versions, order and formats
// as node:crypto reads them, and a whole roll from HMAC to ed25519 and on.
import assert from 'node:assert/strict';
import { createHmac, createPublicKey, verify } from 'node:crypto';
import { test } from 'node:test';
import { assertEnvelope, rolled } from './support/answers.mjs';
import { etagOf } from './support/changes.mjs';
import { make } from './support/projects.mjs';
import { withService } from './support/suite.mjs';
import { untilClock } from './support/waiting.mjs';

const PAYLOAD = '{"order": 7}';

// RFC 8410: what stands before the 32 bytes of an ed25519 public key.
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const publicKey = (whpk) =>
  createPublicKey({ key: Buffer.concat([SPKI, Buffer.from(whpk.replace('whpk_', ''), 'base64')]), format: 'der', type: 'spki' });

const acceptsEd25519 = (whpk, headers) =>
  headers['webhook-signature'].split(' ').some((one) => {
    const [version, signature] = one.split(',');
    const signed = Buffer.from(`${headers['webhook-id']}.${headers['webhook-timestamp']}.${PAYLOAD}`);
    return version === 'v1a' && verify(null, signed, publicKey(whpk), Buffer.from(signature, 'base64'));
  });
const acceptsHmac = (value, headers) => {
  const key = Buffer.from(value.replace('whsec_', ''), 'base64');
  const signed = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${PAYLOAD}`;
  return headers['webhook-signature'].split(' ').includes(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`);
};

withService('The settings of signatures', {}, (at) => {
  const signed = async (endpoint) =>
    assertEnvelope(
      await at.service.request('POST', `${at.service.endpointPath(endpoint)}/sign`, { body: { payload: PAYLOAD } }),
      200,
      'payload signed successfully',
    ).data;
  const set = async (endpoint, signature) =>
    assertEnvelope(
      await at.service.request('PUT', at.service.endpointPath(endpoint), { body: { name: 'n', url: 'https://e.example', signature } }),
      202,
      'Endpoint updated successfully',
    ).data;
  const publicKeys = async (endpoint, headers = {}) =>
    at.service.request('GET', `${at.service.endpointPath(endpoint)}/public_keys`, { headers });
  const keys = async (endpoint) => assertEnvelope(await publicKeys(endpoint), 200, 'Public keys fetched successfully').data.public_keys;

  test('put several versions of all secrets into the Convoy header, in the order that is set', async () => {
    const project = await at.service.store.project();
    const key = await at.service.store.key(project, { scopes: 'project_admin' });
    const body = { signature: { versions: [{ hash: 'SHA256', encoding: 'hex' }, { hash: 'SHA512', encoding: 'base64' }] } };
    assertEnvelope(await at.service.request('PUT', at.service.path(project.uid), { body, key }), 202, /updated/);
    const endpoint = await at.service.store.endpoint(project, { secret: 'first' });
    const path = `${at.service.path(project.uid)}/endpoints/${endpoint.uid}`;
    const ask = (method, behind, sent) => at.service.request(method, `${path}${behind}`, { body: sent, key });
    rolled(await ask('PUT', '/expire_secret', { expiration: 3600, secret: 'second' }));
    const header = async () => (await ask('POST', '/sign', { payload: PAYLOAD })).json().data.headers['X-Convoy-Signature'];
    const expected = (t, order) =>
      [`t=${t}`,
        ...order.map((value) => `v1=${createHmac('sha256', value).update(`${t},${PAYLOAD}`).digest('hex')}`),
        ...order.map((value) => `v2=${createHmac('sha512', value).update(`${t},${PAYLOAD}`).digest('base64')}`)].join(',');
    const oldest = await header();
    assert.equal(oldest, expected(/^t=([0-9]+)/.exec(oldest)[1], ['first', 'second']));
    const update = { name: 'n', url: 'https://e.example', signature: { order: 'current_first' } };
    assertEnvelope(await ask('PUT', '', update), 202, /updated/);
    const current = await header();
    assert.equal(current, expected(/^t=([0-9]+)/.exec(current)[1], ['second', 'first']));
    const seen = await ask('POST', '/verify', { headers: { 'x-convoy-signature': current }, payload: PAYLOAD });
    assert.equal(assertEnvelope(seen, 200, 'signature verified').data.version, 'v2');
  });

  test('leave out the headers of a format that is off', async () => {
    const endpoint = await make(at.service);
    await set(endpoint, { formats: ['convoy'] });
    assert.deepEqual(Object.keys((await signed(endpoint)).headers), ['X-Convoy-Signature']);
    await set(endpoint, { formats: ['standard'] });
    assert.deepEqual(Object.keys((await signed(endpoint)).headers), ['webhook-id', 'webhook-timestamp', 'webhook-signature']);
  });

  test('move an endpoint to ed25519 by a roll: old receivers to the end of the grace, new ones at once', async () => {
    const endpoint = await make(at.service);
    const [hmac] = endpoint.secrets;
    await set(endpoint, { key_type: 'ed25519' });
    assert.deepEqual(await keys(endpoint), []);
    const { secrets: [old, current], warning } = rolled(await at.service.roll(endpoint, { expiration: 2 }));
    assert.match(warning, /ed25519/);
    const end = Date.parse(old.expires_at);
    const [published] = await keys(endpoint);
    assert.equal(published.public_key, current.public_key);
    assert.equal(published.expires_at, null);
    const within = (await signed(endpoint)).headers;
    assert.ok(acceptsEd25519(published.public_key, within));
    if (Date.now() < end) assert.ok(acceptsHmac(hmac.value, within));
    await untilClock(end);
    const after = (await signed(endpoint)).headers;
    assert.ok(acceptsEd25519(published.public_key, after));
    assert.ok(!acceptsHmac(hmac.value, after));
    assert.equal(after['X-Convoy-Signature'], undefined);
  });

  test('keep the old public key in the list until its end', async () => {
    const endpoint = await at.service.endpoint({ signature: { key_type: 'ed25519', formats: ['standard'] } });
    const [first] = await keys(endpoint);
    const tag = etagOf(await publicKeys(endpoint));
    assert.equal((await publicKeys(endpoint, { 'If-None-Match': tag })).status, 304);
    const { secrets: [old] } = rolled(await at.service.roll(endpoint, { expiration: 2 }));
    const end = Date.parse(old.expires_at);
    const both = await publicKeys(endpoint, { 'If-None-Match': tag });
    const listed = assertEnvelope(both, 200, 'Public keys fetched successfully').data.public_keys;
    const { headers } = await signed(endpoint);
    if (Date.now() < end) {
      assert.deepEqual(listed.map(({ public_key, expires_at }) => [public_key, expires_at !== null]), [
        [first.public_key, true],
        [listed[1].public_key, false],
      ]);
      assert.ok(acceptsEd25519(first.public_key, headers));
    }
    await untilClock(end);
    const [left, ...others] = await keys(endpoint);
    assert.deepEqual(others, []);
    assert.equal(left.public_key, listed.at(-1).public_key);
    assert.ok(!acceptsEd25519(first.public_key, (await signed(endpoint)).headers));
    const seen = await at.service.request('POST', `${at.service.endpointPath(endpoint)}/verify`, { body: { headers, payload: PAYLOAD } });
    assert.equal(seen.json().data.version, 'v1a');
    assert.ok(!JSON.stringify(await keys(endpoint)).includes('whsk_'));
  });

  test('take a private key that is supplied, and no other secret', async () => {
    const endpoint = await at.service.endpoint({ signature: { key_type: 'ed25519' } });
    const secret = 'whsk_6Xb/dCcHpPea21PS1N9VY/NZW723CEc77N4rJCubMbfVKIDij2HKpMKkioLlX0dRqSKJp4AJ6p9lMicMFs6Kvg==';
    assertEnvelope(await at.service.roll(endpoint, { expiration: 0, secret: 'a word' }), 400, /secret must be an ed25519 private key/);
    const { secrets: [given] } = rolled(await at.service.roll(endpoint, { expiration: 0, secret }));
    assert.equal(given.public_key, 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=');
  });
});
