/** The documents of the console have a policy that holds, name every option of it, and have the same code. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { WEB_USER } from '../../src/cli/bridge/commands/web-user.js';
import { web } from '../../src/cli/bridge/commands/web.js';
import { readPolicy } from '../../src/guard/policy/read.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(root + path, 'utf8');
const documents = ['docs/web.md', 'docs/web.zh-CN.md'];

function blocks(document: string): string[] {
  return [...read(document).matchAll(/^```.*\n[^]*?^```$/gm)].map(([block]) => block);
}

describe.each(documents)('%s', (document) => {
  test('has one policy, and it knows users of the console', () => {
    const policies = blocks(document).filter((block) => block.startsWith('```json\n'));
    const [policy = ''] = policies.map((block) => block.replace(/^```json\n/, '').replace(/```$/, ''));
    expect(policies.length).toBe(1);
    const users = [...readPolicy(policy).principals.values()].map(({ webUser }) => webUser);
    expect(users).toEqual(['alice', 'bob']);
  });

  test('names every option that only the console has', () => {
    const names = [web, ...WEB_USER].flatMap(({ options }) => options.map(({ name }) => name));
    const own = names.filter((name) => name.startsWith('web-') || ['role', 'token', 'replay', 'guard'].includes(name));
    expect(own.length).toBeGreaterThan(10);
    expect(own.filter((name) => !read(document).includes(`--${name}`))).toEqual([]);
  });

  test('names every command that keeps users', () => {
    expect(WEB_USER.map(({ name }) => name).filter((name) => !read(document).includes(`vnpy-bridge ${name} `))).toEqual(
      [],
    );
  });
});

test('both documents have the same blocks of code', () => {
  const [english = [], chinese = []] = documents.map(blocks);
  expect(english.length).toBeGreaterThan(10);
  expect(chinese).toEqual(english);
});
