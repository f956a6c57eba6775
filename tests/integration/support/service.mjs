// service: all that a client of the API meets: a store with a project and its
// first key, and a web server with the responder behind it: lighttpd, or the one that
// HOOKROLL_SERVER names.
import { startServer } from './servers.mjs';
import { makeStore } from './store.mjs';
import { makeTempDir, removeTempDir } from './tempdir.mjs';

export const bearer = (key) => (key === null ? {} : { Authorization: `Bearer ${key.key}` });

const encode = (body) =>
  body === undefined || typeof body === 'string' || Buffer.isBuffer(body) ? body : JSON.stringify(body);

export class Service {
  constructor(store, server, project, key) {
    Object.assign(this, { store, server, project, key, client: server.client });
  }

  // The same service by another client's connections.
  through(client) {
    return Object.assign(Object.create(this), { client });
  }

  path(...segments) {
    return ['/api/v1/projects', ...segments].join('/');
  }

  endpointsPath(project = this.project) {
    return this.path(project.uid, 'endpoints');
  }

  endpointPath(endpoint, project = this.project) {
    return this.path(project.uid, 'endpoints', endpoint.uid);
  }

  rollPath(endpoint, project = this.project) {
    return `${this.endpointPath(endpoint, project)}/expire_secret`;
  }

  request(method, path, { key = this.key, headers = {}, body, chunked } = {}) {
    return this.client.request(method, path, {
      headers: { ...bearer(key), ...headers },
      body: encode(body),
      chunked,
    });
  }

  roll(endpoint, body = {}, options = {}) {
    const { project, ...others } = options;
    return this.request('PUT', this.rollPath(endpoint, project), { body, ...others });
  }

  create(body, options = {}) {
    return this.request('POST', this.endpointsPath(options.project), { body, ...options });
  }

  get(endpoint, options = {}) {
    return this.request('GET', this.endpointPath(endpoint, options.project), options);
  }

  async fetch(endpoint, options) {
    return (await this.get(endpoint, options)).json().data;
  }

  endpoint(members, project = this.project) {
    return this.store.endpoint(project, members);
  }

  async stop() {
    try {
      return await this.server.stop();
    } finally {
      removeTempDir(this.store.dir);
    }
  }
}

export async function startService({ settings = {}, project = {}, extra } = {}) {
  const dir = makeTempDir();
  const store = await makeStore(dir, settings);
  const made = await store.project(project);
  const key = await store.key(made);
  const server = await startServer(process.env.HOOKROLL_SERVER ?? 'lighttpd', { store, settings, extra });
  return new Service(store, server, made, key);
}
