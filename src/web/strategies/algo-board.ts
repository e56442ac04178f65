/**
 * Algorithms: those of AlgoTrading, and those that trade a spread.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { Direction, Offset } from '../../vnpy/index.js';
import type { AlgoData, AlgoItem } from '../../vnpy/apps/index.js';
import { AppControlError } from '../../vnpy/apps/index.js';
import { ProblemError } from '../errors.js';
import type { Algo, AlgoTemplate, NewAlgo } from '../schema/index.js';
import { FreshLists } from './fresh.js';
import type { Place } from './places.js';
import { refusing } from './problems.js';
import { isWorking } from './spread-board.js';
import { checkSettings, valuesOf } from './values.js';

/** An application with algorithms. */
export type AlgoPlace = Place<'algo' | 'spread'>;

/** How many algorithms that ended are kept of one application. */
const MAX_ENDED = 100;

/** How many ids are kept: as long as a page may ask for the same thing again. */
const MAX_IDS = 1000;

/** What is known of an id by which an algorithm was started. */
interface Start {
  readonly user: string;
  readonly digest: string;
  readonly name: Promise<string>;
}

/** The only kind that SpreadTrading has. */
const SPREAD_TAKER = { template: 'SpreadTaker', parameters: { payup: 5, interval: 5, lock: false } } as const;

const STATES: Readonly<Record<string, string>> = { ALLTRADED: 'FINISHED', CANCELLED: 'STOPPED', REJECTED: 'STOPPED' };

/** Asks for algorithms, starts each once, and keeps those that ended. */
export class AlgoBoard {
  readonly #lists: FreshLists<Algo>;
  readonly #ended = new Map<string, Map<string, Algo>>();
  readonly #starts = new Map<string, Start>();
  readonly #ends: readonly (() => void)[];

  constructor(places: readonly AlgoPlace[], { monotonic }: { readonly monotonic: () => number }) {
    this.#lists = new FreshLists(monotonic);
    this.#ends = places.filter(isOfAlgos).map((place) =>
      place.control.on('algo', (data) => {
        this.#told(place, data);
      }),
    );
  }

  /** The algorithms of an application, the newest last; undefined where the server has no functions for them. */
  async list(place: AlgoPlace): Promise<Algo[] | undefined> {
    const active = await this.#lists.get(place.key, () => this.#ask(place));
    if (active === undefined) return undefined;
    const names = new Set(active.map(({ name }) => name));
    const ended = [...(this.#ended.get(place.key)?.values() ?? [])].filter(({ name }) => !names.has(name));
    return [...ended, ...active];
  }

  /** The kinds of algorithms that there are. */
  async templates(place: AlgoPlace): Promise<AlgoTemplate[]> {
    const { app, server } = place;
    if (!isOfAlgos(place)) return [{ app, server, ...SPREAD_TAKER }];
    const templates = await refusing(() => place.control.templates());
    return Object.entries(templates).map(([template, parameters]) => ({
      ...{ app, server, template, parameters: valuesOf(parameters) },
    }));
  }

  /**
   * Starts an algorithm, unless its id was used: then the answer of the first time is given again.
   *
   * @param check - Refuses what may not be started.
   * @throws ProblemError what is refused is not kept: its id may be used again.
   */
  async start(place: AlgoPlace, user: string, algo: NewAlgo, check: () => Promise<void>): Promise<string> {
    const id = algo.client_order_id;
    const digest = createHash('sha256')
      .update(JSON.stringify([place.key, { ...algo, confirm: [] }]))
      .digest('hex');
    const before = this.#starts.get(id);
    if (before !== undefined) {
      if (before.user === user && before.digest === digest) return await before.name;
      const text = `the id ${id} was used for another algorithm: a new form has a new id`;
      throw new ProblemError('duplicate-client-order-id', text, { client_order_id: id });
    }
    const name = this.#begin(place, id, algo, check);
    this.#starts.set(id, { user, digest, name });
    for (const oldest of this.#starts.keys()) {
      if (this.#starts.size <= MAX_IDS) break;
      this.#starts.delete(oldest);
    }
    return await name;
  }

  /**
   * Pauses, resumes or stops an algorithm.
   *
   * @throws ProblemError `not-found`, `strategy-refused`, `timeout`.
   */
  async act(place: AlgoPlace, name: string, action: 'pause' | 'resume' | 'stop'): Promise<void> {
    try {
      if (isOfAlgos(place)) await refusing(() => place.control[action](name));
      else if (action === 'stop') await refusing(() => (place as Place<'spread'>).control.stopAlgo(name));
      else throw new ProblemError('not-found', `SpreadTrading cannot ${action} an algorithm: it can stop one`);
    } finally {
      this.#lists.forget(place.key);
    }
  }

  close(): void {
    for (const end of this.#ends) end();
  }

  async #begin(place: AlgoPlace, id: string, algo: NewAlgo, check: () => Promise<void>): Promise<string> {
    let isAsked = false;
    try {
      await this.#checkTemplate(place, algo);
      await check();
      isAsked = true;
      return await refusing(() => start(place, algo));
    } catch (error) {
      // Of everything else the worst is assumed: it may have been started, and the same id starts none.
      if (!isAsked || isRefusal(error)) this.#starts.delete(id);
      throw error;
    } finally {
      this.#lists.forget(place.key);
    }
  }

  async #checkTemplate(place: AlgoPlace, { template, parameters }: NewAlgo): Promise<void> {
    const found = (await this.templates(place)).find((each) => each.template === template);
    if (found === undefined) throw new ProblemError('not-found', `there is no template ${template}`);
    checkSettings(parameters, found.parameters, template);
  }

  async #ask(place: AlgoPlace): Promise<readonly Algo[]> {
    if (isOfAlgos(place)) return (await place.control.algos()).map((data) => algoOf(place, data));
    const items = await (place as Place<'spread'>).control.algos();
    const active = items.filter((item) => isWorking(item));
    // The server keeps all since its start.
    const ended = items.filter((item) => !isWorking(item)).slice(-MAX_ENDED);
    return [...ended, ...active].map((item) => spreadAlgoOf(place, item));
  }

  /** vnpy forgets an algorithm when it ends, and says so once. */
  #told(place: AlgoPlace, data: AlgoData): void {
    const algo = algoOf(place, data);
    const ended = this.#ended.get(place.key) ?? new Map<string, Algo>();
    this.#ended.set(place.key, ended);
    // After the server's restart a name comes again.
    ended.delete(algo.name);
    if (algo.is_active) return;
    this.#lists.forget(place.key);
    ended.set(algo.name, algo);
    const [oldest] = ended.keys();
    if (ended.size > MAX_ENDED && oldest !== undefined) ended.delete(oldest);
  }
}

