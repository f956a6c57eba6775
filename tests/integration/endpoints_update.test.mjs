// Shows that an update changes what it names and nothing else, that all that is
// wrong with it is named at once, and that masked values sent back stay what they were.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { assertEnvelope } from './support/answers.mjs';
import { update, updated } from './support/changes.mjs';
import { authentications, everyMember, least, masked } from './support/members.mjs';
import { make } from './support/projects.mjs';
import { leavesTheEndpointAlone, withService } from './support/suite.mjs';

const REDACTED = '[REDACTED]';
const EMAIL = 'please provide a valid email';
const NAME = 'please provide your endpoint name';
const URL = 'please provide a url for your endpoint';
const { oauth2 } = authentications.oauth2;

const others = {
  description: 'another description', owner_id: 'another-owner', support_email: 'other@example.org',
  slack_webhook_url: 'https://hooks.slack.example/other', content_type: 'application/json', advanced_signatures: true,
  http_timeout: 3600, rate_limit: 2147483647, rate_limit_duration: 1, name: 'another name', url: 'http://other.example:1/',
};

const without = (object, ...names) => Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
const compact = (group) => Object.fromEntries(Object.entries(group).filter(([, value]) => value !== null));
const settled = (data) => without(data, 'updated_at');

withService('Updating an endpoint', {}, (at) => {
  const put = (endpoint, body, options) => update(at.service, endpoint, body, options);
  const change = async (endpoint, members, options) => {
    const { name, url } = endpoint;
    return updated(await put(endpoint, { name, url, ...members }, options));
  };
  const complete = (authentication = authentications.oauth2) => make(at.service, { ...everyMember, authentication });

  describe('with some of its members', () => {
    test('keeps every other member, the secrets and the history', async () => {
      const before = await complete();
      await at.service.roll(before, { expiration: 3600 });
      const rolled = await at.service.fetch(before);
      const data = await change(before, {});
      assert.deepEqual(settled(data), settled(rolled));
      assert.ok(data.updated_at >= rolled.updated_at);
      assert.deepEqual(await at.service.fetch(before), data);
      assert.equal((await at.service.store.history(at.service.project, before)).length, 2);
    });

    for (const [member, value] of Object.entries(others))
      test(`changes ${member} alone when it is sent alone`, async () => {
        const before = await complete();
        assert.notEqual(before[member], value);
        const data = await change(before, { [member]: value });
        assert.deepEqual(settled(data), { ...settled(before), [member]: value });
        assert.deepEqual(await at.service.fetch(before), data);
      });

    test('changes all of them at once', async () => {
      const before = await complete();
      assert.deepEqual(settled(await change(before, others)), { ...settled(before), ...others });
    });

    test('ignores members that it does not know or that are not to be set', async () => {
      const before = await complete();
      const ignored = { uid: 'x', project_id: 'x', status: 'paused', secrets: [], created_at: 'x', failure_rate: 9, events: 'x', unknown: {} };
      assert.deepEqual(settled(await change(before, ignored)), settled(before));
    });

    test('keeps the members that are null, as those that are absent', async () => {
      const before = await complete();
      const nothing = Object.fromEntries(Object.keys({ ...everyMember, authentication: 0, secret: 0 }).map((name) => [name, null]));
      assert.deepEqual(settled(await put(before, { ...nothing, ...without(before, 'secrets', 'authentication', 'mtls_client_cert', 'description') }).then(updated)), settled(before));
    });

    test('empties the texts that are empty, and gives factory settings for what cannot be', async () => {
      const before = await complete();
      const empty = { description: '', owner_id: '', support_email: '', slack_webhook_url: '', content_type: '', http_timeout: 0, rate_limit: 0, rate_limit_duration: 0 };
      const data = await change(before, empty);
      const left = without(before, 'owner_id', 'support_email', 'slack_webhook_url');
      assert.deepEqual(settled(data), {
        ...settled(left), description: '', content_type: 'application/json', http_timeout: 10, rate_limit: 0, rate_limit_duration: 0,
      });
    });

    test('is dated after what was before it', async () => {
      const before = await complete();
      const begun = Date.now();
      const data = await change(before, { description: 'x' });
      assert.equal(data.created_at, before.created_at);
      assert.ok(begun <= Date.parse(data.updated_at) && Date.parse(data.updated_at) <= Date.now());
    });
  });

  describe('with an object', () => {
    for (const [from, authentication] of Object.entries(authentications))
      for (const [to, next] of Object.entries(authentications))
        test(`replaces all of ${from} by ${to}`, async () => {
          const endpoint = await complete(authentication);
          const data = await change(endpoint, { authentication: next });
          assert.deepEqual(compact(data.authentication), masked(next, true));
        });

    test('leaves out of the group what it does not hold', async () => {
      const endpoint = await complete();
      const authentication = { type: 'oauth2', oauth2: { url: 'https://other.example/', client_id: 'other' } };
      assert.deepEqual(compact((await change(endpoint, { authentication })).authentication), authentication);
    });

    test('that is empty empties the group', async () => {
      const endpoint = await complete();
      const data = await change(endpoint, { authentication: {}, mtls_client_cert: {} });
      assert.equal(data.authentication, null);
      assert.equal('mtls_client_cert' in data, false);
    });

    test('replaces the certificate and leaves the authentication', async () => {
      const endpoint = await complete();
      const data = await change(endpoint, { mtls_client_cert: { client_cert: 'other', client_key: 'other key' } });
      assert.deepEqual(data.mtls_client_cert, { client_cert: 'other', client_key: REDACTED });
      assert.deepEqual(data.authentication, endpoint.authentication);
    });
  });

  describe('with what a GET has masked', () => {
    for (const [type, authentication] of Object.entries(authentications))
      test(`of ${type} keeps the sealed values, also sent by a key that cannot read them`, async () => {
        const before = await complete(authentication);
        const key = await at.service.store.key(at.service.project, { scopes: 'endpoints:read,endpoints:write' });
        const seen = without(await at.service.fetch(before, { key }), 'secrets');
        assert.deepEqual(compact(seen.authentication), masked(authentication, false));
        const data = updated(await put(before, { ...seen, description: 'sent back' }, { key }));
        assert.deepEqual(compact(data.authentication), masked(authentication, false));
        const now = await at.service.fetch(before);
        assert.deepEqual(settled(now), { ...settled(before), description: 'sent back' });
        assert.deepEqual(compact(now.authentication), masked(authentication, true));
      });

    test('keeps one value while another one beside it changes', async () => {
      const before = await complete();
      const authentication = { type: 'oauth2', oauth2: { ...oauth2, client_secret: REDACTED, signing_key: { ...oauth2.signing_key, d: 'another d', p: REDACTED } } };
      await change(before, { authentication });
      const now = (await at.service.fetch(before)).authentication.oauth2;
      assert.equal(now.client_secret, 'marker-client-secret');
      assert.deepEqual(now.signing_key, { ...oauth2.signing_key, d: 'another d' });
    });

    test('does not become the value where there was none', async () => {
      const plain = await make(at.service);
      for (const authentication of [
        { type: 'api_key', api_key: { header_name: 'X', header_value: REDACTED } },
        { type: 'basic_auth', basic_auth: { username: 'x', password: REDACTED } },
      ])
        assertEnvelope(await put(plain, { ...least, authentication }), 400, /header_value|password/);
      assertEnvelope(await put(plain, { ...least, mtls_client_cert: { client_cert: 'x', client_key: REDACTED } }), 400, /client_key/);
      assert.equal((await at.service.fetch(plain)).authentication, null);
    });

    test('is an ordinary text in a member that is not sealed', async () => {
      const data = await change(await make(at.service), { description: REDACTED });
      assert.equal(data.description, REDACTED);
    });
  });

  leavesTheEndpointAlone(at, 'With something wrong', () => {
    const refused = (what, members, message) =>
      test(`is refused: ${what}`, async () => {
        assertEnvelope(await put(at.endpoint, { ...least, ...members }), 400, message);
      });

    refused('no name', { name: undefined }, NAME);
    refused('a null name', { name: null }, NAME);
    refused('an empty name', { name: '' }, NAME);
    refused('no url', { url: undefined }, URL);
    refused('a null url', { url: null }, URL);
    refused('an empty url', { url: '' }, URL);
    refused('a url that is not http', { url: 'ftp://example.com' }, /\burl\b/);
    refused('a support_email that is none', { support_email: 'x' }, EMAIL);
    refused('an unknown content_type', { content_type: 'text/plain' }, /content_type/);
    refused('half a client certificate', { mtls_client_cert: { client_cert: 'x' } }, /client_key/);
    refused('an authentication of an unknown type', { authentication: { type: 'magic' } }, /authentication\.type/);
    for (const [member, low, high] of [['http_timeout', -1, 3601], ['rate_limit', -1, 2147483648], ['rate_limit_duration', -1, 2147483648]])
      for (const value of [low, high]) refused(`${member} ${value}`, { [member]: value }, new RegExp(`\\b${member}\\b`));
    for (const [member, value] of [['name', 7], ['url', {}], ['http_timeout', '10'], ['advanced_signatures', 1], ['authentication', 'x'], ['mtls_client_cert', []], ['owner_id', true]])
      refused(`${member} given as ${JSON.stringify(value)}`, { [member]: value }, new RegExp(`body contains incorrect JSON type for field "${member}"`));

    for (const secret of ['another secret', 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', REDACTED])
      test(`is refused with the secret ${secret}, naming the roll`, async () => {
        const { message, data } = assertEnvelope(await put(at.endpoint, { ...least, name: 'new', secret }), 400, /\bsecret\b.*\broll/);
        assert.deepEqual(data.errors.map(({ field }) => field), ['secret']);
        assert.ok(message.includes('expire_secret'));
      });

    test('names every failing member at once, in the message and by member', async () => {
      const body = {
        support_email: 'x', content_type: 'text/plain', http_timeout: -1, rate_limit: -1, rate_limit_duration: -1, slack_webhook_url: 'x',
        mtls_client_cert: { client_cert: 'x' }, secret: 'x', owner_id: 'a\n', description: 'x'.repeat(8193),
        authentication: { type: 'oauth2', oauth2: { authentication_type: 'x', expiry_time_unit: 'x' } },
      };
      const { message, data } = assertEnvelope(await put(at.endpoint, body), 400, /./);
      assert.deepEqual(data.errors.map(({ field }) => field).sort(), [
        'authentication.oauth2.authentication_type', 'authentication.oauth2.client_id', 'authentication.oauth2.expiry_time_unit',
        'authentication.oauth2.url', 'content_type', 'description', 'http_timeout', 'mtls_client_cert.client_key', 'name', 'owner_id',
        'rate_limit', 'rate_limit_duration', 'secret', 'slack_webhook_url', 'support_email', 'url',
      ]);
      for (const error of data.errors) assert.ok(message.includes(error.message), error.message);
      for (const words of [NAME, URL, EMAIL]) assert.ok(message.includes(words), words);
    });

    for (const [what, body, message] of [
      ['an empty body', '', 'body must not be empty'],
      ['null', 'null', 'body contains incorrect JSON type'],
      ['a list', '[]', 'body contains incorrect JSON type'],
      ['a body cut short', '{"name":"a","url":', /^body contains badly-formed JSON/],
    ])
      test(`is refused: ${what}`, async () => assertEnvelope(await put(at.endpoint, body), 400, message));

    test('is refused with another Content-Type, and with a body that is too large', async () => {
      assertEnvelope(await put(at.endpoint, least, { headers: { 'Content-Type': 'text/plain' } }), 415, /Content-Type/);
      assertEnvelope(await put(at.endpoint, { ...least, description: 'x'.repeat(5 << 20) }), 413, /4194304/);
    });
  });

  test('that does not exist is answered 404', async () => {
    for (const uid of ['01ARZ3NDEKTSV4RRFFQ69G5FAV', 'not-a-uid'])
      assertEnvelope(await put({ uid }, least), 404, 'Resource not found');
  });

  test('takes the empty secret that the official Go client sends, and leaves the secret', async () => {
    const endpoint = await make(at.service);
    for (const secret of ['', null]) {
      const data = await change(endpoint, { secret });
      assert.deepEqual(data.secrets, endpoint.secrets);
    }
  });
});
