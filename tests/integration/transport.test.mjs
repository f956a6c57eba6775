// Shows that the responder serves FastCGI as web servers speak it, kept
// connections included, and lives through whatever else comes down the socket.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { assertEnvelope, currentSecret, rolled } from './support/answers.mjs';
import { ROLE, TYPE, begin, pairs, record, request, stream } from './support/fastcgi_records.mjs';
import { seeded, seedOfThisRun } from './support/random.mjs';
import { getParams, healthParams, makeBench, rollParams } from './support/responder.mjs';

const BODY = '{"expiration":0}';
const MAX_BODY = 65_536;
const seed = seedOfThisRun();

describe('The responder on a socket of its own', () => {
  let bench;
  const opened = [];

  before(async () => {
    bench = await makeBench();
    await bench.responder.start({ workers: 4, max_body: MAX_BODY });
  });
  after(() => bench?.stop());

  const open = async () => {
    const connection = await bench.responder.open();
    opened.push(connection);
    return connection;
  };
  const openMany = (n) => Promise.all(Array.from({ length: n }, open));
  const closeAll = () => Promise.all(opened.splice(0).map((connection) => connection.close()));
  const params = (body = BODY, others) => rollParams(bench.endpoint, bench.key, body, others);
  const paramsWithoutLength = () => {
    const { CONTENT_LENGTH, ...others } = params();
    assert.ok(CONTENT_LENGTH > 0);
    return others;
  };

  async function assertUnharmed() {
    assert.ok(bench.responder.isRunning(), bench.responder.process.stderr());
    assertEnvelope(await bench.responder.health(), 200, /./);
    rolled(await bench.responder.roll(bench.endpoint, bench.key, BODY));
  }

  async function assertUnchanged(work) {
    const secrets = async () => (await bench.responder.ask(getParams(bench.endpoint, bench.key))).json().data.secrets;
    const asTheyWere = await secrets();
    await work();
    assert.deepEqual(await secrets(), asTheyWere);
  }

  describe('on a kept connection', () => {
    after(closeAll);

    test('answers many requests in turn', async () => {
      const connection = await open();
      const uids = new Set();
      for (let i = 0; i < 50; i++) uids.add(currentSecret(rolled(await connection.request(params(), BODY))).uid);
      assert.equal(uids.size, 50);
      assert.ok(!connection.socket.destroyed);
    });

    for (const [what, status, body, others] of [
      ['a body that was too large', 413, 'x'.repeat(MAX_BODY + 1), {}],
      ['a body that was far too large', 413, 'x'.repeat(20 * MAX_BODY), {}],
      ['a media type that was refused', 415, BODY, { CONTENT_TYPE: 'text/plain' }],
      ['a media type that was refused with a large body', 415, ' '.repeat(MAX_BODY), { CONTENT_TYPE: 'text/plain' }],
      ['a missing key', 401, BODY, { HTTP_AUTHORIZATION: '' }],
      ['a missing key with a large body', 401, ' '.repeat(MAX_BODY), { HTTP_AUTHORIZATION: '' }],
      ['a path that was not found', 404, ' '.repeat(MAX_BODY), { PATH_INFO: '/nowhere' }],
      ['a body that was no JSON', 400, '{'.repeat(1000), {}],
    ])
      test(`answers the next request rightly after ${what}`, async () => {
        const connection = await open();
        for (let i = 0; i < 3; i++) {
          assertEnvelope(await connection.request(params(body, others), body), status, /./);
          rolled(await connection.request(params(), BODY));
        }
      });

    test('closes it after the answer where it was not asked to keep it', async () => {
      const connection = await open();
      rolled(await connection.request(params(), BODY, { keep: false }));
      await connection.ended();
    });

    test('answers HEAD without a body and the next request rightly', async () => {
      const connection = await open();
      const head = await connection.request({ ...healthParams, REQUEST_METHOD: 'HEAD' });
      assert.equal(head.status, 200);
      assert.equal(head.text, '');
      rolled(await connection.request(params(), BODY));
    });

    test('answers a request that comes byte by byte', async () => {
      const connection = await open();
      const answered = connection.answer();
      for (const byte of request(params(), BODY)) await connection.write(Buffer.from([byte]));
      rolled(await answered);
    });
  });

  describe('told of a length', () => {
    test('that is empty takes the body that came', async () => {
      rolled(await bench.responder.ask(params(BODY, { CONTENT_LENGTH: '' }), BODY));
    });

    test('that is missing takes the body that came', async () => {
      rolled(await bench.responder.ask(paramsWithoutLength(), BODY));
    });

    test('that is missing refuses no body and a body that is too large all the same', async () => {
      assertEnvelope(await bench.responder.ask(paramsWithoutLength(), ''), 400, 'body must not be empty');
      assertEnvelope(await bench.responder.ask(paramsWithoutLength(), ' '.repeat(MAX_BODY + 1)), 413, /\b65536\b/);
    });

    for (const length of ['-1', 'abc', '16x', '0x10', '1e1', '9'.repeat(30), ' 16', '+16', '-', '１６'])
      test(`of "${length}" refuses with 400 or 413 and changes nothing`, () =>
        assertUnchanged(async () => {
          const answer = await bench.responder.ask(params(BODY, { CONTENT_LENGTH: length }), BODY);
          assertEnvelope(answer, /^\d+$/.test(length) ? answer.status : 400, /./);
          assert.ok([400, 413].includes(answer.status));
        }));

    test('larger than the body refuses with 400 and changes nothing', () =>
      assertUnchanged(async () => {
        assertEnvelope(await bench.responder.ask(params(BODY, { CONTENT_LENGTH: 17 }), BODY), 400, /Content-Length/);
        assertEnvelope(await bench.responder.ask(params(BODY, { CONTENT_LENGTH: 17 }), ''), 400, /./);
      }));

    test('smaller than the body takes no byte more than was announced', async () => {
      await assertUnchanged(async () => {
        const answer = await bench.responder.ask(params(BODY, { CONTENT_LENGTH: 10 }), BODY);
        assertEnvelope(answer, 400, /^body contains badly-formed JSON/);
      });
      const { secrets } = rolled(await bench.responder.ask(params(BODY, { CONTENT_LENGTH: 16 }), `${BODY}garbage`));
      assert.equal(secrets.length, 1);
    });

    test('larger than the limit refuses with 413, whatever the body', () =>
      assertUnchanged(async () => {
        for (const body of [BODY, '', ' '.repeat(MAX_BODY + 1)]) {
          const answer = await bench.responder.ask(params(body, { CONTENT_LENGTH: MAX_BODY + 1 }), body);
          assertEnvelope(answer, 413, /\b65536\b/);
        }
      }));

    test('that is the limit takes the body', async () => {
      const body = BODY.padEnd(MAX_BODY);
      rolled(await bench.responder.ask(params(body), body));
    });
  });

  describe('while connections hold half a request', () => {
    after(closeAll);

    test('answers all others, and the half ones once they are whole', async () => {
      const whole = request(params(), BODY);
      const halves = [whole.length >> 1, 5, whole.length - 1];
      const stalled = await openMany(halves.length);
      await Promise.all(stalled.map((connection, i) => connection.write(whole.subarray(0, halves[i]))));
      for (let i = 0; i < 20; i++) await assertUnharmed();
      const answers = stalled.map((connection) => connection.answer());
      await Promise.all(stalled.map((connection, i) => connection.write(whole.subarray(halves[i]))));
      for (const answer of await Promise.all(answers)) rolled(answer);
    });
  });

  describe('when a peer goes away', () => {
    const whole = () => request(params(), BODY);

    test('within a request it goes on', async () => {
      for (const part of [0, 1, 7, 8, 30, whole().length - 1]) {
        const connection = await open();
        await connection.write(whole().subarray(0, part));
        await connection.close();
      }
      await assertUnharmed();
    });

    test('before the answer it goes on', async () => {
      for (let i = 0; i < 50; i++) {
        const connection = await open();
        await connection.write(whole());
        await connection.close();
      }
      await assertUnharmed();
    });

    test('aborting the request it goes on', async () => {
      const connection = await open();
      await connection.write(Buffer.concat([begin(), stream(TYPE.PARAMS, pairs(params())), record(TYPE.ABORT)]));
      await connection.close();
      await assertUnharmed();
    });
  });

  describe('sent half a request to delete an endpoint', () => {
    const leavesIt = (what, sent) =>
      test(`leaves it where ${what}`, async () => {
        const deletion = pairs({ ...getParams(bench.endpoint, bench.key), REQUEST_METHOD: 'DELETE' });
        const connection = await open();
        await connection.write(Buffer.concat([begin(), ...sent(deletion)]));
        connection.socket.end();
        await connection.ended();
        await assertUnharmed();
      });
    leavesIt('more params may follow', (deletion) => [record(TYPE.PARAMS, deletion)]);
    leavesIt('the body is missing', (deletion) => [stream(TYPE.PARAMS, deletion)]);
    leavesIt('it is aborted', (deletion) => [stream(TYPE.PARAMS, deletion), record(TYPE.ABORT)]);
    leavesIt('the body breaks off', (deletion) => [
      stream(TYPE.PARAMS, deletion),
      record(TYPE.STDIN, Buffer.from('x')),
    ]);
    leavesIt('a body that is too large breaks off', (deletion) => [
      stream(TYPE.PARAMS, Buffer.concat([deletion, pairs({ CONTENT_LENGTH: MAX_BODY + 1 })])),
      record(TYPE.STDIN, Buffer.from('x')),
    ]);
  });

  describe(`sent what is no request (HOOKROLL_SEED=${seed})`, () => {
    const noise = (n) => {
      const random = seeded(seed);
      return Buffer.from(Array.from({ length: n }, () => Math.floor(random() * 256)));
    };
    const badLength = (a, b) =>
      Buffer.concat([
        begin(),
        record(TYPE.PARAMS, Buffer.from([...a, ...b, ...Buffer.alloc(60_000, 'A')])),
        record(TYPE.PARAMS),
      ]);
    const garbage = {
      'an HTTP request': Buffer.from('GET /api/healthz HTTP/1.1\r\nHost: x\r\n\r\n'),
      zeros: Buffer.alloc(4096),
      ones: Buffer.alloc(4096, 0xff),
      noise: noise(65_536),
      'noise behind a version number': Buffer.concat([Buffer.from([1]), noise(4096)]),
      'another version of the protocol': Buffer.concat([Buffer.from([2]), begin().subarray(1)]),
      'a record of no known type': Buffer.concat([begin(), record(99, Buffer.from('x'))]),
      'a management record': record(TYPE.GET_VALUES, pairs({ FCGI_MAX_CONNS: '' }), 0),
      'an end before a beginning': record(TYPE.END, Buffer.alloc(8)),
      'params before a beginning': stream(TYPE.PARAMS, pairs(healthParams)),
      'a beginning that is too short': record(TYPE.BEGIN, Buffer.from([0, 1])),
      'a role that is not served': request(healthParams, '', { role: ROLE.AUTHORIZER }),
      'a role that does not exist': request(healthParams, '', { role: 77 }),
      'two requests at once on one connection': Buffer.concat([
        begin({ id: 1 }),
        begin({ id: 2 }),
        stream(TYPE.PARAMS, pairs(healthParams), 1),
      ]),
      'params of another request': Buffer.concat([begin({ id: 1 }), stream(TYPE.PARAMS, pairs(healthParams), 2)]),
      'params that are cut short': badLength([4], [4]),
      'a param whose name is longer than all': badLength([0x80, 0xff, 0xff, 0xff], [0]),
      'a param of two gigabytes': badLength([0], [0xff, 0xff, 0xff, 0xff]),
      'a param whose lengths add up to nothing': badLength([0xff, 0xff, 0xff, 0xff], [0xff, 0xff, 0xff, 0xff]),
      'no params at all': Buffer.concat([begin(), record(TYPE.PARAMS), record(TYPE.STDIN)]),
      'a thousand empty params': request(Object.fromEntries(Array.from({ length: 1000 }, (_, i) => [`P${i}`, '']))),
      'a param of a megabyte': request({ ...healthParams, HTTP_X_REQUEST_ID: 'x'.repeat(1 << 20) }),
      'a param with a NUL': request({ ...healthParams, PATH_INFO: '/healthz\0/x' }),
    };

    for (const [what, bytes] of Object.entries(garbage))
      test(`${what}, it lives and serves on`, async () => {
        const connection = await open();
        await connection.write(bytes).catch(() => {});
        connection.socket.end();
        await connection.ended();
        await assertUnharmed();
      });
  });
});

describe('A responder with two workers', () => {
  let bench;
  before(async () => {
    bench = await makeBench();
    await bench.responder.start({ workers: 2 });
  });
  after(() => bench?.stop());

  test('answers at once though 200 kept connections and 50 silent ones are open', async () => {
    const { responder } = bench;
    const kept = await Promise.all(Array.from({ length: 200 }, () => responder.open()));
    const silent = await Promise.all(Array.from({ length: 50 }, () => responder.open()));
    try {
      for (const answer of await Promise.all(kept.map((connection) => connection.request(healthParams))))
        assertEnvelope(answer, 200, /./);
      for (let i = 0; i < 20; i++) rolled(await responder.roll(bench.endpoint, bench.key, BODY));
      const params = rollParams(bench.endpoint, bench.key, BODY);
      const answers = await Promise.all(kept.map((connection) => connection.request(params, BODY)));
      assert.equal(new Set(answers.map((answer) => currentSecret(rolled(answer)).uid)).size, 200);
      for (const connection of silent) assertEnvelope(await connection.request(healthParams), 200, /./);
    } finally {
      await Promise.all([...kept, ...silent].map((connection) => connection.close()));
    }
    assertEnvelope(await responder.health(), 200, /./);
  });
});
