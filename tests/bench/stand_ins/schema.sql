-- What the stand-ins keep: the same things as hookroll, its secrets unsealed.
PRAGMA journal_mode = WAL;
CREATE TABLE projects (uid TEXT PRIMARY KEY, max_signing_secrets INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE api_keys (uid TEXT PRIMARY KEY, project TEXT NOT NULL, digest BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE endpoints (
  uid TEXT PRIMARY KEY, project TEXT NOT NULL, name TEXT NOT NULL, url TEXT NOT NULL,
  status TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE secrets (
  endpoint TEXT NOT NULL, uid TEXT NOT NULL, value TEXT NOT NULL, created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL, expires_at INTEGER, PRIMARY KEY (endpoint, uid)
) WITHOUT ROWID;
CREATE TABLE history (
  sequence INTEGER PRIMARY KEY, endpoint TEXT NOT NULL, api_key TEXT NOT NULL, action TEXT NOT NULL,
  at INTEGER NOT NULL, ended TEXT, ended_at INTEGER, fresh TEXT
);
