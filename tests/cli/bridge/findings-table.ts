import { readFileSync } from 'node:fs';

const DOCUMENT = new URL('../../../docs/vnpy-bridge.md', import.meta.url);

/** What `doctor` says of each of its findings, by code, as the document has it. There `…` stands for whatever text. */
export function documentedFindings(): ReadonlyMap<string, RegExp> {
  const text = readFileSync(DOCUMENT, 'utf8');
  const table = /<!-- findings -->\n([\s\S]*?)\n<!-- \/findings -->/.exec(text)?.[1] ?? '';
  const rows = [...table.matchAll(/^\| `([A-Z_]+)` +\| `([^|]+)` +\|/gm)];
  return new Map(rows.map(([, code = '', says = '']) => [code, pattern(says)]));
}

function pattern(says: string): RegExp {
  const parts = says.split('…').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'));
  return new RegExp(parts.join('.*'));
}
