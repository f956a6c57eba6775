// world: stores, responders and web servers of one measure, all stopped behind it.
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { startLighttpd } from '../integration/support/lighttpd.mjs';
import { startNginx } from '../integration/support/nginx.mjs';
import { built, responderProgram } from '../integration/support/place.mjs';
import { Responder } from '../integration/support/responder.mjs';
import { makeStore } from '../integration/support/store.mjs';
import { makeTempDir, removeTempDir } from '../integration/support/tempdir.mjs';
import { said } from './said.mjs';

export const programs = {
  hookroll: responderProgram,
  constant: built('tests/bench/constant'),
  serial: built('tests/bench/serial'),
  unwritten: built('tests/bench/unwritten'),
};

const fronts = {
  lighttpd: (dir, socket) => startLighttpd({ dir, mode: 'socket', socket }),
  nginx: (dir, socket) => startNginx({ dir, socket, kept: true }),
};

export const servers = Object.keys(fronts);

export class World {
  constructor() {
    this.dir = makeTempDir();
    this.running = [];
    this.places = 0;
  }

  place() {
    const dir = path.join(this.dir, String(this.places++));
    mkdirSync(dir);
    return dir;
  }

  keep(running) {
    this.running.push(running);
    return running;
  }

  // A store with one project, its key and so many endpoints: their uids differ in six characters,
  // which count from zero.
  async store(endpoints) {
    const store = await makeStore(this.place());
    const project = await store.project({ 'max-signing-secrets': 10 });
    const key = await store.key(project);
    const uids = await said(built('tests/bench/fill'), [store.directory, store.masterKey, project.uid, endpoints]);
    return Object.assign(store, { project, key, endpoints, any: `/api/v1/projects/${project.uid}/endpoints/${uids}` });
  }

  async responder(store, program = programs.hookroll, settings = {}) {
    const responder = new Responder(store, path.join(this.place(), 'fcgi.sock'), program);
    return this.keep(await responder.start({ log_level: 'warn', ...settings }));
  }

  // The port of a web server in front of a socket.
  async front(server, socket) {
    return this.keep(await fronts[server](this.place(), socket)).port;
  }

  async stop() {
    try {
      for (const running of this.running.splice(0).reverse()) await running.stop();
    } finally {
      removeTempDir(this.dir);
    }
  }
}

export async function inWorld(use) {
  const world = new World();
  try {
    return await use(world);
  } finally {
    await world.stop();
  }
}
