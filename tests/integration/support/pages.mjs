// pages: lists that come in pages, and walks through them in both directions.
import assert from 'node:assert/strict';
import { ULID, assertEnvelope } from './answers.mjs';

const MOST_PAGES = 1000;

export function withQuery(path, query) {
  const text = typeof query === 'string' ? query : new URLSearchParams(query).toString();
  return text === '' ? path : `${path}?${text}`;
}

export const listEndpoints = (service, query, options = {}) =>
  service.request('GET', withQuery(service.endpointsPath(options.project), query), options);

export const listSecrets = (service, query, { project = service.project, ...options } = {}) =>
  service.request('GET', withQuery(service.path(project.uid, 'secrets'), query), options);

export const listHistory = (service, endpoint, query, options = {}) =>
  service.request('GET', withQuery(`${service.endpointPath(endpoint, options.project)}/history`, query), options);

function assertCursor(has, cursor, form) {
  assert.equal(typeof has, 'boolean');
  if (has) assert.match(cursor, form);
  else assert.equal(cursor, '');
}

function pageOfEndpoints(answer, message) {
  const { data } = assertEnvelope(answer, 200, message);
  const { pagination } = data;
  assert.deepEqual(Object.keys(data).sort(), ['content', 'pagination']);
  assert.deepEqual(Object.keys(pagination).sort(), [
    'has_next_page', 'has_prev_page', 'next_page_cursor', 'per_page', 'prev_page_cursor',
  ]);
  assertCursor(pagination.has_next_page, pagination.next_page_cursor, ULID);
  assertCursor(pagination.has_prev_page, pagination.prev_page_cursor, ULID);
  assert.ok(data.content.length <= pagination.per_page);
  return data;
}

export const endpointPage = async (service, query = {}, options) =>
  pageOfEndpoints(await listEndpoints(service, query, options), 'Endpoints fetched successfully');

export const secretsPage = async (service, query = {}, options) =>
  pageOfEndpoints(await listSecrets(service, query, options), 'Secrets fetched successfully');

export async function historyPage(service, endpoint, query = {}, options) {
  const answer = await listHistory(service, endpoint, query, options);
  const { data } = assertEnvelope(answer, 200, 'Endpoint history fetched successfully');
  assertCursor(data.pagination.has_next_page, data.pagination.next_page_cursor, /^\d+$/);
  return data;
}

async function* walk(direction, fetch) {
  let cursor = '';
  for (let i = 0; i < MOST_PAGES; i++) {
    const page = await fetch({ direction, ...(cursor === '' ? {} : { [`${direction}_page_cursor`]: cursor }) });
    yield page;
    if (!page.pagination[`has_${direction}_page`]) return;
    cursor = page.pagination[`${direction}_page_cursor`];
  }
  throw new Error(`the walk did not end after ${MOST_PAGES} pages`);
}

export const endpointPages = (service, direction, query, options) =>
  walk(direction, (cursor) => endpointPage(service, { ...query, ...cursor }, options));

export const secretsPages = (service, direction, query, options) =>
  walk(direction, (cursor) => secretsPage(service, { ...query, ...cursor }, options));

export const historyPages = (service, endpoint, query, options) =>
  walk('next', ({ direction, ...cursor }) => historyPage(service, endpoint, { ...query, ...cursor }, options));

export async function gather(pages) {
  const all = [];
  for await (const page of pages) all.push(page.content);
  return all;
}

export const uidsOf = (rows) => rows.map(({ uid }) => uid);

export const newestFirst = (rows) => uidsOf(rows).sort().reverse();
