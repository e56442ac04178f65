import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { openApi, streamSchema } from '../../src/web/api/documents.js';
import * as routes from '../../src/web/api/routes.js';
import * as schema from '../../src/web/schema/index.js';
import { DOCUMENT, webApi } from '../../scripts/web-api.mjs';

test('docs/web-api.md is as the source has it: npm run docs:web-api', async () => {
  expect(readFileSync(DOCUMENT, 'utf8')).toBe(await webApi(routes, schema));
});

test('openapi.json: an operation for each route, with an id of its own, and schemas that compile', async () => {
  const { paths } = (await openApi()) as { paths: Record<string, Record<string, { operationId: string }>> };
  const operations = Object.values(paths).flatMap((path) => Object.values(path));
  expect(operations).toHaveLength(routes.ROUTES.length);
  expect(new Set(operations.map(({ operationId }) => operationId)).size).toBe(operations.length);
  const stream = (await streamSchema()) as { $defs: Record<string, object> };
  const ajv = new Ajv2020({ strict: false });
  for (const definition of Object.values(stream.$defs)) expect(() => ajv.compile(definition)).not.toThrow();
});

test('the schemas that the page shares need no Node.js', () => {
  const files = ['answers', 'data', 'index', 'problems', 'requests', 'stream'];
  for (const name of files) {
    const text = readFileSync(new URL(`../../src/web/schema/${name}.ts`, import.meta.url), 'utf8');
    expect(text).not.toMatch(/from 'node:/);
    const outside = [...text.matchAll(/from '(\.\.[^']+)'/g)].map(([, path]) => path);
    expect(outside.filter((path) => path !== '../../vnpy/data/public.js')).toEqual([]);
  }
});
