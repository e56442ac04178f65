import { mkdtempSync, rmSync } from 'node:fs';
import type * as Files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { acquireLock } from '../../../src/guard/state/lock.js';

vi.mock('node:fs/promises', async (original) => ({
  ...(await original<typeof Files>()),
  link: () => Promise.reject(Object.assign(new Error('no links here'), { code: 'EPERM' })),
}));

test('a lock on a disk without hard links goes to one of many as well', async () => {
  const path = mkdtempSync(join(tmpdir(), 'lock-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true });
  });
  const results = await Promise.allSettled(Array.from({ length: 20 }, () => acquireLock(path)));
  const [held, ...others] = results.filter((result) => result.status === 'fulfilled');
  expect(others).toEqual([]);
  await held?.value.release();
  await (await acquireLock(path)).release();
});
