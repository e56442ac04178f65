import { expect, test } from 'vitest';
import { secretsRemover } from '../../../src/cli/bridge/service/secrets.js';
import { makeUserKey } from '../../../src/cluster/admin/keys.js';

const clean = secretsRemover(['open "sesame"', 'abc', 'longer than open "sesame"']);

/** As a line leaves. */
const line = (msg: string): string =>
  (JSON.parse(clean(JSON.stringify({ level: 'info', msg }))) as { msg: string }).msg;

test.each([
  ['a secret of an option, as it stands in JSON', 'say open "sesame" twice', 'say *** twice'],
  ['the longer one of two', 'longer than open "sesame"', '***'],
  ['a seed of NATS', `key ${makeUserKey().seed}!`, 'key ***!'],
  ['a token of the console', `token vb_${'a'.repeat(43)}`, 'token ***'],
  ['a password in an address', 'nats://me:pw@10.0.0.1:4222 is away', 'nats://***@10.0.0.1:4222 is away'],
  ['a key in a query', 'https://x/robot?access_token=1a2b&k=1', 'https://x/robot?access_token=***&k=1'],
  ['a password in a setting', "{'password': 'pw', 'user': 'me'}", "{'password': '***', 'user': 'me'}"],
  ['a password in JSON', '{"password": "p\\"w", "user": 1}', '{"password": "***\\"w", "user": 1}'],
  ['the key of a webhook', 'open.feishu.cn/open-apis/bot/v2/hook/1a2b-3c', 'open.feishu.cn/open-apis/bot/v2/hook/***'],
])('%s is taken out, and the line stays JSON', (_what, text, expected) => {
  expect(line(text)).toBe(expected);
});

test.each([
  'order RPC.1 of the key vb-1a2b was sent',
  'abc is too short a secret to be looked for',
  'signal: 3, keys 4, UABC is a public key',
  'tcp://127.0.0.1:2014 answers',
])('%s: stays', (text) => {
  expect(line(text)).toBe(text);
});
