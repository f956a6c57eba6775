// processes: starts programs, collects what they say, and ends what was started,
// by pid, whatever becomes of the test.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { childrenOf, identify, lives } from './procfs.mjs';
import { bounded, until } from './waiting.mjs';

const PATIENCE = 20_000;
const started = new Set();
const adopted = new Set();

function collect(stream) {
  const chunks = [];
  stream?.on('data', (chunk) => chunks.push(chunk));
  return () => Buffer.concat(chunks).toString('utf8');
}

function environment(extra) {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin`, ...extra };
  for (const name of Object.keys(env))
    if (name.startsWith('NODE_') || (name === 'HOOKROLL_CONFIG' && !extra?.[name])) delete env[name];
  return env;
}

export function start(program, args, { stdin = 'ignore', stdout: output = 'pipe', env, cwd } = {}) {
  const child = spawn(program, args, { cwd, stdio: [stdin, output, 'pipe'], env: environment(env) });
  const stdout = collect(child.stdout);
  const stderr = collect(child.stderr);
  const ended = once(child, 'close').then(([code, signal]) => ({ code, signal, stdout: stdout(), stderr: stderr() }));
  const process_ = { child, pid: child.pid, stdout, stderr, ended };
  ended.catch(() => {});
  started.add(child);
  child.on('exit', () => started.delete(child));
  child.on('error', () => started.delete(child));
  return process_;
}

export async function run(program, args, { input, within = PATIENCE, ...options } = {}) {
  const process_ = start(program, args, { ...options, stdin: input === undefined ? 'ignore' : 'pipe' });
  process_.child.stdin?.on('error', () => {});
  process_.child.stdin?.end(input);
  try {
    return await bounded(`the end of ${program} ${args.join(' ')}`, process_.ended, within);
  } finally {
    if (started.has(process_.child)) process_.child.kill('SIGKILL');
  }
}

export const isRunning = (process_) => started.has(process_.child);

export async function stop(process_, signal = 'SIGTERM') {
  if (isRunning(process_)) process_.child.kill(signal);
  try {
    return await bounded(`the end of process ${process_.pid}`, process_.ended, PATIENCE);
  } finally {
    if (isRunning(process_)) process_.child.kill('SIGKILL');
  }
}

export function adopt(pid) {
  const other = identify(pid);
  if (other.born !== undefined) adopted.add(other);
  return other;
}

function killAdopted(other) {
  if (lives(other)) process.kill(other.pid, 'SIGKILL');
  adopted.delete(other);
}

export async function awaitAdopted(other) {
  try {
    await until(`the end of process ${other.pid}`, () => !lives(other), { within: PATIENCE });
  } finally {
    killAdopted(other);
  }
}

process.on('exit', () => {
  for (const child of started) childrenOf(child.pid).forEach(adopt);
  started.forEach((child) => child.kill('SIGKILL'));
  adopted.forEach(killAdopted);
});
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.once(signal, () => process.exit(1));
