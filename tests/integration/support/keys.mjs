// keys: API keys over HTTP.
import { assertEnvelope } from './answers.mjs';

export const keysPath = (service, options = {}) => service.path((options.project ?? service.project).uid, 'api-keys');

export const keyPath = (service, key, options) => `${keysPath(service, options)}/${key.uid}`;

export const createKey = (service, body, options = {}) => service.request('POST', keysPath(service, options), { ...options, body });

export const createdKey = (answer) => assertEnvelope(answer, 201, 'API Key created successfully').data;

export const listKeys = async (service, options = {}) =>
  assertEnvelope(await service.request('GET', keysPath(service, options), options), 200, 'API Keys fetched successfully').data.content;

export const getKey = (service, key, options = {}) => service.request('GET', keyPath(service, key, options), options);

export const fetchKey = async (service, key, options) =>
  assertEnvelope(await getKey(service, key, options), 200, 'API Key fetched successfully').data;

export const revokeKey = (service, key, options = {}) => service.request('DELETE', keyPath(service, key, options), options);

export const revokedKey = (answer) => assertEnvelope(answer, 200, 'API Key revoked successfully').data;
