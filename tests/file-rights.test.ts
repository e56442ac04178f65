import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import {
  isOfAnother,
  makeOwn,
  modeText,
  othersMayReplaceIn,
  othersMayUse,
  othersMayWrite,
  ownSystem,
  syncFolder,
} from '../src/file-rights.js';

const linux = { platform: 'linux', user: 1000 } as const;
const windows = { platform: 'win32', user: undefined } as const;

test.each([
  [0o600, false, false, false],
  [0o700, false, false, false],
  [0o640, true, false, false],
  [0o604, true, false, false],
  [0o601, true, false, false],
  [0o660, true, true, true],
  [0o602, true, true, true],
  [0o1777, true, true, false],
  [0o1755, true, false, false],
])('%o: others use it %s, write it %s, replace a file in it %s', (mode, use, write, replace) => {
  expect([othersMayUse, othersMayWrite, othersMayReplaceIn].map((may) => may(mode, linux))).toEqual([
    use,
    write,
    replace,
  ]);
  // There the bits say nothing.
  expect([othersMayUse, othersMayWrite, othersMayReplaceIn].map((may) => may(mode, windows))).toEqual([
    false,
    false,
    false,
  ]);
});

test('a file of another user, where users have numbers', () => {
  expect(isOfAnother(1000, linux)).toBe(false);
  expect(isOfAnother(1001, linux)).toBe(true);
  expect(isOfAnother(0, linux)).toBe(true);
  expect(isOfAnother(0, windows)).toBe(false);
});

test('a mode is written as chmod takes it', () => {
  expect(modeText(0o100640)).toBe('640');
});

test('a folder is synced where that can be done, and a file made the own one', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rights-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const file = join(folder, 'file');
  await writeFile(file, '', { mode: 0o644 });
  expect(othersMayUse((await stat(file)).mode)).toBe(ownSystem().platform !== 'win32');
  await makeOwn(file);
  expect(othersMayUse((await stat(file)).mode)).toBe(false);
  await syncFolder(folder);
  await expect(syncFolder(join(folder, 'none'), linux)).rejects.toMatchObject({ code: 'ENOENT' });
  await syncFolder(join(folder, 'none'), windows);
});
