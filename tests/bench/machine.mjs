// machine: what the figures depend on beside the program.
import { readFileSync, statfsSync } from 'node:fs';
import { cpus, release, totalmem } from 'node:os';
import path from 'node:path';
import { built } from '../integration/support/place.mjs';
import { said } from './said.mjs';

const FILE_SYSTEMS = { 0xef53: 'ext4', 0x58465342: 'xfs', 0x9123683e: 'btrfs', 0x01021994: 'tmpfs', 0x794c7630: 'overlayfs' };

const distribution = () => /^PRETTY_NAME="(.*)"$/m.exec(readFileSync('/etc/os-release', 'utf8'))?.[1];

export const fileSystemOf = (dir) => FILE_SYSTEMS[statfsSync(dir).type] ?? `0x${statfsSync(dir).type.toString(16)}`;

export const machine = (dir) => ({
  cores: cpus().length,
  processor: cpus()[0].model,
  memory_gib: Math.round(totalmem() / 2 ** 30),
  kernel: release(),
  system: distribution(),
  file_system: fileSystemOf(dir),
});

// Of 4 KiB that are appended, one after the other.
export const flushes = async (dir, seconds) => JSON.parse(await said(built('tests/bench/flush'), [path.join(dir, `hookroll-flush-${process.pid}`), seconds]));
