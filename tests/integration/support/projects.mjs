// projects: a project of a test's own with its first key and endpoints in it.
import { assertEnvelope } from './answers.mjs';
import { least } from './members.mjs';

export async function ownProject(service, settings) {
  const project = await service.store.project(settings);
  return { project, key: await service.store.key(project) };
}

export async function make(service, members, options) {
  const answer = await service.create({ ...least, ...members }, options);
  return assertEnvelope(answer, 201, 'Endpoint created successfully').data;
}

export const makeSeveral = (service, count, options) =>
  Promise.all(Array.from({ length: count }, (_, i) => make(service, { name: `endpoint ${i}` }, options)));
