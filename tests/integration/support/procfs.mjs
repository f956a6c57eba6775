// procfs: what /proc tells of processes that are not our own children.
import { readFileSync, readdirSync } from 'node:fs';

function stat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0], parent: Number(fields[1]), threads: Number(fields[17]), born: fields[19] };
  } catch {
    return null;
  }
}

export function identify(pid) {
  return { pid, born: stat(pid)?.born };
}

// Of a process that ends, the first thread may be gone while others still hold its files.
export function lives({ pid, born }) {
  const now = stat(pid);
  return now !== null && now.born === born && (now.state !== 'Z' || now.threads > 1);
}

export const childrenOf = (parent) =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && stat(name)?.parent === parent)
    .map(Number);

export const descendantsOf = (pid) => childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]);

export function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0')[0];
  } catch {
    return '';
  }
}

// What the kernel told the program that the process runs: another one after each exec.
export const imageOf = (pid) => readFileSync(`/proc/${pid}/auxv`, 'latin1');

export function readProc(pid, name) {
  return readFileSync(`/proc/${pid}/${name}`);
}

// Whether it sleeps until another process or thread gives a lock up.
export function awaitsLock(pid) {
  try {
    return readProc(pid, 'wchan').toString().startsWith('futex');
  } catch {
    return false;
  }
}