function isOfAlgos(place: AlgoPlace): place is Place<'algo'> {
  return place.app === 'algo';
}

async function start(place: AlgoPlace, algo: NewAlgo): Promise<string> {
  const { template, symbol, price, volume, parameters } = algo;
  const [direction, offset] = [Direction[algo.direction], Offset[algo.offset]];
  if (isOfAlgos(place)) {
    const given = { templateName: template, vtSymbol: symbol, direction, offset, price, volume, setting: parameters };
    return await place.control.start(given);
  }
  const given = { spreadName: symbol, direction, price, volume, ...parameters };
  return await (place as Place<'spread'>).control.startAlgo(given);
}

/** Whether the application has said that it did not start it. */
function isRefusal(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return error instanceof ProblemError && (cause instanceof AppControlError || error.details.reason === 'raised');
}

function algoOf({ app, server }: AlgoPlace, data: AlgoData): Algo {
  const plain = valuesOf(data);
  const status = textOf(plain['status']);
  return {
    ...{ app, server, name: data.algo_name, template: data.algo_name.replace(/_\d+$/, ''), symbol: data.vt_symbol },
    ...{ direction: textOf(plain['direction']), offset: textOf(plain['offset']), status },
    ...numbersOf(plain),
    is_active: status !== 'STOPPED' && status !== 'FINISHED',
    parameters: valuesOf(data.parameters),
    variables: valuesOf(data.variables),
  };
}

function spreadAlgoOf({ app, server }: AlgoPlace, item: AlgoItem): Algo {
  const plain = valuesOf(item);
  const { payup, interval, count } = item;
  // A negative volume is short, which `direction` says.
  const volumes = { traded: Math.abs(item.traded_volume), volume: Math.abs(item.volume) };
  return {
    ...{ app, server, name: item.algoid, template: item.algoid.replace(/_\d+$/, ''), symbol: item.spread_name },
    ...{ direction: textOf(plain['direction']), offset: null },
    status: STATES[textOf(plain['status'])] ?? 'RUNNING',
    ...numbersOf({ ...plain, ...valuesOf(volumes) }),
    is_active: isWorking(item),
    parameters: valuesOf({ payup, interval }),
    variables: valuesOf({ count }),
  };
}

/** NaN and the infinities are null. */
function numbersOf(
  plain: Readonly<Record<string, unknown>>,
): Pick<Algo, 'price' | 'volume' | 'traded' | 'traded_price'> {
  const of = (name: string): number | null => (typeof plain[name] === 'number' ? plain[name] : null);
  return { price: of('price'), volume: of('volume'), traded: of('traded'), traded_price: of('traded_price') };
}

/** The name of a member; one that is not known here as its JSON. */
function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
