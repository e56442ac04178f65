/**
 * `npm run bench -- pickle`: the codec beside CPython's C pickle, pickleparser, msgpackr and JSON.
 *
 * All contenders get the same data, in turn, round by round; every number is the median of the rounds. CPython times
 * itself in a process of its own, with the bytes that this process reads.
 *
 * @module
 */
import { Packr } from 'msgpackr';
import { Parser } from 'pickleparser';
import { Pickler, PyDateTime, Unpickler } from 'vnpy-bridge/pickle';
import { vnpyRegistry } from 'vnpy-bridge/vnpy';
import { PythonPeer } from './support/python.js';
import { inProcess, measure, printTable, shownTime } from './support/report.js';
import type { BenchmarkOptions, Clock, Contender } from './support/report.js';

const PROTOCOL = 4;

/** What design and users ask for: CPython's time divided by ours must be at least this. */
const TARGETS: Readonly<Record<string, { loads?: number; dumps?: number }>> = {
  // That of dumps is meant for the line with `pool`, as client and server write.
  'tick event': { loads: 3, dumps: 4 },
  'tick event of whole numbers': { loads: 3, dumps: 3 },
  '20,000 contracts': { loads: 1.2, dumps: 1.8 },
};
/** What an option does to our time, where it is meant for: a line of its own. */
const OPTIONS: Readonly<Record<string, { loads?: 'view'; dumps?: 'pool' }>> = {
  'tick event': { dumps: 'pool' },
  'tick event of whole numbers': { dumps: 'pool' },
  'bytes-heavy': { loads: 'view' },
};
/** For every other value. */
const LEAST = 0.7;
const JSON_TARGET = 1.25;
const PICKLEPARSER_TARGET = 15;

interface About {
  readonly python: string;
  readonly vnpy: string | null;
  readonly values: readonly string[];
}

interface Line {
  readonly name: string;
  readonly bytes: number;
  readonly loads: Readonly<Record<string, number>>;
  readonly dumps: Readonly<Record<string, number>>;
}

/** Runs the benchmark and prints its tables. */
export async function run({ rounds, filters, clock }: BenchmarkOptions): Promise<void> {
  await using python = new PythonPeer('bench/support/pickle_peer.py');
  const about = await python.ask<About>({ do: 'about' });
  console.log(
    `pickle: Node ${process.version}, CPython ${about.python}, vnpy ${about.vnpy ?? 'not installed'}, protocol ${PROTOCOL}, median of ${rounds} rounds of ${clock === 'cpu' ? 'CPU' : 'elapsed'} time`,
  );
  const chosen = about.values.filter((name) => filters.length === 0 || filters.some((filter) => name.includes(filter)));
  const lines: Line[] = [];
  for (const name of chosen) lines.push(await measureValue(python, name, rounds, clock));
  printRatios('loads', lines);
  printRatios('dumps', lines);
  if (about.values.includes('tick event') && (filters.length === 0 || filters.includes('memory')))
    await printMemory(python);
}

async function measureValue(python: PythonPeer, name: string, rounds: number, clock: Clock): Promise<Line> {
  const encoded = await python.ask<string>({ do: 'bytes', name, protocol: PROTOCOL });
  const data = new Uint8Array(Buffer.from(encoded, 'base64'));
  const unpickler = new Unpickler({ registry: vnpyRegistry });
  const pickler = new Pickler({ registry: vnpyRegistry, protocol: PROTOCOL });
  // Without `lossless`, an integral float of an unregistered container is written as an int.
  const value = new Unpickler({ registry: vnpyRegistry, lossless: !hasClasses(name) }).load(data);
  const ours = toBase64(pickler.dump(value));
  if (!(await python.ask<boolean>({ do: 'check', name, bytes: ours, protocol: PROTOCOL })))
    throw new Error(`What dumps writes of '${name}' is not what CPython meant`);

  const own = unpickler.load(data);
  const loads: Record<string, Contender> = {
    CPython: (milliseconds) => python.ask<number>({ do: 'loads', name, protocol: PROTOCOL, milliseconds, clock }),
    ours: inProcess(() => unpickler.load(data), clock),
  };
  const write: Record<string, Contender> = {
    CPython: (milliseconds) => python.ask<number>({ do: 'dumps', name, protocol: PROTOCOL, milliseconds, clock }),
    ours: inProcess(() => pickler.dump(value), clock),
  };
  const { loads: loadsOption, dumps: dumpsOption } = OPTIONS[name] ?? {};
  if (loadsOption !== undefined) {
    const other = new Unpickler({ registry: vnpyRegistry, [loadsOption]: true });
    loads[loadsOption] = inProcess(() => other.load(data), clock);
  }
  if (dumpsOption !== undefined) {
    const other = new Pickler({ registry: vnpyRegistry, protocol: PROTOCOL, [dumpsOption]: true });
    write[dumpsOption] = inProcess(() => other.dump(value), clock);
  }
  const parser = new Parser();
  loads['pickleparser'] = inProcess(() => parser.parse(data), clock);
  // The same data without classes, as JSON and MessagePack carry it. JSON has no bytes.
  const plain = withoutClasses(own);
  if (name !== 'bytes-heavy' && name !== 'deeply shared') {
    const text = JSON.stringify(plain);
    loads['JSON'] = inProcess(() => JSON.parse(text) as unknown, clock);
    write['JSON'] = inProcess(() => JSON.stringify(plain), clock);
  }
  if (name !== 'deeply shared') {
    const packr = new Packr({ useRecords: false });
    const packed = packr.pack(plain);
    loads['msgpackr'] = inProcess(() => packr.unpack(packed) as unknown, clock);
    write['msgpackr'] = inProcess(() => packr.pack(plain), clock);
  }
  return {
    name,
    bytes: data.length,
    loads: await measure(loads, rounds),
    dumps: await measure(write, rounds),
  };
}

