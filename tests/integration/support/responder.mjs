// responder: hookroll.fcgi without a web server, on a socket of its own, and the
// requests that are made of it.
import { connect } from 'node:net';
import path from 'node:path';
import { FastcgiConnection, askOnce } from './fastcgi_client.mjs';
import { responderProgram } from './place.mjs';
import { isRunning, start, stop } from './processes.mjs';
import { makeStore } from './store.mjs';
import { makeTempDir, removeTempDir } from './tempdir.mjs';
import { until } from './waiting.mjs';

const authorization = (key) => (key === null ? {} : { HTTP_AUTHORIZATION: `Bearer ${key.key}` });

export const healthParams = { REQUEST_METHOD: 'GET', SCRIPT_NAME: '/api', PATH_INFO: '/healthz' };

export const getParams = (endpoint, key) => ({
  REQUEST_METHOD: 'GET',
  SCRIPT_NAME: '/api',
  PATH_INFO: `/v1/projects/${endpoint.project_id}/endpoints/${endpoint.uid}`,
  ...authorization(key),
});

export const rollParams = (endpoint, key, body, others = {}) => ({
  REQUEST_METHOD: 'PUT',
  SCRIPT_NAME: '/api',
  PATH_INFO: `/v1/projects/${endpoint.project_id}/endpoints/${endpoint.uid}/expire_secret`,
  CONTENT_TYPE: 'application/json',
  CONTENT_LENGTH: Buffer.byteLength(body),
  ...authorization(key),
  ...others,
});

export const isAccepting = (address) =>
  new Promise((resolve) => {
    const socket = connect(typeof address === 'string' ? { path: address } : address);
    socket.on('connect', () => resolve(true));
    socket.on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

export class Responder {
  constructor(store, address, program = responderProgram) {
    this.store = store;
    this.address = address;
    this.program = program;
  }

  configure(settings) {
    const listen =
      typeof this.address === 'string' ? `unix:${this.address}` : `${this.address.host}:${this.address.port}`;
    return this.store.configure({ listen, ...settings });
  }

  async start(settings = {}, args = []) {
    this.process = start(this.program, ['--config', this.configure(settings), ...args]);
    await until('the responder to accept', async () => !isRunning(this.process) || (await isAccepting(this.address)));
    if (!isRunning(this.process)) throw new Error(`the responder did not start: ${this.process.stderr()}`);
    return this;
  }

  get pid() {
    return this.process.pid;
  }

  isRunning() {
    return isRunning(this.process);
  }

  open() {
    return FastcgiConnection.open(this.address);
  }

  ask(params, body, options) {
    return askOnce(this.address, params, body, options);
  }

  health() {
    return this.ask(healthParams);
  }

  roll(endpoint, key, body = '{}') {
    return this.ask(rollParams(endpoint, key, body), body);
  }

  stop(signal) {
    return this.process === undefined ? undefined : stop(this.process, signal);
  }
}

export class Bench {
  constructor(dir, store, project, key, endpoint) {
    Object.assign(this, { dir, store, project, key, endpoint });
    this.responder = new Responder(store, path.join(dir, 'responder.sock'));
  }

  history() {
    return this.store.history(this.project, this.endpoint);
  }

  async stop() {
    try {
      await this.responder.stop();
    } finally {
      removeTempDir(this.dir);
    }
  }
}

export async function makeBench(projectSettings) {
  const dir = makeTempDir();
  const store = await makeStore(dir);
  const project = await store.project(projectSettings);
  const key = await store.key(project);
  return new Bench(dir, store, project, key, await store.endpoint(project));
}
