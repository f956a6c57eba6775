// bench: measures side by side in one run; prints tables, and keeps all figures as JSON.
import { writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { assertPlaces, writeTables } from './document.mjs';
import { flushes, machine } from './machine.mjs';
import { measures } from './measures.mjs';
import { options } from './options.mjs';
import { markdown } from './tables.mjs';

async function measure(given, dir) {
  const found = {
    machine: { ...machine(dir), flush: await flushes(dir, given.seconds) },
    at: new Date().toISOString(),
    rounds: given.rounds,
    seconds: given.seconds,
    workers: given.workers === undefined ? 'default' : Number(given.workers),
    measures: {},
  };
  for (const name of given.names) {
    const begun = Date.now();
    const { tables, samples } = await measures[name](given);
    const text = tables.map(markdown).join('\n');
    console.log(text);
    console.error(`${name}: ${Math.round((Date.now() - begun) / 1000)} s`);
    found.measures[name] = { tables: tables.map(({ caption, rows }) => ({ caption, rows })), samples };
    writeFileSync(given.output, `${JSON.stringify(found, null, 1)}\n`);
    if (given.write) writeTables(name, text, found);
  }
}

const given = options();
process.env.TMPDIR = path.resolve(given.dir);
if (given.write) assertPlaces(given.names);
await measure(given, tmpdir());
