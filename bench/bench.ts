/**
 * The entry of `npm run bench`.
 *
 *     npm run bench                    every benchmark
 *     npm run bench -- pickle          bench/pickle.ts
 *     npm run bench -- pickle tick     only its lines whose name contains `tick`
 *     npm run bench -- --rounds 5 …    fewer rounds (default 15)
 *     npm run bench -- --cpu …         CPU time instead of elapsed time, for a machine that is busy otherwise
 *     npm run bench -- --full web      what takes an hour, whole
 *
 * Each file of this folder is a benchmark that exports `run`; what they share lies in support/.
 */
import { readdirSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { exitBySignal } from '../interop/support/children.js';
import type { Benchmark } from './support/report.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '15' },
    cpu: { type: 'boolean', default: false },
    full: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds);
if (!Number.isInteger(rounds) || rounds < 1) throw new TypeError(`--rounds ${values.rounds} is not a positive integer`);

const names = readdirSync(import.meta.dirname)
  .filter((file) => file.endsWith('.js') && file !== 'bench.js')
  .map((file) => file.slice(0, -'.js'.length));
const [wanted, ...filters] = positionals;
const chosen = wanted === undefined ? names : names.filter((name) => name === wanted);
if (chosen.length === 0) throw new TypeError(`There is no benchmark '${wanted ?? ''}', only ${names.join(', ')}`);

exitBySignal();
for (const name of chosen) {
  const benchmark = (await import(`./${name}.js`)) as Benchmark;
  await benchmark.run({ rounds, filters, clock: values.cpu ? 'cpu' : 'elapsed', full: values.full });
}
