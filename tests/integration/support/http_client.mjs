// http_client: one HTTP client, on node:http, with connections that are kept unless asked not to.
import { once } from 'node:events';
import http from 'node:http';
import { assertDescribed } from './described.mjs';

const PATIENCE = 60_000;

async function readAnswer(response) {
  const chunks = [];
  for await (const chunk of response) chunks.push(chunk);
  const text = Buffer.concat(chunks).toString('utf8');
  return { status: response.statusCode, headers: response.headers, text, json: () => JSON.parse(text) };
}

export class HttpClient {
  constructor(port, { connections = 64, kept = true } = {}) {
    this.port = port;
    this.agent = new http.Agent({ keepAlive: kept, maxSockets: connections });
  }

  async request(method, path, { headers = {}, body, chunked = false } = {}) {
    const bytes = body === undefined ? undefined : Buffer.from(body);
    const length = bytes !== undefined && !chunked ? { 'Content-Length': bytes.length } : {};
    const request = http.request({
      host: '127.0.0.1',
      port: this.port,
      agent: this.agent,
      method,
      path,
      headers: { ...length, ...headers },
      timeout: PATIENCE,
    });
    request.on('timeout', () => request.destroy(new Error(`no answer to ${method} ${path}`)));
    const answered = once(request, 'response');
    if (chunked && bytes !== undefined) {
      request.write(bytes.subarray(0, bytes.length >> 1));
      request.end(bytes.subarray(bytes.length >> 1));
    } else {
      request.end(bytes);
    }
    const [response] = await answered;
    const answer = await readAnswer(response);
    assertDescribed(method, path, answer);
    return answer;
  }

  close() {
    this.agent.destroy();
  }
}
