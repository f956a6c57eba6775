// Shows that whoever follows the feed of a project learns of everything that touches
// signing, once and in order, while it happens.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertEnvelope, rolled } from './support/answers.mjs';
import { pause, paused } from './support/changes.mjs';
import { make } from './support/projects.mjs';
import { withService } from './support/suite.mjs';

const ROLLS = 40;
const ENDPOINTS = 4;

withService('The feed of changes', {}, (at) => {
  const ask = async (query = '') =>
    assertEnvelope(await at.service.request('GET', `${at.service.path(at.service.project.uid)}/changes${query}`), 200, 'Changes fetched successfully').data;

  // Follows the feed from a cursor until `enough` says so.
  async function follow(cursor, enough, perPage = 7) {
    const entries = [];
    while (!enough(entries)) {
      const { content, pagination } = await ask(`?next_page_cursor=${cursor}&perPage=${perPage}`);
      entries.push(...content);
      cursor = pagination.next_page_cursor;
    }
    return { entries, cursor };
  }

  test('tells of every roll once, in order, while rolls go on', async () => {
    const endpoints = [];
    for (let i = 0; i < ENDPOINTS; i++) endpoints.push(await make(at.service));
    const { content, pagination } = await ask();
    assert.deepEqual(content, []);
    const rolling = endpoints.map(async (endpoint) => {
      const fresh = [];
      for (let i = 0; i < ROLLS / ENDPOINTS; i++)
        fresh.push(rolled(await at.service.roll(endpoint, { expiration: 0 })).secrets.at(-1).uid);
      return fresh;
    });
    const following = follow(pagination.next_page_cursor, (entries) => entries.length >= ROLLS);
    const made = await Promise.all(rolling);
    const { entries, cursor } = await following;
    assert.equal(entries.length, ROLLS);
    entries.forEach(({ sequence, action }, i) => {
      assert.equal(sequence, Number(pagination.next_page_cursor) + i);
      assert.equal(action, 'rolled');
    });
    endpoints.forEach(({ uid }, i) =>
      assert.deepEqual(entries.filter(({ endpoint_id }) => endpoint_id === uid).map(({ new_secret }) => new_secret), made[i]));
    assert.equal(JSON.stringify(entries).includes('whsec_'), false);
    assert.deepEqual((await ask(`?next_page_cursor=${cursor}`)).content, []);
  });

  test('lets a sender that keeps secrets learn of a roll with its next poll', async () => {
    const endpoint = await make(at.service);
    const fetch = async () =>
      assertEnvelope(await at.service.request('GET', `${at.service.endpointPath(endpoint)}/signing_secrets`), 200, /fetched/).data.secrets;
    const { pagination } = await ask();
    const kept = await fetch();
    const { secrets } = rolled(await at.service.roll(endpoint, { expiration: 3600 }));
    const { content } = await ask(`?next_page_cursor=${pagination.next_page_cursor}`);
    assert.deepEqual(content.map(({ endpoint_id, ended_secret, new_secret }) => [endpoint_id, ended_secret, new_secret]), [
      [endpoint.uid, kept[0].uid, secrets[1].uid],
    ]);
    assert.deepEqual((await fetch()).map(({ uid }) => uid), secrets.map(({ uid }) => uid));
  });

  test('tells of what else senders have to know, and not of the rest', async () => {
    const endpoint = await make(at.service);
    const { pagination } = await ask();
    const project = at.service.path(at.service.project.uid);
    const put = async (path, body) => assert.equal((await at.service.request('PUT', path, { body })).status, 202);
    await put(at.service.endpointPath(endpoint), { name: 'other', url: 'https://other.example' });
    await put(project, { default_grace: 60 });
    paused(await pause(at.service, endpoint));
    await put(at.service.endpointPath(endpoint), { name: 'n', url: 'https://e.example', signature: { order: 'current_first' } });
    await put(project, { signature: { header: 'X-Other-Signature' } });
    const { content } = await ask(`?next_page_cursor=${pagination.next_page_cursor}`);
    assert.deepEqual(content.map(({ action, endpoint_id }) => [action, endpoint_id]), [
      ['updated', endpoint.uid],
      ['updated', endpoint.uid],
      ['project_updated', null],
    ]);
    assert.ok(content.every(({ key_id, request_id }) => key_id !== null && request_id !== ''));
  });

  test('refuses a cursor that it cannot have given', async () => {
    const { pagination } = await ask();
    const beyond = Number(pagination.next_page_cursor) + 1;
    const answer = await at.service.request('GET', `${at.service.path(at.service.project.uid)}/changes?next_page_cursor=${beyond}`);
    assertEnvelope(answer, 400, 'next_page_cursor must be one that this feed gave');
  });
});
