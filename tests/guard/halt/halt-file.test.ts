import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { watchHaltFile } from '../../../src/guard/halt/halt-file.js';
import { TestClock } from '../audit/support.js';
import { eventually } from '../../support/patience.js';

function path(): string {
  const folder = mkdtempSync(join(tmpdir(), 'halt-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  return join(folder, 'HALT');
}

async function watched(file: string): Promise<{ clock: TestClock; found: string[]; isThere: () => boolean }> {
  const clock = new TestClock();
  const found: string[] = [];
  const watch = await watchHaltFile(file, clock, (why) => found.push(why));
  onTestFinished(() => {
    watch.close();
  });
  return { clock, found, isThere: () => watch.isThere };
}

describe('a file HALT', () => {
  test('that is there at the start is found, with its first line', async () => {
    const file = path();
    writeFileSync(file, 'fat finger, ask Li\nmore');
    const { found, isThere } = await watched(file);
    expect([found, isThere()]).toEqual([[`there is a file ${file}: fat finger, ask Li`], true]);
  });

  test('that appears is found, once, and again after it was removed', async () => {
    const file = path();
    const { clock, found, isThere } = await watched(file);
    writeFileSync(file, '');
    await eventually(() => {
      clock.advance(1000);
      expect(found).toHaveLength(1);
    });
    rmSync(file);
    await eventually(() => {
      clock.advance(1000);
      expect(isThere()).toBe(false);
    });
    expect(found).toHaveLength(1);
    mkdirSync(file);
    await eventually(() => {
      clock.advance(1000);
      expect(found).toEqual([`there is a file ${file}`, `there is a file ${file}`]);
    });
  });
});
