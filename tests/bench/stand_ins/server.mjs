// server: the API's roll and read on Node's own HTTP server and better-sqlite3.
// usage: node server.mjs DATABASE PORT PROCESSES
import cluster from 'node:cluster';
import http from 'node:http';
import { Storage } from './storage.mjs';

const [file, port, processes] = process.argv.slice(2);
const ROUTE = /^\/api\/v1\/projects\/([0-9A-Z]{26})\/endpoints\/([0-9A-Z]{26})(\/expire_secret)?$/;
const moment = (at) => (at === null ? null : new Date(at).toISOString());

const secretAnswer = ({ uid, value, expires_at, created_at, updated_at }) => ({
  uid, value, expires_at: moment(expires_at), created_at: moment(created_at), updated_at: moment(updated_at), deleted_at: null,
});

const endpointAnswer = ({ uid, project, name, url, secrets, status, created_at, updated_at }) => ({
  uid, project_id: project, name, url, description: '', content_type: 'application/json', authentication: null,
  secrets: secrets.map(secretAnswer), status, advanced_signatures: true,
  signature: { order: 'oldest_first', formats: ['convoy', 'standard'], key_type: 'hmac' },
  http_timeout: 10, rate_limit: 0, rate_limit_duration: 0, failure_rate: 0,
  created_at: moment(created_at), updated_at: moment(updated_at), deleted_at: null,
});

function parse(body) {
  try {
    const { expiration = 86400 } = JSON.parse(body);
    return Number.isInteger(expiration) && expiration >= 0 && expiration <= 31536000 ? { expiration } : null;
  } catch {
    return null;
  }
}

function send(response, status, message, data) {
  const text = JSON.stringify({ status: status === 200, message, data });
  response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', 'Content-Length': Buffer.byteLength(text) });
  response.end(text);
}

function answer(storage, request, response, body) {
  if (request.url === '/api/healthz') return send(response, 200, 'ok');
  const [, project, endpoint, action] = ROUTE.exec(request.url) ?? [];
  if (project === undefined) return send(response, 404, 'not found');
  const key = storage.authenticate(request.headers.authorization, project);
  if (!key) return send(response, 401, 'authorization failed');
  const call = { project, endpoint, key, now: Date.now() };
  if (request.method === 'GET' && !action) {
    const found = storage.read(call);
    return found ? send(response, 200, 'Endpoint fetched successfully', endpointAnswer(found)) : send(response, 404, 'endpoint not found');
  }
  if (request.method !== 'PUT' || !action) return send(response, 405, 'method not allowed');
  const asked = parse(body);
  if (asked === null) return send(response, 400, 'the body is not good');
  const { endpoint: rolled, status } = storage.roll(call, asked);
  return rolled ? send(response, 200, 'endpoint secret expired successfully', endpointAnswer(rolled)) : send(response, status, 'refused');
}

function serve() {
  const storage = new Storage(file);
  const server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => answer(storage, request, response, body));
  });
  server.listen(Number(port), '127.0.0.1');
}

if (Number(processes) > 1 && cluster.isPrimary) {
  for (let i = 0; i < Number(processes); i++) cluster.fork();
  process.on('SIGTERM', () => cluster.disconnect(() => process.exit(0)));
} else {
  serve();
}
