// rounds: variants measured in turn, so that whatever else the machine does meets them all.
import { seeded } from '../integration/support/random.mjs';

export const ROUNDS = 5;
export const SECONDS = 1;

function shuffled(cases, random) {
  const order = [...cases];
  for (let last = order.length - 1; last > 0; last--) {
    const other = Math.floor(random() * (last + 1));
    [order[last], order[other]] = [order[other], order[last]];
  }
  return order;
}

// cases: [name, measure] each. One round that does not count comes first. Every round has an
// order of its own: what follows a load that writes finds the disk busier than what does not.
export async function interleave(cases, rounds) {
  const samples = Object.fromEntries(cases.map(([name]) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, measure] of shuffled(cases, seeded(round))) {
      const sample = await measure();
      if (round > 0) samples[name].push(sample);
    }
  }
  return samples;
}
