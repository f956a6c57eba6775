// lighttpd: a real lighttpd that includes the configuration hookroll ships.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { HttpClient } from './http_client.mjs';
import { responderProgram, shipped } from './place.mjs';
import { freePort } from './ports.mjs';
import { adopt, awaitAdopted, isRunning, start, stop } from './processes.mjs';
import { childrenOf, commandOf } from './procfs.mjs';
import { until } from './waiting.mjs';

const ATTEMPTS = 5;

function configuration({ dir, config, port, extra, mode, socket }) {
  const documents = path.join(dir, 'www');
  mkdirSync(documents, { recursive: true });
  return `server.document-root = "${documents}"
server.bind = "127.0.0.1"
server.port = ${port}
server.errorlog = "${path.join(dir, 'errors.log')}"
server.upload-dirs = ( "${dir}" )
server.max-keep-alive-idle = 120
server.max-keep-alive-requests = 1000000
${extra(dir)}
var.hookroll_mount = "/api"
var.hookroll_fcgi = "${responderProgram}"
var.hookroll_config = "${config}"
var.hookroll_socket = "${socket}"
include "${shipped(`lighttpd-conf/hookroll-${mode}.conf`)}"
`;
}

export class Lighttpd {
  constructor(dir, port, process_) {
    this.dir = dir;
    this.port = port;
    this.process = process_;
    this.client = new HttpClient(port);
  }

  get pid() {
    return this.process.pid;
  }

  responderPid() {
    return childrenOf(this.pid).find((pid) => commandOf(pid) === responderProgram);
  }

  async isHealthy() {
    try {
      return (await this.client.request('GET', '/api/healthz')).status === 200;
    } catch {
      return false;
    }
  }

  log() {
    return readFileSync(path.join(this.dir, 'errors.log'), 'utf8') + this.process.stderr();
  }

  // Answers what it has begun, then starts anew, and a responder of its own with it.
  async restartServer() {
    const started = () => this.log().split('server started').length;
    const times = started();
    process.kill(this.pid, 'SIGUSR1');
    await until('lighttpd to start again', () => started() > times);
  }

  async stop() {
    const children = childrenOf(this.pid).map(adopt);
    this.client.close();
    try {
      return await stop(this.process);
    } finally {
      for (const child of children) await awaitAdopted(child);
    }
  }
}

async function isUp(server) {
  await until(
    'lighttpd and the responder to answer',
    async () => !isRunning(server.process) || (await server.isHealthy()),
  );
  return isRunning(server.process);
}

// mode: bin-path, socket or cgi, the name of a shipped file.
export async function startLighttpd({ dir, config, extra = () => '', mode = 'bin-path', socket = path.join(dir, 'fcgi.sock') }) {
  const file = path.join(dir, 'lighttpd.conf');
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    const port = await freePort();
    writeFileSync(file, configuration({ dir, config, port, extra, mode, socket }));
    const server = new Lighttpd(dir, port, start('lighttpd', ['-D', '-f', file]));
    try {
      if (await isUp(server)) return server;
    } catch (error) {
      await server.stop();
      throw new Error(`${error.message}\n${server.log()}`);
    }
    server.client.close();
    if (!/in use/.test(server.log())) break;
  }
  throw new Error(`lighttpd did not start: ${readFileSync(path.join(dir, 'errors.log'), 'utf8')}`);
}
