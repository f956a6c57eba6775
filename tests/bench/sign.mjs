// sign: what signatures cost the more secrets can sign.
import { besideEmpty } from './beside_empty.mjs';
import { numbered, rollOften, signJson, signRaw } from './requests.mjs';
import { inWorld } from './world.mjs';

const CLIENTS = 8;
const SECRETS = [1, 2, 10];

export function sign(options) {
  return inWorld(async (world) => {
    const store = await world.store(SECRETS.length);
    const requests = [];
    for (const [number, secrets] of SECRETS.entries()) {
      const of = numbered(number);
      await rollOften(world, store, of, secrets - 1);
      requests.push(...[signRaw, signJson].map((request) => request(store, of)).map((asked) => ({ ...asked, name: `${asked.name}, ${secrets}` })));
    }
    return besideEmpty(world, store, {
      servers: ['lighttpd'],
      requests,
      caption: `Signatures (1 KiB) with ${SECRETS.join(', ')} secrets at ${CLIENTS} clients`,
      options: { ...options, clients: CLIENTS },
    });
  });
}
