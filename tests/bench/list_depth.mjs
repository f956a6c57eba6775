// list_depth: does a page of the list cost more the deeper it lies? The first and
// the last page of one project's endpoints, in turn, in one run.
// usage: node list_depth.mjs [ENDPOINTS] [ROUNDS]
import { startService } from '../integration/support/service.mjs';
import { ascending, machine, quantile, quartiles } from './figures.mjs';

const ENDPOINTS = Number(process.argv[2] ?? 100_000);
const ROUNDS = Number(process.argv[3] ?? 300);
const CLIENTS = 32;
const PER_PAGE = 20;

const milliseconds = (start) => Number(process.hrtime.bigint() - start) / 1e6;

async function fill(service) {
  const oldest = [];
  let made = 0;
  const client = async () => {
    while (made < ENDPOINTS) {
      const number = made++;
      const answer = await service.create({ name: `endpoint ${number}`, url: 'https://example.com/' });
      if (answer.status !== 201) throw new Error(answer.text);
      if (number < PER_PAGE * 4) oldest.push(answer.json().data.uid);
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, client));
  return oldest.sort()[PER_PAGE - 1];
}

async function page(service, cursor) {
  const start = process.hrtime.bigint();
  const query = `perPage=${PER_PAGE}` + (cursor ? `&next_page_cursor=${cursor}` : '');
  const answer = await service.request('GET', `${service.endpointsPath()}?${query}`);
  const time = milliseconds(start);
  const { content, pagination } = answer.json().data;
  if (content.length !== PER_PAGE) throw new Error(`a page of ${content.length}`);
  return { time, last: !pagination.has_next_page };
}

async function measure(service, cursor) {
  const first = [];
  const last = [];
  for (let round = 0; round < ROUNDS; round++) {
    first.push((await page(service)).time);
    const deep = await page(service, cursor);
    if (!deep.last) throw new Error('this is not the last page');
    last.push(deep.time);
  }
  const ratios = first.map((time, i) => last[i] / time);
  return { first: ascending(first), last: ascending(last), ratios };
}

const service = await startService();
try {
  const cursor = await fill(service);
  await measure(service, cursor);
  const { first, last, ratios } = await measure(service, cursor);
  console.log(
    JSON.stringify({
      bench: 'list_depth',
      machine: machine(),
      endpoints: ENDPOINTS,
      rounds: ROUNDS,
      first_page_ms: { p50: quantile(first, 0.5), p95: quantile(first, 0.95) },
      last_page_ms: { p50: quantile(last, 0.5), p95: quantile(last, 0.95) },
      last_over_first: quartiles(ratios),
    }),
  );
} finally {
  await service.stop();
}
