/**
 * Events as the commands see them, in whichever of vnpy's shapes they were published.
 *
 * @module
 */
import type { RpcEvent } from '../../../rpc/index.js';
import { Event, EventType } from '../../../vnpy/index.js';
import { classify, eventTypes } from '../../../vnpy/internal.js';
import type { KindedData } from '../../../vnpy/internal.js';

/** An event, and what is known about it. */
export interface SeenEvent {
  readonly topic: string;
  /** vnpy's type, `eTick.` for instance. */
  readonly type: string;
  readonly data: unknown;
  /** The data with its kind, when it is one of vnpy's. */
  readonly item: KindedData | undefined;
  /** The type under which vnpy sends the same thing too, when this is the second copy (`eTick.rb2705.SHFE`). */
  readonly copyOf: string | undefined;
}

/** What `--type`, `--symbol` and `--all` choose. */
export interface EventFilter {
  readonly types: readonly string[];
  readonly symbols: ReadonlySet<string>;
  readonly all: boolean;
}

/** Understands an event: vnpy_rpcservice publishes an Event, WebTrader the bare object under its type. */
export function seeEvent({ topic, data }: RpcEvent): SeenEvent {
  const event: Event = data instanceof Event ? data : new Event(topic, data);
  const { type, data: content } = event;
  const item = classify(content);
  const types = item === undefined ? undefined : eventTypes(item);
  const copyOf = types?.specific === type ? types.plain : undefined;
  return { topic, type, data: content, item, copyOf };
}

/** Whether a type starts with one of these; with none of them every type is wanted. */
export function isOfType(type: string, prefixes: readonly string[]): boolean {
  return prefixes.length === 0 || prefixes.some((prefix) => type.startsWith(prefix));
}

/** Whether an event is to be shown. */
export function isChosen(event: SeenEvent, { types, symbols, all }: EventFilter): boolean {
  if (!isOfType(event.type, types)) return false;
  if (symbols.size > 0 && !symbols.has(symbolOf(event) ?? '')) return false;
  if (all) return true;
  if (event.type === EventType.TIMER) return types.length > 0;
  // The second copy counts where the first was not asked for.
  return event.copyOf === undefined || !isOfType(event.copyOf, types);
}

/** The contract that an event is about. */
export function symbolOf({ item }: SeenEvent): string | undefined {
  return item !== undefined && 'vt_symbol' in item.data ? item.data.vt_symbol : undefined;
}

/** A short name for a type, of which there are few: `eTick.`, without the symbol behind the dot. */
export function typeFamily(type: string): string {
  const dot = type.indexOf('.');
  return dot < 0 ? type : type.slice(0, dot + 1);
}
