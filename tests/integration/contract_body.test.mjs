// Shows that every body that a roll must refuse is refused through lighttpd with
// the contract's words, and that no refused roll changes the endpoint.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BADLY_FORMED, assertEnvelope, rolled } from './support/answers.mjs';
import { leavesTheEndpointAlone, withService } from './support/suite.mjs';

const NOT_AN_OBJECT = 'body contains incorrect JSON type';
const wrongType = (member) => `body contains incorrect JSON type for field "${member}"`;
const RANGE = /expiration.*\b0\b.*\b31536000\b/;
const SECRET_RULE = /secret.*\b1\b.*\b256\b/;
const bytes = (...parts) => Buffer.concat(parts.map((part) => Buffer.from(part)));
const nested = (open, close, depth) => open.repeat(depth) + close.repeat(depth);

const malformed = {
  'a word that is no JSON': 'expiration',
  'a body cut short within an object': '{"expiration":0',
  'a body cut short after a colon': '{"expiration":',
  'a body cut short within a string': '{"secret":"abc',
  'a body cut short within a literal': '{"secret":nul',
  'a second value after the first': '{"expiration":0}{"expiration":0}',
  'a word after the value': '{"expiration":0} now',
  'a NUL after the value': bytes('{"expiration":0}', [0]),
  'a NUL and more after the value': bytes('{"expiration":0}', [0], '{'),
  'a comma after the last member': '{"expiration":0,}',
  'single quotes': "{'expiration':0}",
  'a name without quotes': '{expiration:0}',
  'a comment': '{"expiration":0/* now */}',
  'a byte order mark': bytes([0xef, 0xbb, 0xbf], '{"expiration":0}'),
  NaN: '{"expiration":NaN}',
  Infinity: '{"expiration":Infinity}',
  'a number with leading zeros': '{"expiration":007}',
  'a number with a plus sign': '{"expiration":+7}',
  'a hexadecimal number': '{"expiration":0x10}',
  'a number that ends in its point': '{"expiration":7.}',
  'a capital literal': '{"secret":NULL}',
  'a NUL as it is within a string': bytes('{"expiration":0,"secret":"a', [0], 'b"}'),
  'a line break as it is within a string': '{"expiration":0,"secret":"a\nb"}',
  'a NUL as it is within a name': bytes('{"expiration', [0], '":0}'),
  'a byte that is not UTF-8 in a value': bytes('{"secret":"a', [0xff], 'b"}'),
  'a sequence of UTF-8 cut short': bytes('{"secret":"a', [0xe2, 0x82], '"}'),
  'a byte that is not UTF-8 in an unknown member': bytes('{"x":"', [0xfe], '"}'),
  'a byte that is not UTF-8 in an unknown name': bytes('{"', [0xfe], '":0}'),
  'an overlong form of a slash in an unknown member': bytes('{"x":"', [0xc0, 0xaf], '"}'),
  'a surrogate as three bytes in an unknown member': bytes('{"x":"', [0xed, 0xa0, 0x80], '"}'),
  'a character beyond U+10FFFF in an unknown member': bytes('{"x":"', [0xf4, 0x90, 0x80, 0x80], '"}'),
  'half a surrogate pair': '{"secret":"\\ud800"}',
  'a surrogate pair the wrong way round': '{"secret":"\\udc00\\ud800"}',
  'an escape that JSON does not know': '{"secret":"\\x41"}',
  'brackets that do not match': '{"expiration":[0}]',
};

const notUtf8 = {
  'an overlong form of a slash': [0xc0, 0xaf],
  'an overlong form of three bytes': [0xe0, 0x80, 0xaf],
  'a surrogate as three bytes': [0xed, 0xa0, 0x80],
  'a character beyond U+10FFFF': [0xf4, 0x90, 0x80, 0x80],
  'a continuation byte alone': [0x80],
};

const twice = {
  'expiration given twice': '{"expiration":0,"expiration":86400}',
  'expiration given twice with the same value': '{"expiration":0,"expiration":0}',
  'expiration given twice, once by an escape': '{"expiration":86400,"\\u0065xpiration":0}',
  'secret given twice': '{"secret":"one","secret":"two"}',
  'secret given twice, once as null': '{"secret":"one","secret":null}',
};

const notObjects = {
  null: 'null',
  'an empty array': '[]',
  'a string': '"x"',
  'a number': '0',
  true: 'true',
  'an array that holds the object': '[{"expiration":0}]',
};

const wrongTypes = [
  ['expiration', '"7"'],
  ['expiration', '""'],
  ['expiration', 'true'],
  ['expiration', 'false'],
  ['expiration', '[]'],
  ['expiration', '[0]'],
  ['expiration', '{}'],
  ['secret', '7'],
  ['secret', '7.5'],
  ['secret', 'false'],
  ['secret', '["x"]'],
  ['secret', '{"value":"x"}'],
];

