/**
 * The positions of accounts: fills move them, what the server tells of them checks them.
 *
 * vnpy's gateways ask for positions every few seconds, so that what they tell may be older than the last fill. Both are
 * kept. For what is opened the worse of the two counts, and for what is closed the lesser.
 *
 * @module
 */
import { Direction } from '../../vnpy/data/public.js';
import type { PositionData } from '../../vnpy/data/public.js';
import { exact } from './exact.js';
import { exchangeOf, placeOf } from './facts.js';
import type { Facts } from './facts.js';
import { Holding } from './holding.js';
import type { StoredHolding, Style } from './holding.js';
import { seconds } from './market.js';
import type { Day } from './trading-day.js';

/** The bounds between which a position is. */
export interface Bounds {
  /** The most that may be long and short, on two sides. */
  readonly long: number;
  readonly short: number;
  /** The highest and the lowest that it may be as one number. */
  readonly high: number;
  readonly low: number;
}

const NOTHING: Bounds = { long: 0, short: 0, high: 0, low: 0 };

/** What can be closed for sure. */
export interface Closable {
  readonly today: number;
  readonly yesterday: number;
  readonly total: number;
  /** What the server says is frozen by orders. */
  readonly frozen: number;
}

interface Place {
  readonly vtSymbol: string;
  readonly exchange: string;
  readonly byFills: Holding;
  /** What the server told; undefined until it has told something. */
  told: Holding | undefined;
  readonly frozen: { long: number; short: number; net: number };
  /** The trading day of both. */
  day: Day;
  /** The day in which both were made one: what a settlement changes has no fill. */
  settled: Day;
  /** By the monotonic clock: since when the two differ, and when the last fill came. */
  differsSince: number | undefined;
  filledAt: number;
  /** What the server told last is no number. */
  isBroken: boolean;
}

/** A position as it is stored. */
export interface StoredPlace {
  readonly vtSymbol: string;
  readonly exchange: string;
  readonly byFills: StoredHolding;
  readonly told: StoredHolding | undefined;
  readonly frozen: { readonly long: number; readonly short: number; readonly net: number };
  readonly day: Day;
}

/** What the positions need of what is around them. */
export interface PositionsContext {
  /** By the monotonic clock. */
  now(): number;
  dayOf(exchange: string): Day;
  styleOf(gateway: string, vtSymbol: string): Style;
  /** How long the two may differ, in ms. */
  patience(): number;
  /** A position is another now. */
  changed(place: string): void;
}

/** All positions of all gateways. */
export class Positions {
  readonly #context: PositionsContext;
  readonly #places = new Map<string, Place>();

  constructor(context: PositionsContext) {
    this.#context = context;
  }

