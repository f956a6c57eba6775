// answers: what every answer of the API must look like.
import assert from 'node:assert/strict';

export const ULID = /^[0-7][0-9A-HJKMNP-TV-Z]{25}$/;
export const MOMENT = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
export const GENERATED = /^whsec_[A-Za-z0-9+/]{32}$/;
export const BADLY_FORMED = /^body contains badly-formed JSON( \(at character \d+\))?$/;

const SECRET_MEMBERS = ['created_at', 'deleted_at', 'expires_at', 'uid', 'updated_at', 'value'];

export function assertMessage(actual, expected) {
  if (expected instanceof RegExp) assert.match(actual, expected);
  else assert.equal(actual, expected);
}

// Answers hold secrets and are not to be kept, but for those that say for how long they may be.
const isKept = (answer) => answer.status === 200 && /"message":"(Signing secrets|Public keys) fetched successfully"/.test(answer.text);

export function assertCommonHeaders(answer) {
  assert.equal(answer.headers['content-type'], 'application/json');
  assert.match(answer.headers['cache-control'], isKept(answer) ? /^private, max-age=([1-5]?[0-9]|60)$/ : /^no-store$/);
  assert.match(answer.headers['x-request-id'] ?? '', /^[\x21-\x7e]{1,128}$/);
}

export function assertEnvelope(answer, status, message) {
  assert.equal(answer.status, status, answer.text.slice(0, 300));
  assertCommonHeaders(answer);
  const envelope = answer.json();
  const members = Object.keys(envelope)
    .filter((name) => name !== 'data')
    .sort();
  assert.deepEqual(members, ['message', 'status']);
  assert.equal(envelope.status, status < 400);
  assertMessage(envelope.message, message);
  return envelope;
}

function assertSecret(secret) {
  const { public_key, ...members } = secret;
  assert.deepEqual(Object.keys(members).sort(), SECRET_MEMBERS);
  if (public_key !== undefined) assert.match(public_key, /^whpk_[A-Za-z0-9+/]{43}=$/);
  assert.match(secret.uid, ULID);
  assert.equal(typeof secret.value, 'string');
  assert.match(secret.created_at, MOMENT);
  assert.match(secret.updated_at, MOMENT);
  assert.equal(secret.deleted_at, null);
}

export function assertSecrets(secrets) {
  assert.ok(secrets.length > 0, 'no secret can sign');
  secrets.forEach(assertSecret);
  assert.equal(secrets.at(-1).expires_at, null);
  secrets.slice(0, -1).forEach((secret) => assert.match(secret.expires_at, MOMENT));
}

export function assertOldestFirst(secrets) {
  const born = secrets.map((secret) => secret.created_at);
  assert.deepEqual(born, [...born].sort());
}

export const rolled = (answer) => {
  const envelope = assertEnvelope(answer, 200, 'endpoint secret expired successfully');
  assertSecrets(envelope.data.secrets);
  return envelope.data;
};

export const currentSecret = (endpoint) => endpoint.secrets.at(-1);
