// Shows what a roll that is allowed does: the grace it keeps, the secret it takes
// or makes, what its answer holds and who sees it, and where it stops.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GENERATED, assertEnvelope, assertOldestFirst, currentSecret, rolled } from './support/answers.mjs';
import { withService } from './support/suite.mjs';

const REDACTED = '[REDACTED]';
const DAY = 86_400;
const YEAR = 31_536_000;

withService('A roll', {}, (at) => {
  const roll = async (body, endpoint, options) => {
    const from = endpoint ?? (await at.service.endpoint());
    const before = Date.now();
    const data = rolled(await at.service.roll(from, body, options));
    return { from, data, before, after: Date.now() };
  };

  const assertGrace = ({ from, data, before, after }, seconds) => {
    const [old, fresh] = data.secrets;
    assert.equal(data.secrets.length, 2);
    assert.equal(old.uid, currentSecret(from).uid);
    const end = Date.parse(old.expires_at);
    assert.ok(
      before + seconds * 1000 <= end && end <= after + seconds * 1000,
      `${old.expires_at} is not now + ${seconds} s`,
    );
    assert.equal(end - Date.parse(fresh.created_at), seconds * 1000);
  };

  describe('With an expiration', () => {
    for (const [what, body] of Object.entries({
      absent: '{}',
      null: '{"expiration":null}',
      misspelt: '{"expiraton":0}',
    }))
      test(`that is ${what} keeps the old secret for a day`, async () => assertGrace(await roll(body), DAY));

    for (const seconds of [1, 3600, 2_592_000, YEAR])
      test(`of ${seconds} keeps the old secret for as many seconds`, async () => {
        assertGrace(await roll({ expiration: seconds }), seconds);
      });

    test('of 0 ends the old secret at once', async () => {
      const { from, data } = await roll({ expiration: 0 });
      assert.equal(data.secrets.length, 1);
      assert.notEqual(data.secrets[0].uid, currentSecret(from).uid);
      assert.deepEqual((await at.service.fetch(from)).secrets, data.secrets);
    });

    test("that is absent keeps the old secret for the project's own default", async () => {
      const project = await at.service.store.project({ 'default-grace': 90 });
      const key = await at.service.store.key(project);
      const endpoint = await at.service.endpoint({}, project);
      assertGrace(await roll({}, await at.service.fetch(endpoint, { project, key }), { project, key }), 90);
    });
  });

  describe('In its answer', () => {
    test('is the endpoint as a GET then shows it', async () => {
      const { from, data } = await roll({ expiration: 3600 });
      assert.deepEqual(await at.service.fetch(from), data);
    });

    test('secrets in grace are left alone by the rolls after theirs', async () => {
      const { from, data } = await roll({ expiration: 3600 });
      const second = (await roll({ expiration: 60 }, from)).data;
      const third = (await roll({ expiration: 7200 }, from)).data;
      assert.deepEqual(second.secrets[0], data.secrets[0]);
      assert.deepEqual(third.secrets.slice(0, 2), second.secrets.slice(0, 2));
      assert.equal(third.secrets.length, 4);
      assert.equal(new Set(third.secrets.map((secret) => secret.uid)).size, 4);
      assertOldestFirst(third.secrets);
    });

    test('the new secret is last, the same to the character in a GET', async () => {
      const { from, data } = await roll({ expiration: 60, secret: 'taken as it is' });
      assert.equal(currentSecret(data).value, 'taken as it is');
      assert.deepEqual(currentSecret(await at.service.fetch(from)), currentSecret(data));
    });

    test('an endpoint without advanced signatures is told that there is no overlap', async () => {
      const endpoint = await at.service.endpoint({ advanced_signatures: false });
      const answer = await at.service.roll(endpoint, { expiration: 3600 });
      rolled(answer);
      assert.match(answer.text, /overlap/);
    });
  });

  describe('With a supplied secret', () => {
    const taken = {
      'a single byte': 'x',
      '256 bytes': 'x'.repeat(256),
      '128 characters of two bytes each': 'é'.repeat(128),
      'spaces before, within and behind': '  a secret  ',
      'a space alone': ' ',
      'every printable ASCII character': Buffer.from(Array.from({ length: 95 }, (_, i) => 32 + i)).toString('latin1'),
      'characters of one to four bytes': 'aß€🔑',
      'composed and decomposed accents': 'é é',
      'a right-to-left and a zero-width character': 'א\u200bב',
      'what looks like a generated one': `whsec_${'A'.repeat(32)}`,
      'what a mask is in': `x${REDACTED}`,
      'what looks like JSON': '{"a":"\\u0000"}',
    };

    for (const [what, secret] of Object.entries(taken))
      test(`${what} is taken exactly`, async () => {
        const { from, data } = await roll({ expiration: 0, secret });
        assert.equal(currentSecret(data).value, secret);
        assert.equal(currentSecret(await at.service.fetch(from)).value, secret);
      });

    test('written with escapes is taken as what they stand for', async () => {
      const { data } = await roll('{"expiration":0,"secret":"\\u0061\\/\\"\\\\\\ud83d\\udd11"}');
      assert.equal(currentSecret(data).value, 'a/"\\🔑');
    });

    for (const [what, body] of Object.entries({
      absent: '{"expiration":0}',
      null: '{"expiration":0,"secret":null}',
      empty: '{"expiration":0,"secret":""}',
    }))
      test(`that is ${what} a fresh one is generated`, async () => {
        const { from, data } = await roll(body);
        assert.match(currentSecret(data).value, GENERATED);
        assert.notEqual(currentSecret(data).value, currentSecret(from).value);
      });

    test('unknown members beside it are ignored', async () => {
      const body = {
        expiration: 0,
        secret: 'known',
        unknown: { secret: 'x', expiration: 7 },
        Secret: 7,
        EXPIRATION: 'x',
      };
      const { data } = await roll(body);
      assert.equal(currentSecret(data).value, 'known');
      assert.equal(data.secrets.length, 1);
    });

    test('equal to the current one it is refused, whatever the expiration', async () => {
      const endpoint = await at.service.endpoint({ secret: 'the current one' });
      for (const expiration of [0, 60])
        assertEnvelope(await at.service.roll(endpoint, { expiration, secret: 'the current one' }), 400, /secret/);
      assert.deepEqual(
        (await at.service.fetch(endpoint)).secrets.map(({ value }) => value),
        ['the current one'],
      );
    });

    test('that everybody knows it is refused: a masked one that was sent back, and a public key', async () => {
      const endpoint = await at.service.endpoint();
      const asItWas = await at.service.fetch(endpoint);
      for (const secret of ['[REDACTED]', 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=']) {
        const { data } = assertEnvelope(await at.service.roll(endpoint, { expiration: 60, secret }), 400, /secret/);
        assert.deepEqual(data.errors.map(({ field }) => field), ['secret']);
      }
      assert.deepEqual(await at.service.fetch(endpoint), asItWas);
    });

    test('equal to one in grace it is refused', async () => {
      const endpoint = await at.service.endpoint({ secret: 'first' });
      await roll({ expiration: 60, secret: 'second' }, endpoint);
      assertEnvelope(await at.service.roll(endpoint, { expiration: 0, secret: 'first' }), 400, /secret/);
      assert.deepEqual(
        (await at.service.fetch(endpoint)).secrets.map(({ value }) => value),
        ['first', 'second'],
      );
    });

    test('equal to one that has ended it is taken', async () => {
      const endpoint = await at.service.endpoint({ secret: 'first' });
      await roll({ expiration: 0, secret: 'second' }, endpoint);
      const { data } = await roll({ expiration: 0, secret: 'first' }, endpoint);
      assert.deepEqual(
        data.secrets.map(({ value }) => value),
        ['first'],
      );
    });
  });

  test('generates a different secret every time', async () => {
    const endpoint = await at.service.endpoint();
    const values = new Set([currentSecret(await at.service.fetch(endpoint)).value]);
    for (let i = 0; i < 20; i++) values.add(currentSecret((await roll({ expiration: 0 }, endpoint)).data).value);
    assert.equal(values.size, 21);
  });

  test('shows a key without secrets:read the new value only', async () => {
    const endpoint = await at.service.endpoint();
    const key = await at.service.store.key(at.service.project, { scopes: 'secrets:roll,endpoints:read' });
    await roll({ expiration: 60 }, endpoint);
    const { data } = await roll({ expiration: 60, secret: 'the new one' }, endpoint, { key });
    assert.deepEqual(
      data.secrets.map(({ value }) => value),
      [REDACTED, REDACTED, 'the new one'],
    );
    const seen = await at.service.fetch(endpoint, { key });
    assert.deepEqual(
      seen.secrets.map(({ value }) => value),
      [REDACTED, REDACTED, REDACTED],
    );
    assert.equal(currentSecret(await at.service.fetch(endpoint)).value, 'the new one');
  });

  describe('Where no more secrets may sign', () => {
    const crowded = async (limit) => {
      const project = await at.service.store.project({ 'max-signing-secrets': limit });
      const key = await at.service.store.key(project);
      const endpoint = await at.service.fetch(await at.service.endpoint({}, project), { project, key });
      return { endpoint, options: { project, key } };
    };

    const assertRefused = async ({ endpoint, options }, limit, next) => {
      const before = Date.now();
      const answer = await at.service.roll(endpoint, { expiration: 60 }, options);
      const after = Date.now();
      const { data } = assertEnvelope(answer, 409, /signing secrets/);
      assert.equal(data.max_signing_secrets, limit);
      assert.equal(data.next_expires_at, next);
      return { answer, before, after };
    };

    test('is refused with 409, and told when the next one ends', async () => {
      const full = await crowded(3);
      await roll({ expiration: 7200 }, full.endpoint, full.options);
      const { data } = await roll({ expiration: 3600 }, full.endpoint, full.options);
      const next = data.secrets[1].expires_at;
      const { answer, before, after } = await assertRefused(full, 3, next);
      assert.ok(answer.json().message.includes(next));
      const wait = Number(answer.headers['retry-after']);
      const left = (now) => Math.ceil((Date.parse(next) - now) / 1000);
      assert.ok(left(after) <= wait && wait <= left(before), `Retry-After: ${wait}`);
      assert.deepEqual(await at.service.fetch(full.endpoint, full.options), data);
    });

    test('with a secret of its own it is refused too', async () => {
      const full = await crowded(1);
      const body = { expiration: 60, secret: 'mine' };
      assertEnvelope(await at.service.roll(full.endpoint, body, full.options), 409, /signing secrets/);
    });

    test('an expiration of 0 is always possible', async () => {
      const full = await crowded(2);
      const { data } = await roll({ expiration: 3600 }, full.endpoint, full.options);
      const after = (await roll({ expiration: 0 }, full.endpoint, full.options)).data;
      assert.deepEqual(after.secrets[0], data.secrets[0]);
      assert.equal(after.secrets.length, 2);
    });

    test('where only one may sign nothing is said of waiting', async () => {
      const full = await crowded(1);
      const { answer } = await assertRefused(full, 1, null);
      assert.equal(answer.headers['retry-after'], undefined);
      assert.equal((await roll({ expiration: 0 }, full.endpoint, full.options)).data.secrets.length, 1);
    });

    test('ten may sign in a project as it is made', async () => {
      const endpoint = await at.service.endpoint();
      for (let i = 0; i < 9; i++) await roll({ expiration: 3600 }, endpoint);
      assertEnvelope(await at.service.roll(endpoint, { expiration: 3600 }), 409, /\b10\b/);
      assert.equal((await at.service.fetch(endpoint)).secrets.length, 10);
    });
  });
});
