/**
 * Measures calls from their raw messages: which function, how long, and whether it returned or raised.
 *
 * @module
 */
import { Unpickler, tokens } from '../../../pickle/index.js';
import type { Frames } from '../../../rpc/index.js';
import type { Tap } from '../connection/tap.js';

/** Told of each answered call. @param time - In ms. */
export type CallListener = (method: string, succeeded: boolean, time: number) => void;

/** Requests that are remembered until their answer comes; of more, the oldest are forgotten. */
const MAX_PENDING = 10_000;

/** Follows requests to their answers. */
export class CallMeter {
  readonly #listener: CallListener;
  readonly #unpickler = new Unpickler();
  readonly #pending = new Map<string, { readonly method: string; readonly began: number }>();

  constructor(listener: CallListener) {
    this.#listener = listener;
  }

  /** What shows the messages of a client's transport, or of a server's, to this meter. */
  tap(side: 'client' | 'server'): Tap {
    const asked = (frames: Frames): void => {
      this.#asked(frames);
    };
    const answered = (frames: Frames): void => {
      this.#answered(frames);
    };
    return side === 'client' ? { requested: asked, replied: answered } : { asked, answered };
  }

  #asked(frames: Frames): void {
    const body = frames.at(-1);
    const method = body === undefined ? undefined : this.#methodOf(body);
    if (method === undefined) return;
    const [oldest] = this.#pending.keys();
    if (oldest !== undefined && this.#pending.size >= MAX_PENDING) this.#pending.delete(oldest);
    this.#pending.set(envelopeKey(frames), { method, began: performance.now() });
  }

  #answered(frames: Frames): void {
    const key = envelopeKey(frames);
    const call = this.#pending.get(key);
    const body = frames.at(-1);
    if (call === undefined || body === undefined) return;
    this.#pending.delete(key);
    this.#listener(call.method, hasSucceeded(body), performance.now() - call.began);
  }

  #methodOf(body: Uint8Array): string | undefined {
    try {
      const request = this.#unpickler.load(body);
      const method: unknown = Array.isArray(request) ? request[0] : undefined;
      return typeof method === 'string' ? method : undefined;
    } catch {
      return undefined; // What a client sends can be anything; the server answers it.
    }
  }
}

/** What comes before the body is the same in a request and in its answer. */
function envelopeKey(frames: Frames): string {
  return frames
    .slice(0, -1)
    .map((frame) => Buffer.from(frame.buffer, frame.byteOffset, frame.byteLength).toString('latin1'))
    .join('\0');
}

/** A reply is `[True, result]` or `[False, traceback]`: only its beginning is read, the result may be large. */
function hasSucceeded(body: Uint8Array): boolean {
  try {
    for (const { opcode } of tokens(body)) {
      if (opcode.name === 'NEWTRUE') return true;
      if (opcode.name === 'NEWFALSE') return false;
    }
  } catch {
    // No reply at all.
  }
  return false;
}

/** Values of a label: only the first ones, because each costs memory for ever and a peer may invent any number. */
export class LabelSet {
  readonly #known = new Set<string>();
  readonly #limit: number;

  constructor(limit = 100) {
    this.#limit = limit;
  }

  /** The value itself, or `other`. */
  label(value: string): string {
    if (this.#known.has(value)) return value;
    if (this.#known.size >= this.#limit) return 'other';
    this.#known.add(value);
    return value;
  }
}
