// Shows what hookrollctl endpoint update and delete do and say, and that one that is refused has
// changed nothing and says why in one line.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { rowOf } from './support/ctl_calls.mjs';
import { everyMember, masked } from './support/members.mjs';
import { makeStore } from './support/store.mjs';
import { makeTempDir, removeTempDir } from './support/tempdir.mjs';

const DONE = 0;
const NOT_FOUND = 3;
const REFUSED = 4;
const STRANGER = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

describe('hookrollctl', () => {
  let store;
  let project;
  let endpoint;

  before(async () => {
    store = await makeStore(makeTempDir());
    project = await store.project();
  });
  beforeEach(async () => {
    endpoint = await store.endpoint(project, { owner_id: 'an-owner', secret: 'the current one' });
  });
  after(() => store && removeTempDir(store.dir));

  const ids = ({ of = project.uid, one = endpoint.uid } = {}) => ['--project', of, '--endpoint', one];
  const get = () => store.json(['endpoint', 'get', ...ids(), '--show-secrets']);
  const actions = async () => (await store.history(project, endpoint)).map(({ action }) => action);

  async function assertEnds(args, expected, input) {
    const { code, stdout, stderr } = await store.ctl(args, input);
    assert.deepEqual({ code, stdout, stderr }, { stdout: '', stderr: '', ...expected });
  }

  async function assertFails(args, status, why, input) {
    const asItWas = [await get(), await store.history(project)];
    for (const more of [[], ['--json']])
      await assertEnds([...args, ...more], { code: status, stderr: `hookrollctl: ${why}\n` }, input);
    assert.deepEqual([await get(), await store.history(project)], asItWas);
  }

  describe('endpoint update', () => {
    const update = (...more) => ['endpoint', 'update', ...ids(), ...more];
    const without = ({ updated_at, ...others }) => others;

    test('changes what options name and shows all of it as JSON, but for secrets', async () => {
      const data = await store.json(update('--name', 'another', '--url', 'https://example.org/', '--owner-id', 'b'));
      const expected = { ...endpoint, name: 'another', url: 'https://example.org/', owner_id: 'b' };
      assert.deepEqual(without(await get()), without(expected));
      assert.deepEqual(data.secrets.map(({ value }) => value), ['[REDACTED]']);
      assert.deepEqual(await store.json(['endpoint', 'get', ...ids()]), data);
      assert.ok(data.updated_at >= endpoint.updated_at);
    });

    test('shows secrets where that is asked for', async () => {
      const data = await store.json(update('--name', 'another', '--show-secrets'));
      assert.deepEqual(data.secrets.map(({ value }) => value), ['the current one']);
    });

    test('shows people what is new', async () => {
      const { code, stdout, stderr } = await store.ctl(update('--name', 'another'));
      assert.deepEqual({ code, stderr }, { code: DONE, stderr: '' });
      const lines = stdout.split('\n');
      assert.equal(lines[0], `endpoint   ${endpoint.uid}  active    another`);
      assert.equal(lines[1], `url        ${endpoint.url}`);
      assert.match(rowOf(lines, endpoint.secrets[0].uid), /^current    \S+  - {25}\[REDACTED\]$/);
    });

    test('takes every member from a file, and an option stands above it', async () => {
      const file = path.join(store.dir, 'members.json');
      writeFileSync(file, JSON.stringify(everyMember));
      await store.json(update('--input', file, '--name', 'from an option'));
      const data = await get();
      for (const [name, value] of Object.entries(masked(everyMember, true)))
        assert.deepEqual(data[name], name === 'name' ? 'from an option' : value, name);
      assert.deepEqual(data.secrets, endpoint.secrets);
    });

    test('is in the history where senders have to learn of it', async () => {
      await store.json(update('--name', 'another'));
      assert.deepEqual(await actions(), ['created']);
      await store.json(update('--input', '-'), '{"advanced_signatures": false}');
      assert.deepEqual(await actions(), ['updated', 'created']);
    });

    const fails = (what, status, more, why, input) =>
      test(`ends with ${status}: ${what}`, () => assertFails(update(...more), status, why, input));
    fails('a name that is empty', REFUSED, ['--name', ''], 'please provide your endpoint name');
    fails('an url that is none', REFUSED, ['--url', 'nowhere'], '--url must be http or https with a host');
    fails('input that is not JSON', REFUSED, ['--input', '-'], '--input contains badly-formed JSON', '{"name":');
    fails('input of too many values', REFUSED, ['--input', '-'], '--input must have at most 65536 values, names of members counted too', `{"x":[${'0,'.repeat(65533)}0]}`);
    fails('input with a secret', REFUSED, ['--input', '-'], 'secret cannot be updated, use hookrollctl roll', '{"secret": "x"}');
    fails('several members that are bad', REFUSED, ['--input', '-'], '--input contains incorrect JSON type for field "name", please provide a valid email', '{"name": 7, "support_email": "x"}');
    fails('a file that is not there', NOT_FOUND, ['--input', '/nonexistent/input'], '--input /nonexistent/input: No such file or directory');

    test(`ends with ${NOT_FOUND}: no such endpoint, or none of that project`, async () => {
      for (const of of [{ one: STRANGER }, { of: STRANGER }, { of: (await store.project()).uid }])
        await assertFails(['endpoint', 'update', ...ids(of), '--name', 'another'], NOT_FOUND, 'endpoint not found');
    });

    test(`ends with ${REFUSED}: ids that are none`, () =>
      assertFails(
        ['endpoint', 'update', ...ids({ of: 'x', one: 'y' }), '--name', 'another'],
        REFUSED,
        '--project must be an id of 26 characters, --endpoint must be an id of 26 characters',
      ));
  });

  describe('endpoint delete', () => {
    for (const [what, more, said] of [
      ['for people', [], 'deleted\n'],
      ['as JSON', ['--json'], '{"deleted":true}\n'],
    ])
      test(`deletes one for good, says so ${what}, and leaves its history`, async () => {
        await assertEnds(['endpoint', 'delete', ...ids(), ...more], { code: DONE, stdout: said });
        assert.ok(!(await store.json(['endpoint', 'list', '--project', project.uid])).some(({ uid }) => uid === endpoint.uid));
        assert.deepEqual(await actions(), ['deleted', 'created']);
        for (const command of ['get', 'delete'])
          await assertEnds(['endpoint', command, ...ids()], { code: NOT_FOUND, stderr: 'hookrollctl: endpoint not found\n' });
      });

    test(`ends with ${NOT_FOUND}: no such endpoint, or none of that project`, async () => {
      for (const of of [{ one: STRANGER }, { of: STRANGER }, { of: (await store.project()).uid }])
        await assertFails(['endpoint', 'delete', ...ids(of)], NOT_FOUND, 'endpoint not found');
    });

    test(`ends with ${REFUSED}: ids that are none`, () =>
      assertFails(
        ['endpoint', 'delete', ...ids({ of: 'x', one: 'y' })],
        REFUSED,
        '--project must be an id of 26 characters, --endpoint must be an id of 26 characters',
      ));
  });
});
