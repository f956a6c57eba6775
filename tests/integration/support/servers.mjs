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
import { adopt, awaitAdopted, start } from './processes.mjs';
import { childrenOf, commandOf, descendantsOf, imageOf, lives } from './procfs.mjs';
import { Responder } from './responder.mjs';
import { until } from './waiting.mjs';

const PROCESSES = 4;

// Runs a program again and again on the listening socket that is its descriptor 0, as many
// times beside each other as it is told, as systemd and multiwatch do.
const SUPERVISOR = `exec 3<&0
for i in $(seq "$2"); do
  while :; do "$0" --config "$1" <&3 3<&-; done &
done
wait`;

// The responder on a socket of its own, and its web server in front.
async function behind(store, settings, front) {
  const responder = new Responder(store, path.join(store.dir, 'fcgi.sock'));
  await responder.start({ ...settings, listen_mode: '0666' });
  return joined(await front(responder.address), {
    configure: (more) => responder.configure({ ...settings, listen_mode: '0666', ...more }),
    responderPids: () => [responder.pid],
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
  const responderPids = () => processes.filter(lives).map(({ pid }) => pid);
  const responderPid = () => responderPids()[0];
  const stopResponder = async () => {
    processes.filter(lives).forEach(({ pid }) => process.kill(pid, 'SIGTERM'));
    for (const one of processes) await awaitAdopted(one);
  };
  return joined(await front(socket), { processes: PROCESSES, responderPids, responderPid, killResponder: () => kill(responderPid()), stopResponder });
}

// Processes on a socket that outlives each of them: who ends has a successor on it.
async function supervised(store, processes, front) {
  const socket = path.join(store.dir, 'fcgi.sock');
  const command = ['/bin/sh', '-c', SUPERVISOR, responderProgram, store.config, processes];
  const supervisor = start('spawn-fcgi', ['-n', '-M', '0666', '-s', socket, '--', ...command].map(String));
  const responderPids = () => descendantsOf(supervisor.pid).filter((pid) => commandOf(pid) === responderProgram);
  const others = (before) => responderPids().length === processes && !responderPids().includes(before);
  await until('the responders', () => responderPids().length === processes);
  return joined(await front(socket), {
    processes,
    responderPids,
    responderPid: () => responderPids()[0],
    restartResponder: async () => {
      for (const pid of responderPids()) {
        process.kill(pid, 'SIGTERM');
        await until('a successor', () => others(pid));
      }
    },
    killResponder: () => kill(responderPids()[0]),
    stopResponder: async () => {
      const all = descendantsOf(supervisor.pid).map(adopt);
      supervisor.child.kill('SIGKILL');
      all.forEach(({ pid }) => process.kill(pid, 'SIGTERM'));
      for (const one of all) await awaitAdopted(one);
    },
  });
}

// Restarts the responder in place; that it runs another image then shows that it is done.
const restartInPlace = (server) => async () => {
  const processes = server.responderPids().map((pid) => ({ pid, image: imageOf(pid) }));
  if (processes.length === 0) throw new Error('there is no responder');
  for (const { pid, image } of processes) {
    process.kill(pid, 'SIGUSR2');
    await until('the responder to start again', () => imageOf(pid) !== image);
  }
};

const kill = (pid) => process.kill(pid, 'SIGKILL');

// False when it had ended by itself before.
function killed(pid) {
  try {
    return kill(pid);
  } catch (error) {
    if (error.code === 'ESRCH') return false;
    throw error;
  }
}

const joined = (server, { stopResponder, ...members }) =>
  Object.assign(Object.create(server), {
    ...members,
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
  'lighttpd-systemd-socket': ({ store, extra }) =>
    supervised(store, 1, (socket) => startLighttpd({ dir: store.dir, extra, mode: 'socket', socket })),
  'lighttpd-spawn-fcgi': ({ store, extra }) =>
    spawned(store, (socket) => startLighttpd({ dir: store.dir, extra, mode: 'socket', socket })),
  'lighttpd-cgi': async ({ store, extra }) => {
    const server = await startLighttpd({ dir: store.dir, config: store.config, extra, mode: 'cgi' });
    // No responder outlives its request: what has to live on is the web server.
    server.responderPid = () => server.pid;
    const killSome = () => childrenOf(server.pid).map(killed).includes(true);
    server.killResponder = () => until('a responder at work', killSome, { every: 0 });
    server.responderPids = () => [];
    server.restartResponder = null;
    return server;
  },
  'apache-mod_fcgid': ({ store }) => startApache({ dir: store.dir, config: store.config, processes: 8 }),
  'apache-mod_proxy_fcgi': ({ store, settings }) =>
    behind(store, settings, (socket) => startApacheProxy({ dir: store.dir, socket })),
  'apache-systemd-socket': ({ store }) =>
    supervised(store, 1, (socket) => startApacheProxy({ dir: store.dir, socket })),
  nginx: ({ store, settings }) => behind(store, settings, (socket) => startNginx({ dir: store.dir, socket, kept: true })),
  'nginx-systemd-socket': ({ store }) => supervised(store, 1, (socket) => startNginx({ dir: store.dir, socket, kept: false })),
  'nginx-spawn-fcgi': ({ store }) => supervised(store, PROCESSES, (socket) => startNginx({ dir: store.dir, socket, kept: false })),
};

export const serverNames = Object.keys(modes);

// What a web server answers itself, with which status. Where none is named the request
// arrives, and the answer is ours.
const own = {
  'a length beside chunks': { lighttpd: 400, nginx: 400 },
  'a POST without a length': { lighttpd: 411 },
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
  server.responderPids ??= () => [server.responderPid()];
  server.killResponder ??= () => kill(server.responderPid());
  server.configure ??= (more) => options.store.configure({ ...options.settings, ...more });
  if (server.restartResponder === undefined) server.restartResponder = restartInPlace(server);
  return Object.assign(server, { name });
}
