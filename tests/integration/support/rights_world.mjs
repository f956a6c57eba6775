// rights_world: two projects, in each of them things of two owners that a key may
// or may not get at, and every kind of key that there is.
import { assertEnvelope, rolled } from './answers.mjs';
import { createKey, createdKey } from './keys.mjs';
import { make, ownProject } from './projects.mjs';
import { until } from './waiting.mjs';

export const SCOPES = [
  'endpoints:read', 'endpoints:write', 'secrets:roll', 'secrets:read', 'keys:write', 'project:write', 'history:read', 'sign',
];
export const OWNER = 'mine';
export const OTHER_OWNER = 'theirs';
export const VALUES = ['marker-first', 'marker-second', 'marker-header-value'];

const NOWHERE = '01ARZ3NDEKTSV4RRFFQ69G5FAV';
const authentication = { type: 'api_key', api_key: { header_name: 'X-Key', header_value: VALUES[2] } };

export const absentThing = { endpoint: { uid: NOWHERE }, secret: { uid: NOWHERE }, key: { uid: NOWHERE } };

export async function makeThing(service, options, owner_id) {
  const endpoint = await make(service, { owner_id, secret: VALUES[0], authentication }, options);
  const { secrets } = rolled(await service.roll(endpoint, { expiration: 3600, secret: VALUES[1] }, options));
  const key = createdKey(await createKey(service, { owner_id, scopes: ['sign'] }, options));
  return { endpoint, secret: secrets[0], key };
}

async function makeProject(service, name) {
  const options = await ownProject(service, { name });
  const things = {};
  for (const owner of [OWNER, OTHER_OWNER]) things[owner] = await makeThing(service, options, owner);
  return { ...options, things };
}

const changeLast = (token) => token.slice(0, -2) + (token.at(-2) === 'A' ? 'B' : 'A') + token.at(-1);

async function endedKeys(service, { project, key }) {
  const expired = await service.store.key(project, { 'expires-in': 1 });
  const revoked = await service.store.key(project);
  await service.store.json(['key', 'revoke', '--key', revoked.uid]);
  const ask = () => service.request('GET', service.path(project.uid), { key: expired });
  await until('a key to expire', async () => (await ask()).status === 401);
  assertEnvelope(await service.request('GET', service.path(project.uid), { key }), 200, /fetched/);
  return { expired, revoked };
}

export async function makeWorld(service) {
  const [a, b] = [await makeProject(service, 'A'), await makeProject(service, 'B')];
  const { expired, revoked } = await endedKeys(service, a);
  const headers = {
    'no key': {},
    'a malformed Authorization': { Authorization: `Basic ${a.key.key}` },
    'what is no key': { Authorization: 'Bearer nonsense' },
    'a wrong secret': { Authorization: `Bearer ${changeLast(a.key.key)}` },
    'a revoked key': { Authorization: `Bearer ${revoked.key}` },
    'an expired key': { Authorization: `Bearer ${expired.key}` },
    'project_admin': { Authorization: `Bearer ${a.key.key}` },
    'project_admin of one owner': { Authorization: `Bearer ${(await service.store.key(a.project, { 'owner-id': OWNER })).key}` },
    'project_admin of another project': { Authorization: `Bearer ${b.key.key}` },
  };
  for (const scope of SCOPES)
    headers[`${scope} alone`] = { Authorization: `Bearer ${(await service.store.key(a.project, { scopes: scope })).key}` };
  return { projects: { A: a, B: b }, nowhere: { uid: NOWHERE }, headers };
}

async function snapshotOf(service, { project, key, things }) {
  const ask = async (...segments) =>
    assertEnvelope(await service.request('GET', service.path(project.uid, ...segments), { key }), 200, /fetched/).data;
  const of = async ({ endpoint, key: made }) => {
    const { last_used_at, ...others } = await ask('api-keys', made.uid);
    return [await ask('endpoints', endpoint.uid), await ask('endpoints', endpoint.uid, 'history'), others];
  };
  const { updated_at, ...settings } = await ask();
  return { settings, things: await Promise.all(Object.values(things).map(of)) };
}

export async function snapshot(service, { projects }) {
  const seen = {};
  for (const [name, project] of Object.entries(projects)) seen[name] = await snapshotOf(service, project);
  return seen;
}
