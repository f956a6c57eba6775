// ctl_calls: hookrollctl's commands on the store of a running service.
import assert from 'node:assert/strict';

export function ctlCalls(at) {
  const ctl = (args, input) => at.service.store.ctl(args, input);
  const json = (args, input) => at.service.store.json(args, input);
  const ofProject = (...args) => [...args, '--project', at.service.project.uid];
  const ofEndpoint = (endpoint, ...args) => [...ofProject(...args), '--endpoint', endpoint.uid];

  async function table(args, input) {
    const { code, stdout, stderr } = await ctl(args, input);
    assert.equal(stderr, '');
    assert.equal(code, 0);
    assert.ok(stdout.endsWith('\n'));
    assert.doesNotMatch(stdout, /[\x00-\x09\x0b-\x1f\x7f]/);
    return stdout.slice(0, -1).split('\n');
  }

  return { ctl, json, ofProject, ofEndpoint, table };
}

export function rowOf(lines, word) {
  const found = lines.filter((line) => line.includes(word));
  assert.equal(found.length, 1, `${word} is in ${found.length} rows`);
  return found[0];
}
