// tempdir: directories of a test's own, gone when it ends.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';

const LONGEST = 60; // leaves room for socket names below the 107 bytes of a unix address
const made = new Set();

export function makeTempDir() {
  const base = os.tmpdir().length <= LONGEST ? os.tmpdir() : '/tmp';
  const dir = mkdtempSync(path.join(base, 'hookroll-it-'));
  made.add(dir);
  return dir;
}

export function removeTempDir(dir) {
  rmSync(dir, { recursive: true, force: true });
  made.delete(dir);
}

process.on('exit', () => made.forEach((dir) => rmSync(dir, { recursive: true, force: true })));
