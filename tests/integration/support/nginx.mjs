// nginx: a real nginx that includes the configuration hookroll ships.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HttpClient } from './http_client.mjs';
import { shipped } from './place.mjs';
import { freePort } from './ports.mjs';
import { isRunning, start, stop } from './processes.mjs';
import { childrenOf } from './procfs.mjs';
import { until } from './waiting.mjs';

const WORKERS = 2;
const SOCKET = 'unix:/run/hookroll/hookroll.sock';

const configuration = ({ dir, port }) => `daemon off;
user root;
worker_processes ${WORKERS};
pid ${dir}/nginx.pid;
error_log ${dir}/nginx.log;
events { worker_connections 1024; }
http {
  access_log off;
  keepalive_timeout 120s;
  keepalive_requests 1000000;
  client_body_temp_path ${dir}/nginx/body;
  fastcgi_temp_path ${dir}/nginx/fastcgi;
  proxy_temp_path ${dir}/nginx/proxy;
  uwsgi_temp_path ${dir}/nginx/uwsgi;
  scgi_temp_path ${dir}/nginx/scgi;
  include ${dir}/upstream.conf;
  server {
    listen 127.0.0.1:${port};
    include ${dir}/location.conf;
  }
}
`;

// The shipped files, as an administrator edits them: the socket that is there, and in front
// of several processes no kept connections.
function installShipped(dir, socket, kept) {
  const dropped = kept ? /$^/ : /^.*(keepalive 64;|fastcgi_keep_conn on;)\n/gm;
  const upstream = readFileSync(shipped('nginx-conf/hookroll-upstream.conf'), 'utf8').replace(SOCKET, `unix:${socket}`);
  const location = readFileSync(shipped('nginx-conf/hookroll-location.conf'), 'utf8');
  writeFileSync(path.join(dir, 'upstream.conf'), upstream.replace(dropped, ''));
  writeFileSync(path.join(dir, 'location.conf'), location.replace(dropped, ''));
}

// install writes upstream.conf and location.conf.
export async function startNginx({ dir, socket, kept, install = installShipped }) {
  const port = await freePort();
  const file = path.join(dir, 'nginx.conf');
  mkdirSync(path.join(dir, 'nginx'));
  install(dir, socket, kept);
  writeFileSync(file, configuration({ dir, port }));
  const running = start('nginx', ['-c', file, '-e', path.join(dir, 'nginx.log')]);
  const client = new HttpClient(port);
  const answers = async () => (await client.request('GET', '/api/healthz').catch(() => null))?.status === 200;
  await until('nginx and the responder to answer', async () => !isRunning(running) || (await answers()));
  if (!isRunning(running)) throw new Error(`nginx did not start: ${running.stderr()}`);
  return {
    port,
    client,
    restartServer: async () => {
      const before = childrenOf(running.pid);
      process.kill(running.pid, 'SIGHUP');
      const renewed = (now) => now.length >= WORKERS && !now.some((pid) => before.includes(pid));
      await until('nginx to have other workers', () => renewed(childrenOf(running.pid)));
    },
    log: () => readFileSync(path.join(dir, 'nginx.log'), 'utf8'),
    stop: () => {
      client.close();
      return stop(running);
    },
  };
}