  /** A fill that was not known before. */
  fill(facts: Facts, lots: number): void {
    const place = this.#of(facts.gateway, facts.vtSymbol, facts.exchange);
    this.#roll(place);
    place.byFills.fill(facts, lots, this.#context.styleOf(facts.gateway, facts.vtSymbol));
    place.filledAt = this.#context.now();
    this.#compare(facts.gateway, place);
    this.#context.changed(placeOf(facts));
  }

  /** What the server tells of one side. */
  tell(position: PositionData): void {
    const { gateway_name: gateway, vt_symbol: vtSymbol } = position;
    this.#write(position);
    this.#told(placeOf({ gateway, vtSymbol }), false);
  }

  /**
   * All that the server tells. What it does not tell of is nothing.
   *
   * @param adopt - Nothing was known before: what it tells is what there is.
   */
  tellAll(positions: readonly PositionData[], adopt: boolean): void {
    for (const place of this.#places.values()) {
      place.told = new Holding();
      place.isBroken = false;
      place.frozen.long = place.frozen.short = place.frozen.net = 0;
    }
    // Both sides are told before either is looked at.
    for (const position of positions) this.#write(position);
    for (const key of this.#places.keys()) this.#told(key, adopt);
  }

  /** A person says that what the server tells is right. */
  adopt(gateway: string): void {
    for (const [key, place] of this.#places) {
      if (gatewayOf(key) !== gateway) continue;
      this.#adopt(place);
      this.#compare(gateway, place);
      this.#context.changed(key);
    }
  }

  /** Why a position cannot be told; undefined when it can. */
  doubt(gateway: string, vtSymbol: string): string | undefined {
    const place = this.#places.get(placeOf({ gateway, vtSymbol }));
    if (place?.isBroken) return `the position in ${vtSymbol} that ${gateway} tells is no number`;
    const since = place?.differsSince;
    if (since === undefined) return undefined;
    const age = this.#context.now() - since;
    if (age <= this.#context.patience()) return undefined;
    return `the position in ${vtSymbol} that ${gateway} tells has differed from its fills for ${seconds(age)}`;
  }

  bounds(place: string): Bounds {
    const known = this.#places.get(place);
    if (known === undefined) return NOTHING;
    const { byFills, told } = known;
    const other = told ?? byFills;
    return {
      long: Math.max(byFills.longTotal, other.longTotal),
      short: Math.max(byFills.shortTotal, other.shortTotal),
      high: Math.max(byFills.asNet, other.asNet),
      low: Math.min(byFills.asNet, other.asNet),
    };
  }

  /** What an order of this side can close. Nothing where the server has told nothing. */
  closable(place: string, side: 'buy' | 'sell'): Closable {
    const known = this.#places.get(place);
    if (known?.told === undefined || known.isBroken) return { today: 0, yesterday: 0, total: 0, frozen: 0 };
    this.#roll(known);
    const [one, other] = [known.byFills, known.told].map((holding) => (side === 'buy' ? holding.short : holding.long));
    if (one === undefined || other === undefined) return { today: 0, yesterday: 0, total: 0, frozen: 0 };
    return {
      today: Math.min(one.today, other.today),
      yesterday: Math.min(one.yesterday, other.yesterday),
      total: exact(Math.min(one.today + one.yesterday, other.today + other.yesterday)),
      frozen: side === 'buy' ? known.frozen.short : known.frozen.long,
    };
  }

  /** What the server says is frozen of a position that is one number. */
  frozenNet(place: string): number {
    const { long = 0, short = 0, net = 0 } = this.#places.get(place)?.frozen ?? {};
    return Math.max(long, short, net);
  }

  toJSON(): readonly (readonly [string, StoredPlace])[] {
    return [...this.#places].map(([key, { byFills, told, vtSymbol, exchange, frozen, day }]) => [
      key,
      { vtSymbol, exchange, byFills: byFills.toJSON(), told: told?.toJSON(), frozen: { ...frozen }, day },
    ]);
  }

  restore(stored: readonly (readonly [string, StoredPlace])[]): void {
    for (const [key, { vtSymbol, exchange, byFills, told, frozen, day }] of stored) {
      const place: Place = {
        vtSymbol,
        exchange,
        byFills: new Holding().copy(byFills),
        told: told === undefined ? undefined : new Holding().copy(told),
        frozen: { ...frozen },
        day,
        settled: day,
        differsSince: undefined,
        filledAt: this.#context.now(),
        isBroken: false,
      };
      this.#places.set(key, place);
      this.#compare(gatewayOf(key), place);
      this.#context.changed(key);
    }
  }

  #write(position: PositionData): void {
    const { gateway_name: gateway, vt_symbol: vtSymbol } = position;
    const place = this.#of(gateway, vtSymbol, exchangeOf(position));
    this.#roll(place);
    place.isBroken = ![position.volume, position.yd_volume, position.frozen].every(Number.isFinite);
    if (place.isBroken) return;
    place.told ??= new Holding();
    write(place.told, place.frozen, position);
  }

  #told(key: string, adopt: boolean): void {
    const place = this.#places.get(key);
    if (place === undefined) return;
    this.#roll(place);
    if (adopt || (place.settled < place.day && this.#isQuiet(place))) this.#adopt(place);
    this.#compare(gatewayOf(key), place);
    this.#context.changed(key);
  }

  #of(gateway: string, vtSymbol: string, exchange: string): Place {
    const key = placeOf({ gateway, vtSymbol });
    let place = this.#places.get(key);
    if (place === undefined) {
      const day = this.#context.dayOf(exchange);
      place = {
        vtSymbol,
        exchange,
        byFills: new Holding(),
        told: undefined,
        frozen: { long: 0, short: 0, net: 0 },
        day,
        settled: day,
        differsSince: undefined,
        filledAt: -Infinity,
        isBroken: false,
      };
      this.#places.set(key, place);
    }
    return place;
  }

  /** At a new day all is of yesterday. */
  #roll(place: Place): void {
    const day = this.#context.dayOf(place.exchange);
    if (day <= place.day) return;
    place.day = day;
    place.byFills.roll();
    place.told?.roll();
  }

  #compare(gateway: string, place: Place): void {
    const { byFills, told, vtSymbol } = place;
    const { isNet } = this.#context.styleOf(gateway, vtSymbol);
    const isSame =
      told === undefined ||
      (isNet
        ? byFills.asNet === told.asNet
        : byFills.longTotal === told.longTotal && byFills.shortTotal === told.shortTotal);
    place.differsSince = isSame ? undefined : (place.differsSince ?? this.#context.now());
    // The totals agree: which part is of yesterday is for the server to say.
    if (isSame && this.#isQuiet(place)) this.#adopt(place);
  }

  /** Its last fill is in what the server tells, as far as anybody knows. */
  #isQuiet(place: Place): boolean {
    return this.#context.now() - place.filledAt > this.#context.patience();
  }

  #adopt(place: Place): void {
    if (place.told === undefined) return;
    place.byFills.copy(place.told.toJSON());
    place.settled = place.day;
  }
}

function write(told: Holding, frozen: Place['frozen'], position: PositionData): void {
  const { direction, volume, yd_volume: yesterday } = position;
  const side = { today: exact(volume - yesterday), yesterday };
  if (direction === Direction.LONG) {
    Object.assign(told.long, side);
    frozen.long = position.frozen;
  } else if (direction === Direction.SHORT) {
    Object.assign(told.short, side);
    frozen.short = position.frozen;
  } else {
    told.net = volume;
    frozen.net = position.frozen;
  }
}

function gatewayOf(place: string): string {
  return place.slice(0, place.indexOf('\n'));
}
