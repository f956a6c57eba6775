// histories: what must hold of an endpoint's history, whatever was done to it.
import assert from 'node:assert/strict';
import { currentSecret } from './answers.mjs';

export const freshSecrets = (history) => history.map((entry) => entry.new_secret);

export function assertChain(newestFirst, endpoint) {
  const entries = [...newestFirst].reverse();
  assert.equal(entries[0].action, 'created');
  assert.equal(entries[0].ended_secret, null);
  entries.slice(1).forEach((entry, i) => {
    assert.equal(entry.action, 'rolled');
    assert.equal(entry.ended_secret, entries[i].new_secret, `entry ${entry.sequence} does not follow the one before`);
  });
  assert.equal(new Set(freshSecrets(entries)).size, entries.length);
  if (endpoint !== undefined) assert.equal(entries.at(-1).new_secret, currentSecret(endpoint).uid);
}

export function assertSequence(newestFirst) {
  const first = newestFirst.at(-1).sequence;
  newestFirst.forEach((entry, i) => assert.equal(entry.sequence, first + newestFirst.length - 1 - i));
}

export function assertHolds(history, uids) {
  const known = new Set(freshSecrets(history));
  const lost = uids.filter((uid) => !known.has(uid));
  assert.deepEqual(lost, [], `${lost.length} rolls that were answered 200 are not in the history`);
}

export function assertTimesFollow(newestFirst) {
  const early = newestFirst.filter((entry, i) => entry.at < (newestFirst[i + 1]?.at ?? ''));
  assert.deepEqual(
    early.map(({ sequence }) => sequence),
    [],
    'these rolls are dated before the ones they followed',
  );
}
