// Shows who may do what with whose things: every cell of the one table in
// support/rights_table.mjs is tried, and no refusal tells what is from what is not.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { assertCommonHeaders, assertEnvelope } from './support/answers.mjs';
import { pause, paused } from './support/changes.mjs';
import { expected, kinds, operations, readsSecrets, targets } from './support/rights_table.mjs';
import { VALUES, absentThing, makeThing, makeWorld, snapshot } from './support/rights_world.mjs';
import { withService } from './support/suite.mjs';

const REDACTED = '[REDACTED]';
const REFUSED = 400;

const shape = (route) => route.replace(/\{[^}]*\}/g, '{}');

function comparable({ status, headers, text }) {
  const { 'x-request-id': id, date, ...others } = headers;
  assert.match(id, /./);
  return { status, headers: others, text };
}

withService('The rights of a key', { settings: { metrics: true } }, (at) => {
  before(async () => {
    at.world = await makeWorld(at.service);
    at.asItWas = await snapshot(at.service, at.world);
  });

  async function thingFor(operation, target, { status }) {
    if (target.thing === null) return absentThing;
    const project = at.world.projects[target.thing];
    if (status >= REFUSED || operation.absent === undefined) return project.things[target.owner];
    const thing = await makeThing(at.service, project, target.owner);
    if (operation.paused) paused(await pause(at.service, thing.endpoint, project));
    return thing;
  }

  async function ask(kindName, operation, target, thing) {
    const { projects, nowhere, headers } = at.world;
    const project = target.path === null ? nowhere : projects[target.path].project;
    const path = operation.open ? `/api${operation.route}` : at.service.path(project.uid) + operation.at(thing, target);
    const body = operation.body?.(target);
    return at.service.request(operation.method, path, { key: null, headers: headers[kindName], body });
  }

  function assertAnswer(operation, answer, { status, message }, what) {
    assert.equal(answer.status, status, `${what}: ${answer.text.slice(0, 200)}`);
    if (status >= REFUSED) assert.deepEqual(answer.json(), { status: false, message }, what);
    if (!operation.open) assertCommonHeaders(answer);
  }

  function assertValues(kind, operation, answer, what) {
    const held = VALUES.filter((value) => answer.text.includes(value));
    if (answer.status >= REFUSED || !operation.shows || !readsSecrets(kind)) assert.deepEqual(held, [], `${what} holds a value`);
    else assert.notDeepEqual(held, [], `${what} holds no value`);
    if (answer.status < REFUSED && operation.shows && !readsSecrets(kind)) assert.ok(answer.text.includes(REDACTED), what);
  }

  function assertAlike(refusals) {
    const groups = new Map();
    for (const { outcome, answer } of refusals) {
      const group = `${outcome.status} ${outcome.message}`;
      if (!groups.has(group)) groups.set(group, comparable(answer));
      assert.deepEqual(comparable(answer), groups.get(group), `two refusals that are both "${group}" can be told apart`);
    }
  }

  async function tryEveryTarget(kindName, operation) {
    const refusals = [];
    for (const [targetName, target] of Object.entries(targets)) {
      const outcome = expected(kinds[kindName], operation, target);
      const answer = await ask(kindName, operation, target, await thingFor(operation, target, outcome));
      const what = `${kindName}, ${targetName}`;
      assertAnswer(operation, answer, outcome, what);
      assertValues(kinds[kindName], operation, answer, what);
      if (answer.status >= REFUSED) refusals.push({ outcome, answer });
    }
    assertAlike(refusals);
  }

  test('are tried for every route that the service describes, and for no other', async () => {
    const described = (await at.service.request('GET', '/api/openapi.json', { key: null })).json().paths;
    const methods = ['get', 'put', 'post', 'delete', 'patch'];
    const routes = Object.entries(described).flatMap(([path, item]) =>
      Object.keys(item).filter((name) => methods.includes(name)).map((method) => `${method.toUpperCase()} ${shape(path)}`),
    );
    const tried = Object.values(operations).map(({ method, route }) => `${method} ${shape(route)}`);
    assert.equal(new Set(tried).size, tried.length);
    assert.deepEqual([...tried].sort(), routes.sort());
  });

  for (const kindName of Object.keys(kinds))
    describe(`which is ${kindName}`, () => {
      for (const [name, operation] of Object.entries(operations))
        test(`to ${name} are those of the table, for every project and owner`, () => tryEveryTarget(kindName, operation));
    });

  test('did nothing where they were refused: all is as it was', async () => {
    assert.deepEqual(await snapshot(at.service, at.world), at.asItWas);
  });

  test('to read secrets show them, and to roll without it the new one only', async () => {
    const { project, key, things } = at.world.projects.A;
    const thing = await makeThing(at.service, at.world.projects.A, 'mine');
    const roller = await at.service.store.key(project, { scopes: 'secrets:roll,endpoints:read,endpoints:write,history:read,sign,project:write,keys:write' });
    const answer = await at.service.roll(thing.endpoint, { expiration: 60, secret: 'the new one' }, { project, key: roller });
    const { data } = assertEnvelope(answer, 200, /expired/);
    assert.deepEqual(data.secrets.map(({ value }) => value), [REDACTED, REDACTED, 'the new one']);
    assert.equal(data.authentication.api_key.header_value, REDACTED);
    const seen = await at.service.fetch(things.mine.endpoint, { project, key });
    assert.deepEqual(seen.secrets.map(({ value }) => value), VALUES.slice(0, 2));
    assert.equal(seen.authentication.api_key.header_value, VALUES[2]);
  });
});
