/**
 * Makes one stream of Events from what vnpy's servers publish.
 *
 * @module
 */
import type { RpcEvent } from '../../rpc/index.js';
import { Event } from '../event.js';
import { EventType, classify, eventTypes } from '../kinds.js';
import type { KindedData } from '../kinds.js';

/** A published message, understood. */
export interface Incoming {
  /** Under its plain type, where it is one of vnpy's kinds. */
  readonly event: Event;
  /** Its data with its kind, where the type goes with it; an application's own events have none. */
  readonly item: KindedData | undefined;
  /** It came under the plain type, not under the longer one under which vnpy sends it again. */
  readonly isPlain: boolean;
}

/**
 * Understands both shapes: vnpy_rpcservice publishes an Event under the topic `''`, WebTrader the bare object under
 * `event.type`.
 *
 * @returns `undefined` for the timer, which is a sign of life and nothing else.
 */
export function understand({ topic, data }: RpcEvent): Incoming | undefined {
  const event = data instanceof Event ? data : new Event(topic, data);
  if (event.type === EventType.TIMER) return undefined;
  const item = classify(event.data);
  if (item === undefined) return { event, item, isPlain: true };
  const { plain } = eventTypes(item);
  if (event.type === plain || item.kind === 'log' || item.kind === 'bar') return { event, item, isPlain: true };
  // An application may send a tick under a type of its own ('eAlgo', say): that is not the market's tick.
  if (!event.type.startsWith(plain)) return { event, item: undefined, isPlain: true };
  return { event: new Event(plain, event.data), item, isPlain: false };
}
