/**
 * `npm run chaos -- cluster [--rounds 50] [--vnpy 4.5] [--row TEXT] [--seed N] [--kills 1000]`: a cluster whose edges, NATS, vnpy and ways are
 * stopped, killed and forged at random moments, row by row of what can cost money.
 *
 * After each round what was told is compared with what vnpy has executed, and with what the edges say of their leases. Without
 * `--vnpy`, both versions take half of the rounds. The storm of kills plays on edges in memory, with a clock of their own: as
 * processes, a thousand of them would take hours.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { playRow, ROWS } from '../../interop/support/money-rows.js';
import type { VnpyVersion } from '../../interop/support/peer.js';
import { repositoryRoot } from '../../interop/support/versions.js';
import { seededRandom } from '../../tests/support/bytes.js';

/** Runs it. */
export async function run(args: readonly string[]): Promise<readonly string[]> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '50' },
      vnpy: { type: 'string' },
      row: { type: 'string', default: '' },
      seed: { type: 'string' },
      kills: { type: 'string', default: '1000' },
    },
  });
  const rounds = Number(values.rounds);
  const seed = Number(values.seed ?? Math.floor(Math.random() * 2 ** 31));
  if (!Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed))
    throw new TypeError('--rounds and --seed take whole numbers');
  const versions = (values.vnpy === undefined ? ['4.5', '4.4'] : [values.vnpy]) as readonly VnpyVersion[];
  const rows = Object.entries(ROWS).filter(([name]) => name.includes(values.row));
  const isStormy = STORM.includes(values.row);
  if (rows.length === 0 && !isStormy)
    throw new TypeError(`no row has ${values.row} in its name: ${[...Object.keys(ROWS), STORM].join(', ')}`);
  const random = seededRandom(seed);
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
    table.push(tableLine(name, played, faults.length - before, seconds));
  }
  if (isStormy) {
    const begun = performance.now();
    const isClean = await storm(values.kills);
    if (!isClean) faults.push(`${STORM}: see above`);
    const seconds = Math.round((performance.now() - begun) / 1000);
    table.push(tableLine(STORM, values.kills, isClean ? 0 : 1, seconds));
  }
  console.log(`\n${'row'.padEnd(28)} rounds faults   took`);
  for (const line of table) console.log(line);
  return faults;
}

const STORM = 'storm of kills';

function tableLine(name: string, rounds: number | string, faults: number, seconds: number): string {
  return `${name.padEnd(28)} ${String(rounds).padStart(6)} ${String(faults).padStart(6)} ${String(seconds).padStart(6)} s`;
}

/** @returns whether all was as it must be. */
async function storm(kills: string): Promise<boolean> {
  const vitest = join(repositoryRoot(), 'node_modules', 'vitest', 'vitest.mjs');
  const args = ['run', '--project', 'unit', 'tests/cluster/account/storm.test.ts'];
  const child = spawn(process.execPath, [vitest, ...args], {
    cwd: repositoryRoot(),
    env: { ...process.env, CLUSTER_KILLS: kills },
    stdio: 'inherit',
  });
  await once(child, 'exit');
  return child.exitCode === 0;
}
