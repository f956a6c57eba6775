// members: an endpoint with every member that the API knows, each value a word of
// its own, and which of them are hidden from whom.
export const url = 'https://example.com/hook';
export const least = { name: 'an endpoint', url };

export const everyMember = {
  name: 'a name',
  url: 'https://user:pass@example.com:8443/a/path?q=1#f',
  description: 'a description\nof two lines',
  owner_id: 'an-owner',
  support_email: 'support@example.com',
  slack_webhook_url: 'https://hooks.slack.example/T/B/X',
  content_type: 'application/x-www-form-urlencoded',
  advanced_signatures: false,
  signature: { order: 'current_first', formats: ['standard'], key_type: 'hmac' },
  http_timeout: 25,
  rate_limit: 100,
  rate_limit_duration: 60,
  mtls_client_cert: { client_cert: 'marker-client-cert', client_key: 'marker-client-key' },
};

export const authentications = {
  api_key: { type: 'api_key', api_key: { header_name: 'X-Api-Key', header_value: 'marker-header-value' } },
  basic_auth: { type: 'basic_auth', basic_auth: { username: 'a user', password: 'marker-password' } },
  oauth2: {
    type: 'oauth2',
    oauth2: {
      audience: 'an audience',
      authentication_type: 'client_assertion',
      client_id: 'a client',
      client_secret: 'marker-client-secret',
      expiry_time_unit: 'minutes',
      field_mapping: { access_token: 'accessToken', expires_in: 'expiresIn', token_type: 'tokenType' },
      grant_type: 'client_credentials',
      issuer: 'an issuer',
      scope: 'a scope',
      signing_algorithm: 'ES256',
      signing_key: {
        crv: 'P-256',
        kid: 'a kid',
        kty: 'EC',
        e: 'AQAB',
        n: 'an n',
        x: 'an x',
        y: 'a y',
        d: 'marker-jwk-d',
        dp: 'marker-jwk-dp',
        dq: 'marker-jwk-dq',
        p: 'marker-jwk-p-',
        q: 'marker-jwk-q-',
        qi: 'marker-jwk-qi',
      },
      subject: 'a subject',
      url: 'https://issuer.example/token',
    },
  },
};

const HIDDEN_FROM_ALL = new Set(['password', 'client_key']);
const HIDDEN_FROM_MOST = new Set(['header_value', 'client_secret', 'd', 'dp', 'dq', 'p', 'q', 'qi']);

export function masked(value, readsSecrets) {
  if (value === null || typeof value !== 'object' || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => {
      const hidden = HIDDEN_FROM_ALL.has(name) || (!readsSecrets && HIDDEN_FROM_MOST.has(name));
      return [name, hidden && typeof inner === 'string' ? '[REDACTED]' : masked(inner, readsSecrets)];
    }),
  );
}

export const sealedValues = (value) =>
  typeof value === 'string'
    ? value.startsWith('marker-') && value !== 'marker-client-cert'
      ? [value]
      : []
    : value !== null && typeof value === 'object'
      ? Object.values(value).flatMap(sealedValues)
      : [];
