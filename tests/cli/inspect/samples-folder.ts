import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { FILES } from './samples.js';

/** Runs the tests of a file in a folder that has the samples, so that commands name them as they are typed. */
export function inFolderOfSamples(): void {
  let folder: string;
  let before: string;

  beforeAll(() => {
    before = process.cwd();
    folder = mkdtempSync(join(tmpdir(), 'pickle-inspect-'));
    for (const [name, content] of Object.entries(FILES)) writeFileSync(join(folder, name), content);
    process.chdir(folder);
  });

  afterAll(() => {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  });
}
