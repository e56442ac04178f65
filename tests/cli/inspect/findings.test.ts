import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FINDINGS } from '../../../src/cli/inspect/findings/codes.js';
import { findingsDocument } from './findings-document.js';

test('docs/findings.md is made from the list of codes', async () => {
  // After a change of the list: npx vitest run --project unit tests/cli/inspect/findings.test.ts -u
  await expect(findingsDocument()).toMatchFileSnapshot('../../../docs/findings.md');
});

test('every code is found by some line of the source', () => {
  const folder = new URL('../../../src/cli/inspect/', import.meta.url);
  const source = (readdirSync(folder, { recursive: true }) as string[])
    .filter((name) => name.endsWith('.ts') && !name.endsWith('codes.ts'))
    .map((name) => readFileSync(new URL(name, folder), 'utf8'))
    .join('\n');
  expect(Object.keys(FINDINGS).filter((code) => !source.includes(`'${code}'`))).toEqual([]);
});

test.each(Object.entries(FINDINGS))('%s has a text that ends in a sentence', (_code, { meaning, advice, title }) => {
  expect(meaning).toMatch(/[.)]$/);
  expect(advice).toMatch(/[.?)]$/);
  expect(title).not.toMatch(/\.$/);
});
