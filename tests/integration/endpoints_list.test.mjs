// Shows that a list in pages holds every endpoint exactly once, newest first, in
// both directions, also while endpoints are added and removed.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { assertEnvelope } from './support/answers.mjs';
import { endpointPage, endpointPages, gather, listEndpoints, newestFirst, uidsOf } from './support/pages.mjs';
import { make, makeSeveral, ownProject } from './support/projects.mjs';
import { withService } from './support/suite.mjs';

const ROWS = 7;
const NEVER_MADE = '01ARZ3NDEKTSV4RRFFQ69G5FAV';

const slices = (uids, size) =>
  Array.from({ length: Math.ceil(uids.length / size) }, (_, i) => uids.slice(i * size, (i + 1) * size));

withService('A list of endpoints', {}, (at) => {
  before(async () => {
    at.options = await ownProject(at.service);
    at.rows = await makeSeveral(at.service, ROWS, at.options);
    at.uids = newestFirst(at.rows);
  });

  const page = (query, options = at.options) => endpointPage(at.service, query, options);
  const pagesOf = (direction, perPage, options = at.options) => endpointPages(at.service, direction, { perPage }, options);
  const refused = async (query, field) => {
    const { message, data } = assertEnvelope(await listEndpoints(at.service, query, at.options), 400, new RegExp(`\\b${field}\\b`));
    assert.deepEqual(data.errors.map((error) => error.field), [field]);
    assert.ok(message.includes(data.errors[0].message));
  };

  test('of an empty project is empty, with no page around it', async () => {
    for (const direction of ['next', 'prev']) {
      const { content, pagination } = await page({ direction }, await ownProject(at.service));
      assert.deepEqual(content, []);
      assert.deepEqual(pagination, {
        per_page: 20, has_next_page: false, has_prev_page: false, prev_page_cursor: '', next_page_cursor: '',
      });
    }
  });

  test('shows each endpoint as a GET does, newest first', async () => {
    const { content } = await page();
    assert.deepEqual(uidsOf(content), at.uids);
    const born = content.map((row) => row.created_at);
    assert.deepEqual(born, [...born].sort().reverse());
    for (const row of content) assert.deepEqual(row, await at.service.fetch(row, at.options));
  });

  test('has 20 in a page unless told otherwise, and up to 1,000', async () => {
    const options = await ownProject(at.service);
    await makeSeveral(at.service, 21, options);
    const first = await page({}, options);
    assert.equal(first.content.length, 20);
    assert.equal(first.pagination.per_page, 20);
    assert.equal(first.pagination.has_next_page, true);
    const all = await page({ perPage: 1000 }, options);
    assert.equal(all.content.length, 21);
    assert.equal(all.pagination.per_page, 1000);
  });

  for (let perPage = 1; perPage <= ROWS + 1; perPage++) {
    test(`walked forwards by ${perPage} holds every row once, newest first`, async () => {
      const pages = await gather(pagesOf('next', perPage));
      assert.deepEqual(pages.map(uidsOf), slices(at.uids, perPage));
    });

    test(`walked backwards by ${perPage} holds every row once, each page newest first`, async () => {
      const pages = await gather(pagesOf('prev', perPage));
      const expected = slices([...at.uids].reverse(), perPage).map((uids) => uids.reverse());
      assert.deepEqual(pages.map(uidsOf), expected);
    });

    test(`walked to its last page by ${perPage} and back shows the same pages`, async () => {
      const forth = [];
      for await (const one of pagesOf('next', perPage)) forth.push(one);
      const back = [forth.at(-1)];
      while (back[0].pagination.has_prev_page)
        back.unshift(await page({ perPage, direction: 'prev', prev_page_cursor: back[0].pagination.prev_page_cursor }));
      assert.deepEqual(back, forth);
    });
  }

  test('has cursors that name the first row of the page to come', async () => {
    const first = await page({ perPage: 3 });
    assert.equal(first.pagination.next_page_cursor, at.uids[3]);
    assert.equal(first.pagination.has_prev_page, false);
    const second = await page({ perPage: 3, next_page_cursor: first.pagination.next_page_cursor });
    assert.deepEqual(uidsOf(second.content), at.uids.slice(3, 6));
    assert.equal(second.pagination.prev_page_cursor, at.uids[2]);
    assert.equal(second.pagination.has_prev_page, true);
    const back = await page({ perPage: 2, direction: 'prev', prev_page_cursor: at.uids[2] });
    assert.deepEqual(uidsOf(back.content), at.uids.slice(1, 3));
  });

  test('takes empty cursors for none, and the other direction\'s cursor for nothing', async () => {
    const plain = await page({ perPage: 3 });
    const others = [
      { direction: 'next', next_page_cursor: '', prev_page_cursor: '' },
      { next_page_cursor: '', prev_page_cursor: at.uids[5] },
      { direction: '', q: '', query: '', ownerId: '' },
    ];
    for (const query of others) assert.deepEqual(await page({ perPage: 3, ...query }), plain);
  });

  test('from a cursor older or newer than every row tells which side they are on', async () => {
    const older = await page({ next_page_cursor: '00000000000000000000000001' });
    assert.deepEqual(older.content, []);
    assert.equal(older.pagination.has_next_page, false);
    assert.equal(older.pagination.prev_page_cursor, at.uids.at(-1));
    const newer = await page({ direction: 'prev', prev_page_cursor: '7ZZZZZZZZZZZZZZZZZZZZZZZZZ' });
    assert.deepEqual(newer.content, []);
    assert.equal(newer.pagination.has_prev_page, false);
    assert.equal(newer.pagination.next_page_cursor, at.uids[0]);
  });

  test('from another project\'s row shows none of that project', async () => {
    const others = await ownProject(at.service);
    const row = await make(at.service, {}, others);
    for (const direction of ['next', 'prev']) {
      const { content, pagination } = await page({ direction, [`${direction}_page_cursor`]: row.uid });
      const shown = [...uidsOf(content), pagination.next_page_cursor, pagination.prev_page_cursor].filter((uid) => uid !== '');
      assert.deepEqual(shown.filter((uid) => !at.uids.includes(uid)), []);
    }
  });

  describe('asked for what there cannot be', () => {
    for (const value of ['0', '-1', '1001', 'ten', '1.5', '1e2', ' 5', '99999999999999999999'])
      test(`is refused: perPage=${value}`, () => refused({ perPage: value }, 'perPage'));
    for (const value of ['sideways', 'NEXT', 'nextprev'])
      test(`is refused: direction=${value}`, () => refused({ direction: value }, 'direction'));
    for (const value of ['x', NEVER_MADE.slice(1), `${NEVER_MADE}0`, 'ZZZZZZZZZZZZZZZZZZZZZZZZZZ', '01ARZ3NDEKTSV4RRFFQ69G5FA!'])
      for (const direction of ['next', 'prev']) {
        const name = `${direction}_page_cursor`;
        test(`is refused: ${name}=${value}`, () => refused({ direction, [name]: value }, name));
      }
  });

  describe('walked while rows come and go', () => {
    const crowd = async () => {
      const options = await ownProject(at.service);
      return { options, uids: newestFirst(await makeSeveral(at.service, 12, options)) };
    };

    const remove = async (uid, options) =>
      assertEnvelope(await at.service.request('DELETE', at.service.endpointPath({ uid }, options.project), options), 200, /deleted/);

    async function walkDisturbed(direction, { options, uids }, victims) {
      const seen = [];
      const gone = new Set();
      for await (const { content, pagination } of pagesOf(direction, 3, options)) {
        seen.push(...uidsOf(content));
        const left = uids.filter((uid) => !gone.has(uid));
        for (const uid of victims({ shown: uidsOf(content), cursor: pagination[`${direction}_page_cursor`], left })) {
          await remove(uid, options);
          gone.add(uid);
        }
        if (seen.length < 40) await make(at.service, { name: 'a late one' }, options);
      }
      const stayed = uids.filter((uid) => !gone.has(uid));
      assert.ok(gone.size > 0 && stayed.length > 0);
      assert.deepEqual(seen.filter((uid) => stayed.includes(uid)).sort(), [...stayed].sort());
      assert.equal(new Set(seen).size, seen.length, 'a row was shown twice');
      return { seen, gone };
    }

    const someOf = (uids, count) => uids.slice(0, count);
    const kinds = {
      'the row that the cursor names': ({ cursor }) => (cursor === '' ? [] : [cursor]),
      'a row that was shown': ({ shown, left }) => someOf(shown.filter((uid) => left.includes(uid)), 1),
      'the cursor\'s row and both rows beside it': ({ cursor, left }) => {
        const i = left.indexOf(cursor);
        return i < 0 ? [] : left.slice(Math.max(0, i - 1), i + 2);
      },
    };
    for (const [what, victims] of Object.entries(kinds))
      for (const [direction, words] of [['next', 'forwards'], ['prev', 'backwards']])
        test(`${words} shows the rows that stayed exactly once when ${what} is deleted after each page`, async () => {
          await walkDisturbed(direction, await crowd(), victims);
        });

    test('does not show forwards what was deleted before its page came', async () => {
      const { seen, gone } = await walkDisturbed('next', await crowd(), ({ cursor }) => (cursor === '' ? [] : [cursor]));
      assert.deepEqual(seen.filter((uid) => gone.has(uid)), []);
    });

    test('from its end backwards meets the rows that were added meanwhile', async () => {
      const { options, uids } = await crowd();
      const pages = pagesOf('prev', 5, options);
      const first = await pages.next();
      const late = await make(at.service, { name: 'a late one' }, options);
      const rest = await gather(pages);
      assert.deepEqual([first.value.content, ...rest].flat().map(({ uid }) => uid).sort(), [...uids, late.uid].sort());
    });

    test('has no page left when all rows around the cursor are gone', async () => {
      const { options, uids } = await crowd();
      const { pagination } = await page({ perPage: 3 }, options);
      for (const uid of uids.slice(3)) await remove(uid, options);
      const after = await page({ perPage: 3, next_page_cursor: pagination.next_page_cursor }, options);
      assert.deepEqual(after.content, []);
      assert.equal(after.pagination.has_next_page, false);
      assert.equal(after.pagination.prev_page_cursor, uids[2]);
    });
  });
});
