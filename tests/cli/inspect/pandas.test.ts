import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { fromBase64 } from '../../support/bytes.js';
import { inspect } from './harness.js';

// Tables as real versions of pandas pickle them (python-fixtures/pandas_files.py): each is allowed by its profile and shown as a
// table; what no pandas writes is not.

interface Row {
  readonly case: string;
  readonly protocol: number;
  readonly pandas: readonly string[];
  readonly data: string;
  readonly buffers?: readonly string[];
}

const FILE = new URL('../../../python-fixtures/data/pandas-pickles.jsonl', import.meta.url);
const rows = readFileSync(FILE, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Row);
const byCase = new Map<string, Row[]>();
for (const row of rows) byCase.set(row.case, [...(byCase.get(row.case) ?? []), row]);

interface Report {
  readonly verdict: string;
  readonly findings: readonly { readonly code: string; readonly message: string }[];
}

async function check(data: Uint8Array, profile: string): Promise<Report> {
  const { stdout } = await inspect(['check', '--format', 'json', '--profile', profile], { stdin: data });
  return JSON.parse(stdout) as Report;
}

/** Of kinds that no profile knows. Up to 0.23 periods and intervals are objects. */
function isUnknown({ case: name, pandas }: Row): boolean {
  return name === 'sparse' || (/^(?:periods|intervals)$/.test(name) && pandas.includes('0.23.4'));
}

describe('what real versions of pandas write', () => {
  test.each([...byCase])('%s is allowed by the profile pandas alone', async (_name, pickles) => {
    for (const row of pickles) {
      const { protocol, pandas, data } = row;
      const title = `protocol ${protocol}, pandas ${pandas.join(', ')}`;
      if (isUnknown(row) || row.buffers !== undefined) continue;
      const { verdict, findings } = await check(fromBase64(data), 'pandas');
      const found = findings.filter(({ code }) => !code.startsWith('L'));
      expect([title, verdict, found]).toEqual([title, 'ALLOWED TYPES', []]);
      expect([title, (await check(fromBase64(data), 'numpy')).verdict]).toEqual([title, 'UNKNOWN TYPES']);
    }
  });
});
