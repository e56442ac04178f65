/**
 * One client of the stream: what it has subscribed, and what it is told.
 *
 * @module
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import * as v from 'valibot';
import { messageOf } from '../../errors.js';
import type { ResyncReport } from '../../vnpy/index.js';
import type { Caller } from '../auth/gate.js';
import { ProblemError } from '../errors.js';
import { toJson } from '../json.js';
import { ClientMessage, LOSSLESS_CHANNELS } from '../schema/index.js';
import type { Channel, Hello, LosslessChannel, Ok, Resynced, SubscribeMessage } from '../schema/index.js';
import type { Services } from '../services.js';
import { BarFeed } from './bar-feed.js';
import type { Batch } from './channel-log.js';
import type { Hub } from './hub.js';
import type { Outlet } from './outlet.js';
import { TickFeed } from './tick-feed.js';

/** What a client needs. */
export interface ClientParts {
  readonly caller: Caller;
  readonly hub: Hub;
  readonly outlet: Outlet;
  readonly services: Services;
  readonly hello: Pick<Hello, 'epoch' | 'heartbeat_ms' | 'limits'>;
}

type Message = v.InferOutput<typeof ClientMessage>;
type Id = Message['id'];

const LOSSLESS: ReadonlySet<string> = new Set(LOSSLESS_CHANNELS);

/** Objects in one part of a snapshot. */
const PART = 500;

/** Symbols that one client may have. */
export const MAX_SYMBOLS = 2000;

/** One connection. */
export class StreamClient {
  readonly caller: Caller;
  readonly #parts: ClientParts;
  readonly #ticks: TickFeed;
  readonly #bars: BarFeed;
  readonly #leave: () => void;
  /** Channels that are told as they come, and those whose snapshot is being made. */
  readonly #joined = new Map<LosslessChannel, 'live' | 'waiting'>();
  #wantsStatus = false;
  #statusSeq = 0;
  #isOver = false;
  /** One message after the other: an answer belongs to what was subscribed before. */
  #turn: Promise<void> = Promise.resolve();
  #waiting = 0;

  constructor(parts: ClientParts) {
    const { caller, hub, outlet, services } = parts;
    this.caller = caller;
    this.#parts = parts;
    this.#ticks = new TickFeed(outlet, services.now);
    this.#bars = new BarFeed(outlet, services.market.bars);
    this.#leave = hub.join({
      told: (channel, batches) => {
        if (this.#joined.get(channel) === 'live') this.#tell(channel, batches);
      },
      tick: (tick) => {
        this.#ticks.take(tick);
      },
      resynced: (report) => {
        this.#send(resyncedOf(report));
      },
    });
    const { name, role } = caller.principal;
    const hello: Hello = { type: 'hello', server_time: this.#time(), user: name, role, ...parts.hello };
    this.#send(hello);
  }

