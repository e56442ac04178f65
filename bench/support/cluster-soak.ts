/**
 * The soak of `npm run bench -- cluster soak`: many consumers for minutes. Nothing may grow, and no tick be missed unseen, or
 * without a reason.
 *
 * @module
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { NatsServer } from '../../interop/support/nats-server.js';
import { startConsumers, startMarket, SYMBOLS } from './cluster-parts.js';
import type { Health, Losses, Received } from './cluster-parts.js';
import { printTable } from './report.js';

const CONSUMERS = 200;
/** Symbols of each: every symbol has the same number of consumers. */
const OWN = 100;
const RATE = 500;
/** Until each symbol had its tick everywhere some times. */
const WARM_MS = 60_000;
const SETTLE_MS = 2000;
const MIB = 1024 ** 2;
/** What all together may grow by, in MiB: what a collection has not found yet. */
const GROWTH = 5;
/** And what the system has given, as a part of it: when all clients come back at once, V8 keeps what they needed for it. */
const RESIDENT_GROWTH = 0.25;

/** Lets it run, and prints a table and a verdict. @returns whether it held. */
export async function soak(nats: NatsServer, minutes: number): Promise<boolean> {
  const servers = [nats.url];
  const account = 'soak';
  await using edge = await startMarket({ mode: 'edge', symbols: SYMBOLS, servers, account });
  const symbols = Array.from({ length: CONSUMERS }, (_, consumer) =>
    Array.from({ length: OWN }, (_none, each) => (consumer * (SYMBOLS / CONSUMERS) + each) % SYMBOLS),
  );
  const role = { kind: 'cluster', count: CONSUMERS, market: {}, servers, account, symbols } as const;
  await using consumers = await startConsumers(role);
  const health = async (): Promise<Sample> => ({
    edge: (await edge.ask({ op: 'health' })) as Health,
    consumers: (await consumers.ask({ op: 'health' })) as Health,
  });
  const received = async (): Promise<Received> => (await consumers.ask({ op: 'now' })) as Received;
  await consumers.ask({ op: 'begin', expected: -1, isTimed: false });
  await edge.ask({ op: 'pace', rate: RATE });
  await sleep(WARM_MS);
  const samples = [await health()];
  for (let minute = 0; minute < minutes; minute++) {
    await sleep(60_000);
    const sample = await health();
    samples.push(sample);
    const { seen, missed } = await received();
    console.log(`minute ${minute + 1}: ${seen} deliveries, ${missed} missed; ${shown(sample)}`);
  }
  await edge.ask({ op: 'pace', rate: 0 });
  await sleep(SETTLE_MS);
  const published = (await edge.ask({ op: 'pace', rate: 0 })) as number;
  const { seen, missed } = await received();
  const { reasons, unexplained } = (await consumers.ask({ op: 'losses' })) as Losses;
  const expected = (published * CONSUMERS * OWN) / SYMBOLS;
  const cut = nats.log().match(/Slow Consumer Detected/g)?.length ?? 0;
  const judged = [
    ...(['edge', 'consumers'] as const).flatMap((name) => grown(name, samples)),
    ['deliveries', `${seen} of ${expected}`, ''],
    ['gaps that the clients counted', String(missed), ''],
    ['of these without a lost connection', String(unexplained), isZero(unexplained)],
    ['ticks that are missing uncounted', String(expected - seen - missed), isZero(expected - seen - missed)],
    ['readers that were too slow for nats-server', String(cut), ''],
    ...Object.entries(reasons).map(([reason, times]) => [`clients that said: ${reason}`, String(times), '']),
  ];
  const holds = judged.every(([, , target = '']) => !target.endsWith('missed'));
  console.log(`\n${CONSUMERS} consumers with ${OWN} of ${SYMBOLS} symbols each, ${RATE} ticks/s, ${minutes} minutes\n`);
  printTable([['soak', 'measured', 'target'], ...judged]);
  console.log(holds ? '\nThe soak held.' : '\nThe soak did NOT hold.');
  return holds;
}

interface Sample {
  readonly edge: Health;
  readonly consumers: Health;
}

function grown(name: keyof Sample, samples: readonly Sample[]): string[][] {
  const healths = samples.map((sample) => sample[name]);
  const row = (what: string, from: number, to: number, allowed: number): string[] => [
    `${what} of the ${name}`,
    `${(from / MIB).toFixed(1)} to ${(to / MIB).toFixed(1)} MiB`,
    `+ <= ${(allowed / MIB).toFixed(0)} MiB ${to - from <= allowed ? 'reached' : 'missed'}`,
  ];
  const heaps = healths.map(({ heap }) => heap);
  // The lowest of the second third and of the last: what all clients needed when they came back at once is kept for a while.
  const third = healths.length / 3;
  const lowest = (from: number, to: number): number =>
    Math.min(...healths.slice(Math.round(from), Math.round(to)).map(({ resident }) => resident));
  const [before, after] = [lowest(third, 2 * third), lowest(2 * third, healths.length)];
  return [
    row('memory', heaps[0] ?? NaN, heaps.at(-1) ?? NaN, GROWTH * MIB),
    row('resident memory', before, after, before * RESIDENT_GROWTH),
  ];
}

function isZero(count: number): string {
  return `0 ${count === 0 ? 'reached' : 'missed'}`;
}

function shown({ edge, consumers }: Sample): string {
  const one = (name: string, { heap, resident, stall }: Health): string =>
    `${name} ${(heap / MIB).toFixed(1)} MiB, resident ${(resident / MIB).toFixed(0)}, stood still for ${stall.toFixed(0)} ms at most`;
  return `${one('edge', edge)}; ${one('consumers', consumers)}`;
}
