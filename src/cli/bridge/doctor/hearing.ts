/**
 * What `doctor` hears on the publish address.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { Frames, RpcClient } from '../../../rpc/index.js';
import type { EventFormat } from '../../recording/format.js';
import { seeEvent, typeFamily } from '../events/see.js';
import { found, info, ok } from './report.js';
import type { Outcome } from './report.js';
import { VNPY_VERSIONS, eventFormat } from './wire-facts.js';

/** How often the wait looks whether it has heard enough, in ms. */
const LOOK = 20;

const HEARTBEAT = Buffer.from('heartbeat');
const KEEP_ALIVE = Buffer.from('_keep_alive');

/** Counts what is published. */
export class Hearing {
  readonly #began = performance.now();
  readonly #counts = new Map<string, number>();
  #formats = new Set<EventFormat>();
  readonly #awaited = new Set<{ readonly marker: Buffer; readonly heard: () => void }>();
  #undecodable = 0;
  #problem = '';
  /** Heartbeats heard. */
  heartbeats = 0;
  /** When the first one was heard, in ms since the beginning. */
  firstHeartbeat = 0;
  /** Which of vnpy's two ways to send them was used. */
  dialect: 'heartbeat' | '_keep_alive' | undefined;

  /** How many events were heard so far. */
  get events(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** A raw message. */
  published(frames: Frames): void {
    for (const { marker, heard } of this.#awaited)
      if (frames.some((frame) => Buffer.from(frame.buffer, frame.byteOffset, frame.length).includes(marker))) heard();

    const format = eventFormat(frames);
    if (format !== undefined) this.#formats.add(format);
    const dialect = heartbeatDialect(frames);
    if (dialect === undefined) return;
    this.dialect = dialect;
    this.heartbeats++;
    if (this.heartbeats === 1) this.firstHeartbeat = performance.now() - this.#began;
  }

  /**
   * Waits for a message with this text in it, in whichever shape it is published.
   * @param ask - What makes the server publish it.
   * @param timeout - From the answer to that, in ms.
   * @returns Whether it came.
   */
  async hears(text: string, ask: () => Promise<unknown>, timeout: number, signal: AbortSignal): Promise<boolean> {
    const ending = new AbortController();
    const waiting = {
      marker: Buffer.from(text),
      heard: () => {
        ending.abort();
      },
    };
    this.#awaited.add(waiting);
    try {
      await ask();
      if (!ending.signal.aborted) await delay(timeout, undefined, { signal: AbortSignal.any([signal, ending.signal]) });
    } catch (error) {
      if (!ending.signal.aborted) throw error;
    } finally {
      this.#awaited.delete(waiting);
    }
    return ending.signal.aborted;
  }

  /** Counts the client's events. */
  listenTo(client: RpcClient): void {
    client.on('event', (event) => {
      const { type, copyOf } = seeEvent(event);
      if (copyOf !== undefined) return;
      const family = typeFamily(type);
      this.#counts.set(family, (this.#counts.get(family) ?? 0) + 1);
    });
    client.on('error', (problem) => {
      if (problem.kind !== 'undecodable-event') return;
      this.#undecodable++;
      this.#problem = problem.message;
    });
  }

  /**
   * Waits until a heartbeat was heard and `atLeast` has passed, but no longer than `most`.
   * @throws the reason of the signal.
   */
  async waitFor(most: number, atLeast: number, signal: AbortSignal): Promise<void> {
    while (true) {
      const passed = performance.now() - this.#began;
      if (passed >= most || (this.heartbeats > 0 && passed >= atLeast)) return;
      await new Promise((resolve) => setTimeout(resolve, LOOK));
      signal.throwIfAborted();
    }
  }

  versionOutcome(): Outcome {
    const formats = [...this.#formats];
    const [format] = formats;
    if (format === undefined) return info(({ nothingPublished }) => nothingPublished);
    if (this.dialect === '_keep_alive') return info(({ byHeartbeat }) => byHeartbeat);
    if (formats.length > 1) return info(({ bothFormats }) => bothFormats);
    const [first, last] = VNPY_VERSIONS[format];
    return ok((texts) => texts.versions(first, last, format));
  }

  eventsOutcome(): Outcome {
    const [undecodable, problem] = [this.#undecodable, this.#problem];
    if (undecodable > 0) return found('UNDECODABLE_EVENTS', (texts) => texts.undecodable(undecodable, problem));
    const seconds = ((performance.now() - this.#began) / 1000).toFixed(0);
    const counts = [...this.#counts].sort(([, left], [, right]) => right - left);
    if (counts.length === 0) return info((texts) => texts.noEvents(seconds));
    const listed = counts.map(([family, count]) => `${count} ${family}`).join(', ');
    return ok((texts) => texts.events(seconds, listed));
  }
}

function heartbeatDialect(frames: Frames): Hearing['dialect'] {
  const [head] = frames;
  if (head === undefined) return undefined;
  // In one-part events the topic stands behind a few bytes of pickle.
  const start = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, 32));
  if (frames.length === 2 ? start.equals(HEARTBEAT) : start.includes(HEARTBEAT)) return 'heartbeat';
  return frames.length === 1 && start.includes(KEEP_ALIVE) ? '_keep_alive' : undefined;
}