  /** How many messages wait to be handled. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Takes a message's text. */
  receive(text: string): void {
    this.#waiting++;
    this.#turn = this.#turn.then(async () => {
      try {
        if (!this.#isOver) await this.#handle(text);
      } catch (error) {
        this.#parts.services.logger.error(`a message of the stream could not be handled: ${messageOf(error)}`);
      } finally {
        this.#waiting--;
      }
    });
  }

  /** The status has changed, or some time has passed. */
  async status(): Promise<void> {
    if (!this.#wantsStatus || !this.#parts.outlet.isFree) return;
    const data = [await this.#parts.services.board.status(this.#parts.hub.view)];
    this.#send({ type: 'update', channel: 'status', seq: ++this.#statusSeq, data });
  }

  close(): void {
    this.#isOver = true;
    this.#leave();
    this.#ticks.close();
    this.#bars.close();
  }

  async #handle(text: string): Promise<void> {
    const parsed = parse(text);
    const id = idOf(parsed);
    const found = v.safeParse(ClientMessage, parsed);
    if (!found.success) {
      const [issue] = found.issues;
      const path = v.getDotPath(issue) ?? '';
      const errors = [{ path, message: issue.message }];
      this.#error(
        id,
        new ProblemError('bad-request', `no message of the stream: ${path} ${issue.message}`, { errors }),
      );
      return;
    }
    try {
      await this.#perform(found.output);
    } catch (error) {
      this.#error(id, error instanceof ProblemError ? error : new ProblemError('not-connected', messageOf(error)));
    }
  }

  async #perform(message: Message): Promise<void> {
    switch (message.op) {
      case 'ping':
        this.#send({ ...withId(message.id), type: 'pong', t: message.t, server_time: this.#time() });
        return;
      case 'subscribe':
        await this.#subscribe(message);
        return;
      case 'unsubscribe':
        this.#unsubscribe(message.channel, message.symbols);
        this.#ok(message.id, message.channel);
        return;
      case 'resume':
        for (const channel of LOSSLESS_CHANNELS) {
          const seq = message.channels[channel];
          if (seq !== undefined) await this.#join(message.id, channel, { epoch: message.epoch, seq });
        }
        return;
      case 'pause':
      case 'continue':
        this.#pause(message.channel, message.op === 'pause');
        this.#ok(message.id, message.channel);
        if (message.op === 'continue') await this.#sendSymbols(message.channel, undefined);
        return;
    }
  }

  async #subscribe(message: SubscribeMessage): Promise<void> {
    const { id, channel } = message;
    if (isLossless(channel)) {
      await this.#join(id, channel, undefined);
    } else if (channel === 'status') {
      this.#wantsStatus = true;
      this.#ok(id, channel);
      const data = [await this.#parts.services.board.status(this.#parts.hub.view)];
      this.#send({ type: 'snapshot', channel, seq: this.#statusSeq, data, part: 1, of: 1 });
    } else {
      await this.#subscribeSymbols(message, channel);
    }
  }

  async #subscribeSymbols(message: SubscribeMessage, channel: 'ticks' | 'bars'): Promise<void> {
    const { id, symbols = [], fields, interval_ms: interval, encoding } = message;
    const list = channel === 'ticks' ? this.#ticks.symbols : this.#bars.symbols;
    const added = [...new Set(symbols)].filter((vtSymbol) => !list.has(vtSymbol));
    if (list.all.length + added.length > MAX_SYMBOLS)
      throw new ProblemError('too-large', `a client has at most ${MAX_SYMBOLS} symbols of ${channel}`);

    const unknown: string[] = [];
    const known: string[] = [];
    const { market } = this.#parts.services;
    const { view } = this.#parts.hub;
    for (const vtSymbol of symbols) {
      const contract = await view.getContract(vtSymbol);
      if (contract === undefined) {
        unknown.push(vtSymbol);
        continue;
      }
      await market.subscribe(view, contract);
      known.push(vtSymbol);
    }
    if (channel === 'ticks') {
      this.#ticks.set({
        ...(fields === undefined ? {} : { fields }),
        ...(interval === undefined ? {} : { interval }),
        ...(encoding === undefined ? {} : { encoding }),
      });
    }
    list.add(known);
    this.#ok(id, channel, { unknown });
    await this.#sendSymbols(channel, known);
  }

  /** What is known of some symbols, or of all that are subscribed. */
  async #sendSymbols(channel: 'ticks' | 'bars', only: readonly string[] | undefined): Promise<void> {
    if (channel === 'bars') {
      const bars = this.#bars.of(only ?? this.#bars.symbols.all);
      this.#snapshot(
        channel,
        this.#bars.next(),
        bars.map((bar) => JSON.stringify(bar)),
      );
      return;
    }
    const texts: string[] = [];
    for (const vtSymbol of only ?? this.#ticks.symbols.all) {
      const tick = await this.#parts.hub.view.getTick(vtSymbol);
      if (tick !== undefined) texts.push(JSON.stringify(toJson(tick)));
    }
    this.#snapshot(channel, this.#ticks.next(), texts);
  }

  /** Joins a channel: with what was missed where that is known, else with all there is. */
  async #join(id: Id, channel: LosslessChannel, from: { epoch: string; seq: number } | undefined): Promise<void> {
    const { hub, hello } = this.#parts;
    hub.flush();
    const isResumed = from?.epoch === hello.epoch && hub.covers(channel, from.seq);
    if (isResumed) {
      this.#joined.set(channel, 'live');
      this.#ok(id, channel, { resumed: true });
      this.#tell(channel, hub.since(channel, from.seq));
      return;
    }
    const resumed = from === undefined ? {} : { resumed: false };
    this.#ok(id, channel, resumed);
    this.#joined.set(channel, 'waiting');
    await this.#joinWithSnapshot(channel);
  }

  async #joinWithSnapshot(channel: LosslessChannel): Promise<void> {
    const { hub } = this.#parts;
    while (!this.#isOver) {
      const seq = hub.seq(channel);
      const given = hub.snapshot(channel);
      // Without waiting nothing can come between the snapshot and its number.
      const texts = given instanceof Promise ? await given : given;
      if (!hub.covers(channel, seq)) {
        await nextTurn();
        continue;
      }
      hub.flush();
      this.#snapshot(channel, seq, texts);
      this.#tell(channel, hub.since(channel, seq));
      this.#joined.set(channel, 'live');
      return;
    }
  }

  #unsubscribe(channel: Channel, symbols: readonly string[] | undefined): void {
    if (isLossless(channel)) this.#joined.delete(channel);
    else if (channel === 'status') this.#wantsStatus = false;
    else if (channel === 'ticks') this.#ticks.drop(symbols);
    else this.#bars.symbols.remove(symbols);
  }

  #pause(channel: 'ticks' | 'bars', isPaused: boolean): void {
    if (channel === 'bars') {
      this.#bars.isPaused = isPaused;
      this.#bars.clear();
    } else if (isPaused) {
      this.#ticks.pause();
    } else {
      this.#ticks.continue();
    }
  }

  #tell(channel: LosslessChannel, batches: readonly Batch[]): void {
    for (const { type, seq, tail } of batches)
      this.#parts.outlet.send(`{"type":"${type}","channel":"${channel}","seq":${seq},${tail}}`);
  }

  #snapshot(channel: Channel, seq: number, texts: readonly string[]): void {
    const parts = Math.max(1, Math.ceil(texts.length / PART));
    for (let part = 1; part <= parts; part++) {
      const data = texts.slice((part - 1) * PART, part * PART).join(',');
      const head = `{"type":"snapshot","channel":"${channel}","seq":${seq},"part":${part},"of":${parts}`;
      this.#parts.outlet.send(`${head},"data":[${data}]}`);
    }
  }

  #ok(id: Id, channel: Channel, more: { readonly unknown?: string[]; readonly resumed?: boolean } = {}): void {
    const symbols = channel === 'ticks' ? this.#ticks.symbols.all : channel === 'bars' ? this.#bars.symbols.all : [];
    const isPaused = channel === 'ticks' ? this.#ticks.isPaused : channel === 'bars' && this.#bars.isPaused;
    const ok: Ok = {
      ...withId(id),
      type: 'ok',
      channel,
      subscribed: [...symbols],
      unknown: more.unknown ?? [],
      ...(channel === 'ticks' ? { fields: [...this.#ticks.settings.fields] } : {}),
      ...(isPaused ? { paused: true } : {}),
      ...(more.resumed === undefined ? {} : { resumed: more.resumed }),
    };
    this.#send(ok);
  }

  #error(id: Id, problem: ProblemError): void {
    this.#send({ ...withId(id), type: 'error', problem: problem.toProblem() });
  }

  #send(message: object): void {
    this.#parts.outlet.send(JSON.stringify(message));
  }

  #time(): string {
    return new Date(this.#parts.services.now()).toISOString();
  }
}

function isLossless(channel: Channel): channel is LosslessChannel {
  return LOSSLESS.has(channel);
}

function withId(id: Id): { id?: NonNullable<Id> } {
  return id === undefined ? {} : { id };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text, (key, value: unknown) => {
      if (key === '__proto__') throw new SyntaxError('a key is "__proto__"');
      return value;
    });
  } catch {
    return undefined;
  }
}

/** Of what may be no message at all. */
function idOf(parsed: unknown): Id {
  const id: unknown = typeof parsed === 'object' && parsed !== null ? Reflect.get(parsed, 'id') : undefined;
  return (typeof id === 'string' && id.length <= 64) || Number.isSafeInteger(id) ? (id as Id) : undefined;
}

function resyncedOf({ reason, missed, restarted }: ResyncReport): Resynced {
  const counts = Object.entries(missed).map(([kind, all]) => [kind, all.length] as const);
  return { type: 'resynced', reason, missed: Object.fromEntries(counts), restarted };
}
