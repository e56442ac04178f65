import { expect, test } from 'vitest';
import { remedy, requireNode } from '../../src/rpc/zeromq/module.js';

test('Bun gets a sentence before zeromq is loaded', () => {
  expect(() => {
    requireNode({ node: '24.3.0', bun: '1.4.5' });
  }).toThrow(
    expect.objectContaining({ code: 'ZEROMQ_UNAVAILABLE', message: expect.stringMatching(/Bun.*1\.4\.5/) as string }),
  );
  expect(() => {
    requireNode({ node: '20.20.2' });
  }).not.toThrow();
});

test('a bundled program is told to leave zeromq out, any other also to rebuild', () => {
  expect(remedy('Dynamic require of "module" is not supported')).toMatch(/--external:zeromq/);
  expect(remedy('Dynamic require of "module" is not supported')).not.toMatch(/rebuild/);
  expect(remedy('No native build was found')).toMatch(/npm rebuild zeromq/);
  expect(remedy("Cannot find package 'zeromq' imported from /app/main.js")).toMatch(
    /^it is not installed.*npm install zeromq/,
  );
});
