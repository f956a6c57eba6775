// fastcgi_client: a web server's end of a FastCGI connection, which may be kept
// for several requests in turn.
import { once } from 'node:events';
import net from 'node:net';
import { RecordReader, TYPE, request } from './fastcgi_records.mjs';
import { bounded } from './waiting.mjs';

const PATIENCE = 30_000;

function parseAnswer(stdout, end) {
  const text = stdout.toString('utf8');
  const split = text.indexOf('\r\n\r\n');
  const headers = {};
  for (const line of split < 0 ? [] : text.slice(0, split).split('\r\n')) {
    const colon = line.indexOf(':');
    headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  const body = text.slice(split + 4);
  return {
    status: Number.parseInt(headers.status ?? '0', 10),
    headers,
    text: body,
    json: () => JSON.parse(body),
    appStatus: end.readUInt32BE(0),
    protocolStatus: end.readUInt8(4),
  };
}

export class FastcgiConnection {
  constructor(socket) {
    this.socket = socket;
    this.reader = new RecordReader();
    this.stdout = [];
    this.others = [];
    this.bytesOfAnswer = 0;
    this.waiting = null;
    this.gone = new Promise((resolve) => socket.on('close', resolve));
    socket.on('data', (chunk) => this.receive(chunk));
    socket.on('error', () => {});
    socket.on('close', () =>
      this.settle('reject', new Error(`the connection was closed after ${this.bytesOfAnswer} bytes of an answer`)),
    );
  }

  static async open(address) {
    const socket = net.connect(typeof address === 'string' ? { path: address } : address);
    await once(socket, 'connect');
    return new FastcgiConnection(socket);
  }

  settle(how, value) {
    const waiting = this.waiting;
    this.waiting = null;
    waiting?.[how](value);
  }

  receive(chunk) {
    this.reader.push(chunk);
    this.bytesOfAnswer += chunk.length;
    for (let found = this.reader.next(); found !== null; found = this.reader.next()) this.take(found);
  }

  take({ type, content }) {
    if (type === TYPE.STDOUT) {
      this.stdout.push(content);
    } else if (type === TYPE.END) {
      const stdout = Buffer.concat(this.stdout);
      this.stdout = [];
      this.bytesOfAnswer = 0;
      this.settle('resolve', parseAnswer(stdout, content));
    } else {
      this.others.push({ type, content });
    }
  }

  answer() {
    const answered = new Promise((resolve, reject) => {
      if (this.socket.destroyed) reject(new Error('the connection is closed'));
      else this.waiting = { resolve, reject };
    });
    return bounded('a FastCGI answer', answered, PATIENCE);
  }

  request(params, body, options) {
    const answered = this.answer();
    this.socket.write(request(params, body, options));
    return answered;
  }

  write(bytes) {
    return new Promise((resolve, reject) => {
      this.socket.write(bytes, (error) => (error ? reject(error) : resolve()));
    });
  }

  ended() {
    return bounded('the end of a FastCGI connection', this.gone, PATIENCE);
  }

  close() {
    this.socket.destroy();
    return this.gone;
  }
}

export async function askOnce(address, params, body, options) {
  const connection = await FastcgiConnection.open(address);
  try {
    return await connection.request(params, body, { keep: false, ...options });
  } finally {
    await connection.close();
  }
}
