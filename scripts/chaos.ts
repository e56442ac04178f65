/**
 * Breaks things at random moments, and looks whether what must hold still holds.
 *
 *     npm run chaos -- guard                  a guarded relay is killed a hundred times
 *     npm run chaos -- guard --rounds 30      with the options of scripts/chaos/guard.ts
 *     npm run chaos -- cluster                what can cost money in a cluster, fifty rounds of each
 *
 * Each file of scripts/chaos/ is one, and exports `run`. Exit code 1 when there was a fault, 2 for wrong usage.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { exitBySignal } from '../interop/support/children.js';

/** What a file of chaos/ exports. */
export interface Chaos {
  /** @returns what was wrong, in words; nothing where nothing was. */
  run(args: readonly string[]): Promise<readonly string[]>;
}

const names = readdirSync(join(import.meta.dirname, 'chaos'))
  .filter((file) => file.endsWith('.js'))
  .map((file) => file.slice(0, -'.js'.length));
const [name = '', ...args] = process.argv.slice(2);
if (!names.includes(name)) {
  console.error(`chaos: say which: npm run chaos -- NAME; there are ${names.join(', ')}`);
  process.exit(2);
}
exitBySignal();
const chaos = (await import(`./chaos/${name}.js`)) as Chaos;
const faults = await chaos.run(args);
for (const fault of faults) console.log(`FAULT: ${fault}`);
console.log(faults.length === 0 ? 'no fault' : `${faults.length} FAULTS`);
process.exitCode = faults.length === 0 ? 0 : 1;
