// rounds: variants measured in turn, so that whatever else the machine does meets them all.
export const ROUNDS = 5;
export const SECONDS = 1;

// cases: [name, measure] each. One round that does not count comes first; every other round
// goes backwards, so that nothing always follows the same neighbour.
export async function interleave(cases, rounds) {
  const samples = Object.fromEntries(cases.map(([name]) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    for (const [name, measure] of round % 2 === 0 ? cases : [...cases].reverse()) {
      const sample = await measure();
      if (round > 0) samples[name].push(sample);
    }
  }
  return samples;
}
