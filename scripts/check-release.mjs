/**
 * `npm run release:check`: what a release needs that no test of the code can know. Ends with 1 and a sentence for each thing missing.
 * `--root FOLDER` looks at another folder, `--tag TAG` compares the tag that is released.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const { values } = parseArgs({ options: { root: { type: 'string', default: '.' }, tag: { type: 'string' } } });
const { version, repository } = JSON.parse(readFileSync(join(values.root, 'package.json'), 'utf8'));
const changelog = readFileSync(join(values.root, 'CHANGELOG.md'), 'utf8');
const tag = values.tag ?? process.env.GITHUB_REF_NAME;

const missing = [];
if (!/^git\+https:\/\/[^/]+\/[^/]+\/[^/]+\.git$/.test(repository?.url ?? '')) {
  missing.push(
    'package.json does not say where the repository is: add "repository": { "type": "git", "url": "git+https://HOST/OWNER/NAME.git" }.',
  );
}
const heading = changelog.split('\n').find((line) => line.startsWith(`## [${version}] - `));
if (!/ - \d{4}-\d{2}-\d{2}$/.test(heading ?? '')) {
  missing.push(
    `CHANGELOG.md has no dated heading of ${version}: ${heading === undefined ? 'add' : `"${heading}" becomes`} "## [${version}] - YYYY-MM-DD".`,
  );
}
if (tag !== undefined && tag !== `v${version}`) {
  missing.push(
    `The tag is ${tag}, and the version in package.json ${version}: the tag of this version is v${version}.`,
  );
}
for (const sentence of missing) console.error(sentence);
process.exitCode = missing.length > 0 ? 1 : 0;
