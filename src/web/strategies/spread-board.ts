/**
 * Spreads of vnpy's SpreadTrading.
 *
 * @module
 */
import { ProblemError } from '../errors.js';
import type { NewSpread, Spread } from '../schema/index.js';
import { FreshLists } from './fresh.js';
import { formulaMistake } from './formula.js';
import type { Place } from './places.js';
import { refusing } from './problems.js';
import { valuesOf } from './values.js';

/** The spread application of a server. */
export type SpreadPlace = Place<'spread'>;

/** Asks for spreads, adds and removes them. */
export class SpreadBoard {
  readonly #lists: FreshLists<Spread>;

  constructor({ monotonic }: { readonly monotonic: () => number }) {
    this.#lists = new FreshLists(monotonic);
  }

  /** The spreads of a server; undefined where it has no functions for them. */
  list(place: SpreadPlace): Promise<readonly Spread[] | undefined> {
    return this.#lists.get(place.key, async () =>
      (await place.control.spreads()).map((item) => {
        // NaN and the infinities are null there.
        const plain = valuesOf(item) as unknown as Spread;
        const { name, bid_price, bid_volume, ask_price, ask_volume, net_pos, price_formula, trading_formula } = plain;
        const prices = { bid_price, bid_volume, ask_price, ask_volume, net_pos };
        return { app: place.app, server: place.server, name, ...prices, price_formula, trading_formula };
      }),
    );
  }

  /**
   * Adds a spread.
   *
   * @param isContract - Whether the server has this contract: of a leg without one vnpy knows neither size nor price tick.
   * @throws ProblemError `bad-request`, `not-found`, `strategy-refused`.
   */
  async add(
    { key, control }: SpreadPlace,
    spread: NewSpread,
    isContract: (vtSymbol: string) => Promise<boolean>,
  ): Promise<void> {
    const { name, legs, price_formula: priceFormula, active_symbol: activeSymbol, min_volume: minVolume } = spread;
    checkSpread(spread);
    for (const { vt_symbol: vtSymbol } of legs)
      if (!(await isContract(vtSymbol))) throw new ProblemError('not-found', `there is no contract ${vtSymbol}`);

    const given = legs.map(({ vt_symbol: vtSymbol, ...leg }) => ({ vtSymbol, ...leg }));
    try {
      await refusing(() => control.addSpread({ name, legs: given, priceFormula, activeSymbol, minVolume }));
    } finally {
      this.#lists.forget(key);
    }
  }

  /**
   * Removes a spread that nothing trades.
   *
   * @throws ProblemError `not-found`, `strategy-refused`.
   */
  async remove({ key, control }: SpreadPlace, name: string): Promise<void> {
    const spreads = await refusing(() => control.spreads());
    if (!spreads.some((spread) => spread.name === name))
      throw new ProblemError('not-found', `there is no spread ${name}`);

    const strategies = await refusing(() => control.strategies());
    const user = strategies.find(({ spread_name: spread }) => spread === name);
    if (user !== undefined) throw inUse(`the strategy ${user.strategy_name} trades ${name}: remove it first`);

    const algos = await refusing(() => control.algos());
    const algo = algos.find((item) => item.spread_name === name && isWorking(item));
    if (algo !== undefined) throw inUse(`the algorithm ${algo.algoid} trades ${name}: stop it first`);

    try {
      await refusing(() => control.removeSpread(name));
    } finally {
      this.#lists.forget(key);
    }
  }
}

function inUse(message: string): ProblemError {
  return new ProblemError('strategy-refused', message, { reason: 'in-use' });
}

const ENDED: ReadonlySet<unknown> = new Set(['ALLTRADED', 'CANCELLED', 'REJECTED']);

/** Whether an algorithm of a spread may still send orders. */
export function isWorking({ status }: { readonly status: unknown }): boolean {
  return !ENDED.has(valuesOf({ status })['status']);
}

/** @throws ProblemError `bad-request` for what would end vnpy's event thread at the next tick. */
function checkSpread({ legs, price_formula: formula, active_symbol: active }: NewSpread): void {
  const variables = new Set(legs.map(({ variable }) => variable));
  const symbols = new Set(legs.map((leg) => leg.vt_symbol));
  if (variables.size < legs.length) throw bad('legs', 'two legs have the same letter');
  if (symbols.size < legs.length) throw bad('legs', 'two legs have the same contract');
  if (!symbols.has(active)) throw bad('active_symbol', `${active} is the contract of no leg`);
  const mistake = formulaMistake(formula, variables);
  if (mistake !== undefined) throw bad('price_formula', mistake);
}

function bad(field: string, message: string): ProblemError {
  return new ProblemError('bad-request', `${field}: ${message}`, { errors: [{ path: `body ${field}`, message }] });
}
