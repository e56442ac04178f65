/**
 * Sets up what a clone of this repository needs, on Linux, macOS and Windows alike. Nothing has to be installed before.
 *
 *     node scripts/setup.mjs            packages, build and Python peers
 *     node scripts/setup.mjs build      a part of it
 *
 * @module
 */
import process from 'node:process';
import { SetupError } from './setup/run.mjs';
import { PARTS, setUp } from './setup/steps.mjs';

try {
  const parts = process.argv.slice(2);
  const unknown = parts.find((part) => !PARTS.includes(part));
  if (unknown !== undefined) throw new SetupError(`there is no part '${unknown}': say ${PARTS.join(', ')}`);
  setUp(parts.length > 0 ? parts : ['all']);
} catch (error) {
  if (!(error instanceof SetupError)) throw error;
  console.error(`setup: ${error.message}`);
  process.exitCode = 1;
}
