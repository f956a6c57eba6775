// Shows that a master key is replaced while the responder serves, that all is then as it was
// without the old key, and what is said of records for which the keys that there are do not do.
import assert from 'node:assert/strict';
import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { assertEnvelope, currentSecret, rolled } from './support/answers.mjs';
import { etagOf } from './support/changes.mjs';
import { underLoad } from './support/load.mjs';
import { authentications, everyMember } from './support/members.mjs';
import { ctlProgram } from './support/place.mjs';
import { isRunning, run, start } from './support/processes.mjs';
import { awaitsLock } from './support/procfs.mjs';
import { make, makeSeveral, ownProject } from './support/projects.mjs';
import { makeStore } from './support/store.mjs';
import { withService } from './support/suite.mjs';
import { makeTempDir, removeTempDir } from './support/tempdir.mjs';
import { bounded, until } from './support/waiting.mjs';

const MANY = 70; // more than are sealed at a time

const linesOf = (store) => readFileSync(store.masterKey, 'utf8').match(/.*\n/g);

// At once: a process may be reading it.
function writeLines(store, lines, file = store.masterKey) {
  writeFileSync(`${file}.aside`, lines.join(''), { mode: 0o600 });
  renameSync(`${file}.aside`, file);
  return file;
}

withService('A master key that is replaced', {}, (at) => {
  const sign = async (endpoint, options) => {
    const body = { payload: '{}', message_id: 'm', timestamp: 1_800_000_000 };
    const answer = await at.service.request('POST', `${at.service.endpointPath(endpoint, options.project)}/sign`, { body, ...options });
    return assertEnvelope(answer, 200, 'payload signed successfully').data;
  };

  const seen = async ([endpoint, options]) => {
    const answer = await at.service.get(endpoint, options);
    const data = assertEnvelope(answer, 200, 'Endpoint fetched successfully').data;
    return { etag: etagOf(answer), data, signed: await sign(endpoint, options), history: await historyOf(endpoint) };
  };
  const historyOf = (endpoint) => at.service.store.history({ uid: endpoint.project_id }, endpoint);

  const records = async (projects) => {
    const lists = projects.map(({ uid }) => at.service.store.json(['endpoint', 'list', '--project', uid]));
    return (await Promise.all(lists)).flat().length + 1;
  };

  test('is not needed any more, and everything is as it was, with requests all the while', () =>
    underLoad(at.service, async (more) => {
      const { store, server, project } = at.service;
      const other = await ownProject(at.service);
      const endpoints = [
        ...(await makeSeveral(at.service, MANY)).map((endpoint) => [endpoint, {}]),
        [await make(at.service, {}, other), other],
      ];
      for (const authentication of Object.values(authentications))
        endpoints.push([await make(at.service, { ...everyMember, authentication }), {}]);
      const before = await Promise.all(endpoints.map(seen));
      const total = await records([project, other.project]);
      const [old] = linesOf(store);

      assert.deepEqual(await store.json(['master-key', 'add']), { master_key: store.masterKey });
      const [fresh, ...others] = linesOf(store);
      assert.deepEqual(others, [old]);
      assert.notEqual(fresh, old);
      assert.equal(statSync(store.masterKey).mode & 0o7777, 0o600);
      await server.restartResponder();
      await more();
      const moved = await at.service.endpoint();
      const { secrets } = rolled(await at.service.roll(moved, { expiration: 3600 }));

      const first = await store.json(['reseal']);
      assert.deepEqual({ ...first, sealed_anew: 0, already: 0 }, { failed: [], sealed_anew: 0, already: 0, other_keys_needed: false });
      assert.equal(first.sealed_anew + first.already, total + 1);
      assert.ok(first.sealed_anew >= endpoints.length && first.already >= 1, JSON.stringify(first));
      assert.deepEqual(await store.json(['reseal']), { failed: [], sealed_anew: 0, already: total + 1, other_keys_needed: false });
      await more();

      writeLines(store, [fresh]);
      await server.restartResponder();
      await more();
      assert.deepEqual(await Promise.all(endpoints.map(seen)), before);
      assert.deepEqual((await at.service.fetch(moved)).secrets, secrets);
      assert.equal((await historyOf(moved)).length, 2);
      rolled(await at.service.roll(moved, { expiration: 0 }));

      const alone = writeLines(store, [old], path.join(store.dir, 'old.key'));
      const { code, stderr } = await run(ctlProgram, ['project', 'list', '--store', store.directory, '--master-key', alone]);
      assert.equal(code, 1);
      assert.match(stderr, /does not hold this store's master key/);
    }));

  // The responder, stopped while it has the write lock, lets hookrollctl go no further.
  test('and then another, while records are sealed, is said to be so', () =>
    underLoad(at.service, async (more) => {
      const { store, server } = at.service;
      await store.json(['master-key', 'add']);
      await server.restartResponder();
      await more();
      const all = server.responderPids();
      const signal = (name) => all.forEach((pid) => process.kill(pid, name));
      const resealing = () => start(ctlProgram, ['reseal', '--json', '--config', store.config]);
      const waits = async (ctl) => {
        await until('hookrollctl to end or to wait for the lock', () => !isRunning(ctl) || awaitsLock(ctl.pid));
        return isRunning(ctl);
      };
      let reseal;
      try {
        await until('the responder to be stopped with the lock', async () => {
          signal('SIGSTOP');
          if (await waits((reseal = resealing()))) return true;
          signal('SIGCONT');
          return false;
        });
        await store.json(['master-key', 'add']);
      } finally {
        signal('SIGCONT');
      }
      const { code, stdout, stderr } = await bounded('the end of hookrollctl', reseal.ended);
      assert.equal(code, 4);
      assert.equal(stderr, 'hookrollctl: a master key was put before the others meanwhile: run it again\n');
      const { failed, other_keys_needed } = JSON.parse(stdout);
      assert.deepEqual({ failed, other_keys_needed }, { failed: [], other_keys_needed: true });
      await server.restartResponder();
      assert.equal((await store.json(['reseal'])).other_keys_needed, false);
    }));
});

describe('hookrollctl', () => {
  let store;
  let project;
  beforeEach(async () => {
    store = await makeStore(makeTempDir());
    project = await store.project();
  });
  afterEach(() => removeTempDir(store.dir));

  const asTable = async (args, status = 0) => {
    const result = await store.ctl(args);
    assert.equal(result.code, status, result.stderr);
    return result;
  };

  describe('master-key add', () => {
    test('says for people what to do next, and not what the key is', async () => {
      const { stdout } = await asTable(['master-key', 'add']);
      assert.ok(stdout.includes(store.masterKey) && stdout.includes('hookrollctl reseal'), stdout);
      for (const line of linesOf(store)) assert.ok(!stdout.includes(line.trim().split(' ')[1]));
    });

    test('needs no store', async () => {
      rmSync(store.directory, { recursive: true });
      await asTable(['master-key', 'add']);
      assert.equal(linesOf(store).length, 2);
    });

    test('ends with 1 where there is no key file', async () => {
      rmSync(store.masterKey);
      const { stderr, stdout } = await asTable(['master-key', 'add'], 1);
      assert.match(stderr, new RegExp(`^hookrollctl: master key ${store.masterKey} cannot be reached: [^\n]+\n$`));
      assert.equal(stdout, '');
    });

    test('ends with 4 where the file has as many keys as it may', async () => {
      for (let keys = 2; keys <= 16; keys++) await asTable(['master-key', 'add']);
      const before = linesOf(store);
      assert.match((await asTable(['master-key', 'add'], 4)).stderr, /no room for one more: it may hold 16 keys/);
      assert.deepEqual(linesOf(store), before);
    });
  });

  test('does not open a store whose old key was taken out too early', async () => {
    await store.endpoint(project);
    await store.json(['master-key', 'add']);
    const [fresh, old] = linesOf(store);
    writeLines(store, [fresh]);
    assert.match((await asTable(['reseal'], 1)).stderr, /does not hold this store's master key/);
    writeLines(store, [fresh, old]);
    assert.deepEqual(await store.json(['reseal']), { failed: [], sealed_anew: 2, already: 0, other_keys_needed: false });
  });

  for (const list of [['endpoint', 'list'], ['secrets']])
    test(`${list[0]} shows all but what is sealed with a key that is not there, names that, and ends with 1`, async () => {
      const old = linesOf(store);
      const first = await store.endpoint(project);
      await store.json(['master-key', 'add']);
      const unreadable = await store.endpoint(project);
      writeLines(store, old);
      const last = await store.endpoint(project);
      const args = [...list, '--project', project.uid];
      const { stdout, stderr } = await asTable(args, 1);
      assert.match(stderr, new RegExp(`^hookrollctl: store: endpoint ${unreadable.uid}: [^\n]+\n$`));
      assert.deepEqual(stdout.match(/^[0-9A-Z]{26}/gm), [last.uid, first.uid]);
      const machine = await store.ctl([...args, '--json']);
      assert.equal(machine.code, 1);
      assert.deepEqual(JSON.parse(machine.stdout).map(({ uid }) => uid), [last.uid, first.uid]);
      assert.equal((await store.json([...args, '--limit', '1'])).length, 1);
    });

  test('one that is sealed with a key that is not there can be deleted', async () => {
    const old = linesOf(store);
    await store.json(['master-key', 'add']);
    const { uid } = await store.endpoint(project);
    writeLines(store, old);
    const one = ['--project', project.uid, '--endpoint', uid];
    assert.match((await asTable(['endpoint', 'get', ...one], 1)).stderr, /master key/);
    assert.equal((await asTable(['endpoint', 'delete', ...one])).stdout, 'deleted\n');
    assert.deepEqual(await store.json(['endpoint', 'list', '--project', project.uid]), []);
  });

  describe('reseal', () => {
    test('says for people what it has done, and that no other key is needed', async () => {
      await store.endpoint(project);
      await store.json(['master-key', 'add']);
      const { stdout, stderr } = await asTable(['reseal']);
      assert.equal(stderr, '');
      assert.match(stdout, /^sealed anew +2\nalready so +0\nNo key but the first in .*master\.key is needed any more, except for backups from before\.\n$/);
    });

    test('names what is sealed with a key that is not there, goes on with the others, and ends with 1', async () => {
      const old = linesOf(store);
      await store.endpoint(project);
      await store.json(['master-key', 'add']);
      const [lost] = linesOf(store);
      const unreadable = await store.endpoint(project);
      await store.endpoint(project);
      const second = currentSecret(unreadable).value;
      writeLines(store, old);
      await store.json(['master-key', 'add']);
      const kept = linesOf(store);

      const { stdout, stderr } = await asTable(['reseal'], 1);
      assert.match(stderr, /^hookrollctl: 2 of the records cannot be opened and stay as they are\n$/);
      assert.match(stdout, new RegExp(`^failed +${project.uid} +${unreadable.uid} +sealed with a master key that is not in the key file$`, 'm'));
      assert.match(stdout, /^sealed anew +2$/m);
      assert.doesNotMatch(stdout, /needed any more/);

      const again = await store.ctl(['reseal', '--json']);
      assert.equal(again.code, 1);
      const { failed, ...counts } = JSON.parse(again.stdout);
      assert.deepEqual(counts, { sealed_anew: 0, already: 2, other_keys_needed: true });
      assert.equal(failed.length, 2);
      assert.deepEqual(failed[0], {
        project_id: project.uid,
        endpoint_id: unreadable.uid,
        reason: 'sealed with a master key that is not in the key file',
      });

      writeLines(store, [...kept, lost]);
      assert.deepEqual(await store.json(['reseal']), { failed: [], sealed_anew: 2, already: 2, other_keys_needed: false });
      writeLines(store, [kept[0]]);
      const [shown] = (await store.json(['endpoint', 'list', '--project', project.uid, '--show-secrets'])).filter(({ uid }) => uid === unreadable.uid);
      assert.equal(currentSecret(shown).value, second);
    });
  });
});
