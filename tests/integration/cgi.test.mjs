// Shows that the responder started as a plain CGI program answers one request from its
// environment and standard input, and ends.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { responderProgram } from './support/place.mjs';
import { run } from './support/processes.mjs';
import { getParams, healthParams, rollParams } from './support/responder.mjs';
import { makeStore } from './support/store.mjs';
import { makeTempDir, removeTempDir } from './support/tempdir.mjs';
import { unwritableKinds, withUnwritable } from './support/unwritable.mjs';

const MAX_BODY = 4096;

describe('The responder as a CGI program', () => {
  let store;
  let key;
  let endpoint;

  before(async () => {
    store = await makeStore(makeTempDir(), { max_body: MAX_BODY });
    const project = await store.project();
    key = await store.key(project);
    endpoint = await store.endpoint(project);
  });
  after(() => store && removeTempDir(store.dir));

  const environment = (variables) =>
    Object.fromEntries(Object.entries({ GATEWAY_INTERFACE: 'CGI/1.1', HOOKROLL_CONFIG: store.config, ...variables }).map(([name, value]) => [name, String(value)]));
  const ask = (variables, input = '') => run(responderProgram, [], { env: environment(variables), input });

  function parsed({ code, stdout }) {
    assert.equal(code, 0);
    const end = stdout.indexOf('\r\n\r\n');
    const headers = Object.fromEntries(stdout.slice(0, end).split('\r\n').map((line) => line.split(': ')));
    const text = stdout.slice(end + 4);
    return { status: Number.parseInt(headers.Status, 10), headers, text, message: text && JSON.parse(text).message };
  }
  const roll = async (body, others) => parsed(await ask(rollParams(endpoint, key, body, others), body));
  const kept = async () => (await store.history({ uid: endpoint.project_id }, endpoint)).length;

  test('answers its one request and ends', async () => {
    const { status, message, headers, text } = parsed(await ask(healthParams));
    assert.deepEqual([status, message], [200, 'ok']);
    assert.equal(headers.Status, '200 OK');
    assert.equal(Number(headers['Content-Length']), Buffer.byteLength(text));
  });

  test('looks at no argument, which a server makes of the query', async () => {
    for (const args of [['--show-config'], ['--config', '/nowhere'], ['--wrong'], ['word']]) {
      const result = await run(responderProgram, args, { env: environment(healthParams), input: '' });
      assert.equal(parsed(result).message, 'ok', args.join(' '));
      assert.match(result.stderr, /^time=\S+ level=info event=request [^\n]* result=ok [^\n]*\n$/);
    }
  });

  test('leaves the body out of an answer to HEAD', async () => {
    const { status, text } = parsed(await ask({ ...healthParams, REQUEST_METHOD: 'HEAD' }));
    assert.deepEqual([status, text], [200, '']);
  });

  for (const kind of unwritableKinds)
    test(`logs what it has done when nobody can read of it: ${kind}`, async () => {
      const before = await kept();
      const body = '{"expiration":0}';
      const env = environment(rollParams(endpoint, key, body));
      const { code, stderr } = await withUnwritable(kind, (stdout) => run(responderProgram, [], { env, input: body, stdout }));
      assert.equal(code, 1);
      assert.match(stderr, /^time=\S+ level=info event=request [^\n]* result=ok [^\n]*\n/);
      assert.equal(await kept(), before + 1);
    });

  test('rolls, and the next process sees it', async () => {
    const before = await kept();
    const answer = await roll('{"expiration":60}');
    assert.equal(answer.status, 200);
    assert.equal(await kept(), before + 1);
    const seen = JSON.parse(parsed(await ask(getParams(endpoint, key))).text).data;
    assert.deepEqual(seen.secrets, JSON.parse(answer.text).data.secrets);
  });

  test('takes no more of standard input than CONTENT_LENGTH says', async () => {
    const answer = parsed(await ask(rollParams(endpoint, key, '{"expiration":0}'), '{"expiration":0}trailing'));
    assert.equal(answer.status, 200);
  });

  test('refuses a body that is cut, too large, empty or has no length', async () => {
    const before = await kept();
    const cases = [
      [{ CONTENT_LENGTH: 17 }, 400, 'body is shorter than its Content-Length'],
      [{ CONTENT_LENGTH: MAX_BODY + 1 }, 413, `body must be at most ${MAX_BODY} bytes`],
      [{ CONTENT_LENGTH: '99999999999999999999' }, 400, 'Content-Length must be a number of bytes'],
      [{ CONTENT_LENGTH: '-1' }, 400, 'Content-Length must be a number of bytes'],
      [{ CONTENT_LENGTH: 0 }, 400, 'body must not be empty'],
      [{ CONTENT_LENGTH: '' }, 400, 'body must not be empty'],
    ];
    for (const [others, status, message] of cases) {
      const answer = await roll('{"expiration":0}', others);
      assert.deepEqual([answer.status, answer.message], [status, message]);
    }
    assert.equal(await kept(), before);
  });

  test('fails in its log, not in the answer, without a store', async () => {
    const { code, stdout, stderr } = await ask({ ...healthParams, HOOKROLL_CONFIG: store.configure({ store: '/nowhere' }, `${store.dir}/other.conf`) });
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /level=error/);
  });

  test('is no CGI program without the environment of one', async () => {
    const { code, stdout, stderr } = await run(responderProgram, [], { env: { HOOKROLL_CONFIG: store.config, REQUEST_METHOD: 'GET' }, input: '' });
    assert.equal(code, 1);
    assert.equal(stdout, '');
    assert.match(stderr, /listen/);
  });
});
