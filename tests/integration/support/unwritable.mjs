// unwritable: descriptors for standard output that cannot be written.
import { closeSync, constants, openSync } from 'node:fs';
import path from 'node:path';
import { run } from './processes.mjs';
import { makeTempDir, removeTempDir } from './tempdir.mjs';

const openFull = () => openSync('/dev/full', 'w');

async function openUnread() {
  const dir = makeTempDir();
  const fifo = path.join(dir, 'fifo');
  try {
    await run('mkfifo', [fifo]);
    const reader = openSync(fifo, constants.O_RDONLY | constants.O_NONBLOCK);
    const writer = openSync(fifo, 'w');
    closeSync(reader);
    return writer;
  } finally {
    removeTempDir(dir);
  }
}

const kinds = { 'a full device': openFull, 'a pipe that nobody reads': openUnread };

export const unwritableKinds = Object.keys(kinds);

// What `use` makes of such a descriptor.
export async function withUnwritable(kind, use) {
  const fd = await kinds[kind]();
  try {
    return await use(fd);
  } finally {
    closeSync(fd);
  }
}
