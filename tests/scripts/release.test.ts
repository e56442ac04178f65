import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, test } from 'vitest';

const script = fileURLToPath(new URL('../../scripts/check-release.mjs', import.meta.url));
const root = mkdtempSync(join(tmpdir(), 'vnpy-bridge-release-'));
afterAll(() => {
  rmSync(root, { recursive: true, force: true });
});

const repository = { type: 'git', url: 'git+https://example.org/owner/vnpy-bridge.git' };

test.each([
  ['everything is there', { version: '1.2.3', repository }, 'v1.2.3', 0, /^$/],
  ['no address of the repository', { version: '1.2.3' }, 'v1.2.3', 1, /^package\.json does not say where.*\n$/],
  [
    'a version without a heading',
    { version: '1.2.5', repository },
    'v1.2.5',
    1,
    /^CHANGELOG\.md has no.* add .*1\.2\.5.*\n$/,
  ],
  ['a heading without a date', { version: '1.2.4', repository }, 'v1.2.4', 1, /^CHANGELOG\.md has no.*unreleased.*\n$/],
  ['the tag of another version', { version: '1.2.3', repository }, 'v1.2.2', 1, /^The tag is v1\.2\.2.*\n$/],
])('a release with %s', (_title, manifest, tag, status, message) => {
  writeFileSync(join(root, 'package.json'), JSON.stringify(manifest));
  writeFileSync(join(root, 'CHANGELOG.md'), '# Changelog\n\n## [1.2.4] - unreleased\n\n## [1.2.3] - 2026-01-05\n');
  const found = spawnSync(process.execPath, [script, '--root', root, '--tag', tag], { encoding: 'utf8' });
  expect(found.stderr).toMatch(message);
  expect(found.status).toBe(status);
});
