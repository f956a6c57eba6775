// Shows that what hookrollctl waits to read costs nothing: it acts by the clock and by the store as
// they are once all of it has come.
import assert from 'node:assert/strict';
import { open } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { ctlProgram } from './support/place.mjs';
import { run, start } from './support/processes.mjs';
import { makeStore } from './support/store.mjs';
import { makeTempDir, removeTempDir } from './support/tempdir.mjs';
import { bounded, untilClock } from './support/waiting.mjs';

const BODY = '{"order": 7}';

describe('hookrollctl with an input that comes late', () => {
  let store;
  let project;
  let fifo;

  const ids = (endpoint) => ['--project', project.uid, '--endpoint', endpoint.uid];

  before(async () => {
    store = await makeStore(makeTempDir());
    project = await store.project();
    fifo = path.join(store.dir, 'fifo');
    assert.equal((await run('mkfifo', [fifo])).code, 0);
  });
  after(() => store && removeTempDir(store.dir));

  // The command has come to its input when the other end of that can be opened; `meanwhile` is what
  // happens then, before anything is to be read.
  async function late(args, content, meanwhile) {
    const process_ = start(ctlProgram, [...args, '--json', '--config', store.config]);
    const input = await bounded('the input to be opened', open(fifo, 'w'));
    await meanwhile();
    await input.writeFile(content);
    await input.close();
    const { code, stdout, stderr } = await bounded(`the end of ${args.join(' ')}`, process_.ended);
    assert.equal(stderr, '');
    assert.equal(code, 0);
    return JSON.parse(stdout);
  }

  // The first moment, or whole `step` of ms, that the command cannot have seen before it came to
  // its input.
  async function nextMoment(step) {
    const moment = (Math.floor(Date.now() / step) + 1) * step;
    await untilClock(moment);
    return moment;
  }

  const isFrom = (time, moment) => assert.ok(Date.parse(time) >= moment, `${time} is before ${new Date(moment).toISOString()}`);
  const timed = async (args, content, step = 1) => {
    let moment;
    const made = await late(args, content, async () => (moment = await nextMoment(step)));
    return { made, moment };
  };

  test('roll begins the grace when it has the secret', async () => {
    const endpoint = await store.endpoint(project);
    const { made, moment } = await timed(['roll', ...ids(endpoint), '--expiration', '4', '--secret-file', fifo], 'mine\n');
    isFrom(made.secrets[0].expires_at, moment + 4000);
    isFrom(made.secrets[1].created_at, moment);
  });

  for (const [option, content] of [['--secret-file', 'mine'], ['--input', '{"description": "from a file"}']])
    test(`endpoint create dates it when it has ${option}`, async () => {
      const members = ['--name', 'n', '--url', 'http://example.com/'];
      const { made, moment } = await timed(['endpoint', 'create', '--project', project.uid, ...members, option, fifo], content);
      isFrom(made.created_at, moment);
      isFrom(made.secrets[0].created_at, moment);
    });

  test('endpoint update dates it when it has --input', async () => {
    const endpoint = await store.endpoint(project);
    const { made, moment } = await timed(['endpoint', 'update', ...ids(endpoint), '--input', fifo], '{"name": "new"}');
    isFrom(made.updated_at, moment);
  });

  test('sign dates the delivery when it has the payload', async () => {
    const endpoint = await store.endpoint(project);
    const { made, moment } = await timed(['sign', ...ids(endpoint), '--payload', fifo], BODY, 1000);
    assert.ok(Number(made.headers['webhook-timestamp']) >= moment / 1000);
  });

  test('sign takes the secrets that there are then', async () => {
    const endpoint = await store.endpoint(project);
    const roll = ['roll', ...ids(endpoint), '--expiration', '0', '--secret-file', '-'];
    const message = ['--message-id', 'm', '--timestamp', '1614265330'];
    const { headers } = await late(['sign', ...ids(endpoint), ...message, '--payload', fifo], BODY, () => store.json(roll, 'new'));
    assert.deepEqual(headers, (await store.json(['sign', ...ids(endpoint), ...message, '--payload', '-'], BODY)).headers);
  });

  for (const option of ['payload', 'headers'])
    test(`verify takes the secrets that there are when it has the ${option}`, async () => {
      const endpoint = await store.endpoint(project);
      const roll = ['roll', ...ids(endpoint), '--expiration', '3600', '--secret-file', '-'];
      const sign = async () => {
        const made = await store.json(['sign', ...ids(endpoint), '--payload', '-'], BODY);
        return Object.entries(made.headers).map(([name, value]) => `${name}: ${value}\n`).join('');
      };
      const files = { payload: path.join(store.dir, 'payload'), headers: path.join(store.dir, 'headers') };
      const contents = { payload: BODY, headers: await sign() };
      for (const [name, at] of Object.entries(files)) await (await open(at, 'w')).writeFile(contents[name]);
      files[option] = fifo;
      const found = await late(
        ['verify', ...ids(endpoint), '--payload', files.payload, '--headers', files.headers],
        contents[option],
        () => store.json(roll, 'newer'),
      );
      assert.equal(found.secret, endpoint.secrets[0].uid);
      assert.equal(found.state, 'ending');
    });
});
