import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pythonOf, repositoryRoot } from './support/index.js';

const fixtures = join(repositoryRoot(), 'python-fixtures');

test.each([
  ['4.5', '4.5.0'],
  ['4.4', '4.4.0'],
] as const)('the committed schema of vnpy %s is what the installed package says', (vnpy, version) => {
  const printed = execFileSync(pythonOf(vnpy), [join(fixtures, 'dump_vnpy_schema.py')], { encoding: 'utf8' });
  const committed = readFileSync(join(fixtures, 'data', `vnpy-schema-${version}.json`), 'utf8');
  // The fix is `python python-fixtures/dump_vnpy_schema.py > ...`, and then whatever tests/vnpy/schema.test.ts asks for.
  expect(JSON.parse(printed)).toEqual(JSON.parse(committed));
});
