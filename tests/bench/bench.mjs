// bench: measures side by side in one run; prints tables, and keeps all figures as JSON.
import { mkdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { built } from '../integration/support/place.mjs';
import { writeTables } from './document.mjs';
import { fileSystemOf, machine } from './machine.mjs';
import { measures } from './measures.mjs';
import { ROUNDS, SECONDS } from './rounds.mjs';
import { markdown } from './tables.mjs';

const usage = `usage: bench.mjs [OPTION]... [MEASURE]...
Measures: ${Object.keys(measures).join(', ')}; all when none is named.
  --rounds N      how often everything is measured in turn (${ROUNDS})
  --seconds N     how long a load lasts (${SECONDS})
  --workers N     threads of each responder (its own default)
  --sizes N,...   endpoints that stores have in the measure "size"
  --dir DIR       where stores are, on the disk that is meant (\$TMPDIR, or /var/tmp)
  --output FILE   all figures as JSON (build/bench.json)
  --write         the tables into docs/performance.md, too
`;

function parse() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      rounds: { type: 'string', default: String(ROUNDS) },
      seconds: { type: 'string', default: String(SECONDS) },
      workers: { type: 'string' },
      sizes: { type: 'string', default: '1000,100000,1000000' },
      dir: { type: 'string', default: process.env.TMPDIR ?? '/var/tmp' },
      output: { type: 'string', default: built('bench.json') },
      write: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  const unknown = positionals.find((name) => !(name in measures));
  const numbers = [values.rounds, values.seconds, values.workers ?? 1, ...values.sizes.split(',')].map(Number);
  if (unknown !== undefined) throw new Error(`there is no measure ${unknown}`);
  if (!numbers.every((number) => Number.isInteger(number) && number > 0)) throw new Error('a number is not good');
  return {
    ...values,
    names: positionals.length > 0 ? positionals : Object.keys(measures),
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    sizes: values.sizes.split(',').map(Number),
    settings: values.workers === undefined ? {} : { workers: values.workers },
  };
}

function options() {
  try {
    const given = parse();
    process.stdout.write(given.help ? usage : '');
    return given.help ? process.exit(0) : given;
  } catch (error) {
    process.stderr.write(`bench: ${error.message}\n${usage}`);
    return process.exit(2);
  }
}

const given = options();
process.env.TMPDIR = path.resolve(given.dir);
if (fileSystemOf(tmpdir()) === 'tmpfs') throw new Error(`${tmpdir()} is no disk: name another with --dir`);
const found = {
  machine: machine(tmpdir()),
  at: new Date().toISOString(),
  rounds: given.rounds,
  seconds: given.seconds,
  workers: given.workers === undefined ? 'default' : Number(given.workers),
  measures: {},
};
for (const name of given.names) {
  const begun = Date.now();
  const { tables, samples } = await measures[name](given);
  for (const table of tables) console.log(markdown(table));
  console.error(`${name}: ${Math.round((Date.now() - begun) / 1000)} s`);
  found.measures[name] = { tables: tables.map(({ caption, rows }) => ({ caption, rows })), samples };
  if (given.write) writeTables(name, tables.map(markdown).join('\n'), found);
}
mkdirSync(path.dirname(given.output), { recursive: true });
writeFileSync(given.output, `${JSON.stringify(found, null, 1)}\n`);
