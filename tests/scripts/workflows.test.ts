import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = `${root}.github/workflows/`;
const files = readdirSync(folder);
const lines = files.flatMap((file) =>
  readFileSync(folder + file, 'utf8')
    .split('\n')
    .map((text) => ({ file, text })),
);
/** What stands behind a key of a step. */
const steps = (key: string): string[] =>
  lines.flatMap(({ text }) => new RegExp(`^ +(?:- )?${key}: *(.*)$`).exec(text)?.[1] ?? []);

test('every step runs one npm script or make target that exists', () => {
  const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: Record<string, string> };
  const makefile = readFileSync(`${root}Makefile`, 'utf8');
  const targets = new Set([...makefile.matchAll(/^([a-z-]+):/gm)].map(([, target]) => target));
  const commands = steps('run');
  expect(commands.length).toBeGreaterThan(5);
  const unknown = commands.filter((command) => {
    const [, npm, make] = /^(?:npm run ([a-z:-]+)|make ([a-z-]+))$/.exec(command) ?? [];
    if (npm !== undefined) return !(npm in scripts);
    return make === undefined ? !['npm ci', 'npm test'].includes(command) : !targets.has(make);
  });
  expect(unknown).toEqual([]);
});

test('every action is pinned by its commit', () => {
  const actions = steps('uses');
  expect(actions.length).toBeGreaterThan(files.length);
  expect(actions.filter((action) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(action))).toEqual([]);
});
