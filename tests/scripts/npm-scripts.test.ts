import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import config from '../../vitest.config.js';

const root = fileURLToPath(new URL('../../', import.meta.url));
const { scripts } = JSON.parse(readFileSync(`${root}package.json`, 'utf8')) as { scripts: Record<string, string> };

test('every npm script runs in cmd and PowerShell too', () => {
  // Variables in front of a command or in it, single quotes, what runs in the background, programs of Linux.
  const posix =
    /(?:^|&& *)[A-Za-z_]+=|\$|'(?=[^"]*(?:"[^"]*"[^"]*)*$)|;|[^&]&[^&]|(?:^|&& *)(?:unshare|rm|cp|mkdir|sh|env) /;
  expect(Object.entries(scripts).filter(([, script]) => posix.test(script))).toEqual([]);
});

test('every mode that an npm script gives to Vitest sets something', () => {
  const modes = Object.values(scripts).flatMap((script) => /vitest run --mode (\S+)/.exec(script)?.[1] ?? []);
  expect([...new Set(modes)].sort()).toEqual(['apps', 'budget', 'fuzz', 'soak', 'soak-apps']);
  for (const mode of modes) {
    const { test: settings } = config({ mode, command: 'serve' });
    expect(Object.keys(settings?.env ?? {}).length, mode).toBeGreaterThan(0);
  }
});
