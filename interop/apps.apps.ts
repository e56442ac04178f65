import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { pythonOf, repositoryRoot, vnpyVersions } from './support/versions.js';

const FULL = { '4.5': '4.5.0', '4.4': '4.4.0', '4.0': '4.0.0', '3.9': '3.9.4' } as const;

test.each(vnpyVersions())('the committed facts are those of the applications installed beside vnpy %s', (version) => {
  const fixtures = join(repositoryRoot(), 'python-fixtures');
  const { stdout, status } = spawnSync(pythonOf(version), [join(fixtures, 'dump_apps.py'), '--definitions'], {
    encoding: 'utf8',
  });
  expect(status).toBe(0);
  const path = join(fixtures, 'data', `vnpy-apps-${FULL[version]}.json`);
  const committed = JSON.parse(readFileSync(path, 'utf8')) as { samples?: unknown };
  delete committed.samples;
  expect(JSON.parse(stdout)).toEqual(committed);
});
