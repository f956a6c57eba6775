// apache: a real Apache, with mod_fcgid or mod_proxy_fcgi, that includes the configuration hookroll ships.
import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HttpClient } from './http_client.mjs';
import { responderProgram, shipped } from './place.mjs';
import { freePort } from './ports.mjs';
import { isRunning, start, stop } from './processes.mjs';
import { commandOf, descendantsOf } from './procfs.mjs';
import { until } from './waiting.mjs';

const MODULES = '/usr/lib/apache2/modules';
const NOBODY = 'www-data';

function userId(name) {
  const entry = readFileSync('/etc/passwd', 'utf8').split('\n').find((line) => line.startsWith(`${name}:`));
  return entry.split(':').slice(2, 4).map(Number);
}

function giveAway(file, [uid, gid]) {
  if (statSync(file).isDirectory()) for (const name of readdirSync(file)) giveAway(path.join(file, name), [uid, gid]);
  chownSync(file, uid, gid);
}

const common = ({ dir, port, modules }) => `ServerRoot "${dir}"
ServerName localhost
Listen 127.0.0.1:${port}
PidFile "${dir}/apache.pid"
ErrorLog "${dir}/apache.log"
DefaultRuntimeDir "${dir}"
User ${NOBODY}
Group ${NOBODY}
KeepAliveTimeout 120
MaxKeepAliveRequests 0
${['mpm_event', 'authz_core', ...modules].map((name) => `LoadModule ${name}_module ${MODULES}/mod_${name}.so`).join('\n')}
# A thread for every client: with fewer, kept connections are closed to make room.
ServerLimit 1
StartServers 1
ThreadLimit 256
ThreadsPerChild 256
MaxRequestWorkers 256
MaxSpareThreads 256
Define HOOKROLL_MOUNT /api
`;

const fcgid = ({ dir, config, program, processes }) => `FcgidIPCDir "${dir}/ipc"
FcgidProcessTableFile "${dir}/ipc/table"
FcgidMaxProcessesPerClass ${processes}
Define HOOKROLL_FCGI "${program}"
Define HOOKROLL_CONFIG "${config}"
Include "${shipped('apache-conf/hookroll-mod_fcgid.conf')}"
`;

const proxy = (socket) => `Define HOOKROLL_SOCKET "${socket}"
Include "${shipped('apache-conf/hookroll-mod_proxy_fcgi.conf')}"
`;

// Apache gives up root for another user, who must then be able to reach everything.
function prepare(dir) {
  const program = path.join(dir, 'hookroll.fcgi');
  copyFileSync(responderProgram, program);
  chmodSync(program, 0o755);
  mkdirSync(path.join(dir, 'ipc'));
  if (process.getuid() === 0) giveAway(dir, userId(NOBODY));
  return program;
}

async function startWith({ dir, text, modules }) {
  const port = await freePort();
  const file = path.join(dir, 'apache.conf');
  writeFileSync(file, common({ dir, port, modules }) + text);
  const running = start('apache2', ['-f', file, '-D', 'FOREGROUND']);
  const client = new HttpClient(port);
  const answers = async () => (await client.request('GET', '/api/healthz').catch(() => null))?.status === 200;
  await until('Apache and the responder to answer', async () => !isRunning(running) || (await answers()));
  if (!isRunning(running)) throw new Error(`Apache did not start: ${running.stderr()}`);
  const log = () => readFileSync(path.join(dir, 'apache.log'), 'utf8');
  const started = () => log().split('resuming normal operations').length;
  return {
    port,
    client,
    pid: running.pid,
    log,
    restartServer: async () => {
      const times = started();
      process.kill(running.pid, 'SIGUSR1');
      await until('Apache to start again', () => started() > times);
    },
    stop: () => {
      client.close();
      return stop(running);
    },
  };
}

export async function startApache({ dir, config, processes }) {
  const program = prepare(dir);
  const server = await startWith({ dir, text: fcgid({ dir, config, program, processes }), modules: ['alias', 'fcgid'] });
  const responderPids = () => descendantsOf(server.pid).filter((pid) => commandOf(pid) === program);
  // The oldest of them.
  return Object.assign(server, { processes, responderPids, responderPid: () => Math.min(...responderPids()) });
}

export function startApacheProxy({ dir, socket }) {
  const text = proxy(socket);
  if (process.getuid() === 0) giveAway(dir, userId(NOBODY));
  return startWith({ dir, text, modules: ['proxy', 'proxy_fcgi'] });
}
