// rights_table: the one table of who may do what with whose things, and what must
// be answered. Nothing here asks the service.
import { OTHER_OWNER, OWNER, SCOPES } from './rights_world.mjs';

const MISSING = { status: 401, message: 'Authentication required' };
const WRONG = { status: 401, message: 'authorization failed' };
const NO_PROJECT = { status: 404, message: 'project not found' };
const WRONG_OWNER = { status: 403, message: 'the API key is restricted to endpoints of its own owner_id' };
const lacks = (scope) => ({ status: 403, message: `the API key lacks the scope ${scope}` });
const mayNotRevoke = (scopes) => ({ status: 403, message: `the API key lacks scopes of the one to be revoked: ${scopes}` });
const missing = (message) => ({ status: 404, message });

export const kinds = {
  'no key': { refused: MISSING },
  'a malformed Authorization': { refused: MISSING },
  'what is no key': { refused: WRONG },
  'a wrong secret': { refused: WRONG },
  'a revoked key': { refused: WRONG },
  'an expired key': { refused: WRONG },
  ...Object.fromEntries(SCOPES.map((scope) => [`${scope} alone`, { project: 'A', scopes: [scope] }])),
  'project_admin': { project: 'A', scopes: SCOPES },
  'project_admin of one owner': { project: 'A', scopes: SCOPES, owner: OWNER },
  'project_admin of another project': { project: 'B', scopes: SCOPES },
};

// Which project the path names, and which project's thing; null: none that is.
export const targets = {
  'A\'s own': { path: 'A', thing: 'A', owner: OWNER },
  'A\'s, of another owner': { path: 'A', thing: 'A', owner: OTHER_OWNER },
  'what is not, in A': { path: 'A', thing: null, owner: OWNER },
  'B\'s, by A\'s path': { path: 'A', thing: 'B', owner: OWNER },
  'B\'s own': { path: 'B', thing: 'B', owner: OWNER },
  'B\'s, of another owner': { path: 'B', thing: 'B', owner: OTHER_OWNER },
  'what is not, in B': { path: 'B', thing: null, owner: OWNER },
  'A\'s, by B\'s path': { path: 'B', thing: 'A', owner: OWNER },
  'A\'s, in a project that is not': { path: null, thing: 'A', owner: OWNER },
  'what is not, in a project that is not': { path: null, thing: null, owner: OWNER },
};

const endpoint = (suffix = '') => ({ endpoint: { uid } }) => `/endpoints/${uid}${suffix}`;
const secret = (thing) => `${endpoint()(thing)}/secrets/${thing.secret.uid}/revoke`;
const key = ({ key: { uid } }) => `/api-keys/${uid}`;
const members = { name: 'an endpoint', url: 'https://example.com/hook' };

const GET_ENDPOINT = { method: 'GET', scope: 'endpoints:read', absent: 'Resource not found' };
const WRITE_ENDPOINT = { scope: 'endpoints:write', absent: 'Resource not found' };
const ROLL = { scope: 'secrets:roll', absent: 'endpoint not found' };
const KEY = { scope: 'keys:write', absent: 'API Key not found' };

