// Shows what making an endpoint takes and gives: every member, what is hidden of
// them from whom, and that all that is wrong is named at once.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { GENERATED, MOMENT, ULID, assertEnvelope, assertSecrets, currentSecret, rolled } from './support/answers.mjs';
import { authentications, everyMember, least, masked } from './support/members.mjs';
import { withService } from './support/suite.mjs';

const EMAIL = 'please provide a valid email';
const NAME = 'please provide your endpoint name';
const URL = 'please provide a url for your endpoint';

const ALWAYS = [
  'advanced_signatures',
  'authentication',
  'content_type',
  'created_at',
  'deleted_at',
  'description',
  'failure_rate',
  'http_timeout',
  'name',
  'project_id',
  'rate_limit',
  'rate_limit_duration',
  'secrets',
  'signature',
  'status',
  'uid',
  'updated_at',
  'url',
];

const withoutNulls = (group) => Object.fromEntries(Object.entries(group).filter(([, value]) => value !== null));

const shown = (data, members) => ({
  ...Object.fromEntries(Object.keys(members).map((name) => [name, data[name]])),
  authentication: withoutNulls(data.authentication),
});

withService('Creating an endpoint', {}, (at) => {
  const create = async (body, options) => {
    const answer = await at.service.create(body, options);
    return assertEnvelope(answer, 201, 'Endpoint created successfully').data;
  };

  const pick = (data, members) => Object.fromEntries(Object.keys(members).map((name) => [name, data[name]]));

  describe('with name and url alone', () => {
    test('has exactly the members that are always there, at their factory settings', async () => {
      const data = await create(least);
      assert.deepEqual(Object.keys(data).sort(), ALWAYS);
      assert.match(data.uid, ULID);
      assert.equal(data.project_id, at.service.project.uid);
      assert.match(data.created_at, MOMENT);
      assert.equal(data.updated_at, data.created_at);
      assertSecrets(data.secrets);
      assert.equal(data.secrets.length, 1);
      assert.match(data.secrets[0].value, GENERATED);
      assert.deepEqual(pick(data, { ...least, description: 0, content_type: 0, authentication: 0, status: 0 }), {
        ...least,
        description: '',
        content_type: 'application/json',
        authentication: null,
        status: 'active',
      });
      const settings = {
        advanced_signatures: true,
        signature: { order: 'oldest_first', formats: ['convoy', 'standard'], key_type: 'hmac' },
        http_timeout: 10,
        rate_limit: 0,
        rate_limit_duration: 0,
        failure_rate: 0,
        deleted_at: null,
      };
      assert.deepEqual(pick(data, settings), settings);
    });

    test('is the same in a GET', async () => {
      const data = await create(least);
      assert.deepEqual(await at.service.fetch(data), data);
    });

    test('is the same with every other member null or empty', async () => {
      const empty = {
        secret: '',
        owner_id: '',
        description: '',
        support_email: '',
        slack_webhook_url: '',
        content_type: '',
        http_timeout: 0,
        authentication: {},
        mtls_client_cert: { client_cert: '', client_key: '' },
      };
      const nothing = Object.fromEntries(
        Object.keys({ ...everyMember, secret: 0, authentication: 0 }).map((name) => [name, null]),
      );
      for (const others of [empty, nothing]) {
        const data = await create({ ...others, ...least });
        assert.deepEqual(Object.keys(data).sort(), ALWAYS);
        assert.equal(data.http_timeout, 10);
        assert.equal(data.content_type, 'application/json');
        assert.equal(data.advanced_signatures, true);
        assert.match(data.secrets[0].value, GENERATED);
      }
    });
  });

  describe('with every member', () => {
    for (const [type, authentication] of Object.entries(authentications))
      test(`and ${type} keeps them, hiding what each key may not see`, async () => {
        const members = { ...everyMember, authentication };
        const scopes = 'endpoints:write,endpoints:read,secrets:roll';
        const blind = await at.service.store.key(at.service.project, { scopes });
        const seen = masked(members, true);
        const unseen = masked(members, false);
        const data = await create(members);
        assert.deepEqual(shown(data, members), seen);
        assert.deepEqual(shown(await create(members, { key: blind }), members), unseen);
        assert.deepEqual(shown(await at.service.fetch(data), members), seen);
        assert.deepEqual(shown(await at.service.fetch(data, { key: blind }), members), unseen);
        assert.deepEqual(shown(rolled(await at.service.roll(data, { expiration: 0 })), members), seen);
        assert.deepEqual(
          shown(rolled(await at.service.roll(data, { expiration: 0 }, { key: blind })), members),
          unseen,
        );
      });

    test('only those appear that were given', async () => {
      const data = await create({ ...least, owner_id: 'o', support_email: 'a@b.example' });
      assert.deepEqual(Object.keys(data).sort(), [...ALWAYS, 'owner_id', 'support_email'].sort());
    });
  });

  describe('with a secret', () => {
    test('takes it exactly', async () => {
      assert.equal(currentSecret(await create({ ...least, secret: '  §ecret 🔑 ' })).value, '  §ecret 🔑 ');
    });

    test('shows it to the one who made it, and hides it afterwards from a key that may not read secrets', async () => {
      const key = await at.service.store.key(at.service.project, { scopes: 'endpoints:write,endpoints:read' });
      const data = await create({ ...least, secret: 'mine' }, { key });
      assert.equal(currentSecret(data).value, 'mine');
      assert.equal(currentSecret(await at.service.fetch(data, { key })).value, '[REDACTED]');
    });

    for (const [what, secret] of Object.entries({
      'of 257 bytes': 'x'.repeat(257),
      'with a NUL': 'a\0',
      'with a line break': 'a\n',
      'that stands for one in a masked answer': '[REDACTED]',
      'that is a public key': 'whpk_1SiA4o9hyqTCpIqC5V9HUakiiaeACeqfZTInDBbOir4=',
    }))
      test(`${what} is refused`, async () => {
        assertEnvelope(await at.service.create({ ...least, secret }), 400, /secret/);
      });
  });

  describe('with something wrong', () => {
    const refused = (what, members, message) =>
      test(`is refused: ${what}`, async () => {
        assertEnvelope(await at.service.create({ ...least, ...members }), 400, message);
      });
    const { oauth2 } = authentications.oauth2;

    refused('no name', { name: undefined }, NAME);
    refused('an empty name', { name: '' }, NAME);
    refused('a null name', { name: null }, NAME);
    refused('no url', { url: undefined }, URL);
    refused('an empty url', { url: '' }, URL);
    for (const bad of [
      'example.com',
      '/hook',
      'ftp://example.com',
      'http:',
      'http://',
      'https:///path',
      'http://:80',
      'javascript:alert(1)',
      'http://a b/',
      'http://a:port/',
      'http://a:70000/',
    ])
      refused(`the url ${bad}`, { url: bad }, /\burl\b/);
    for (const bad of ['x', 'a@', '@b', 'a b@c', 'a@b@c', 'a@b\n'])
      refused(`the support_email ${JSON.stringify(bad)}`, { support_email: bad }, EMAIL);
    refused('an unknown content_type', { content_type: 'text/plain' }, /content_type/);
    refused('half a client certificate', { mtls_client_cert: { client_cert: 'x' } }, /client_key/);
    refused('the other half of one', { mtls_client_cert: { client_key: 'x' } }, /client_cert/);
    refused('a name of 2,000 bytes', { name: 'x'.repeat(2000) }, /\bname\b/);
    refused('a negative http_timeout', { http_timeout: -1 }, /http_timeout/);
    refused('a negative rate_limit', { rate_limit: -1 }, /rate_limit/);
    refused('an authentication of an unknown type', { authentication: { type: 'magic' } }, /authentication/);
    refused(
      'an api_key without its value',
      { authentication: { type: 'api_key', api_key: { header_name: 'X' } } },
      /header_value/,
    );
    refused(
      'a header name with a line break',
      { authentication: { type: 'api_key', api_key: { header_name: 'X\r\nY', header_value: 'z' } } },
      /header_name/,
    );
    refused(
      'a header value with a line break',
      { authentication: { type: 'api_key', api_key: { header_name: 'X', header_value: 'z\r\nY: z' } } },
      /header_value/,
    );
    refused(
      'an unknown oauth2 authentication_type',
      { authentication: { type: 'oauth2', oauth2: { ...oauth2, authentication_type: 'x' } } },
      /authentication_type/,
    );
    for (const [member, value] of [
      ['name', 7],
      ['url', ['x']],
      ['http_timeout', '10'],
      ['http_timeout', 1.5],
      ['advanced_signatures', 'yes'],
      ['signature', 'convoy'],
      ['authentication', 'x'],
      ['secret', 7],
      ['mtls_client_cert', []],
    ])
      refused(
        `${member} given as ${JSON.stringify(value)}`,
        { [member]: value },
        new RegExp(`body contains incorrect JSON type for field "${member}"`),
      );

    test('names everything that is wrong at once, in the message and by member', async () => {
      const body = {
        name: '',
        url: '',
        support_email: 'x',
        content_type: 'text/plain',
        http_timeout: -1,
        rate_limit: -1,
        rate_limit_duration: -1,
        mtls_client_cert: { client_cert: 'x' },
        secret: 'x'.repeat(257),
      };
      const { message, data } = assertEnvelope(await at.service.create(body), 400, /./);
      const named = data.errors.map(({ field }) => field).sort();
      assert.deepEqual(named, [
        'content_type',
        'http_timeout',
        'mtls_client_cert.client_key',
        'name',
        'rate_limit',
        'rate_limit_duration',
        'secret',
        'support_email',
        'url',
      ]);
      for (const error of data.errors) assert.ok(message.includes(error.message), error.message);
      for (const words of [NAME, URL, EMAIL]) assert.ok(message.includes(words), words);
    });

    for (const [what, body, message] of [
      ['an empty body', '', 'body must not be empty'],
      ['null', 'null', 'body contains incorrect JSON type'],
      ['a body cut short', '{"name":', /^body contains badly-formed JSON/],
      ['a member given twice', '{"name":"a","url":"http://a","name":"b"}', /^body contains badly-formed JSON/],
      ['a NUL within a value', Buffer.from('{"name":"a\0","url":"http://a"}'), /^body contains badly-formed JSON/],
    ])
      test(`is refused: ${what}`, async () => assertEnvelope(await at.service.create(body), 400, message));

    test('leaves no endpoint behind', async () => {
      const names = await at.service.store.json(['endpoint', 'list', '--project', at.service.project.uid]);
      const before = names.length;
      assertEnvelope(await at.service.create({ ...least, url: 'x' }), 400, /url/);
      assertEnvelope(await at.service.create({ ...least, secret: 'x'.repeat(257) }), 400, /secret/);
      assert.equal(
        (await at.service.store.json(['endpoint', 'list', '--project', at.service.project.uid])).length,
        before,
      );
    });

    test('is refused without a key, and with a body that is too large or not JSON by its type', async () => {
      assertEnvelope(await at.service.create(least, { key: null }), 401, 'Authentication required');
      assertEnvelope(await at.service.create({ ...least, description: 'x'.repeat(5 << 20) }), 413, /4194304/);
      assertEnvelope(
        await at.service.create(least, { headers: { 'Content-Type': 'text/plain' } }),
        415,
        /Content-Type/,
      );
    });
  });

  test('begins its history', async () => {
    const data = await create(least, {});
    const [entry, ...others] = await at.service.store.history(at.service.project, data);
    assert.deepEqual(others, []);
    assert.equal(entry.new_secret, data.secrets[0].uid);
    assert.equal(entry.ended_secret, null);
    assert.equal(entry.key_id, at.service.key.uid);
  });
});
