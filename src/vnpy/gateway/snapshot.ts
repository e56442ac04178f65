/**
 * Asks a server for all it has, and lays that under what the stream says.
 *
 * @module
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PyObject } from '../../pickle/index.js';
import type { Emitter, Reporter } from '../../rpc/internal.js';
import { RemoteException } from '../../rpc/index.js';
import { GatewayError } from '../errors.js';
import { SNAPSHOT_KINDS, classify } from '../kinds.js';
import type { DataByKind, KindedData, SnapshotItem, SnapshotKind } from '../kinds.js';
import { describe } from '../data/describe.js';
import { TickData } from '../data/index.js';
import type { OrderData } from '../data/index.js';
import type { Intake } from './intake.js';
import type { Phase } from './phase.js';
import type { RemoteEngine } from './remote-engine.js';
import type { GatewayEvents, GatewayProblem, SnapshotProgress } from './types.js';

/** How long objects are applied before other work gets its turn, in ms. */
const SLICE = 5;
/** Objects between two looks at the clock. */
const BATCH = 50;

/** Where a snapshot comes from, where it goes, and who is told. */
export interface SnapshotParts {
  readonly phase: Phase;
  readonly remote: RemoteEngine;
  readonly intake: Intake;
  readonly emitter: Emitter<GatewayEvents>;
  readonly reporter: Reporter<GatewayProblem>;
}

type MutableParts = { readonly [K in SnapshotKind]: DataByKind[K][] };

/** What snapshots have changed. */
export interface Found {
  readonly missed: MutableParts;
  readonly vanished: MutableParts;
  /** Orders that have lost their ids to others. */
  readonly replaced: OrderData[];
}

/** Where a snapshot puts what it finds. */
export const nothingFound = (): Found => ({ missed: noParts(), vanished: noParts(), replaced: [] });

const noParts = (): MutableParts => ({ contract: [], account: [], position: [], order: [], trade: [] });

/** What is compared when nothing is known to be lost: of other things a later event says all again. */
export const ORDER_KINDS = ['order', 'trade'] as const satisfies readonly SnapshotKind[];

/**
 * Takes a snapshot. The stream is applied all the while, because what the server changed after answering comes by it. For a key
 * of which it has spoken since the snapshot was asked for, it has the last word.
 *
 * @param found - Where to put what it changes. What it has put there when it fails, it has changed.
 * @param kinds - What to ask for.
 * @returns What the server took to answer for orders and trades, in ms.
 */
export async function takeSnapshot(
  { phase, remote, intake, emitter, reporter }: SnapshotParts,
  { missed, vanished, replaced }: Found,
  kinds: readonly SnapshotKind[] = SNAPSHOT_KINDS,
): Promise<number> {
  const begun = performance.now();
  let tookAll = 0;
  for (const kind of kinds) {
    const tell = (step: SnapshotProgress['phase'], count?: number): void => {
      phase.requireOpen();
      emitter.emit('progress', { kind, phase: step, count, elapsed: performance.now() - begun });
    };
    tell('asked');
    intake.state.beginSnapshot(kind);
    const askedAt = performance.now();
    let complete = false;
    try {
      const name = `get_all_${kind}s`;
      const { reply, took } = await remote.query(name);
      if (kind === 'order' || kind === 'trade') tookAll += took;
      if (!Array.isArray(reply)) throw unexpected(name, reply);
      const present = new Set<string>();
      let strangers = 0;
      let sliceEnd = performance.now() + SLICE;
      for (let start = 0; start < reply.length; start += BATCH) {
        if (performance.now() > sliceEnd) {
          await nextTurn();
          sliceEnd = performance.now() + SLICE;
        }
        for (const data of reply.slice(start, start + BATCH) as unknown[]) {
          const item = classify(data);
          if (!isOf(item, kind)) {
            strangers++;
            continue;
          }
          phase.requireOpen();
          const taken = intake.snapshot(item, askedAt);
          present.add(taken.key);
          if (taken.isNews) add(missed, item);
          if (taken.replaced !== undefined) replaced.push(taken.replaced);
        }
      }
      addAll(vanished, kind, intake.state.removeAbsent(kind, present));
      complete = true;
      // They are told with the whole, not each minute.
      if (strangers > 0 && kinds === SNAPSHOT_KINDS) {
        const first: unknown = reply.find((data) => !isOf(classify(data), kind));
        reporter.report({ kind: 'snapshot', message: strangerText(name, strangers, first), cause: undefined });
      }
      tell('done', reply.length);
    } finally {
      intake.state.endSnapshot(kind, complete);
    }
  }
  return tookAll;
}

/**
 * Asks for the last tick of every contract, where the server tells. vnpy's own RpcGateway does not, and waits for the next. They
 * are what was, not what comes, so nobody is told.
 */
export async function takeTicks({ phase, remote, intake }: SnapshotParts): Promise<void> {
  let reply: unknown;
  try {
    ({ reply } = await remote.query('get_all_ticks'));
  } catch (error) {
    // A server of another kind has no such function, or does not give it to everybody.
    if (error instanceof RemoteException) return;
    throw error;
  }
  phase.requireOpen();
  if (Array.isArray(reply)) intake.knownTicks(reply.filter((tick) => tick instanceof TickData));
}

function add(parts: MutableParts, item: SnapshotItem): void {
  const list: unknown[] = parts[item.kind];
  list.push(item.data);
}

function addAll(parts: MutableParts, kind: SnapshotKind, data: readonly unknown[]): void {
  const list: unknown[] = parts[kind];
  // Not push(...data): a market has more objects than a call may have arguments.
  for (const item of data) list.push(item);
}

function isOf(item: KindedData | undefined, kind: SnapshotKind): item is SnapshotItem {
  return item?.kind === kind;
}

/** A gateway may use a class of its own, derived from vnpy's: such objects stay inert unless they are registered. */
function strangerText(name: string, count: number, example: unknown): string {
  const what = example instanceof PyObject ? String(example.class) : describe(example);
  return `${name} returned ${count} objects that are not of vnpy's class, ${what} for instance; they are not in the state. Register the class with vnpyRegistry.with(...)`;
}

function unexpected(name: string, value: unknown): GatewayError {
  return new GatewayError(
    'UNEXPECTED_REPLY',
    `The server answered ${name} with ${describe(value)}, not with what vnpy's ${name} returns. ` +
      'Is it a vnpy RpcService, and were its classes given to the registry?',
  );
}
