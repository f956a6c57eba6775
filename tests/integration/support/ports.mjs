// ports: loopback ports that nobody uses now, below those that clients are given.
import { once } from 'node:events';
import net from 'node:net';

const LOWEST = 15_000;
const HIGHEST = 32_000;

async function isFree(port) {
  const server = net.createServer();
  server.listen({ host: '127.0.0.1', port, exclusive: true });
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.close();
  await once(server, 'close');
  return true;
}

export async function freePort() {
  for (let attempt = 0; attempt < 100; attempt++) {
    const port = LOWEST + Math.floor(Math.random() * (HIGHEST - LOWEST));
    if (await isFree(port)) return port;
  }
  throw new Error('no free loopback port was found');
}
