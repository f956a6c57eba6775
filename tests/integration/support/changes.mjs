// changes: what changes one endpoint over HTTP, beside a roll.
import { assertEnvelope } from './answers.mjs';

export const etagOf = (answer) => answer.headers.etag;

export const update = (service, endpoint, body, options = {}) =>
  service.request('PUT', service.endpointPath(endpoint, options.project), { body, ...options });

export const updated = (answer) => assertEnvelope(answer, 202, 'Endpoint updated successfully').data;

export const pause = (service, endpoint, options = {}) =>
  service.request('PUT', `${service.endpointPath(endpoint, options.project)}/pause`, options);

export const paused = (answer) => assertEnvelope(answer, 202, 'endpoint status updated successfully').data;

export const activate = (service, endpoint, options = {}) =>
  service.request('POST', `${service.endpointPath(endpoint, options.project)}/activate`, { body: '', ...options });

export const activated = (answer) => assertEnvelope(answer, 202, 'endpoint status successfully activated').data;

export const remove = (service, endpoint, options = {}) =>
  service.request('DELETE', service.endpointPath(endpoint, options.project), options);

export const removed = (answer) => assertEnvelope(answer, 200, 'Endpoint deleted successfully').data;

export const revoke = (service, endpoint, secret, options = {}) =>
  service.request('POST', `${service.endpointPath(endpoint, options.project)}/secrets/${secret.uid}/revoke`, { body: '', ...options });

export const revoked = (answer) => assertEnvelope(answer, 200, 'endpoint secret revoked successfully').data;
