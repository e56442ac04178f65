/**
 * Puts what a client sends and receives into a recording, and takes the snapshots that a replay begins with.
 *
 * @module
 */
import { setTimeout as delay } from 'node:timers/promises';
import { messageOf } from '../../../errors.js';
import { Unpickler } from '../../../pickle/index.js';
import { RemoteException } from '../../../rpc/index.js';
import type { ClientStatus, Frames, Logger, RpcClient } from '../../../rpc/index.js';
import { ContractData, SubscribeRequest } from '../../../vnpy/index.js';
import type { Clock } from '../../recording/clock.js';
import type { OutgoingMessage } from '../../recording/file-writer.js';
import type { RecorderNote, RecordingChannel } from '../../recording/format.js';
import { splitVtSymbol } from '../arguments/symbols.js';
import type { Tap } from '../connection/tap.js';

/** What a snapshot is made of: what vnpy_rpcservice's own gateway asks for, and the latest ticks. */
const SNAPSHOT_CALLS = [
  'get_all_contracts',
  'get_all_accounts',
  'get_all_positions',
  'get_all_orders',
  'get_all_trades',
  'get_all_ticks',
] as const;

/** What the recorder needs. */
export interface RecorderOptions {
  readonly clock: Clock;
  /** Takes a message, without waiting. */
  readonly write: (message: OutgoingMessage) => void;
  readonly logger: Logger;
  /** Functions whose answers are recorded with each snapshot, beside {@link SNAPSHOT_CALLS}. */
  readonly moreCalls: readonly string[];
  /** Contracts whose ticks the server is asked for after each snapshot. */
  readonly symbols: readonly string[];
}

/** A request that was recorded and not answered. */
interface Pending {
  readonly method: string;
  readonly sequence: number;
}

/** Requests that are remembered at most: those that were never answered are forgotten. */
const MAX_PENDING = 1000;

/** Pause after a snapshot that failed in part, in ms. */
const RETRY_PAUSE = 5000;

/** Records one client. */
export class Recorder {
  readonly #options: RecorderOptions;
  readonly #methods: ReadonlySet<string>;
  readonly #unpickler = new Unpickler();
  readonly #pending = new Map<string, Pending>();
  /** Topics in UTF-8, by their bytes: one decoded topic a channel, not one a message. */
  readonly #topics = new Map<string, RecordingChannel>();
  #sequence = 0;
  #running = false;
  #again = false;
  #malformed = 0;

  constructor(options: RecorderOptions) {
    this.#options = options;
    this.#methods = new Set([...SNAPSHOT_CALLS, ...options.moreCalls]);
  }

  /** For the client's transport. */
  readonly tap: Tap = {
    requested: (frames) => {
      this.#requested(frames);
    },
    replied: (frames) => {
      this.#replied(frames);
    },
    published: (frames) => {
      this.#published(frames);
    },
  };

  /** Messages that were neither kind of event: they are not recorded. */
  get malformed(): number {
    return this.#malformed;
  }

  /** The client's status has changed. */
  statusChanged(client: RpcClient, status: ClientStatus): void {
    this.note({
      note: 'status',
      state: status.state,
      ...(status.state === 'disconnected' ? { detail: status.detail } : {}),
    });
    if (status.state === 'connected') this.takeSnapshot(client);
  }

  /** Writes a note. */
  note(note: RecorderNote): void {
    this.#write({ kind: 'note' }, new TextEncoder().encode(JSON.stringify(note)));
  }

  /** Takes a snapshot, or another one after the one that is being taken. */
  takeSnapshot(client: RpcClient): void {
    this.#again = true;
    if (this.#running) return;
    this.#running = true;
    void this.#takeSnapshots(client).finally(() => {
      this.#running = false;
    });
  }

  async #takeSnapshots(client: RpcClient): Promise<void> {
    while (this.#again && client.status().state === 'connected') {
      this.#again = false;
      const complete = await this.#callAll(client);
      if (complete) {
        this.note({ note: 'snapshot' });
        await this.#subscribe(client);
      } else {
        this.#again = true;
        await delay(RETRY_PAUSE, undefined, { ref: false });
      }
    }
  }

  /** @returns Whether everything was answered, if only by an exception. */
  async #callAll(client: RpcClient): Promise<boolean> {
    const { logger } = this.#options;
    let complete = true;
    for (const method of this.#methods) {
      try {
        await client.call(method);
      } catch (error) {
        if (error instanceof RemoteException) {
          logger.debug(`snapshot: ${error.message}`);
        } else {
          complete = false;
          logger.warn(`snapshot: ${messageOf(error)}`);
          if (client.status().state !== 'connected') return false;
        }
      }
    }
    logger.info(complete ? 'snapshot recorded' : 'snapshot recorded in part');
    return complete;
  }

  async #subscribe(client: RpcClient): Promise<void> {
    const { logger, symbols } = this.#options;
    for (const target of symbols) {
      try {
        const contract = await client.call('get_contract', [target]);
        if (!(contract instanceof ContractData)) {
          logger.warn(`the server does not know the contract ${target}`);
          continue;
        }
        await client.call('subscribe', [new SubscribeRequest(splitVtSymbol(target)), contract.gateway_name]);
      } catch (error) {
        logger.warn(`${target}: ${messageOf(error)}`);
      }
    }
  }

  #requested(frames: Frames): void {
    const [id] = frames;
    const body = frames.at(-1);
    if (id === undefined || body === undefined) return;
    const request = this.#unpickler.load(body);
    const method: unknown = Array.isArray(request) ? request[0] : undefined;
    if (typeof method !== 'string' || !this.#methods.has(method)) return;
    if (this.#pending.size >= MAX_PENDING) this.#pending.clear();
    const sequence = this.#nextSequence();
    this.#pending.set(keyOf(id), { method, sequence });
    this.#write({ kind: 'request', method }, body, sequence);
  }

  #replied(frames: Frames): void {
    const [id] = frames;
    const body = frames.at(-1);
    const pending = id === undefined ? undefined : this.#pending.get(keyOf(id));
    if (id === undefined || body === undefined || pending === undefined) return;
    this.#pending.delete(keyOf(id));
    this.#write({ kind: 'reply', method: pending.method }, body, pending.sequence);
  }

  #published(frames: Frames): void {
    const [head, body] = frames;
    if (head !== undefined && frames.length === 1) this.#write({ kind: 'event', format: 'pair' }, head);
    else if (head !== undefined && body !== undefined && frames.length === 2) this.#write(this.#channelOf(head), body);
    else this.#malformed++;
  }

  #channelOf(topic: Uint8Array): RecordingChannel {
    const key = keyOf(topic);
    let channel = this.#topics.get(key);
    if (channel === undefined) {
      channel = { kind: 'event', format: 'topic-frame', topic: new TextDecoder().decode(topic) };
      if (this.#topics.size > MAX_TOPICS) this.#topics.clear();
      this.#topics.set(key, channel);
    }
    return channel;
  }

  #write(channel: RecordingChannel, data: Uint8Array, sequence = this.#nextSequence()): void {
    // A copy: a transport uses the memory of a message again.
    this.#options.write({ channel, time: this.#options.clock(), sequence, data: new Uint8Array(data) });
  }

  /** MCAP has 32 bits for it. */
  #nextSequence(): number {
    this.#sequence = (this.#sequence + 1) % 2 ** 32;
    return this.#sequence;
  }
}

/** Topics whose channels are remembered. */
const MAX_TOPICS = 100_000;

function keyOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}
