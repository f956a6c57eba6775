// list_depth: whether a page of the list costs more the deeper it lies.
import { ratios, summary } from './figures.mjs';
import { load, prepare } from './load.mjs';
import { ask, list, numbered } from './requests.mjs';
import { interleave } from './rounds.mjs';
import * as show from './tables.mjs';
import { inWorld } from './world.mjs';

const ENDPOINTS = 100_000;
const PER_PAGE = 20;

async function pagesOf(port, store) {
  const oldest = numbered(PER_PAGE - 1)(store).split('/').at(-1);
  const pages = [list(store, 'first page', `perPage=${PER_PAGE}`), list(store, 'last page', `perPage=${PER_PAGE}&next_page_cursor=${oldest}`)];
  for (const page of pages) {
    const { content, pagination } = JSON.parse((await ask(port, page)).text).data;
    if (content.length !== PER_PAGE || pagination.has_next_page === (page.name === 'last page'))
      throw new Error(`this is not the ${page.name}`);
  }
  return pages;
}

const columns = {
  '': ({ page }) => page,
  'a second': ({ rate }) => show.rate(rate),
  'p50, p99 ms': show.latencies,
  'over the first': ({ ratio }) => show.ratio(ratio),
};

export function listDepth(options) {
  return inWorld(async (world) => {
    const store = await world.store(ENDPOINTS);
    const { address } = await world.responder(store, undefined, options.settings);
    const port = await world.front('lighttpd', address);
    const pages = await pagesOf(port, store);
    const cases = pages.map((page) => [page.name, prepare(world.dir, page)]);
    const samples = await interleave(
      cases.map(([name, file]) => [name, () => load(port, file, { clients: 1, seconds: options.seconds })]),
      options.rounds,
    );
    const rows = cases.map(([page]) => ({ page, ...summary(samples[page]), ratio: ratios(samples[page], samples['first page']) }));
    const caption = `Pages of ${PER_PAGE} of ${show.whole(ENDPOINTS)} endpoints, one client through lighttpd`;
    return { tables: [{ caption, columns, rows }], samples };
  });
}
