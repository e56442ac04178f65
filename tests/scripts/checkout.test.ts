import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));

test('every file is checked out with LF or as the bytes it is, whatever core.autocrlf says', () => {
  const listed = execFileSync('git', ['-c', 'core.autocrlf=true', 'ls-files', '--eol'], {
    cwd: root,
    encoding: 'utf8',
  });
  const lines = listed.split('\n').filter((line) => line !== '');
  expect(lines.length).toBeGreaterThan(500);
  // What Git stores, what it would do at a checkout.
  const kept = /^i\/(?:(?:lf|none) .* attr\/text=auto eol=lf|(?:-text|) .* attr\/-text) *\t/;
  expect(lines.filter((line) => !kept.test(line))).toEqual([]);
});
