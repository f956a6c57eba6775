// Shows that names and descriptions come back as they went in, in any language
// and with any character, from a GET, a list, an update and hookrollctl.
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { assertEnvelope } from './support/answers.mjs';
import { update, updated } from './support/changes.mjs';
import { least, url } from './support/members.mjs';
import { endpointPage } from './support/pages.mjs';
import { make, ownProject } from './support/projects.mjs';
import { withService } from './support/suite.mjs';

const texts = {
  'Latin with accents': 'Žluťoučký kůň ßẞ ıİ Ångström',
  'Greek and Cyrillic': 'Ελληνικά Русский Українська',
  'Chinese, Japanese and Korean': '简体中文 繁體中文 日本語カナ 한국어',
  'Indic and South-East Asian scripts': 'हिन्दी தமிழ் বাংলা ไทย ខ្មែរ မြန်မာ',
  'Ethiopic, Armenian, Georgian and Cherokee': 'አማርኛ Հայերեն ქართული ᏣᎳᎩ',
  'Arabic and Hebrew': 'العربية עברית',
  'right-to-left marks, embeddings and isolates': '\u200fa\u202eb\u202cc\u2066d\u2069e\u061c',
  'emoji, joined, coloured and flags': '🔑👩‍👩‍👧‍👦👍🏽🇩🇪🏴󠁧󠁢󠁥󠁮󠁧󠁿✌️',
  'characters of four bytes': '𐍈𝒳𠜎\u{1f600}\u{10fffd}',
  'composed and decomposed characters side by side': 'é|e\u0301|Å|Å|ﬁ',
  'a byte order mark and blanks of many kinds': '\ufeff a\u00a0\u2003\u3000\u200b ',
  'noncharacters and the last code point': '\ufffe\uffff\u{1ffff}\u{10ffff}\ufffd',
  'line and paragraph separators': 'a\u2028b\u2029c',
  'quotes, backslashes, slashes and markup': '"\\/\'<script>&amp;</script>%00${x}{{y}}',
  'C1 controls and DEL': 'a\u007f\u0080\u0085\u009fb',
};

const controls = Array.from({ length: 32 }, (_, i) => String.fromCharCode(i)).join('');

withService('A name and a description', {}, (at) => {
  before(async () => {
    at.options = await ownProject(at.service);
  });

  const pick = ({ name, description }) => ({ name, description });

  async function shown(endpoint) {
    const { project } = at.options;
    const ids = ['--project', project.uid, '--endpoint', endpoint.uid];
    const { content } = await endpointPage(at.service, { perPage: 1000 }, at.options);
    const listed = await at.service.store.json(['endpoint', 'list', '--project', project.uid]);
    return {
      get: await at.service.fetch(endpoint, at.options),
      list: content.find(({ uid }) => uid === endpoint.uid),
      ctlGet: await at.service.store.json(['endpoint', 'get', ...ids]),
      ctlList: listed.find(({ uid }) => uid === endpoint.uid),
    };
  }

  async function assertShown(endpoint, expected) {
    for (const [where, seen] of Object.entries(await shown(endpoint))) assert.deepEqual(pick(seen), expected, where);
  }

  for (const [what, text] of Object.entries(texts))
    test(`in ${what} come back as they went in`, async () => {
      const members = { name: `n ${text}`, description: `${text}\n${text}` };
      const endpoint = await make(at.service, members, at.options);
      assert.deepEqual(pick(endpoint), members);
      await assertShown(endpoint, members);
      const turned = { name: members.description.replaceAll('\n', ' '), description: members.name };
      const data = updated(await update(at.service, endpoint, { ...least, ...turned }, at.options));
      assert.deepEqual(pick(data), turned);
      await assertShown(endpoint, turned);
    });

  test('with every control character in the description come back as they went in', async () => {
    const members = { name: 'controls', description: `a${controls}b` };
    assert.ok(members.description.includes('\0'));
    const endpoint = await make(at.service, members, at.options);
    await assertShown(endpoint, members);
  });

  test('of the greatest length come back as they went in', async () => {
    const members = { name: '🔑'.repeat(256), description: '𐍈'.repeat(2048) };
    await assertShown(await make(at.service, members, at.options), members);
  });

  test('made with hookrollctl are the same over HTTP', async () => {
    for (const text of Object.values(texts)) {
      const members = { name: text, description: `${text}\t${text}` };
      const endpoint = await at.service.endpoint(members, at.options.project);
      assert.deepEqual(pick(await at.service.fetch(endpoint, at.options)), members);
    }
  });

  describe('written with JSON escapes', () => {
    const escapes = {
      'a NUL': ['a\\u0000b', 'a\0b'],
      'a slash': ['http:\\/\\/a', 'http://a'],
      'a surrogate pair': ['\\ud83d\\udd11\\uD83D\\uDD11', '🔑🔑'],
      'the short escapes': ['\\"\\\\\\b\\f\\n\\r\\t', '"\\\b\f\n\r\t'],
      'ASCII by number': ['\\u0041\\u005c\\u0022\\u002F', 'A\\"/'],
      'the last of the plane, and the first behind it': ['\\uffff\\ud800\\udc00\\udbff\\udfff', '\uffff\u{10000}\u{10ffff}'],
      'a backslash before a u': ['\\\\u0041', '\\u0041'],
    };
    for (const [what, [escaped, text]] of Object.entries(escapes))
      test(`mean what they say: ${what}`, async () => {
        const endpoint = assertEnvelope(
          await at.service.create(`{"name":"x","url":"${url}","description":"${escaped}"}`, at.options), 201, /created/,
        ).data;
        await assertShown(endpoint, { name: 'x', description: text });
        const body = `{"url":"${url}","name":"n","description":"${escaped}${escaped}"}`;
        updated(await update(at.service, endpoint, body, at.options));
        await assertShown(endpoint, { name: 'n', description: text + text });
      });

    test('may be in the members\' names as well', async () => {
      const body = `{"\\u006eame":"by \\u006eumber","\\u0075rl":"${url.replaceAll('/', '\\/')}"}`;
      const { data } = assertEnvelope(await at.service.create(body, at.options), 201, /created/);
      assert.deepEqual([data.name, data.url], ['by number', url]);
    });
  });

  describe('that could not come back as they went in', () => {
    const bad = {
      'half a surrogate pair': '"\\ud83d"',
      'the other half': '"\\udd11"',
      'the halves the wrong way round': '"\\udd11\\ud83d"',
      'half a pair before another escape': '"\\ud83d\\n"',
      'bytes that are not UTF-8': Buffer.from([0x22, 0xff, 0x22]),
      'an overlong sequence': Buffer.from([0x22, 0xc0, 0x80, 0x22]),
      'a surrogate as UTF-8': Buffer.from([0x22, 0xed, 0xa0, 0x80, 0x22]),
      'a control character that is not escaped': '"a\tb"',
    };
    for (const [what, value] of Object.entries(bad))
      test(`are refused: ${what}`, async () => {
        const body = Buffer.concat([Buffer.from(`{"name":"x","url":"${url}","description":`), Buffer.from(value), Buffer.from('}')]);
        assertEnvelope(await at.service.create(body, at.options), 400, /./);
      });
  });
});
