// Shows that the programs outlive a limit of file sizes (ulimit -f): what does not fit is
// refused as on a full disk, and done once the limit is gone.
import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { assertEnvelope } from './support/answers.mjs';
import { least } from './support/members.mjs';
import { ctlProgram } from './support/place.mjs';
import { run } from './support/processes.mjs';
import { withService } from './support/suite.mjs';

const FULL = 507;
const KEY_BYTES = 64 * 1024;
const MANY = 1000; // of these do not fit in what room there may be
const large = { ...least, mtls_client_cert: { client_cert: 'c'.repeat(KEY_BYTES), client_key: 'k'.repeat(KEY_BYTES) } };

withService('A store whose file may not grow', {}, (at) => {
  const size = () => statSync(path.join(at.service.store.directory, 'data.mdb')).size;

  async function limitResponder(bytes) {
    const { code, stderr } = await run('prlimit', ['--pid', String(at.service.server.responderPid()), `--fsize=${bytes}:`]);
    assert.equal(code, 0, stderr);
  }

  test('is full to the responder, which serves on', async () => {
    const endpoint = await at.service.endpoint();
    await limitResponder(size());
    let answer;
    for (let i = 0; i < MANY && answer?.status !== FULL; i++) answer = await at.service.create(large);
    assertEnvelope(answer, FULL, 'the store is full, nothing was changed');
    assert.equal((await at.service.fetch(endpoint)).uid, endpoint.uid);
    await limitResponder('unlimited');
    assertEnvelope(await at.service.create(large), 201, /./);
  });

  test('is full to hookrollctl, which says so', async () => {
    const { store, project } = at.service;
    const args = ['endpoint', 'create', '--project', project.uid, '--input', '-', '--config', store.config];
    const create = () => run('prlimit', [`--fsize=${size()}:`, ctlProgram, ...args], { input: JSON.stringify(large) });
    let result = await create();
    for (let i = 0; i < MANY && result.code === 0; i++) result = await create();
    assert.equal(result.signal, null);
    assert.equal(result.code, 1);
    assert.match(result.stderr, /File too large; make room on the disk, nothing was changed$/m);
  });
});
