import { beforeAll, expect, test } from 'vitest';
import { startPeer } from '../index.js';

// Not part of the tests: its first test is to fail, its second one is to be interrupted. See vitest.config.ts beside it.

beforeAll(async () => {
  const peer = await startPeer({ script: 'rpc_server' });
  process.stderr.write(`peer of the file: pid=${peer.pid}\n`);
});

test('fails', async () => {
  const peer = await startPeer({ script: 'vnpy_server' });
  process.stderr.write(`peer of the test: pid=${peer.pid}\n`);
  expect(peer.ready.python).toBe('to fail');
});

test.runIf(process.env['EXAMPLE_HANGS'] === '1')('hangs', async () => {
  const peer = await startPeer({ script: 'vnpy_server' });
  peer.pause();
  process.stderr.write(`peer that is paused: pid=${peer.pid}\nhanging\n`);
  await peer.exited;
});
