/**
 * `npm run chaos -- cluster [--rounds 50] [--vnpy 4.5] [--row TEXT] [--seed N]`: a cluster whose edges, NATS, vnpy and ways are
 * stopped, killed and forged at random moments, row by row of what can cost money.
 *
 * After each round what was told is compared with what vnpy has executed, and with what the edges say of their leases. Without
 * `--vnpy`, both versions take half of the rounds.
 */
import { parseArgs } from 'node:util';
import { playRow, ROWS } from '../../interop/support/money-rows.js';
import type { VnpyVersion } from '../../interop/support/peer.js';

/** Runs it. */
export async function run(args: readonly string[]): Promise<readonly string[]> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '50' },
      vnpy: { type: 'string' },
      row: { type: 'string', default: '' },
      seed: { type: 'string' },
    },
  });
  const rounds = Number(values.rounds);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed))
    throw new TypeError('--rounds and --seed take whole numbers');
  const versions = (values.vnpy === undefined ? ['4.5', '4.4'] : [values.vnpy]) as readonly VnpyVersion[];
  const rows = Object.entries(ROWS).filter(([name]) => name.includes(values.row));
  if (rows.length === 0) throw new TypeError(`no row has ${values.row} in its name: ${Object.keys(ROWS).join(', ')}`);
  const random = randomOf(seed);
  console.log(`seed ${seed}`);
  const faults: string[] = [];
  const table: string[] = [];
  for (const [name, row] of rows) {
    const begun = performance.now();
    const before = faults.length;
    let played = 0;
    for (const [index, vnpy] of versions.entries()) {
      const share =
        Math.floor(((index + 1) * rounds) / versions.length) - Math.floor((index * rounds) / versions.length);
      const found = await playRow(row, {
        ...{ vnpy, rounds: share, random },
        played: (round, { faults: fresh, what }) => {
          played++;
          console.log(`${name.padEnd(28)} ${vnpy} ${String(round).padStart(4)}  ${what}  ${fresh.join('; ')}`);
        },
      });
      faults.push(...found.map((fault) => `${name}: ${fault}`));
    }
    const seconds = Math.round((performance.now() - begun) / 1000);
    table.push(
      `${name.padEnd(28)} ${String(played).padStart(6)} ${String(faults.length - before).padStart(6)} ${String(seconds).padStart(6)} s`,
    );
  }
  console.log(`\n${'row'.padEnd(28)} rounds faults   took`);
  for (const line of table) console.log(line);
  return faults;
}

/** The same numbers for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