const outOfRange = [
  '-1',
  '7.5',
  '1e3',
  '1E3',
  '0.5',
  '-0.5',
  '1e400',
  '31536001',
  '2147483648',
  '4294967296',
  '9223372036854775807',
  '9223372036854775808',
  '18446744073709551616',
  '99999999999999999999',
  '-9223372036854775809',
  '-99999999999999999999',
];

const badSecrets = {
  'of 257 bytes': 'x'.repeat(257),
  'of 86 characters that are 258 bytes': '€'.repeat(86),
  'of a megabyte': 'x'.repeat(1 << 20),
  'with an escaped NUL': 'a\0b',
  'that is an escaped NUL': '\0',
  'with a line break': 'a\nb',
  'with an escape character': '\u001b[31m',
  'with DEL': 'a\u007f',
  'with a C1 control': 'a\u0085b',
};

withService('A roll with a body that is not good', {}, (at) => {
  const refused = (what, body, message) =>
    test(`${what} is refused with 400`, async () => {
      const answer = await at.service.roll(at.endpoint, body);
      assertEnvelope(answer, 400, message);
    });

  leavesTheEndpointAlone(at, 'A body that is empty', () => {
    refused('a body of no bytes', '', 'body must not be empty');
    test('no body at all is refused with 400', async () => {
      const answer = await at.service.request('PUT', at.service.rollPath(at.endpoint));
      assertEnvelope(answer, 400, 'body must not be empty');
    });
    refused('white space alone', ' \r\n\t', /^body (must not be empty|contains badly-formed JSON)/);
  });

  leavesTheEndpointAlone(at, 'A body that is not JSON', () => {
    for (const [what, body] of Object.entries(malformed)) refused(what, body, BADLY_FORMED);
  });

  leavesTheEndpointAlone(at, 'Too many values', () => {
    test('are refused with 413, which says how many may be', async () => {
      const answer = await at.service.roll(at.endpoint, `{"expiration":0,"x":[${Array(65532).fill('{}')}]}`);
      assertEnvelope(answer, 413, 'body must have at most 65536 values, names of members counted too');
    });
  });

  leavesTheEndpointAlone(at, 'A member given twice', () => {
    for (const [what, body] of Object.entries(twice)) refused(what, body, /^body contains badly-formed JSON \(at character \d+\): the member "[^"]+" is given twice$/);
  });

  leavesTheEndpointAlone(at, 'A body that is nested deeply', () => {
    refused('arrays 64 deep', nested('[', ']', 64), /^body contains/);
    refused('an unknown member 64 deep', `{"expiration":0,"x":${nested('[', ']', 64)}}`, /: more than 32 levels$/);
    refused('objects 64 deep', `${'{"x":'.repeat(64)}0${'}'.repeat(64)}`, /^body contains/);
    refused('arrays a million deep', nested('[', ']', 1 << 20), /^body contains/);
    refused('a million open brackets', '['.repeat(1 << 20), /^body contains/);
  });

  leavesTheEndpointAlone(at, 'A body that is no object', () => {
    for (const [what, body] of Object.entries(notObjects)) refused(what, body, NOT_AN_OBJECT);
  });

  leavesTheEndpointAlone(at, 'A member of the wrong type', () => {
    for (const [member, value] of wrongTypes)
      refused(`${member} given as ${value}`, `{"${member}":${value}}`, wrongType(member));
    refused('a NUL in the name of expiration', '{"expiration\\u0000":0}', /^body contains/);
    refused('a good secret beside a wrong expiration', '{"expiration":"7","secret":"good"}', wrongType('expiration'));
  });

  leavesTheEndpointAlone(at, 'An expiration out of range', () => {
    for (const value of outOfRange) refused(`expiration ${value}`, `{"expiration":${value}}`, RANGE);
    test('the refusal names the member in its data too', async () => {
      const { data } = assertEnvelope(await at.service.roll(at.endpoint, '{"expiration":-1}'), 400, RANGE);
      assert.deepEqual(
        data.errors.map((error) => error.field),
        ['expiration'],
      );
      assert.match(data.errors[0].message, RANGE);
    });
  });

  leavesTheEndpointAlone(at, 'A secret that may not be one', () => {
    for (const [what, secret] of Object.entries(badSecrets))
      refused(`a secret ${what}`, JSON.stringify({ expiration: 0, secret }), SECRET_RULE);
    for (const [what, sequence] of Object.entries(notUtf8))
      refused(
        `a secret with ${what}`,
        bytes('{"expiration":0,"secret":"', sequence, '"}'),
        /badly-formed JSON|secret must/,
      );
  });

  test("a project's own max_grace is the bound that is kept and named", async () => {
    const project = await at.service.store.project({ 'max-grace': 60, 'default-grace': 30 });
    const key = await at.service.store.key(project);
    const endpoint = await at.service.endpoint({}, project);
    const refusal = await at.service.roll(endpoint, { expiration: 61 }, { project, key });
    assertEnvelope(refusal, 400, /expiration.*\b0\b.*\b60\b/);
    rolled(await at.service.roll(endpoint, { expiration: 60 }, { project, key }));
  });
});
