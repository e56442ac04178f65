import { describe, expect, test } from 'vitest';
import { libraryText } from '../../../src/cli/bridge/output/library-text.js';
import { mismatchText, silentRefusalText } from '../../../src/rpc/failures.js';
import { checkAccessRules, checkClientKeys } from '../../../src/rpc/access.js';
import { run } from './harness.js';

const KEY = 'x'.repeat(40);

function messageOfThrown(action: () => void): string {
  try {
    action();
  } catch (error) {
    if (error instanceof Error) return error.message;
  }
  throw new Error('nothing was thrown');
}

describe('texts of the library', () => {
  test('name the options of the program', () => {
    const texts = [
      ...([undefined, 'curve', 'plain'] as const).flatMap((used) => [mismatchText(used), silentRefusalText(used)]),
      messageOfThrown(() => {
        checkClientKeys({ mechanism: 'curve', serverKey: 'short' });
      }),
      messageOfThrown(() => {
        checkClientKeys({ mechanism: 'curve', serverKey: KEY, publicKey: 'short', secretKey: KEY });
      }),
      messageOfThrown(() => {
        checkClientKeys({ mechanism: 'curve', serverKey: KEY, publicKey: KEY, secretKey: 'short' });
      }),
      messageOfThrown(() => {
        checkAccessRules({
          security: { mechanism: 'curve', secretKey: KEY, clientKeys: ['short'] },
          allowAddresses: undefined,
        });
      }),
    ].map(libraryText);
    for (const text of texts) expect(text).not.toMatch(/[a-z]Key|the option|KeyPair/);
    expect(texts.filter((text) => text.includes(' --curve-server-key') || text.startsWith('--'))).not.toEqual([]);
  });

  test('leave what a server wrote alone', () => {
    expect(libraryText('KeyError: serverKey')).toBe('KeyError: serverKey');
  });

  test('reach the one who gave a wrong key', async () => {
    const { code, stderr } = await run(['orders', '--curve-server-key', 'short', '--request', 'tcp://127.0.0.1:9']);
    expect(stderr).toMatch(/--curve-server-key is no CURVE key.*"vnpy-bridge keygen"/);
    expect(code).toBe(4);
  });
});
