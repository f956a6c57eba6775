// described: holds every answer against docs/openapi.json, by a validator that others
// wrote, and a roll's also against the shapes of the API that it is compatible with.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import Ajv from 'ajv';
import Ajv2020 from 'ajv/dist/2020.js';

const read = (path) => JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'));

export const description = read('../../../docs/openapi.json');

const MOUNT = '/api';
const ours = new Ajv2020({ strict: true, allErrors: true });
ours.addVocabulary(Object.keys(description));
ours.addSchema(description, 'doc');

const theirs = new Ajv({ strict: false, allErrors: true });
const compatible = read('../../vectors/roll-endpoint-secret.schemas.json');
theirs.addSchema({ components: compatible }, 'theirs');
const models = JSON.parse(JSON.stringify(compatible).replaceAll('"#/components', '"theirs#/components'));
theirs.removeSchema('theirs');
theirs.addSchema({ components: models }, 'theirs');

const pattern = (template) => new RegExp(`^${template.replace(/\{[^}]+\}/g, '[^/]+').replaceAll('.', '\\.')}$`);
const operations = Object.entries(description.paths).map(([template, operation]) => [pattern(template), operation]);

export const routes = Object.entries(description.paths).flatMap(([template, operation]) =>
  Object.keys(operation)
    .filter((method) => ['get', 'put', 'post', 'delete'].includes(method))
    .map((method) => `${method.toUpperCase()} ${template}`),
);

const escaped = (name) => name.replaceAll('~', '~0').replaceAll('/', '~1');

function responseName(method, path, status) {
  const found = operations.find(([matches]) => matches.test(path));
  if (found === undefined) return 'UnknownPath';
  const operation = found[1][method === 'HEAD' ? 'get' : method.toLowerCase()];
  if (operation === undefined) return 'MethodNotAllowed';
  const response = operation.responses[status];
  assert.ok(response, `${method} ${path} is not said to answer ${status}`);
  return response.$ref.split('/').at(-1);
}

function assertHeaders(response, answer) {
  for (const name of Object.keys(response.headers ?? {}))
    assert.ok(answer.headers[name.toLowerCase()] !== undefined || name === 'Retry-After', `no ${name} in the answer`);
}

// A missing member and null are the same to the clients of that API.
const withoutNulls = (value) =>
  JSON.parse(JSON.stringify(value, (_, member) => (member === null ? undefined : member)));

export function assertCompatible(data) {
  const validate = theirs.getSchema('theirs#/components/schemas/models.EndpointResponse');
  assert.ok(validate(withoutNulls(data)), theirs.errorsText(validate.errors));
}

export function assertDescribed(method, url, answer) {
  const path = url.split('?')[0].replace(/^\/api/, '');
  const fromServer = answer.headers['x-request-id'] === undefined; // the web server's own refusal
  if (fromServer || !url.startsWith(MOUNT) || /%|\/\/|\/\./.test(path)) return;
  const name = responseName(method, path, answer.status);
  const response = description.components.responses[name];
  assertHeaders(response, answer);
  if (method === 'HEAD' || answer.status === 304) return assert.equal(answer.text, '');
  const [type] = Object.keys(response.content);
  assert.equal(answer.headers['content-type'].split(';')[0], type);
  const validate = ours.getSchema(`doc#/components/responses/${escaped(name)}/content/${escaped(type)}/schema`);
  const body = type === 'application/json' ? answer.json() : answer.text;
  assert.ok(validate(body), `${method} ${path} ${answer.status}: ${ours.errorsText(validate.errors)}\n${answer.text.slice(0, 500)}`);
  if (path.endsWith('/expire_secret') && answer.status === 200) assertCompatible(body.data);
}
