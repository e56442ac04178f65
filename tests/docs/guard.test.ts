/** The policies of the documents hold, and name every member that there is. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { readPolicy } from '../../src/guard/policy/read.js';
import { policySchema } from '../../src/guard/policy/schema.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (path: string): string => readFileSync(root + path, 'utf8');
const documents = ['docs/guard.md', 'docs/guard.zh-CN.md'];

function blocks(document: string): string[] {
  return [...read(document).matchAll(/^```.*\n[^]*?^```$/gm)].map(([block]) => block);
}

function policies(document: string): string[] {
  const texts = blocks(document).filter((block) => block.startsWith('```json\n') && block.includes('"principals": {'));
  return texts.map((block) => block.replace(/^```json\n/, '').replace(/```$/, ''));
}

describe.each(documents)('%s', (document) => {
  test('has policies, and the example among them', () => {
    expect(policies(document).length).toBeGreaterThan(2);
    expect(policies(document).map((text) => JSON.parse(text) as unknown)).toContainEqual(
      JSON.parse(read('examples/guard-policy.json')),
    );
  });

  test.each(policies(document).map((text, index) => [index + 1, text] as const))('policy %i holds', (_, text) => {
    expect(readPolicy(text).principals.size).toBeGreaterThan(0);
  });

  test('names every member of a policy', () => {
    const code = [...read(document).matchAll(/`([^`\n]+)`/g)].map(([, found = '']) => found).join(' ');
    const words = new Set(code.split(/[^\w$-]+/));
    expect(memberNames(policySchema()).filter((name) => !words.has(name))).toEqual([]);
  });
});

test('both documents have the same blocks of code', () => {
  const [english = [], chinese = []] = documents.map(blocks);
  expect(chinese).toEqual(english);
});

/** The names of all members in a JSON Schema. */
function memberNames(schema: unknown): string[] {
  if (typeof schema !== 'object' || schema === null) return [];
  if (Array.isArray(schema)) return schema.flatMap(memberNames);
  const { properties = {}, ...rest } = schema as { readonly properties?: Readonly<Record<string, unknown>> };
  return [...Object.keys(properties), ...[...Object.values(properties), ...Object.values(rest)].flatMap(memberNames)];
}
