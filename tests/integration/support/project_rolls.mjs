// project_rolls: rolls of a whole project, page by page, and what must hold after them.
import assert from 'node:assert/strict';
import { assertEnvelope } from './answers.mjs';
import { make } from './projects.mjs';

const AT_ONCE = 16;

export const projectRollPath = (service, project) => service.path(project.uid, 'expire_secrets');

export const rollProject = (service, body, { project = service.project, ...options } = {}) =>
  service.request('PUT', projectRollPath(service, project), { body, ...options });

export const rolledProject = (answer) => assertEnvelope(answer, 200, 'endpoint secrets expired successfully').data;

export async function makeMany(service, count, options, members = () => ({})) {
  const made = [];
  let begun = 0;
  const work = async () => {
    while (begun < count) {
      const i = begun++;
      made[i] = await make(service, { name: `endpoint ${i}`, ...members(i) }, options);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return made;
}

// All pages of one roll; every answer's data.
export async function rollPages(service, body, options) {
  const pages = [];
  let cursor;
  let { created_before } = body;
  do {
    const data = rolledProject(await rollProject(service, { ...body, created_before, cursor }, options));
    pages.push(data);
    created_before = data.created_before;
    cursor = data.next_cursor;
  } while (cursor !== null);
  return pages;
}

export const rolledOf = (pages) => pages.flatMap(({ rolled }) => rolled);

// Each endpoint has the entry of its making and so many rolls.
export function assertRolledTimes(history, endpoints, times) {
  const rolls = new Map(endpoints.map(({ uid }) => [uid, 0]));
  for (const entry of history)
    if (entry.action === 'rolled') rolls.set(entry.endpoint_id, rolls.get(entry.endpoint_id) + 1);
  assert.deepEqual([...rolls].filter(([, count]) => count !== times), [], `not rolled ${times} times`);
}
