// servers: runs the tests of the contract, of many clients and of what a web server has to
// carry behind every server that hookroll ships a configuration for, and holds the table in
// docs/servers.md to what was found.
// usage: node servers.mjs [--write]    --write: refresh the table instead
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { run } from './integration/support/processes.mjs';
import { serverNames } from './integration/support/servers.mjs';

const tests = path.dirname(fileURLToPath(import.meta.url));
const document = path.join(tests, '..', 'docs', 'servers.md');
const PATIENCE = 300_000; // ms for all tests behind one server
const BEGIN = '<!-- table -->\n';
const END = '<!-- /table -->\n';

const contract = readdirSync(path.join(tests, 'integration')).filter((name) => name.startsWith('contract_'));
const files = ['behind.test.mjs', 'concurrency.test.mjs', 'restart.test.mjs', ...contract].map((name) => path.join(tests, 'integration', name));

// A column is good when all of its tests are.
const columns = {
  'whole contract': /^(Every answer|Who may roll|A roll|Creating an endpoint|A roll with a body that is not good|A roll as HTTP carries it)$/,
  '64 clients at once': /^64 clients that roll one endpoint at once$/,
  'Authorization': /^the key passes$/,
  'chunked body': /^a chunked body arrives whole$/,
  'large body': /^a large body arrives whole/,
  'slow and idle clients': /^a client that sends a byte at a time/,
  'kill -9': /^what was answered outlives kill -9/,
  'restart without a failed request': /^restarts of the responder fail no request/,
  'reload without a failed request': /^settings that are read anew fail no request/,
  'restart of the web server without an error': /^graceful restarts of the web server fail no request/,
};

async function behind(name) {
  const { stdout } = await run(process.execPath, ['--test', '--test-concurrency=2', '--test-reporter=tap', ...files], {
    env: { HOOKROLL_BUILD: process.env.HOOKROLL_BUILD, HOOKROLL_SERVER: name },
    within: PATIENCE,
  });
  const results = [...stdout.matchAll(/^ *(ok|not ok) \d+ - (.*?)(?: # SKIP (.*))?$/gm)].map(([, result, test, reason]) => ({
    good: result === 'ok',
    test,
    reason,
  }));
  const failed = results.filter(({ good }) => !good);
  console.log(`# ${name}`);
  failed.forEach(({ test }) => console.log(`not ok - ${name}: ${test}`));
  for (const count of ['pass', 'fail']) console.log(new RegExp(`^# ${count} \\d+$`, 'm').exec(stdout)?.[0] ?? `# ${count} 1`);
  return Object.values(columns).map((ours) => {
    const of = results.filter(({ test }) => ours.test(test));
    const found = of.length > 0 && of.every(({ good }) => good) ? 'yes' : 'no';
    return of.find(({ reason }) => reason !== undefined)?.reason ?? found;
  });
}

const rows = [];
for (const name of serverNames) rows.push([name, ...(await behind(name))]);
const line = (cells) => `| ${cells.join(' | ')} |\n`;
const table = line(['', ...Object.keys(columns)]) + line(['---', ...Object.keys(columns).map(() => '---')]) + rows.map(line).join('');
console.log(table);

const text = readFileSync(document, 'utf8');
const [start, end] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
if (process.argv.includes('--write')) {
  writeFileSync(document, text.slice(0, start) + table + text.slice(end));
} else if (text.slice(start, end) !== table) {
  console.log('not ok - docs/servers.md says otherwise: node tests/servers.mjs --write refreshes it');
  process.exitCode = 1;
}
if (rows.some((cells) => cells.includes('no'))) process.exitCode = 1;
