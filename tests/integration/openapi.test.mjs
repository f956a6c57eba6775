// Shows that docs/openapi.json is OpenAPI 3.1, is what the responder hands out, and
// names its routes, all of them and no other; described.mjs holds the answers to it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Validator } from '@seriousme/openapi-schema-validator';
import { description, routes } from './support/described.mjs';
import { withService } from './support/suite.mjs';

test('The description is valid OpenAPI 3.1', async () => {
  const validator = new Validator();
  const { valid, errors } = await validator.validate(structuredClone(description));
  assert.ok(valid, JSON.stringify(errors));
  assert.match(validator.version, /^3\.1/);
});

withService('The description', { settings: { metrics: true } }, (at) => {
  test('is handed out without a key', async () => {
    const answer = await at.service.request('GET', '/api/openapi.json', { key: null });
    assert.equal(answer.status, 200);
    assert.deepEqual(answer.json(), description);
  });

  for (const route of routes)
    test(`names ${route}, which is there`, async () => {
      const [method, template] = route.split(' ');
      const path = `/api${template.replace(/\{[^}]+\}/g, '01ARZ3NDEKTSV4RRFFQ69G5FAV')}`;
      const answer = await at.service.request(method, path, { key: null });
      assert.ok([200, 401].includes(answer.status), `${route}: ${answer.status}`);
      if (template.startsWith('/v1')) assert.equal(answer.status, 401);
    });
});
