/**
 * The version of this package.
 *
 * @module
 */
import { readFileSync } from 'node:fs';

/** As package.json has it. */
export function packageVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { readonly version: string }).version;
}
