// Shows that a project's settings are what was set, that none can be set with
// which nothing could be signed, and that later rolls keep to them.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { MOMENT, ULID, assertEnvelope, rolled } from './support/answers.mjs';
import { make, ownProject } from './support/projects.mjs';
import { withService } from './support/suite.mjs';

const MEMBERS = ['created_at', 'default_grace', 'max_grace', 'max_signing_secrets', 'name', 'signature', 'uid', 'updated_at'];
const CEILING = 315_360_000;
const SHA256_HEX = { hash: 'SHA256', encoding: 'hex' };
const SHA512_BASE64 = { hash: 'SHA512', encoding: 'base64' };
const TAKEN = [
  'webhook-id', 'webhook-timestamp', 'webhook-signature', 'content-type', 'content-length', 'transfer-encoding',
  'host', 'connection', 'authorization', 'Webhook-Signature', 'CONTENT-LENGTH', 'WEBHOOK-ID',
];

withService('A project', {}, (at) => {
  before(async () => {
    at.options = await ownProject(at.service, { name: 'the project' });
  });

  const path = (options) => at.service.path(options.project.uid);
  const get = async (options = at.options) =>
    assertEnvelope(await at.service.request('GET', path(options), options), 200, 'Project fetched successfully').data;
  const put = (body, options = at.options) => at.service.request('PUT', path(options), { ...options, body });
  const set = async (body, options) => assertEnvelope(await put(body, options), 202, 'Project updated successfully').data;
  const settled = ({ updated_at, ...others }) => others;

  const refused = async (body, fields, options = at.options) => {
    const asItWas = await get(options);
    const { message, data } = assertEnvelope(await put(body, options), 400, /./);
    assert.deepEqual([...new Set(data.errors.map(({ field }) => field))].sort(), [...fields].sort());
    for (const error of data.errors) assert.ok(message.includes(error.message), error.message);
    assert.deepEqual(await get(options), asItWas);
  };

  const accepted = async (body) => {
    const options = await ownProject(at.service);
    const asItWas = await get(options);
    const data = await set(body, options);
    assert.deepEqual(settled(data), settled({ ...asItWas, ...body, signature: { ...asItWas.signature, ...body.signature } }));
    assert.deepEqual(await get(options), data);
  };

  test('as it is made has the factory settings', async () => {
    const project = await get();
    assert.deepEqual(Object.keys(project).sort(), MEMBERS);
    assert.match(project.uid, ULID);
    assert.match(project.created_at, MOMENT);
    assert.equal(project.updated_at, project.created_at);
    const { uid, created_at, updated_at, ...settings } = project;
    assert.deepEqual(settings, {
      name: 'the project', default_grace: 86_400, max_grace: 31_536_000, max_signing_secrets: 10,
      signature: { header: 'X-Convoy-Signature', versions: [SHA256_HEX] },
    });
  });

  describe('keeps', () => {
    const every = {
      name: 'new 名前 🔑', default_grace: 60, max_grace: 120, max_signing_secrets: 3,
      signature: { header: 'X-Mine', versions: [SHA512_BASE64, SHA256_HEX] },
    };
    for (const [member, value] of Object.entries(every))
      test(`everything else when ${member} alone is set`, () => accepted(member === 'max_grace' ? { max_grace: 90_000 } : { [member]: value }));
    test('everything else when the header alone is set', () => accepted({ signature: { header: 'X-Mine' } }));
    test('everything else when the versions alone are set', () => accepted({ signature: { versions: [SHA512_BASE64] } }));
    test('everything that is set at once', () => accepted(every));

    test('everything when nothing is set, or null, or unknown', async () => {
      const options = await ownProject(at.service);
      const asItWas = settled(await set(every, options));
      const nothing = Object.fromEntries(Object.keys(every).map((name) => [name, null]));
      const bodies = [{}, nothing, { signature: {} }, { signature: { header: null, versions: null } }, { uid: 'x', created_at: 'x', unknown: 1 }];
      for (const body of bodies) assert.deepEqual(settled(await set(body, options)), asItWas);
    });

    test('its date of creation, and is dated when it was changed', async () => {
      const options = await ownProject(at.service);
      const asItWas = await get(options);
      const begun = Date.now();
      const data = await set({ name: 'x' }, options);
      assert.equal(data.created_at, asItWas.created_at);
      assert.ok(begun <= Date.parse(data.updated_at) && Date.parse(data.updated_at) <= Date.now());
    });
  });

  describe('within the bounds', () => {
    const good = {
      'a name of 1 byte': { name: 'x' },
      'a name of 256 bytes': { name: 'é'.repeat(128) },
      'a default_grace of 0': { default_grace: 0 },
      'a default_grace of 1': { default_grace: 1 },
      'a default_grace of max_grace less 1': { default_grace: 31_535_999 },
      'a default_grace of max_grace': { default_grace: 31_536_000 },
      'a max_grace of 0': { max_grace: 0, default_grace: 0 },
      'a max_grace of 1': { max_grace: 1, default_grace: 1 },
      'a max_grace of default_grace': { max_grace: 86_400 },
      'a max_grace of ten years less 1 s': { max_grace: CEILING - 1 },
      'a max_grace of ten years': { max_grace: CEILING },
      'both graces of ten years': { max_grace: CEILING, default_grace: CEILING },
      'a max_signing_secrets of 1': { max_signing_secrets: 1 },
      'a max_signing_secrets of 2': { max_signing_secrets: 2 },
      'a max_signing_secrets of 63': { max_signing_secrets: 63 },
      'a max_signing_secrets of 64': { max_signing_secrets: 64 },
      'a header of 1 character': { signature: { header: 'X' } },
      'a header of 64 characters': { signature: { header: 'x'.repeat(64) } },
      'a header of every character that one may hold': { signature: { header: "!#$%&'*+-.^_`|~09azAZ" } },
      'one version': { signature: { versions: [{ hash: 'SHA512', encoding: 'hex' }] } },
      'four versions': { signature: { versions: [SHA256_HEX, SHA512_BASE64, { hash: 'SHA256', encoding: 'base64' }, { hash: 'SHA512', encoding: 'hex' }] } },
    };
    for (const [what, body] of Object.entries(good)) test(`takes ${what}`, () => accepted(body));

    test('takes SHA256 and hex for what a version does not say', async () => {
      const { signature } = await set({ signature: { versions: [{}, { hash: 'SHA512' }, { encoding: 'base64' }] } }, await ownProject(at.service));
      assert.deepEqual(signature.versions, [SHA256_HEX, { hash: 'SHA512', encoding: 'hex' }, { hash: 'SHA256', encoding: 'base64' }]);
    });
  });

  describe('beyond the bounds', () => {
    const bad = [
      ['an empty name', { name: '' }, 'name'],
      ['a name of 257 bytes', { name: `${'é'.repeat(128)}x` }, 'name'],
      ['a name with a line break', { name: 'a\nb' }, 'name'],
      ['a name with a C1 control', { name: 'a\u0085' }, 'name'],
      ['a default_grace of -1', { default_grace: -1 }, 'default_grace'],
      ['a default_grace above max_grace', { default_grace: 31_536_001 }, 'default_grace'],
      ['a max_grace of -1', { max_grace: -1 }, 'max_grace'],
      ['a max_grace below default_grace', { max_grace: 86_399 }, 'default_grace'],
      ['a max_grace of ten years and 1 s', { max_grace: CEILING + 1 }, 'max_grace'],
      ['a max_signing_secrets of -1', { max_signing_secrets: -1 }, 'max_signing_secrets'],
      ['a max_signing_secrets of 0', { max_signing_secrets: 0 }, 'max_signing_secrets'],
      ['a max_signing_secrets of 65', { max_signing_secrets: 65 }, 'max_signing_secrets'],
      ['an empty header', { signature: { header: '' } }, 'signature.header'],
      ['a header of 65 characters', { signature: { header: 'x'.repeat(65) } }, 'signature.header'],
      ['no version', { signature: { versions: [] } }, 'signature.versions'],
      ['five versions', { signature: { versions: Array(5).fill(SHA256_HEX) } }, 'signature.versions'],
      ['a version that is no object', { signature: { versions: ['SHA256'] } }, 'signature.versions[0]'],
      ['versions that are no list', { signature: { versions: SHA256_HEX } }, 'signature.versions'],
      ['an unknown hash', { signature: { versions: [{ hash: 'MD5' }] } }, 'signature.versions[0].hash'],
      ['a hash in lower case', { signature: { versions: [{ hash: 'sha256' }] } }, 'signature.versions[0].hash'],
      ['an empty hash', { signature: { versions: [{ hash: '' }] } }, 'signature.versions[0].hash'],
      ['an unknown encoding', { signature: { versions: [SHA256_HEX, { encoding: 'base32' }] } }, 'signature.versions[1].encoding'],
    ];
    for (const [what, body, field] of bad) test(`refuses ${what}`, () => refused(body, [field]));

    for (const header of ['X Mine', 'X:Mine', 'X\r\nY', 'X\0', 'Ünïcode', 'X(Y)', '"X"', 'X/Y', 'X,Y', ' X', 'X ', '名'])
      test(`refuses the header ${JSON.stringify(header)}, which is no name of one`, () => refused({ signature: { header } }, ['signature.header']));

    for (const header of TAKEN)
      test(`refuses the header ${header}, which means something else`, () => refused({ signature: { header } }, ['signature.header']));

    const types = [['name', 7], ['default_grace', '60'], ['default_grace', 1.5], ['max_grace', true], ['max_signing_secrets', []], ['signature', 'x']];
    for (const [member, value] of types)
      test(`refuses ${member} given as ${JSON.stringify(value)}`, async () => {
        assertEnvelope(await put({ [member]: value }), 400, new RegExp(`body contains incorrect JSON type for field "${member}"`));
      });

    test('names every failing member at once', async () => {
      const body = { name: '', max_grace: -1, max_signing_secrets: 0, signature: { header: 'a b', versions: [{ hash: 'x', encoding: 'x' }] } };
      await refused(body, ['name', 'max_grace', 'max_signing_secrets', 'signature.header', 'signature.versions[0].hash', 'signature.versions[0].encoding']);
    });

    for (const [what, body, message] of [['an empty body', '', 'body must not be empty'], ['null', 'null', 'body contains incorrect JSON type'], ['a cut body', '{', /badly-formed/]])
      test(`refuses ${what}`, async () => assertEnvelope(await put(body), 400, message));
  });

  describe('holds later rolls', () => {
    const within = async (settings) => {
      const options = await ownProject(at.service);
      const endpoint = await make(at.service, {}, options);
      await set(settings, options);
      return { endpoint, options, roll: (body) => at.service.roll(endpoint, body, options) };
    };

    test('to default_grace, where they state none', async () => {
      for (const grace of [0, 77]) {
        const { secrets } = rolled(await (await within({ default_grace: grace })).roll({}));
        assert.equal(secrets.length, grace === 0 ? 1 : 2);
        if (grace > 0) assert.equal(Date.parse(secrets[0].expires_at) - Date.parse(secrets[1].created_at), grace * 1000);
      }
    });

    test('to max_grace, naming it', async () => {
      const { roll } = await within({ max_grace: 90, default_grace: 90 });
      assertEnvelope(await roll({ expiration: 91 }), 400, /expiration.*\b90\b/);
      rolled(await roll({ expiration: 90 }));
      rolled(await roll({ expiration: 89 }));
    });

    test('to max_signing_secrets', async () => {
      const { roll, options } = await within({ max_signing_secrets: 2 });
      rolled(await roll({ expiration: 60 }));
      assert.equal(assertEnvelope(await roll({ expiration: 60 }), 409, /signing secrets/).data.max_signing_secrets, 2);
      await set({ max_signing_secrets: 3 }, options);
      assert.equal(rolled(await roll({ expiration: 60 })).secrets.length, 3);
    });

    test('and leaves the graces that were given before as they are', async () => {
      const { roll, options, endpoint } = await within({});
      const { secrets } = rolled(await roll({ expiration: 3600 }));
      await set({ max_grace: 0, default_grace: 0, max_signing_secrets: 1 }, options);
      assert.deepEqual((await at.service.fetch(endpoint, options)).secrets, secrets);
    });
  });

  describe('seen with hookrollctl', () => {
    const ofCtl = async ({ project }) => (await at.service.store.json(['project', 'list'])).find(({ uid }) => uid === project.uid);
    const ctlUpdate = ({ project }, ...args) => ['project', 'update', '--project', project.uid, ...args];

    test('is what was set over HTTP', async () => {
      const options = await ownProject(at.service);
      const data = await set({ name: 'over HTTP', max_signing_secrets: 5, signature: { header: 'X-Http', versions: [SHA512_BASE64] } }, options);
      assert.deepEqual(await ofCtl(options), data);
    });

    test('is updated there too, and shown over HTTP at once', async () => {
      const options = await ownProject(at.service);
      const args = ['--name', 'by hand', '--default-grace', '5', '--max-grace', '6', '--max-signing-secrets', '7', '--signature-header', 'X-Ctl', '--signature-versions', 'SHA256:hex,SHA512:base64'];
      const data = await at.service.store.json(ctlUpdate(options, ...args));
      assert.deepEqual(await get(options), data);
      assert.deepEqual([data.name, data.default_grace, data.max_grace, data.max_signing_secrets], ['by hand', 5, 6, 7]);
      assert.deepEqual(data.signature, { header: 'X-Ctl', versions: [SHA256_HEX, SHA512_BASE64] });
      const kept = await at.service.store.json(ctlUpdate(options, '--name', 'again'));
      assert.deepEqual(settled(kept), { ...settled(data), name: 'again' });
    });

    test('is refused what HTTP refuses, and stays as it was', async () => {
      const options = await ownProject(at.service);
      const asItWas = await get(options);
      for (const args of [['--max-signing-secrets', '65'], ['--default-grace', '-1'], ['--signature-header', 'Content-Length'], ['--signature-versions', 'MD5:hex'], ['--name', '']]) {
        const { code, stderr } = await at.service.store.ctl(ctlUpdate(options, ...args));
        assert.equal(code, 4, `${args.join(' ')}: ${stderr}`);
        assert.notEqual(stderr, '');
      }
      assert.deepEqual(await get(options), asItWas);
    });
  });
});
