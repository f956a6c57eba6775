// storage: the Node stand-in's reads and rolls, prepared once; a roll is one durable transaction.
import { timingSafeEqual } from 'node:crypto';
import Database from 'better-sqlite3';
import { digest, newSecret, uid } from './rules.mjs';

export class Storage {
  constructor(file) {
    const db = new Database(file);
    db.pragma('synchronous = FULL');
    db.pragma('busy_timeout = 10000');
    this.getKey = db.prepare('SELECT project, digest FROM api_keys WHERE uid = ?');
    this.getProject = db.prepare('SELECT max_signing_secrets FROM projects WHERE uid = ?');
    this.getEndpoint = db.prepare('SELECT * FROM endpoints WHERE uid = ? AND project = ?');
    this.getSecrets = db.prepare('SELECT * FROM secrets WHERE endpoint = ? ORDER BY uid');
    this.dropSecrets = db.prepare('DELETE FROM secrets WHERE endpoint = ? AND expires_at <= ?');
    this.endSecret = db.prepare('UPDATE secrets SET expires_at = ?, updated_at = ? WHERE endpoint = ? AND uid = ?');
    this.addSecret = db.prepare('INSERT INTO secrets VALUES (?, ?, ?, ?, ?, NULL)');
    this.touch = db.prepare('UPDATE endpoints SET updated_at = ? WHERE uid = ?');
    this.addHistory = db.prepare("INSERT INTO history VALUES (NULL, ?, ?, 'rolled', ?, ?, ?, ?)");
    this.rolling = db.transaction((call, request) => this.rollIn(call, request)).immediate;
  }

  // The key that a token is of, or null.
  authenticate(authorization, project) {
    const [, key, secret] = /^Bearer ([0-9A-Z]{26})_([\w-]{43})$/.exec(authorization ?? '') ?? [];
    const row = key && this.getKey.get(key);
    return row && timingSafeEqual(row.digest, digest(secret)) && row.project === project ? key : null;
  }

  read({ project, endpoint, now }) {
    const row = this.getEndpoint.get(endpoint, project);
    if (row === undefined) return null;
    const secrets = this.getSecrets.all(endpoint).filter(({ expires_at }) => expires_at === null || expires_at > now);
    return { ...row, secrets };
  }

  // { endpoint }, or { status } of a refusal.
  roll(call, request) {
    return this.rolling(call, request);
  }

  rollIn(call, { expiration }) {
    const before = this.read(call);
    if (before === null) return { status: 404 };
    const { max_signing_secrets } = this.getProject.get(call.project);
    const staying = before.secrets.length + (expiration > 0 ? 1 : 0);
    if (staying > max_signing_secrets) return { status: 409 };
    const { now, endpoint, key } = call;
    const old = before.secrets.at(-1);
    const ends = now + expiration * 1000;
    const fresh = uid(now);
    this.dropSecrets.run(endpoint, now);
    this.endSecret.run(ends, now, endpoint, old.uid);
    this.addSecret.run(endpoint, fresh, newSecret(), now, now);
    this.touch.run(now, endpoint);
    this.addHistory.run(endpoint, key, now, old.uid, ends, fresh);
    return { endpoint: this.read(call) };
  }
}
