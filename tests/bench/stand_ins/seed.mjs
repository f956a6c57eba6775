// seed: a stand-in's database with a project, a key and so many endpoints, each with a secret.
// usage: node seed.mjs FILE COUNT; prints what its store would be to requests.mjs
import { ANY } from '../load.mjs';
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { digest, newSecret, numbered, uid } from './rules.mjs';

const [file, count] = [process.argv[2], Number(process.argv[3])];
const now = Date.now();
const [project, key, begin] = [uid(now), uid(now), uid(now).slice(0, 20)];
const secret = randomBytes(32).toString('base64url');

const db = new Database(file);
db.exec(readFileSync(new URL('schema.sql', import.meta.url), 'utf8'));
const addEndpoint = db.prepare("INSERT INTO endpoints VALUES (?, ?, 'an endpoint', 'https://example.com/hook', 'active', ?, ?)");
const addSecret = db.prepare('INSERT INTO secrets VALUES (?, ?, ?, ?, ?, NULL)');
db.transaction(() => {
  db.prepare('INSERT INTO projects VALUES (?, 10)').run(project);
  db.prepare('INSERT INTO api_keys VALUES (?, ?, ?)').run(key, project, digest(secret));
  for (let number = 0; number < count; number++) {
    const endpoint = numbered(begin, number);
    addEndpoint.run(endpoint, project, now, now);
    addSecret.run(endpoint, uid(now), newSecret(), now, now);
  }
})();
db.close();
console.log(JSON.stringify({ key: { key: `${key}_${secret}` }, endpoints: count, any: `/api/v1/projects/${project}/endpoints/${begin}${ANY}` }));