// absent: the operation is on one thing, and what is answered when that is not.
// owned: an owner can be named though no thing is. everyones: not for one owner's key.
// nobodys: of no project, so no key will do.
// revokes: a key that has this scope.
// shows: the answer holds the thing's values for a key that may read secrets.
export const operations = {
  'ask for its health': { method: 'GET', route: '/healthz', open: true, success: 200 },
  'ask whether it is ready': { method: 'GET', route: '/readyz', open: true, success: 200 },
  'read what was counted': { method: 'GET', route: '/metrics', open: true, nobodys: true },
  'read the API\'s description': { method: 'GET', route: '/openapi.json', open: true, success: 200 },
  'get the project': { method: 'GET', route: '/v1/projects/{projectID}', at: () => '', scope: null, success: 200 },
  'update the project': {
    method: 'PUT', route: '/v1/projects/{projectID}', at: () => '', scope: 'project:write', everyones: true, body: () => ({}), success: 202,
  },
  // Of nothing that is there: what it would roll is of no other operation's concern.
  'roll the project': {
    method: 'PUT', route: '/v1/projects/{projectID}/expire_secrets', at: () => '/expire_secrets', scope: 'secrets:roll',
    body: () => ({ created_before: '2000-01-01T00:00:00Z' }), success: 200,
  },
  'list keys': { method: 'GET', route: '/v1/projects/{projectID}/api-keys', at: () => '/api-keys', scope: 'keys:write', success: 200 },
  'create a key': {
    method: 'POST', route: '/v1/projects/{projectID}/api-keys', at: () => '/api-keys', scope: 'keys:write', owned: true,
    body: ({ owner }) => ({ owner_id: owner, scopes: ['keys:write'] }), success: 201,
  },
  'get a key': { ...KEY, method: 'GET', route: '/v1/projects/{projectID}/api-keys/{keyID}', at: key, success: 200 },
  'revoke a key': { ...KEY, method: 'DELETE', route: '/v1/projects/{projectID}/api-keys/{keyID}', at: key, success: 200, revokes: 'sign' },
  'list endpoints': {
    method: 'GET', route: '/v1/projects/{projectID}/endpoints', at: (_, { owner }) => `/endpoints?perPage=1000&ownerId=${owner}`,
    scope: 'endpoints:read', owned: true, shows: true, success: 200,
  },
  'create an endpoint': {
    method: 'POST', route: '/v1/projects/{projectID}/endpoints', at: () => '/endpoints', scope: 'endpoints:write', owned: true,
    body: ({ owner }) => ({ ...members, owner_id: owner }), success: 201,
  },
  'get an endpoint': { ...GET_ENDPOINT, route: '/v1/projects/{projectID}/endpoints/{endpointID}', at: endpoint(), shows: true, success: 200 },
  'update an endpoint': {
    ...WRITE_ENDPOINT, method: 'PUT', route: '/v1/projects/{projectID}/endpoints/{endpointID}', at: endpoint(), body: () => members, shows: true, success: 202,
  },
  'delete an endpoint': { ...WRITE_ENDPOINT, method: 'DELETE', route: '/v1/projects/{projectID}/endpoints/{endpointID}', at: endpoint(), success: 200 },
  'pause an endpoint': {
    ...WRITE_ENDPOINT, method: 'PUT', route: '/v1/projects/{projectID}/endpoints/{endpointID}/pause', at: endpoint('/pause'), body: () => '"{}"', shows: true, success: 202,
  },
  'activate an endpoint': {
    ...WRITE_ENDPOINT, method: 'POST', route: '/v1/projects/{projectID}/endpoints/{endpointID}/activate', at: endpoint('/activate'),
    body: () => '', paused: true, shows: true, success: 202,
  },
  'roll a secret': {
    ...ROLL, method: 'PUT', route: '/v1/projects/{projectID}/endpoints/{endpointID}/expire_secret', at: endpoint('/expire_secret'),
    body: () => ({ expiration: 60 }), shows: true, success: 200,
  },
  'revoke a secret': {
    ...ROLL, method: 'POST', route: '/v1/projects/{projectID}/endpoints/{endpointID}/secrets/{secretID}/revoke', at: secret, body: () => '', shows: true, success: 200,
  },
  'read the signing secrets': {
    ...ROLL, scope: 'secrets:read', method: 'GET', route: '/v1/projects/{projectID}/endpoints/{endpointID}/signing_secrets', at: endpoint('/signing_secrets'), shows: true, success: 200,
  },
  'sign a payload': {
    ...ROLL, scope: 'sign', method: 'POST', route: '/v1/projects/{projectID}/endpoints/{endpointID}/sign', at: endpoint('/sign'), body: () => ({ payload: '{}' }), success: 200,
  },
  'follow the changes': {
    method: 'GET', route: '/v1/projects/{projectID}/changes', at: () => '/changes', scope: 'history:read', everyones: true, success: 200,
  },
  'verify a delivery': {
    ...ROLL, scope: 'sign', method: 'POST', route: '/v1/projects/{projectID}/endpoints/{endpointID}/verify', at: endpoint('/verify'),
    body: () => ({ headers: {}, payload: '{}' }), success: 200,
  },
  'list the secrets': {
    ...ROLL, scope: 'endpoints:read', method: 'GET', route: '/v1/projects/{projectID}/endpoints/{endpointID}/secrets', at: endpoint('/secrets'), success: 200,
  },
  'list the secrets of all': {
    method: 'GET', route: '/v1/projects/{projectID}/secrets', at: (_, { owner }) => `/secrets?perPage=1000&ownerId=${owner}`,
    scope: 'endpoints:read', owned: true, success: 200,
  },
  'read the public keys': {
    ...ROLL, scope: 'endpoints:read', method: 'GET', route: '/v1/projects/{projectID}/endpoints/{endpointID}/public_keys', at: endpoint('/public_keys'), success: 200,
  },
  'read the history': {
    ...GET_ENDPOINT, scope: 'history:read', route: '/v1/projects/{projectID}/endpoints/{endpointID}/history', at: endpoint('/history'), success: 200,
  },
};

// The order is the contract's: authentication, project, rights, thing, owner.
export function expected(kind, operation, target) {
  if (operation.nobodys) return kind.refused ?? WRONG;
  if (operation.open) return { status: operation.success };
  if (kind.refused) return kind.refused;
  if (target.path !== kind.project) return NO_PROJECT;
  if (operation.scope !== null && !kind.scopes.includes(operation.scope)) return lacks(operation.scope);
  if (operation.everyones && kind.owner !== undefined) return WRONG_OWNER;
  if (operation.absent !== undefined && target.thing !== target.path) return missing(operation.absent);
  const named = operation.absent !== undefined || operation.owned === true;
  if (named && kind.owner !== undefined && kind.owner !== target.owner) return WRONG_OWNER;
  if (operation.revokes !== undefined && !kind.scopes.includes(operation.revokes)) return mayNotRevoke(operation.revokes);
  return { status: operation.success };
}

export const readsSecrets = (kind) => kind.scopes?.includes('secrets:read') ?? false;
