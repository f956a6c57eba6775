// load: wrk asks one request, or the same of many endpoints at random, as fast as answers come.
import { writeFileSync } from 'node:fs';
import { said } from './said.mjs';

export const ANY = '######'; // in a path: six digits of a uid, drawn anew for each request

const lua = JSON.stringify; // of ASCII

const script = ({ method, path, headers, body, endpoints = 1 }) => `
local method, path, body, endpoints = "${method}", "${path}", ${body === undefined ? 'nil' : lua(body)}, ${endpoints}
local headers = { ${Object.entries(headers).map(([name, value]) => `["${name}"] = ${lua(value)}`).join(', ')} }
local alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
local digit, head, tail = {}, nil, nil
for i = 0, 31 do digit[i] = alphabet:sub(i + 1, i + 1) end

local function number(n)
  local low, high = n % 32768, math.floor(n / 32768)
  return digit[math.floor(high / 1024)] .. digit[math.floor(high / 32) % 32] .. digit[high % 32] ..
    digit[math.floor(low / 1024)] .. digit[math.floor(low / 32) % 32] .. digit[low % 32]
end

function init(args)
  math.randomseed(tonumber(args[1]))
  local whole = wrk.format(method, path, headers, body)
  local from, to = whole:find("${ANY}", 1, true)
  head, tail = whole, nil
  if from then head, tail = whole:sub(1, from - 1), whole:sub(to + 1) end
end

function request()
  return tail and head .. number(math.random(0, endpoints - 1)) .. tail or head
end

function done(summary, latency)
  local e = summary.errors
  io.write(string.format('{"answers":%d,"microseconds":%d,"p50":%d,"p99":%d,"errors":%d}\\n', summary.requests,
    summary.duration, latency:percentile(50), latency:percentile(99),
    e.connect + e.read + e.write + e.status + e.timeout))
end
`;

let seed = 1;

// request: { name, method, path, headers, body, endpoints }; its file is kept in dir.
export function prepare(dir, request) {
  const file = `${dir}/${request.name.replaceAll(/[^a-z0-9]+/gi, '-')}.lua`;
  writeFileSync(file, script(request), { mode: 0o600 });
  return file;
}

export async function load(port, file, { clients, seconds }) {
  const args = ['-t1', `-c${clients}`, `-d${seconds}s`, '-s', file, `http://127.0.0.1:${port}`, '--', String(seed++)];
  const { answers, microseconds, p50, p99, errors } = JSON.parse((await said('wrk', args)).split('\n').at(-1));
  if (errors > 0) throw new Error(`${errors} of ${answers} answers to ${file} were not good`);
  return { rate: (answers / microseconds) * 1e6, p50: p50 / 1000, p99: p99 / 1000 };
}
