// said: what a program that may take long has said.
import path from 'node:path';
import { start } from '../integration/support/processes.mjs';

export async function said(program, args) {
  const { code, stdout, stderr } = await start(program, args.map(String)).ended;
  if (code !== 0) throw new Error(`${path.basename(program)} ended with ${code}: ${stderr}`);
  return stdout.trim();
}
