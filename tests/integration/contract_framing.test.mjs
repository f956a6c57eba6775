// Shows how a roll fares whose length, media type, path or method is not good:
// what the responder refuses, what the web server refuses itself, and that both live on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertCommonHeaders, assertEnvelope, rolled } from './support/answers.mjs';
import { rawRequest, sendRaw } from './support/raw_http.mjs';
import { ownAnswer } from './support/servers.mjs';
import { bearer } from './support/service.mjs';
import { leavesTheEndpointAlone, withService } from './support/suite.mjs';

const MIB = 1 << 20;
const BODY = '{"expiration":0}';
const STRANGER = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const large = Buffer.concat([Buffer.from('{"expiration":0,"x":"'), Buffer.alloc(10 * MIB, 0x78), Buffer.from('"}')]);

withService('A roll as HTTP carries it', {}, (at) => {
  const raw = (headers, body, options) =>
    sendRaw(
      at.service.server.port,
      rawRequest('PUT', at.service.rollPath(at.endpoint), { ...bearer(at.service.key), ...headers }, body),
      options,
    );
  const rollAt = (path, options) => at.service.request('PUT', path, { body: BODY, ...options });
  // The web server's own answer where it is known for one; otherwise ours.
  const refusedAsKnown = (answer, what, ours) => {
    const status = ownAnswer(at.service.server, what);
    if (status !== undefined) assert.equal(answer.status, status);
    else ours(answer);
  };
  const notFound = (answer) => assertEnvelope(answer, 404, /not found/);
  const rollOf = (id) => rollAt(at.service.path(at.service.project.uid, 'endpoints', id, 'expire_secret'));

  leavesTheEndpointAlone(at, 'A length that is not good', () => {
    test('a body without Content-Length is no body', async () => {
      assertEnvelope(await raw({}, BODY), 400, 'body must not be empty');
    });

    for (const length of ['-1', '-99999999999999999999', 'abc', '0x10', '1e1', '1,000', '99999999999999999999'])
      test(`Content-Length ${length} is refused with 400 before it arrives`, async () => {
        assert.equal((await raw({ 'Content-Length': length }, BODY)).status, 400);
      });

    test('two lengths that differ are refused with 400 before they arrive', async () => {
      assert.equal((await raw({ 'Content-Length': ['16', '2'] }, BODY)).status, 400);
    });

    // RFC 9112, section 6.3, lets a server refuse it, or take the chunks and forget the length.
    test('a length beside chunks is refused, or forgotten by the web server', async () => {
      const headers = { 'Content-Length': '4', 'Transfer-Encoding': 'chunked' };
      const answer = await raw(headers, '0\r\n\r\n{}\r\n');
      refusedAsKnown(answer, 'a length beside chunks', (ours) => assertEnvelope(ours, 400, 'body must not be empty'));
    });

    for (const length of ['17', '1000', '99999999999'])
      test(`a body of 16 bytes that was announced as ${length} and then ends is never served`, async () => {
        const answer = await raw({ 'Content-Length': length }, BODY, { halfClose: true });
        const statuses = [0, 400, 408, 413, ownAnswer(at.service.server, 'a body cut short')];
        assert.ok(statuses.includes(answer.status), `it was answered ${answer.status}`);
      });

    test('chunks that end before their time are never served', async () => {
      const answer = await raw({ 'Transfer-Encoding': 'chunked' }, `10\r\n${BODY}\r\n`, { halfClose: true });
      const statuses = [0, 400, 408, ownAnswer(at.service.server, 'a body cut short')];
      assert.ok(statuses.includes(answer.status), `it was answered ${answer.status}`);
    });

    test('a chunk whose size is no number is refused with 400 before it arrives', async () => {
      assert.equal((await raw({ 'Transfer-Encoding': 'chunked' }, `zz\r\n${BODY}\r\n0\r\n\r\n`)).status, 400);
    });

    // As curl -X POST sends it.
    test('a POST without a length arrives as one without a body, or is refused by the web server', async () => {
      const path = `${at.service.endpointPath(at.endpoint)}/activate`;
      const post = (headers) => sendRaw(at.service.server.port, rawRequest('POST', path, { ...bearer(at.service.key), ...headers }));
      const arrived = (answer) => assertEnvelope(answer, 400, 'current endpoint status - active, does not support activation');
      refusedAsKnown(await post({}), 'a POST without a length', arrived);
      arrived(await post({ 'Content-Length': '0' }));
    });

    test('an empty chunked body is refused as an empty body', async () => {
      const answer = await at.service.roll(at.endpoint, '', { chunked: true });
      assertEnvelope(answer, 400, 'body must not be empty');
    });

    test('a body of 10 MiB is refused with 413 in an envelope', async () => {
      assertEnvelope(await at.service.roll(at.endpoint, large), 413, /\b4194304\b/);
    });

    test('a chunked body of 10 MiB is refused with 413 in an envelope', async () => {
      assertEnvelope(await at.service.roll(at.endpoint, large, { chunked: true }), 413, /\b4194304\b/);
    });

    test('a body of one byte above the limit is refused with 413', async () => {
      const body = BODY.padEnd(4 * MIB + 1);
      assertEnvelope(await at.service.roll(at.endpoint, body), 413, /\b4194304\b/);
    });
  });

  leavesTheEndpointAlone(at, 'A media type that is not JSON', () => {
    for (const type of [
      'text/plain',
      'application/x-www-form-urlencoded',
      'application/jsonp',
      'application/json-patch+json',
      'multipart/form-data; boundary=x',
      'json',
      'text/plain; x=application/json',
      '*/*',
    ])
      test(`Content-Type ${type} is refused with 415`, async () => {
        const answer = await at.service.roll(at.endpoint, BODY, { headers: { 'Content-Type': type } });
        assertEnvelope(answer, 415, /Content-Type/);
      });
  });

  leavesTheEndpointAlone(at, 'A path that is not good', () => {
    test('an endpoint id of 300 characters is not found', async () => {
      assertEnvelope(await rollOf('0'.repeat(300)), 404, 'endpoint not found');
    });

    test('an endpoint id followed by 274 more characters is not found', async () => {
      assertEnvelope(await rollOf(at.endpoint.uid.padEnd(300, 'A')), 404, 'endpoint not found');
    });

    test('a project id of 300 characters is not found', async () => {
      const path = at.service.path('0'.repeat(300), 'endpoints', at.endpoint.uid, 'expire_secret');
      assertEnvelope(await rollAt(path), 404, 'project not found');
    });

    for (const id of ['%', '%zz'])
      test(`the endpoint id ${id} leads nowhere`, async () => {
        refusedAsKnown(await rollOf(id), 'a percent sign without two digits', notFound);
      });

    for (const id of ['%252F', 'x%20y', '%E2%82%AC', "'%20OR%201", 'null', '*'])
      test(`the endpoint id ${id} is not found`, async () => {
        assertEnvelope(await rollOf(id), 404, 'endpoint not found');
      });

    test('the right endpoint id in lower case is not found', async () => {
      assertEnvelope(await rollOf(at.endpoint.uid.toLowerCase()), 404, 'endpoint not found');
    });

    test('%2F within an endpoint id leads nowhere', async () => {
      assertEnvelope(await rollOf(`${at.endpoint.uid}%2Fx`), 404, /not found/);
      assertEnvelope(await rollOf(`x%2F${at.endpoint.uid}`), 404, /not found/);
    });

    const odd = {
      '%00': 'a NUL in the path',
      'a%00b': 'a NUL in the path',
      '%0A': 'a line break in the path',
      '%0d%0aX:y': 'a line break in the path',
      '%FF': 'a path that is not UTF-8',
      '%C0%AF': 'a path that is not UTF-8',
      ['0'.repeat(9000)]: 'a path of 9,000 characters',
    };
    for (const [id, what] of Object.entries(odd))
      test(`an endpoint id that is ${id.slice(0, 12)} leads nowhere: ${what}`, async () => {
        refusedAsKnown(await rollOf(id), what, notFound);
      });

    test('%00 behind the right endpoint id leads nowhere', async () => {
      refusedAsKnown(await rollOf(`${at.endpoint.uid}%00`), 'a NUL in the path', notFound);
    });

    for (const id of ['..', '%2e%2e', '.%2E'])
      test(`${id} as an endpoint id leads nowhere`, async () => {
        assertEnvelope(await rollOf(id), 404, /not found/);
      });

    const outside = {
      '/api/../../../etc/passwd': 'a path above the root',
      '/api/v1/%2e%2e/%2e%2e/etc/passwd': 'a path outside the mount',
      '/api/..%2f..%2fetc/passwd': 'an encoded path above the root',
    };
    for (const [path, what] of Object.entries(outside))
      test(`${path} leads nowhere: ${what}`, async () => {
        refusedAsKnown(await rollAt(path), what, (answer) => assert.equal(answer.status, 404));
      });

    for (const tail of ['/', '/x', 's', '%20', ';x=y'])
      test(`${tail} behind expire_secret is not found`, async () => {
        const answer = await rollAt(at.service.rollPath(at.endpoint) + tail);
        assertEnvelope(answer, 404, /not found/);
      });

    for (const path of ['/api/', '/api/v1', '/api/v2/projects', '/api/healthz/x', '/api/V1/projects/x/endpoints'])
      test(`the unknown path ${path} is answered 404 in an envelope`, async () => {
        assertEnvelope(await at.service.request('GET', path), 404, /not found/);
      });
  });

  leavesTheEndpointAlone(at, 'A method that is not allowed', () => {
    const refused = (method, path, allowed) =>
      test(`${method} ${path('{project}', '{endpoint}')} is refused with 405 and Allow`, async () => {
        const answer = await at.service.request(method, `/api${path(at.service.project.uid, at.endpoint.uid)}`);
        assertEnvelope(answer, 405, 'method not allowed');
        const allow = answer.headers.allow.split(/ *, */);
        for (const name of allowed) assert.ok(allow.includes(name), `Allow: ${allow}`);
        assert.ok(!allow.includes(method), `Allow: ${allow}`);
      });
    const rollPath = (project, endpoint) => `/v1/projects/${project}/endpoints/${endpoint}/expire_secret`;

    for (const method of ['GET', 'POST', 'PATCH', 'DELETE']) refused(method, rollPath, ['PUT']);
    refused('PATCH', (project) => `/v1/projects/${project}/endpoints`, ['POST']);
    refused('PATCH', (project, endpoint) => `/v1/projects/${project}/endpoints/${endpoint}`, ['GET', 'HEAD']);
    refused('POST', () => '/healthz', ['GET', 'HEAD']);

    test('HEAD of a roll is refused with 405 and has no body', async () => {
      const answer = await at.service.request('HEAD', at.service.rollPath(at.endpoint));
      assert.equal(answer.status, 405);
      assertCommonHeaders(answer);
      assert.equal(answer.text, '');
    });

    test('a method that nobody knows is refused', async () => {
      const request = rawRequest('BREW', at.service.rollPath(at.endpoint), bearer(at.service.key));
      const answer = await sendRaw(at.service.server.port, request);
      refusedAsKnown(answer, 'an unknown method', (ours) => assertEnvelope(ours, 405, 'method not allowed'));
    });
  });

  test('a chunked body is served like any other', async () => {
    const endpoint = await at.service.endpoint();
    const { secrets } = rolled(await at.service.roll(endpoint, BODY, { chunked: true }));
    assert.equal(secrets.length, 1);
  });

  test('a body of exactly the limit is served', async () => {
    const endpoint = await at.service.endpoint();
    rolled(await at.service.roll(endpoint, BODY.padEnd(4 * MIB)));
  });

  for (const type of [
    'application/json',
    'application/json; charset=utf-8',
    'APPLICATION/JSON',
    'application/json ;x="y"',
  ])
    test(`Content-Type ${type} is served`, async () => {
      const endpoint = await at.service.endpoint();
      rolled(await at.service.roll(endpoint, BODY, { headers: { 'Content-Type': type } }));
    });

  test('a query changes nothing', async () => {
    const endpoint = await at.service.endpoint();
    const { secrets } = rolled(await rollAt(`${at.service.rollPath(endpoint)}?expiration=3600&secret=x`));
    assert.equal(secrets.length, 1);
    assert.notEqual(secrets[0].value, 'x');
  });

  test('a path that the web server straightens out is served as the straight one', async () => {
    const endpoint = await at.service.endpoint();
    const straight = at.service.endpointPath(endpoint);
    const crooked = straight.replace('/v1/', `/v1//./projects/${STRANGER}/../../`);
    assert.notEqual(crooked, straight);
    const answer = await at.service.request('GET', crooked);
    assertEnvelope(answer, 200, 'Endpoint fetched successfully');
    assert.equal(answer.json().data.uid, endpoint.uid);
  });
});
