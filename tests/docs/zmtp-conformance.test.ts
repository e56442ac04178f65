import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

// A rule whose test has gone, or got another title, is a rule that nothing shows.

const root = fileURLToPath(new URL('../../', import.meta.url));
const page = readFileSync(`${root}docs/zmtp-conformance.md`, 'utf8');
const named = [...page.matchAll(/`([\w/-]+) > ([^`]+)`/g)].map(([, file = '', title = '']) => ({ file, title }));

test('each test that the page on conformance names exists', () => {
  expect(named.length).toBeGreaterThan(50);
  const missing = named.filter(({ file, title }) => {
    const path = `${root}${file.startsWith('interop/') ? '' : 'tests/zmtp/'}${file}.test.ts`;
    return !existsSync(path) || !readFileSync(path, 'utf8').includes(`'${title}'`);
  });
  expect(missing).toEqual([]);
});

test.each(['RFC 23', 'RFC 24', 'RFC 26', 'RFC 28', 'RFC 29', 'RFC 37'])('the page tells of %s', (rfc) => {
  expect(page.split('\n').some((line) => line.startsWith('## ') && line.includes(rfc))).toBe(true);
});
