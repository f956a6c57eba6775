// Shows that a list of endpoints can be narrowed to a part of the name and to an
// owner, in any language, and that the cursors keep to what is narrowed to.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { assertEnvelope } from './support/answers.mjs';
import { endpointPage, endpointPages, gather, listEndpoints, newestFirst } from './support/pages.mjs';
import { make, ownProject } from './support/projects.mjs';
import { withService } from './support/suite.mjs';

const NAMES = [
  'Orders', 'reORDERing', 'two words', 'two  blanks', '100%+1 & co = #?/;', 'a+b', 'a b', '%2B', 'Ünïcode ÄRGER',
  'ΑΒΓΔ Ελλάδα', 'ПРИВЕТ мир', '日本語の名前', '🔑 Schlüssel 👩‍👩‍👧', '𐐀𐐁 Deseret', 'مرحبا \u200fשלום', 'quote " \\ back', 'tab\there',
];

withService('A list of endpoints narrowed', {}, (at) => {
  before(async () => {
    at.options = await ownProject(at.service);
    at.rows = [];
    for (const [i, name] of NAMES.entries())
      at.rows.push(await make(at.service, { name, owner_id: i % 2 === 0 ? 'Anna & Söhne +1' : `owner-${i % 3}` }, at.options));
  });

  const named = (names) => newestFirst(at.rows.filter(({ name }) => names.includes(name)));
  const owned = (owner) => newestFirst(at.rows.filter((row) => row.owner_id === owner));
  const found = async (query) => (await endpointPage(at.service, query, at.options)).content.map(({ uid }) => uid);

  describe('by name', () => {
    const cases = [
      ['order', ['Orders', 'reORDERing']],
      ['ORDERS', ['Orders']],
      ['two words', ['two words']],
      ['two ', ['two words', 'two  blanks']],
      ['100%+1 & co = #?/;', ['100%+1 & co = #?/;']],
      ['%', ['100%+1 & co = #?/;', '%2B']],
      ['%2b', ['%2B']],
      ['A+B', ['a+b']],
      ['a b', ['a b']],
      ['ünÏCODE ärger', ['Ünïcode ÄRGER']],
      ['αβγδ ελλάΔΑ', ['ΑΒΓΔ Ελλάδα']],
      ['привет МИР', ['ПРИВЕТ мир']],
      ['本語の', ['日本語の名前']],
      ['🔑 schlÜSSEL', ['🔑 Schlüssel 👩‍👩‍👧']],
      ['👩‍👩‍👧', ['🔑 Schlüssel 👩‍👩‍👧']],
      ['𐐨𐐩', ['𐐀𐐁 Deseret']],
      ['שלום', ['مرحبا \u200fשלום']],
      ['" \\', ['quote " \\ back']],
      ['nothing is called this', []],
      ['ordersx', []],
    ];
    for (const parameter of ['q', 'query'])
      for (const [part, names] of cases)
        test(`finds ${names.length} with ${parameter}=${JSON.stringify(part)}`, async () => {
          assert.deepEqual(await found({ [parameter]: part }), named(names));
        });

    test('reads + as a blank, %20 as a blank and %2B as a plus', async () => {
      assert.deepEqual(await found('q=two+words'), named(['two words']));
      assert.deepEqual(await found('q=two%20words'), named(['two words']));
      assert.deepEqual(await found('q=a%2Bb'), named(['a+b']));
      assert.deepEqual(await found('q=a%2bb'), named(['a+b']));
    });

    test('finds all of them with nothing to look for', async () => {
      for (const query of ['q=', 'query=', 'q=&query=', 'unknown=1&q'])
        assert.equal((await found(query)).length, NAMES.length);
    });

    for (const [what, query] of Object.entries({ 'a byte that cannot begin a character': 'q=%80', 'a cut UTF-8 sequence': 'q=%c3', 'a surrogate': 'q=%ed%a0%80' }))
      test(`refuses ${what}, naming the parameter`, async () => {
        const { data } = assertEnvelope(await listEndpoints(at.service, query, at.options), 400, /\bq\b/);
        assert.deepEqual(data.errors.map(({ field }) => field), ['q']);
      });
  });

  describe('by owner', () => {
    test('finds that owner\'s only, taking the name exactly', async () => {
      assert.deepEqual(await found({ ownerId: 'Anna & Söhne +1' }), owned('Anna & Söhne +1'));
      assert.deepEqual(await found({ ownerId: 'owner-1' }), owned('owner-1'));
      for (const ownerId of ['OWNER-1', 'owner-', 'owner-1 ', 'nobody']) assert.deepEqual(await found({ ownerId }), []);
    });

    test('and by name finds what is both', async () => {
      const both = at.rows.filter(({ name, owner_id }) => name === 'Orders' && owner_id === 'Anna & Söhne +1');
      assert.equal(both.length, 1);
      assert.deepEqual(await found({ ownerId: 'Anna & Söhne +1', q: 'order' }), newestFirst(both));
    });
  });

  describe('and walked', () => {
    const filters = { name: { q: 'e' }, owner: { ownerId: 'Anna & Söhne +1' }, both: { q: 'E', ownerId: 'Anna & Söhne +1' } };
    const matches = {
      name: ({ name }) => /e/i.test(name),
      owner: (row) => row.owner_id === 'Anna & Söhne +1',
      both: (row) => /e/i.test(row.name) && row.owner_id === 'Anna & Söhne +1',
    };

    for (const [what, filter] of Object.entries(filters))
      for (const perPage of [1, 2, 3])
        test(`by ${what}, ${perPage} a page, holds each match once in both directions`, async () => {
          const expected = newestFirst(at.rows.filter(matches[what]));
          assert.ok(expected.length > 2);
          const uids = (pages) => pages.flat().map(({ uid }) => uid);
          const forth = await gather(endpointPages(at.service, 'next', { perPage, ...filter }, at.options));
          assert.deepEqual(uids(forth), expected);
          const back = await gather(endpointPages(at.service, 'prev', { perPage, ...filter }, at.options));
          assert.deepEqual(uids(back.reverse()), expected);
        });

    test('has no next page when only rows that do not match are left', async () => {
      const oldest = at.rows[0];
      const { pagination } = await endpointPage(at.service, { q: 'Orders', perPage: 1 }, at.options);
      assert.equal(oldest.name, 'Orders');
      assert.deepEqual([pagination.has_next_page, pagination.has_prev_page], [false, false]);
    });
  });

  test('by the owner of its key lists that owner\'s only, whatever else is asked for', async () => {
    const key = await at.service.store.key(at.options.project, { 'owner-id': 'owner-1' });
    const options = { ...at.options, key };
    const uids = async (query) => (await endpointPage(at.service, query, options)).content.map(({ uid }) => uid);
    assert.deepEqual(await uids({}), owned('owner-1'));
    assert.deepEqual(await uids({ ownerId: 'owner-1' }), owned('owner-1'));
    assertEnvelope(await listEndpoints(at.service, { ownerId: 'owner-0' }, options), 403, /owner_id/);
    const walked = await gather(endpointPages(at.service, 'next', { perPage: 1 }, options));
    assert.deepEqual(walked.flat().map(({ uid }) => uid), owned('owner-1'));
  });
});
