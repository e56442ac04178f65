import { expect, test } from 'vitest';
import { newTotpSecret, totpCode, totpStep } from '../../src/web/auth/totp.js';
import { PASSWORD, startConsole } from './support/console.js';

// RFC 6238, appendix B: the secret is the text 12345678901234567890; the codes are the last six digits of those there.
const SECRET = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

test.each([
  [59, '287082'],
  [1111111109, '081804'],
  [1111111111, '050471'],
  [1234567890, '005924'],
  [2000000000, '279037'],
])('the code of second %i', (second, code) => {
  expect(totpCode(SECRET, second * 1000)).toBe(code);
});

test('a code holds for its step and those beside it, and once', () => {
  const code = totpCode(SECRET, 60_000);
  expect([0, 30_000, 60_000, 90_000, 120_000].map((time) => totpStep(SECRET, code, time))).toEqual([
    ...[undefined, 2, 2, 2, undefined],
  ]);
  expect(totpStep(SECRET, code, 60_000, 2)).toBeUndefined();
  expect(totpStep(SECRET, `${code}0`, 60_000)).toBeUndefined();
  expect(newTotpSecret()).toMatch(/^[A-Z2-7]{32}$/);
});

test('a log-in with it', async () => {
  const time = Date.parse('2026-01-05T00:00:00Z');
  const { ask, origin, users } = await startConsole({ options: { requireTotp: true }, tuning: { now: () => time } });
  const headers = { Origin: origin, 'X-Requested-With': 'vnpy-bridge' };
  const logIn = (more: object, user = 'trader') =>
    ask('POST', '/session', { body: { user, password: PASSWORD, ...more }, headers });
  // Whoever may trade needs one.
  expect((await logIn({})).status).toBe(403);
  expect((await logIn({}, 'viewer')).status).toBe(204);
  await users.set('trader', (before) => ({ role: 'trader', tokens: [], created: '', ...before, totp: SECRET }));
  const asked = await logIn({});
  expect([asked.status, asked.body['totp_required']]).toEqual([401, true]);
  expect((await logIn({ totp: '000000' })).status).toBe(401);
  const totp = totpCode(SECRET, time);
  expect((await logIn({ totp })).status).toBe(204);
  expect((await logIn({ totp })).status).toBe(401);
});
