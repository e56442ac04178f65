/**
 * Measuring and printing: shared by all benchmarks.
 *
 * @module
 */

/** What a benchmark is told. */
export interface BenchmarkOptions {
  /** How often each contender is measured. */
  readonly rounds: number;
  /** Only lines whose name contains one of these; all when empty. */
  readonly filters: readonly string[];
  /** What is counted: time that passes, or time that the process computes, all its threads together. */
  readonly clock: Clock;
  /** Whether to measure for an hour what is measured for minutes otherwise. */
  readonly full: boolean;
}

/** See {@link BenchmarkOptions.clock}. */
export type Clock = 'elapsed' | 'cpu';

/** What a file of bench/ exports. */
export interface Benchmark {
  run(options: BenchmarkOptions): Promise<void>;
}

/** Something that can be measured: does the work for about that many milliseconds, gives nanoseconds a time. */
export type Contender = (milliseconds: number) => number | Promise<number>;

/** A contender that calls a function of this process. */
export function inProcess(work: () => unknown, clock: Clock = 'elapsed'): Contender {
  let sink: unknown;
  // One call may take nanoseconds or seconds: as many calls between two looks at the clock as take about a millisecond.
  let batch = 1;
  return (milliseconds) => {
    const start = performance.now();
    const startCpu = process.cpuUsage();
    let calls = 0;
    let elapsed = 0;
    while (elapsed < milliseconds) {
      const before = performance.now();
      for (let call = 0; call < batch; call++) sink = work();
      calls += batch;
      const now = performance.now();
      if (now - before < 0.5) batch *= 2;
      elapsed = now - start;
    }
    if (clock === 'cpu') {
      const { user, system } = process.cpuUsage(startCpu);
      elapsed = (user + system) / 1e3;
    }
    // Used, so that the engine cannot leave the work out.
    if (sink === inProcess) throw new Error('unreachable');
    return (elapsed / calls) * 1e6;
  };
}

/**
 * Measures contenders in turn, round by round, so that noise of the machine hits all of them alike.
 *
 * @returns the median of each, in nanoseconds a time.
 */
export async function measure<Name extends string>(
  contenders: Readonly<Record<Name, Contender>>,
  rounds: number,
  milliseconds = 60,
): Promise<Record<Name, number>> {
  const names = Object.keys(contenders) as Name[];
  const samples = new Map<Name, number[]>(names.map((name) => [name, []]));
  // Two rounds to warm up: the first calls of a function are compiled while they run.
  for (let round = -2; round < rounds; round++) {
    for (const name of names) {
      const time = await contenders[name](milliseconds);
      if (round >= 0) samples.get(name)?.push(time);
    }
  }
  return Object.fromEntries(names.map((name) => [name, median(samples.get(name) ?? [])])) as Record<Name, number>;
}

/** The middle of some numbers. */
export function median(numbers: readonly number[]): number {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? NaN) + upper) / 2;
}

/** A time for a person: `4.02 µs`. */
export function shownTime(nanoseconds: number): string {
  if (nanoseconds < 1e3) return `${nanoseconds.toFixed(0)} ns`;
  if (nanoseconds < 1e6) return `${(nanoseconds / 1e3).toFixed(2)} µs`;
  if (nanoseconds < 1e9) return `${(nanoseconds / 1e6).toFixed(2)} ms`;
  return `${(nanoseconds / 1e9).toFixed(2)} s`;
}

/** Prints a table with aligned columns. */
export function printTable(rows: readonly (readonly string[])[]): void {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  for (const row of rows) {
    console.log(
      row
        .map((cell, column) => (column === 0 ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0)))
        .join('  ')
        .trimEnd(),
    );
  }
}
