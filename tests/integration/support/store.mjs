// store: a store of a test's own, made and looked at with hookrollctl.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ctlProgram } from './place.mjs';
import { run } from './processes.mjs';

const options = (named) => Object.entries(named).flatMap(([name, value]) => [`--${name}`, String(value)]);

export class Store {
  constructor(dir, settings = {}) {
    this.dir = dir;
    this.directory = path.join(dir, 'store');
    this.masterKey = path.join(dir, 'master.key');
    this.config = path.join(dir, 'hookroll.conf');
    this.token = randomBytes(24).toString('base64url'); // of who may read /metrics
    this.tokenFile = path.join(dir, 'metrics.token');
    writeFileSync(this.tokenFile, `${this.token}\n`, { mode: 0o600 });
    this.configure(settings);
  }

  // metrics: true, and /metrics is there.
  configure({ metrics = false, ...settings }, file = this.config) {
    const scraped = metrics ? { metrics_token: this.tokenFile } : {};
    const all = { store: this.directory, master_key: this.masterKey, ...scraped, ...settings };
    // At once: a process may be reading it.
    writeFileSync(
      `${file}.new`,
      Object.entries(all)
        .map(([name, value]) => `${name} = ${value}\n`)
        .join(''),
    );
    renameSync(`${file}.new`, file);
    return file;
  }

  ctl(args, input) {
    return run(ctlProgram, [...args, '--config', this.config], { input });
  }

  async json(args, input) {
    const result = await this.ctl([...args, '--json'], input);
    assert.equal(result.code, 0, result.stderr);
    return JSON.parse(result.stdout);
  }

  init() {
    return this.json(['init']);
  }

  project(settings = {}) {
    return this.json(['project', 'create', ...options({ name: 'a project', ...settings })]);
  }

  key(project, settings = {}) {
    return this.json(['key', 'create', ...options({ project: project.uid, ...settings })]);
  }

  endpoint(project, members = {}) {
    const body = { name: 'an endpoint', url: 'https://example.com/hook', ...members };
    return this.json(['endpoint', 'create', '--project', project.uid, '--input', '-'], JSON.stringify(body));
  }

  history(project, endpoint) {
    const of = endpoint === undefined ? {} : { endpoint: endpoint.uid };
    return this.json(['history', ...options({ project: project.uid, ...of })]);
  }
}

export async function makeStore(dir, settings) {
  const store = new Store(dir, settings);
  await store.init();
  return store;
}
