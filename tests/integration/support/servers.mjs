// servers: every web server and way of running the responder that hookroll ships a
// configuration for, by name.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { startApache, startApacheProxy } from './apache.mjs';
import { startLighttpd } from './lighttpd.mjs';
import { startNginx } from './nginx.mjs';
import { responderProgram } from './place.mjs';
import { adopt, awaitAdopted } from './processes.mjs';
import { childrenOf, lives } from './procfs.mjs';
import { Responder } from './responder.mjs';

const PROCESSES = 4;

// The responder on a socket of its own, and its web server in front.
async function behind(store, settings, front) {
  const responder = new Responder(store, path.join(store.dir, 'fcgi.sock'));
  await responder.start({ ...settings, listen_mode: '0666' });
  return joined(await front(responder.address), {
    responderPid: () => responder.pid,
    // What starts it again is a supervisor's part, here the test's.
    killResponder: async () => {
      await responder.stop('SIGKILL');
      await responder.start({ ...settings, listen_mode: '0666' });
    },
    stopResponder: () => responder.stop(),
  });
}

// Several processes on one socket, as spawn-fcgi leaves them to themselves.
async function spawned(store, front) {
  const socket = path.join(store.dir, 'fcgi.sock');
  const pidFile = path.join(store.dir, 'pids');
  const args = ['-F', PROCESSES, '-M', '0666', '-s', socket, '-P', pidFile, '--', responderProgram, '--config', store.config];
  const [code] = await once(spawn('spawn-fcgi', args.map(String), { stdio: 'ignore' }), 'exit');
  if (code !== 0) throw new Error(`spawn-fcgi ended with ${code}`);
  const processes = readFileSync(pidFile, 'utf8').trim().split('\n').map((pid) => adopt(Number(pid)));
  if (processes.length !== PROCESSES) throw new Error(`spawn-fcgi left ${processes.length} processes`);
  const responderPid = () => processes.find(lives).pid;
  const stopResponder = async () => {
    processes.filter(lives).forEach(({ pid }) => process.kill(pid, 'SIGTERM'));
    for (const one of processes) await awaitAdopted(one);
  };
  return joined(await front(socket), { responderPid, killResponder: () => kill(responderPid()), stopResponder });
}

const kill = (pid) => process.kill(pid, 'SIGKILL');

const joined = (server, { responderPid, killResponder, stopResponder }) =>
  Object.assign(Object.create(server), {
    responderPid,
    killResponder,
    stop: async () => {
      try {
        return await server.stop();
      } finally {
        await stopResponder();
      }
    },
  });

const modes = {
  lighttpd: ({ store, extra }) => startLighttpd({ dir: store.dir, config: store.config, extra }),
  'lighttpd-socket': ({ store, settings, extra }) =>
    behind(store, settings, (socket) => startLighttpd({ dir: store.dir, extra, mode: 'socket', socket })),
  'lighttpd-spawn-fcgi': ({ store, extra }) =>
    spawned(store, (socket) => startLighttpd({ dir: store.dir, extra, mode: 'socket', socket })),
  'lighttpd-cgi': async ({ store, extra }) => {
    const server = await startLighttpd({ dir: store.dir, config: store.config, extra, mode: 'cgi' });
    // No responder outlives its request: what has to live on is the web server.
    server.responderPid = () => server.pid;
    server.killResponder = () => childrenOf(server.pid).forEach(kill);
    return server;
  },
  'apache-mod_fcgid': ({ store }) => startApache({ dir: store.dir, config: store.config, processes: 8 }),
  'apache-mod_proxy_fcgi': ({ store, settings }) => behind(store, settings, (socket) => startApacheProxy({ dir: store.dir, socket })),
  nginx: ({ store, settings }) => behind(store, settings, (socket) => startNginx({ dir: store.dir, socket, kept: true })),
  'nginx-spawn-fcgi': ({ store }) => spawned(store, (socket) => startNginx({ dir: store.dir, socket, kept: false })),
};

export const serverNames = Object.keys(modes);

// What a web server answers itself, with which status. Where none is named the request
// arrives, and the answer is ours.
const own = {
  'a length beside chunks': { lighttpd: 400, nginx: 400 },
  'a body cut short': { 'apache-mod_fcgid': 500 },
  'two keys': { nginx: 400 },
  'a percent sign without two digits': { apache: 400, nginx: 400 },
  'a NUL in the path': { lighttpd: 400, apache: 404, nginx: 400 },
  'a line break in the path': { lighttpd: 400 },
  'a path that is not UTF-8': { lighttpd: 400 },
  'a path of 9,000 characters': { lighttpd: 431, apache: 414, nginx: 414 },
  'a path above the root': { lighttpd: 404, apache: 400, nginx: 400 },
  'an encoded path above the root': { lighttpd: 404, nginx: 400 },
  'a path outside the mount': { lighttpd: 404, apache: 405, nginx: 405 },
  'an unknown method': { lighttpd: 501 },
};

export const ownAnswer = (server, what) => {
  if (own[what] === undefined) throw new Error(`nothing is known of ${what}`);
  return own[what][server.name] ?? own[what][server.name.split('-')[0]];
};

export async function startServer(name, options) {
  const mode = modes[name];
  if (mode === undefined) throw new Error(`no such server: ${name}, but ${serverNames.join(', ')}`);
  const server = await mode(options);
  server.killResponder ??= () => kill(server.responderPid());
  return Object.assign(server, { name });
}
