// options: what of the bench is to run, how often, and where.
import path from 'node:path';
import { parseArgs } from 'node:util';
import { built } from '../integration/support/place.mjs';
import { fileSystemOf } from './machine.mjs';
import { measures } from './measures.mjs';
import { ROUNDS, SECONDS } from './rounds.mjs';

const LONGEST = 60; // characters, as support/tempdir.mjs

const usage = `usage: bench.mjs [OPTION]... [MEASURE]...
Measures: ${Object.keys(measures).join(', ')}; all when none is named.
  --rounds N      how often everything is measured in turn (${ROUNDS})
  --seconds N     how long a load lasts (${SECONDS})
  --workers N     threads of each responder (its own default)
  --sizes N,...   endpoints that stores have in the measure "size"
  --dir DIR       where stores are, on the disk that is meant (\$TMPDIR, or /var/tmp)
  --output FILE   all figures as JSON (bench.json in the build directory)
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
  const dir = path.resolve(values.dir);
  if (unknown !== undefined) throw new Error(`there is no measure ${unknown}`);
  if (!numbers.every((number) => Number.isInteger(number) && number > 0)) throw new Error('a number is not good');
  if (dir.length > LONGEST) throw new Error(`sockets need a shorter path than ${dir}`);
  if (fileSystemOf(dir) === 'tmpfs') throw new Error(`${dir} is no disk: name another with --dir`);
  return {
    ...values,
    names: positionals.length > 0 ? positionals : Object.keys(measures),
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    sizes: values.sizes.split(',').map(Number),
    settings: values.workers === undefined ? {} : { workers: values.workers },
  };
}

// Ends the program when they are not good.
export function options() {
  try {
    const given = parse();
    process.stdout.write(given.help ? usage : '');
    return given.help ? process.exit(0) : given;
  } catch (error) {
    process.stderr.write(`bench: ${error.message}\n${usage}`);
    return process.exit(2);
  }
}
