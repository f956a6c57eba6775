// requests: what the measures ask of a store's endpoints.
import { randomBytes } from 'node:crypto';
import { ANY } from './load.mjs';

const PAYLOAD = randomBytes(768).toString('base64'); // 1 KiB
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

// Which endpoint: one by its number, or any of them, drawn anew for each request.
const digits = (number) => [...ANY].map((_, i) => ALPHABET[Math.floor(number / 32 ** (ANY.length - 1 - i)) % 32]).join('');
export const numbered = (number) => (store) => store.any.replace(ANY, digits(number));
export const first = numbered(0);
export const any = (store) => store.any;

const asked = (store, name, method, path, type, body) => ({
  name,
  method,
  path,
  headers: { Authorization: `Bearer ${store.key.key}`, ...(type && { 'Content-Type': type }) },
  body,
  endpoints: store.endpoints,
});

const JSON_TYPE = 'application/json';

export const read = (store, of) => asked(store, 'read', 'GET', of(store));
export const signRaw = (store, of) => asked(store, 'sign, raw', 'POST', `${of(store)}/sign`, 'application/octet-stream', PAYLOAD);
export const signJson = (store, of) =>
  asked(store, 'sign, JSON', 'POST', `${of(store)}/sign`, JSON_TYPE, JSON.stringify({ payload: PAYLOAD }));
export const roll = (store, of, expiration = 0) =>
  asked(store, 'roll', 'PUT', `${of(store)}/expire_secret`, JSON_TYPE, JSON.stringify({ expiration }));
export const list = (store, name, query) => asked(store, name, 'GET', `${store.any.slice(0, store.any.lastIndexOf('/'))}?${query}`);

export async function ask(port, { method, path, headers, body }) {
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, { method, headers, body });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
  return { headers: answer.headers, text };
}

// So many secrets more that can sign.
export async function rollOften(world, store, of, times) {
  const { address } = await world.responder(store);
  const port = await world.front('lighttpd', address);
  for (let i = 0; i < times; i++) await ask(port, roll(store, of, 86400));
}
