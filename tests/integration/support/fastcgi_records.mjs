// fastcgi_records: FastCGI's records as bytes, both ways (the specification's
// section 3.3 and 3.4).
export const VERSION = 1;
export const TYPE = {
  BEGIN: 1,
  ABORT: 2,
  END: 3,
  PARAMS: 4,
  STDIN: 5,
  STDOUT: 6,
  STDERR: 7,
  GET_VALUES: 9,
  GET_VALUES_RESULT: 10,
};
export const ROLE = { RESPONDER: 1, AUTHORIZER: 2 };
export const KEEP_CONN = 1;
const HEADER = 8;
const CONTENT_MAX = 65_528;

export function record(type, content = Buffer.alloc(0), id = 1) {
  const header = Buffer.alloc(HEADER);
  header.writeUInt8(VERSION, 0);
  header.writeUInt8(type, 1);
  header.writeUInt16BE(id, 2);
  header.writeUInt16BE(content.length, 4);
  return Buffer.concat([header, content]);
}

export function stream(type, bytes, id = 1) {
  const records = [];
  for (let at = 0; at < bytes.length; at += CONTENT_MAX)
    records.push(record(type, bytes.subarray(at, at + CONTENT_MAX), id));
  return Buffer.concat([...records, record(type, undefined, id)]);
}

export function begin({ keep = true, role = ROLE.RESPONDER, id = 1 } = {}) {
  return record(TYPE.BEGIN, Buffer.from([0, role, keep ? KEEP_CONN : 0, 0, 0, 0, 0, 0]), id);
}

function length(n) {
  if (n < 128) return Buffer.from([n]);
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE((n | 0x80000000) >>> 0);
  return bytes;
}

export function pairs(params) {
  return Buffer.concat(
    Object.entries(params).flatMap(([name, value]) => {
      const [n, v] = [Buffer.from(name), Buffer.from(String(value))];
      return [length(n.length), length(v.length), n, v];
    }),
  );
}

export function request(params, body = '', options = {}) {
  const { id = 1 } = options;
  return Buffer.concat([
    begin(options),
    stream(TYPE.PARAMS, pairs(params), id),
    stream(TYPE.STDIN, Buffer.from(body), id),
  ]);
}

export class RecordReader {
  constructor() {
    this.bytes = Buffer.alloc(0);
  }

  push(chunk) {
    this.bytes = Buffer.concat([this.bytes, chunk]);
  }

  next() {
    if (this.bytes.length < HEADER) return null;
    const length_ = this.bytes.readUInt16BE(4);
    const total = HEADER + length_ + this.bytes.readUInt8(6);
    if (this.bytes.length < total) return null;
    const found = {
      type: this.bytes.readUInt8(1),
      id: this.bytes.readUInt16BE(2),
      content: this.bytes.subarray(HEADER, HEADER + length_),
    };
    this.bytes = this.bytes.subarray(total);
    return found;
  }
}
