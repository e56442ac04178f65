/**
 * The soak of `npm run bench -- cluster --full`: many consumers for minutes. Nothing may grow, and no tick be missed unseen.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { startConsumers, startMarket, SYMBOLS } from './cluster-parts.js';
import type { Received } from './cluster-parts.js';
import { printTable } from './report.js';

const CONSUMERS = 200;
/** Symbols of each: every symbol has the same number of consumers. */
const OWN = 100;
const RATE = 500;
const MINUTES = 10;
/** Until each symbol had its tick everywhere some times. */
const WARM_MS = 60_000;
const SETTLE_MS = 2000;
const MIB = 1024 ** 2;
/** What all together may grow by, in MiB: what a collection has not found yet. */
const GROWTH = 5;

/** Lets it run, and prints a table. */
export async function soak(url: string): Promise<void> {
  const servers = [url];
  const account = 'soak';
  await using edge = await startMarket({ mode: 'edge', symbols: SYMBOLS, servers, account });
  const symbols = Array.from({ length: CONSUMERS }, (_, consumer) =>
    Array.from({ length: OWN }, (_none, each) => (consumer * (SYMBOLS / CONSUMERS) + each) % SYMBOLS),
  );
  const role = { kind: 'cluster', count: CONSUMERS, market: {}, servers, account, symbols } as const;
  await using consumers = await startConsumers(role);
  const memory = async (): Promise<readonly number[]> => {
    const figures: number[] = [];
    for (const { ask } of [edge, consumers]) figures.push((await ask({ op: 'memory' })) as number);
    return figures;
  };
  await consumers.ask({ op: 'begin', expected: -1, isTimed: false });
  await edge.ask({ op: 'pace', rate: RATE });
  await sleep(WARM_MS);
  const samples = [await memory()];
  for (let minute = 0; minute < MINUTES; minute++) {
    await sleep(60_000);
    const sample = await memory();
    samples.push(sample);
    const { seen, missed } = (await consumers.ask({ op: 'now' })) as Received;
    const sizes = sample.map((size) => (size / MIB).toFixed(1)).join(' and ');
    console.log(`minute ${minute + 1}: ${seen} deliveries, ${missed} missed; edge and consumers ${sizes} MiB`);
  }
  await edge.ask({ op: 'pace', rate: 0 });
  await sleep(SETTLE_MS);
  const published = (await edge.ask({ op: 'pace', rate: 0 })) as number;
  const { seen, missed } = (await consumers.ask({ op: 'now' })) as Received;
  const expected = (published * CONSUMERS * OWN) / SYMBOLS;
  const unexplained = expected - seen - missed;
  const grown = (place: number): string[] => {
    const all = samples.map((sample) => (sample[place] ?? NaN) / MIB);
    const [first = NaN, last = NaN] = [all[0], all.at(-1)];
    const isReached = last - first <= GROWTH;
    return [`${first.toFixed(1)} to ${last.toFixed(1)} MiB`, `+ <= ${GROWTH} MiB ${isReached ? 'reached' : 'missed'}`];
  };
  console.log(`\n${CONSUMERS} consumers with ${OWN} of ${SYMBOLS} symbols each, ${RATE} ticks/s, ${MINUTES} minutes\n`);
  printTable([
    ['soak', 'measured', 'target'],
    ['memory of the edge', ...grown(0)],
    ['memory of the consumers', ...grown(1)],
    ['deliveries', `${seen} of ${expected}`, ''],
    ['gaps that the clients counted', String(missed), ''],
    ['ticks that are missing uncounted', String(unexplained), `0 ${unexplained === 0 ? 'reached' : 'missed'}`],
  ]);
}
