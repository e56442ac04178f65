/**
 * Channels of node:diagnostics_channel, for tracing tools: nothing is made or sent unless somebody subscribes.
 *
 * - `vnpy-bridge:call`: a client's call has ended, {@link CallMessage}.
 * - `vnpy-bridge:event`: a client gives an event to its listeners and iterators, {@link EventMessage}.
 * - `vnpy-bridge:request`: a server has answered a request, {@link RequestMessage}.
 *
 * @module
 */
import { channel } from 'node:diagnostics_channel';

/** What `vnpy-bridge:call` carries. */
export interface CallMessage {
  /** Name of the remote function. */
  readonly method: string;
  /** From `call()` to its end, in ms. */
  readonly duration: number;
  /** What the call was rejected with; undefined when it gave a result. */
  readonly error: unknown;
}

/** What `vnpy-bridge:event` carries. */
export interface EventMessage {
  readonly topic: string;
  readonly data: unknown;
}

/** What `vnpy-bridge:request` carries. */
export interface RequestMessage {
  /** Size of the request, in bytes. */
  readonly requestBytes: number;
  /** Size of the answer, in bytes. */
  readonly replyBytes: number;
  /** From the beginning of its execution to its answer, in ms. */
  readonly duration: number;
  /** W3C trace context of whoever asked; undefined where none came, as always over ZeroMQ. */
  readonly traceparent: string | undefined;
}

const calls = channel('vnpy-bridge:call');
const events = channel('vnpy-bridge:event');
const requests = channel('vnpy-bridge:request');

/** A call that began at `startedAt`, by performance.now(), has ended. */
export function traceCall(method: string, startedAt: number, error: unknown): void {
  if (calls.hasSubscribers)
    calls.publish({ method, duration: performance.now() - startedAt, error } satisfies CallMessage);
}

/** An event is being given to those who want it. */
export function traceEvent(event: EventMessage): void {
  if (events.hasSubscribers) events.publish({ topic: event.topic, data: event.data } satisfies EventMessage);
}

/** A request that began at `startedAt`, by performance.now(), has been answered. */
export function traceRequest(
  request: Pick<RequestMessage, 'requestBytes' | 'replyBytes' | 'traceparent'>,
  startedAt: number,
): void {
  if (requests.hasSubscribers)
    requests.publish({ ...request, duration: performance.now() - startedAt } satisfies RequestMessage);
}
