// What `make bench` puts beside the responder does what the comparison takes it for.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { startCommitting, startConstant, startLoop } from '../bench/empty_answers.mjs';
import { ask, first, numbered, read, roll } from '../bench/requests.mjs';
import { said } from '../bench/said.mjs';
import { World, programs } from '../bench/world.mjs';
import { built } from './support/place.mjs';

const ENDPOINTS = 33;

const uidOf = (of, store) => of(store).split('/').at(-1);

describe('beside the responder in the bench', () => {
  let world, store, hookroll;

  const served = async (program) => world.front('lighttpd', (await world.responder(store, program)).address);
  const entries = async (of) => (await store.history(store.project, { uid: uidOf(of, store) })).length;

  before(async () => {
    world = new World();
    store = await world.store(ENDPOINTS);
    hookroll = await served(programs.hookroll);
  });
  after(() => world?.stop());

  test('a filled store has endpoints with uids that count, each with a secret and rolled once', async () => {
    for (const of of [first, numbered(31), numbered(32)]) {
      const { data } = JSON.parse((await ask(hookroll, read(store, of))).text);
      assert.equal(data.uid, uidOf(of, store));
      assert.equal(data.secrets.length, 1);
      assert.equal(await entries(of), 2);
    }
    await assert.rejects(ask(hookroll, read(store, numbered(33))), /404/);
  });

  test('the constant responder answers again what was answered first', async () => {
    const constant = await world.front('lighttpd', await startConstant(world, store, {}));
    const answered = await ask(constant, read(store, first));
    assert.equal(answered.text, (await ask(hookroll, read(store, first))).text);
    await ask(hookroll, roll(store, first));
    const again = await ask(constant, read(store, first));
    assert.equal(again.text, answered.text);
    assert.equal(again.headers.get('etag'), answered.headers.get('etag'));
    assert.notEqual((await ask(hookroll, read(store, first))).text, answered.text);
  });

  test('the empty loop answers as many bytes as hookroll does', async () => {
    const port = await world.front('lighttpd', await startLoop(world, hookroll, read(store, first)));
    const size = ({ headers, text }) => [...headers].join().length + text.length;
    assert.equal(size(await ask(port, read(store, first))), size(await ask(hookroll, read(store, first))));
  });

  test('the committing loop writes before it answers as many bytes as hookroll does', async () => {
    const directory = world.place();
    const request = roll(store, numbered(5));
    const written = () => createHash('sha256').update(readFileSync(path.join(directory, 'data.mdb'))).digest('hex');
    const port = await world.front('lighttpd', await startCommitting(world, hookroll, request, directory, ENDPOINTS));
    const before = written();
    const answered = await ask(port, request);
    assert.notEqual(written(), before);
    assert.equal(answered.text.length, (await ask(hookroll, request)).text.length);
  });

  test('a roll that is not written is answered like one that is, and leaves everything alone', async () => {
    const unwritten = await served(programs.unwritten);
    const of = numbered(1);
    const before = (await ask(hookroll, read(store, of))).text;
    const answered = JSON.parse((await ask(unwritten, roll(store, of))).text);
    assert.equal((await ask(hookroll, read(store, of))).text, before);
    assert.equal(await entries(of), 2);
    const written = JSON.parse((await ask(hookroll, roll(store, of))).text);
    assert.deepEqual(Object.keys(answered.data), Object.keys(written.data));
    assert.equal(answered.message, written.message);
    assert.equal(await entries(of), 3);
  });

  test('rolls one at a time are all in the history', async () => {
    const serial = await served(programs.serial);
    const of = numbered(2);
    await Promise.all(Array.from({ length: 20 }, () => ask(serial, roll(store, of))));
    assert.equal(await entries(of), 22);
  });

  test('the disk and LMDB alone say how often, and how long each took', async () => {
    const dir = world.place();
    for (const [program, where, ...args] of [['flush', path.join(dir, 'file')], ['commit', dir, 100, 1], ['commit', dir, 100, 16]]) {
      const { rate, p50, p99 } = JSON.parse(await said(built(`tests/bench/${program}`), [where, ...args, 0.2]));
      assert.ok(rate > 0 && p50 > 0 && p99 >= p50, `${program}: ${rate} ${p50} ${p99}`);
      await assert.rejects(said(built(`tests/bench/${program}`), ['/nonexistent/x', ...args, 0.2]), /No such file/);
    }
  });
});
