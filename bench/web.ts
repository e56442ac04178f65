/**
 * `npm run bench -- web [load] [latency] [busy] [heap] [streams]`: the console's page in a headless Chromium, and its server
 * behind ten streams. `--full` watches the memory of the page for an hour instead of three minutes.
 *
 * @module
 */
import { availableParallelism, cpus, loadavg } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { printTable } from './support/report.js';
import type { BenchmarkOptions } from './support/report.js';
import { openStream, startDesk } from './support/web-desk.js';
import type { BenchDesk } from './support/web-desk.js';
import { BenchPage } from './support/web-page.js';
import { CONTRACTS, WATCHED } from './support/web-server.js';

const RATE = 2_000;
const FAST = 10_000;
const CALM = 1_000;
const SECONDS = 10;
const HEAP_SECONDS = 180;
const HOUR = 3600;
const WARM_SECONDS = 30;
const BROWSERS = 10;
/** Until the buffers of the system between the two are full, and longer. */
const STOPPED_SECONDS = 30;
const MIB = 1024 ** 2;

type Line = readonly [what: string, measured: string, goal: string];

/** Runs the benchmark and prints its table. */
export async function run({ filters, full }: BenchmarkOptions): Promise<void> {
  const wanted = (name: string): boolean => filters.length === 0 || filters.some((filter) => name.includes(filter));
  const [cpu] = cpus();
  console.log(
    `Node ${process.version}, ${availableParallelism()} cores of ${cpu?.model ?? 'unknown'}, load before: ` +
      `${loadavg()[0]?.toFixed(2)}; ${WATCHED} contracts watched of ${CONTRACTS}`,
  );
  await using desk = await startDesk();
  const lines: Line[] = [];
  if (['load', 'latency', 'busy', 'heap'].some(wanted)) {
    await using page = await BenchPage.open(desk.url);
    await desk.ask({ op: 'ticks', rate: RATE });
    if (wanted('load')) lines.push(...(await load(page)));
    await page.showChart();
    if (wanted('latency')) lines.push(...(await latency(desk, page)));
    if (wanted('busy')) lines.push(...(await busy(desk, page)));
    if (wanted('heap')) lines.push(...(await heap(desk, page, full ? HOUR : HEAP_SECONDS)));
  }
  if (wanted('streams')) lines.push(...(await streams(desk)));
  printTable([['web', 'measured', 'goal'], ...lines]);
}

async function load(page: BenchPage): Promise<Line[]> {
  const { bytes, shown } = await page.load();
  return [
    ['first load, own files without the chart', `${(bytes / 1024).toFixed(1)} KiB`, '60 KiB'],
    [`until shown, with ${CONTRACTS} contracts`, `${shown.toFixed(0)} ms`, '1000 ms'],
  ];
}

async function latency(desk: BenchDesk, page: BenchPage): Promise<Line[]> {
  await desk.ask({ op: 'orders', every: 100 });
  const { ticks, rows, orders } = await page.latency(SECONDS);
  await desk.ask({ op: 'orders', every: 0 });
  return [
    [`tick to pixel, ${RATE} ticks/s, window included`, ms(ticks), 'p50 50, p95 100 ms'],
    ['from sending to pixel', ms(rows), ''],
    ['order to pixel', ms(orders), 'p95 40 ms'],
  ];
}

async function busy(desk: BenchDesk, page: BenchPage): Promise<Line[]> {
  const lines: Line[] = [];
  for (const [rate, goal] of [
    [RATE, '200 ms/s, no task > 50 ms'],
    [FAST, 'p95 frame 33 ms'],
  ] as const) {
    await desk.ask({ op: 'ticks', rate });
    await sleep(2000);
    const { busy: each, frames, tasks } = await page.work(SECONDS);
    const slow = `frames p95 ${at(frames, 0.95).toFixed(1)} ms, ${tasks.length} long tasks`;
    lines.push([`main thread, ${rate} ticks/s, all panels`, `${each.toFixed(0)} ms/s, ${slow}`, goal]);
  }
  return lines;
}

async function heap(desk: BenchDesk, page: BenchPage, seconds: number): Promise<Line[]> {
  await desk.ask({ op: 'ticks', rate: CALM });
  await sleep(WARM_SECONDS * 1000);
  const before = await page.memory();
  await sleep(seconds * 1000);
  const after = await page.memory();
  const [from, to] = [before.heap / MIB, after.heap / MIB].map((size) => size.toFixed(2));
  const nodes = ((after.nodes / before.nodes - 1) * 100).toFixed(1);
  return [
    [
      `heap over ${seconds / 60} min at ${CALM} ticks/s`,
      `${from} to ${to} MiB, nodes ${before.nodes} ${nodes} %`,
      '+5 MiB an hour, nodes 1 %',
    ],
  ];
}

/** Streams without browsers, because ten browsers need more than a server has. */
async function streams(desk: BenchDesk): Promise<Line[]> {
  await desk.ask({ op: 'ticks', rate: RATE });
  const alone = await used(desk);
  const all = await Promise.all(Array.from({ length: BROWSERS }, (_, number) => openStream(desk, number)));
  await sleep(2000);
  for (const { late } of all) late.length = 0;
  const together = await used(desk);
  const before = at(
    all.flatMap(({ late }) => late),
    0.95,
  );
  const memory = await desk.ask({ op: 'memory' });
  all[0]?.stop();
  for (const { late } of all) late.length = 0;
  await sleep(STOPPED_SECONDS * 1000);
  const after = at(
    all.slice(1).flatMap(({ late }) => late),
    0.95,
  );
  const more = ((await desk.ask({ op: 'memory' })) - memory) / MIB;
  for (const stream of all) stream.close();
  return [
    [
      `server for ${BROWSERS} streams, ${RATE} ticks/s, beyond the market itself`,
      `${((together - alone) * 100).toFixed(1)} % of a core`,
      '10 %',
    ],
    ['one of them stopped: memory', `${more.toFixed(1)} MiB`, '8 MiB'],
    ['one of them stopped: p95 of the others', `${before.toFixed(1)} to ${after.toFixed(1)} ms`, 'the same'],
  ];
}

/** Which part of a core the server takes. */
async function used(desk: BenchDesk): Promise<number> {
  const [before, began] = [await desk.ask({ op: 'cpu' }), performance.now()];
  await sleep(SECONDS * 1000);
  return ((await desk.ask({ op: 'cpu' })) - before) / (performance.now() - began);
}

function at(numbers: readonly number[], part: number): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? NaN;
}

const ms = (numbers: readonly number[]): string =>
  `p50 ${at(numbers, 0.5).toFixed(0)}, p95 ${at(numbers, 0.95).toFixed(0)} ms of ${numbers.length}`;