function hasClasses(name: string): boolean {
  return name.startsWith('tick event') || name === '20,000 contracts' || name === '5,000 bars';
}

function toBase64(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64');
}

/** Plain objects, arrays, numbers and strings of the same content. */
function withoutClasses(value: unknown): unknown {
  const done = new Map<object, unknown>();
  const visit = (item: unknown): unknown => {
    if (typeof item !== 'object' || item === null || item instanceof Uint8Array) return item;
    const known = done.get(item);
    if (known !== undefined) return known;
    if (item instanceof PyDateTime) return item.toISOString();
    if (Array.isArray(item)) {
      const list: unknown[] = [];
      done.set(item, list);
      for (const part of item) list.push(visit(part));
      return list;
    }
    // A member of an enum travels as its value.
    if ('value' in item && Object.isFrozen(item)) return item.value;
    const plain: Record<string, unknown> = {};
    done.set(item, plain);
    for (const [key, part] of Object.entries(item)) plain[key] = visit(part);
    return plain;
  };
  return visit(value);
}

function printRatios(direction: 'loads' | 'dumps', lines: readonly Line[]): void {
  const others = direction === 'loads' ? ['pickleparser', 'msgpackr', 'JSON'] : ['msgpackr', 'JSON'];
  console.log(`\n${direction}: time of the other divided by ours, so that 2.00x is twice as fast as the other`);
  const rows = [['', 'bytes', 'ours', 'CPython', ...others.map((name) => `/ ${name}`), '/ CPython', 'target']];
  const verdicts: string[] = [];
  for (const line of lines) {
    const times = line[direction];
    const own = times['ours'] ?? NaN;
    const row = (title: string, time: number): void => {
      const ratio = (name: string): string => (times[name] === undefined ? '-' : `${(times[name] / time).toFixed(2)}x`);
      const target = TARGETS[line.name]?.[direction] ?? LEAST;
      rows.push([
        title,
        String(line.bytes),
        shownTime(time),
        shownTime(times['CPython'] ?? NaN),
        ...others.map(ratio),
        ratio('CPython'),
        `${target}x ${(times['CPython'] ?? NaN) / time >= target ? 'reached' : 'MISSED'}`,
      ]);
    };
    row(line.name, own);
    const option = OPTIONS[line.name]?.[direction];
    if (option !== undefined) row(`  with ${option}: true`, times[option] ?? NaN);
    if (direction === 'loads' && line.name === 'tick event') {
      const json = own / (times['JSON'] ?? NaN);
      const parser = (times['pickleparser'] ?? NaN) / own;
      verdicts.push(
        `tick event: ${json.toFixed(2)} times the time of JSON.parse (target at most ${JSON_TARGET}: ${json <= JSON_TARGET ? 'reached' : 'MISSED'})`,
        `tick event: ${parser.toFixed(1)} times as fast as pickleparser (target ${PICKLEPARSER_TARGET}: ${parser >= PICKLEPARSER_TARGET ? 'reached' : 'MISSED'})`,
      );
    }
  }
  printTable(rows);
  for (const verdict of verdicts) console.log(verdict);
}

/** Heap that a decoded tick takes, by decoding many and keeping them. */
async function printMemory(python: PythonPeer): Promise<void> {
  const count = 20_000;
  const name = 'tick event';
  const data = new Uint8Array(
    Buffer.from(await python.ask<string>({ do: 'bytes', name, protocol: PROTOCOL }), 'base64'),
  );
  const unpickler = new Unpickler({ registry: vnpyRegistry });
  const inert = new Unpickler();
  const text = JSON.stringify(withoutClasses(unpickler.load(data)));
  const parser = new Parser();
  const rows = [
    [`memory of a decoded ${name}, ${count.toLocaleString('en')} of them kept`, 'bytes each'],
    ['ours, with vnpyRegistry', heapOf(() => unpickler.load(data), count)],
    ['ours, without a registry', heapOf(() => inert.load(data), count)],
    ['JSON.parse', heapOf(() => JSON.parse(text) as unknown, count)],
    ['pickleparser', heapOf(() => parser.parse(data), count)],
    [
      'CPython (tracemalloc)',
      String(Math.round(await python.ask<number>({ do: 'memory', name, protocol: PROTOCOL, count }))),
    ],
  ];
  console.log('');
  printTable(rows);
}

function heapOf(make: () => unknown, count: number): string {
  const collect = globalThis.gc;
  if (collect === undefined) return 'run with --expose-gc';
  for (let warm = 0; warm < 1000; warm++) make();
  collect();
  const before = process.memoryUsage();
  const kept: unknown[] = [];
  for (let index = 0; index < count; index++) kept.push(make());
  collect();
  const after = process.memoryUsage();
  const used = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
  return String(Math.round(used / kept.length));
}
