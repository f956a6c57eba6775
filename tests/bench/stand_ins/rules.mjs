// rules: what the Node stand-in knows of API keys, uids and secrets.
import { createHash, randomBytes } from 'node:crypto';

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

function digits(number, count) {
  let text = '';
  for (let i = 0; i < count; i++, number = Math.floor(number / 32)) text = ALPHABET[number % 32] + text;
  return text;
}

export const uid = (now = Date.now()) => digits(now, 10) + [...randomBytes(16)].map((byte) => ALPHABET[byte % 32]).join('');
export const numbered = (begin, number) => begin + digits(number, 6);
export const digest = (secret) => createHash('sha256').update(secret).digest();
export const newSecret = () => `whsec_${randomBytes(24).toString('base64')}`;
