/**
 * One life of a receiving thread, as the program's thread sees it.
 *
 * @module
 */
import type { MessagePort, Worker, WorkerOptions } from 'node:worker_threads';
import { messageOf } from '../../errors.js';
import { Drain } from './drain.js';
import type { Command, ThreadData, Told } from './messages.js';
import { newRing, RingReader } from './ring.js';
import type { Parcel, RingLimits } from './ring.js';

/** What of `node:worker_threads` is needed. */
export interface Threads {
  readonly Worker: new (code: string, options: WorkerOptions) => Worker;
  readonly MessageChannel: new () => { readonly port1: MessagePort; readonly port2: MessagePort };
  readonly receiveMessageOnPort: (port: MessagePort) => { readonly message: unknown } | undefined;
}

/** What a session tells. Nothing after `ended`, nor after {@link Session.end}. */
export interface SessionEvents {
  told(told: Told): void;
  message(parts: readonly Uint8Array[]): void;
  /** The thread is no more. All that it has received was handed out before. */
  ended(reason: string): void;
}

/**
 * What the thread may use. Messages and buffers do not count, which lie outside of its heap. A fault that fills the heap
 * ends the thread, and not the program.
 */
const RESOURCES = { maxOldGenerationSizeMb: 128, maxYoungGenerationSizeMb: 16 };

export class Session {
  readonly #threads: Threads;
  readonly #port: MessagePort;
  readonly #worker: Worker;
  readonly #reader: RingReader<Told>;
  readonly #drain: Drain;
  readonly #events: SessionEvents;
  /** Why it ended by itself. */
  #reason: string | undefined;
  #isOver = false;

  /** @throws what `new Worker` throws where threads are not allowed. */
  constructor(threads: Threads, code: string, limits: RingLimits, events: SessionEvents) {
    const { port1, port2 } = new threads.MessageChannel();
    const memory = newRing();
    const workerData: ThreadData = { port: port2, memory, limits };
    try {
      this.#worker = new threads.Worker(code, {
        eval: true,
        name: 'zmtp receiver',
        workerData,
        transferList: [port2],
        // Neither the program's environment nor its --import and --require are for this thread.
        env: {},
        execArgv: [],
        resourceLimits: RESOURCES,
      });
    } catch (error) {
      port1.close();
      throw error;
    }
    this.#threads = threads;
    this.#events = events;
    this.#port = port1;
    this.#reader = new RingReader<Told>(memory, {
      message: (parts) => {
        if (!this.#isOver) events.message(parts);
      },
      event: (told) => {
        if (!this.#isOver) events.told(told);
      },
    });
    this.#drain = new Drain(this.#reader, () => {
      this.#idle();
    });
    this.#port.on('message', (parcel: Parcel<Told>) => {
      this.#reader.accept(parcel);
      this.#drain.wake();
    });
    this.#worker.unref();
    this.#worker.on('error', (error: unknown) => {
      this.#reason ??= messageOf(error);
    });
    this.#worker.on('exit', (code) => {
      this.#exited(code);
    });
  }

  /** Messages handed out so far. */
  get taken(): number {
    return this.#reader.taken;
  }

  /** Messages dropped so far, because too many waited. */
  get dropped(): number {
    return this.#reader.dropped;
  }

  send(command: Command): void {
    this.#port.postMessage(command);
  }

  /** Whether it keeps the process alive, as an open socket does. */
  keepsAlive(yes: boolean): void {
    if (yes) this.#port.ref();
    else this.#port.unref();
  }

  /** Ends the thread at once. */
  end(): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#port.close();
    void this.#worker.terminate();
  }

  #exited(code: number): void {
    if (this.#isOver) return;
    this.#reason ??= `it exited with code ${code}`;
    while (true) {
      const parcel = this.#threads.receiveMessageOnPort(this.#port);
      if (parcel === undefined) break;
      this.#reader.accept(parcel.message as Parcel<Told>);
    }
    this.#drain.wake();
  }

  /** All that was there is handed out. */
  #idle(): void {
    if (this.#reason === undefined || this.#isOver) return;
    this.#isOver = true;
    this.#port.close();
    this.#events.ended(this.#reason);
  }
}
