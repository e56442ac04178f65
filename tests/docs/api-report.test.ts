import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as all from 'vnpy-bridge';
import * as rpc from 'vnpy-bridge/rpc';
import * as vnpy from 'vnpy-bridge/vnpy';
import { expect, test } from 'vitest';

test('the public API is the one of the committed reports', async () => {
  const script = fileURLToPath(new URL('../../scripts/api-report.mjs', import.meta.url));
  const checked = promisify(execFile)(process.execPath, [script, '--check']);
  await expect(checked.catch((error: unknown) => String(error))).resolves.toEqual({ stdout: '', stderr: '' });
});

test("the entry 'vnpy-bridge' has what those of rpc and vnpy have, and the base of all errors", () => {
  const names = new Set([...Object.keys(rpc), ...Object.keys(vnpy), 'BridgeError']);
  expect(Object.keys(all).sort()).toEqual([...names].sort());
});
