// transport: how many reads and signatures of an endpoint go through a web server, beside
// answers of the same size to the same requests that nobody decided on.
import { besideEmpty } from './beside_empty.mjs';
import { first, read, rollOften, signJson, signRaw } from './requests.mjs';
import { inWorld, servers } from './world.mjs';

const CLIENTS = 32;

export function transport(options) {
  return inWorld(async (world) => {
    const store = await world.store(1);
    await rollOften(world, store, first, 1);
    return besideEmpty(world, store, {
      servers,
      requests: [read, signRaw, signJson].map((request) => request(store, first)),
      caption: `Reads and signatures (1 KiB, two secrets) at ${CLIENTS} clients`,
      options: { ...options, clients: CLIENTS },
    });
  });
}
