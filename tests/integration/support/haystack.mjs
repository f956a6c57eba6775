// haystack: all that an intruder could read of a service, to be searched for
// what must not be there.
import { readFileSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';

export function filesUnder(dir) {
  return readdirSync(dir, { withFileTypes: true }).flatMap((entry) => {
    const name = path.join(dir, entry.name);
    if (entry.isDirectory()) return filesUnder(name);
    return entry.isFile() ? [name] : [];
  });
}

export const fileContents = (dir) => filesUnder(dir).map((name) => [name, readFileSync(name)]);

function readQuietly(file) {
  try {
    return readFileSync(file);
  } catch {
    return Buffer.alloc(0);
  }
}

export const processContents = (pid) =>
  ['cmdline', 'environ'].map((name) => [`/proc/${pid}/${name}`, readQuietly(`/proc/${pid}/${name}`)]);

export const allCommandLines = () =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => [`/proc/${pid}/cmdline`, readQuietly(`/proc/${pid}/cmdline`)]);

export function needlesOf(value) {
  const needles = [Buffer.from(value)];
  const generated = /^whsec_([A-Za-z0-9+/]{32})$/.exec(value)?.[1];
  if (generated) needles.push(Buffer.from(generated), Buffer.from(generated, 'base64'));
  const token = /^hrk_[0-9A-Z]{26}_([A-Za-z0-9_-]{43})$/.exec(value)?.[1];
  if (token) needles.push(Buffer.from(token), Buffer.from(token, 'base64url'));
  return needles;
}

export function findAll(hay, values) {
  const found = [];
  for (const [where, bytes] of hay)
    for (const value of values)
      if (needlesOf(value).some((needle) => bytes.includes(needle))) found.push(`${value} in ${where}`);
  return found;
}

export const modeOf = (file) => statSync(file).mode & 0o777;
