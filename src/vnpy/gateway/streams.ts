/**
 * The iterators that are being read.
 *
 * @module
 */
import { abortSignal, checkOptions, choice } from '../../rpc/checks.js';
import { RpcUsageError } from '../../rpc/errors.js';
import { EventStream } from '../../rpc/event-stream.js';
import type { SignalWatch } from '../../rpc/signal-watch.js';
import { DATA_KINDS } from '../kinds.js';
import type { DataByKind, DataKind, KindedData } from '../kinds.js';
import { STREAM_OPTION_NAMES } from './names.js';
import type { DataStreamOptions, StreamOverflow } from './types.js';

/** Items that may wait in an iterator. */
const DEFAULT_LIMIT = 100_000;

interface OpenStream {
  readonly kind: DataKind;
  push(data: KindedData['data']): void;
  end(): void;
}

/** All open iterators of a gateway. */
export class Streams {
  readonly #open = new Set<OpenStream>();
  readonly #signals: SignalWatch;
  #closed = false;
  readonly #overflowed: (report: StreamOverflow) => void;

  constructor(signals: SignalWatch, overflowed: (report: StreamOverflow) => void) {
    this.#signals = signals;
    this.#overflowed = overflowed;
  }

  /** A new iterator. */
  create<K extends DataKind>(
    kind: K,
    options: DataStreamOptions<DataByKind[K]>,
  ): AsyncIterableIterator<DataByKind[K], undefined> {
    choice('the kind of data', kind, DATA_KINDS);
    const {
      limit = DEFAULT_LIMIT,
      signal,
      filter,
    } = checkOptions('the options of events()', options, STREAM_OPTION_NAMES);
    abortSignal('signal', signal);
    if (filter !== undefined && typeof filter !== 'function') {
      throw new RpcUsageError('BAD_OPTION', 'filter must be a function');
    }
    const stream = new EventStream<DataByKind[K]>({
      limit,
      overflow: kind === 'tick' ? 'drop-oldest' : 'fail',
      ...(kind === 'tick' ? { latestBy: (data) => ('vt_symbol' in data ? data.vt_symbol : undefined) } : {}),
      onOverflow: (counts) => {
        this.#overflowed({ kind, limit, ...counts });
      },
      onEnd: () => {
        this.#open.delete(entry);
      },
    });
    const entry: OpenStream = {
      kind,
      push: (data) => {
        // Streams.push hands on only what is of this kind.
        const item = data as DataByKind[K];
        try {
          if (filter?.(item) !== false) stream.push(item);
        } catch (error) {
          stream.end(error instanceof Error ? error : new Error(String(error)));
        }
      },
      end: () => {
        stream.end();
      },
    };
    if (this.#closed) {
      stream.end();
    } else {
      this.#open.add(entry);
      stream.endWith(signal, this.#signals);
    }
    return stream;
  }

  push(item: KindedData): void {
    for (const stream of this.#open) if (stream.kind === item.kind) stream.push(item.data);
  }

  close(): void {
    this.#closed = true;
    for (const stream of this.#open) stream.end();
    this.#open.clear();
  }
}
