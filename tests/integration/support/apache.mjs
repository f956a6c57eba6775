// apache: a real Apache with mod_fcgid that includes the configuration hookroll ships.
import { chmodSync, chownSync, copyFileSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HttpClient } from './http_client.mjs';
import { responderProgram, shipped } from './place.mjs';
import { freePort } from './ports.mjs';
import { isRunning, start, stop } from './processes.mjs';
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

const configuration = ({ dir, config, port, program }) => `ServerRoot "${dir}"
ServerName localhost
Listen 127.0.0.1:${port}
PidFile "${dir}/apache.pid"
ErrorLog "${dir}/apache.log"
DefaultRuntimeDir "${dir}"
User ${NOBODY}
Group ${NOBODY}
LoadModule mpm_event_module ${MODULES}/mod_mpm_event.so
LoadModule authz_core_module ${MODULES}/mod_authz_core.so
LoadModule alias_module ${MODULES}/mod_alias.so
LoadModule fcgid_module ${MODULES}/mod_fcgid.so
FcgidIPCDir "${dir}/ipc"
FcgidProcessTableFile "${dir}/ipc/table"
Define HOOKROLL_MOUNT /api
Define HOOKROLL_FCGI "${program}"
Define HOOKROLL_CONFIG "${config}"
Include "${shipped('apache-conf/hookroll-mod_fcgid.conf')}"
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

export async function startApache({ dir, config }) {
  const program = prepare(dir);
  const port = await freePort();
  const file = path.join(dir, 'apache.conf');
  writeFileSync(file, configuration({ dir, config, port, program }));
  const running = start('apache2', ['-f', file, '-D', 'FOREGROUND']);
  const client = new HttpClient(port);
  const answers = async () => (await client.request('GET', '/api/healthz').catch(() => null))?.status === 200;
  await until('Apache and the responder to answer', async () => !isRunning(running) || (await answers()));
  if (!isRunning(running)) throw new Error(`Apache did not start: ${running.stderr()}`);
  return {
    client,
    log: () => readFileSync(path.join(dir, 'apache.log'), 'utf8'),
    stop: () => {
      client.close();
      return stop(running);
    },
  };
}
