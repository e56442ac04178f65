/**
 * The roles that a console has of itself: viewer, trader, admin and audit, with limits against fat fingers and a halt.
 *
 * @module
 */
import { readFileSync } from 'node:fs';
import { rename, writeFile } from 'node:fs/promises';
import { OWN_FILE } from '../../file-rights.js';
import * as v from 'valibot';
import { messageOf } from '../../errors.js';
import { Direction, OrderType } from '../../vnpy/index.js';
import type { OrderRequest, TickData, TradingEngine } from '../../vnpy/index.js';
import { ConsoleError } from '../errors.js';
import { HaltState } from '../schema/index.js';
import type { HaltScope, Right } from '../schema/index.js';
import { DeskRefusal } from './desk.js';
import type { Desk, HaltCommand, Principal, Refusal, ResumeCommand, WebUser } from './desk.js';
import { LimitedEngine } from './limited-engine.js';

/** What each role may do. */
const ROLES: ReadonlyMap<string, readonly Right[]> = new Map<string, readonly Right[]>([
  ['viewer', ['view']],
  ['trader', ['view', 'trade', 'halt']],
  ['admin', ['view', 'trade', 'halt', 'resume', 'audit', 'users']],
  ['audit', ['view', 'audit']],
]);

/** The names of the built-in roles. */
export const BUILT_IN_ROLES: readonly string[] = [...ROLES.keys()];

/** The limits of the built-in desk. */
export interface BuiltInOptions {
  /** Lots of one order at most. */
  readonly maxVolume: number;
  /** How far a buy may be above the last price, and a sell below: 0.05 is 5 %. */
  readonly priceBand: number;
  /** Where halts are kept over a restart; undefined: nowhere. */
  readonly haltFile: string | undefined;
  readonly now: () => number;
}

const HaltFile = v.strictObject({ version: v.literal(1), halts: v.array(HaltState) });

/** Roles and limits without a policy. A seat belt: other programs send past it. */
export class BuiltInDesk implements Desk {
  readonly #engine: LimitedEngine;
  readonly #source: TradingEngine;
  readonly #options: BuiltInOptions;
  readonly #listeners = new Set<() => void>();
  #halts: readonly HaltState[];
  #writing: Promise<unknown> = Promise.resolve();

  /** @throws ConsoleError `BAD_DATA` when the halts cannot be read: trading would go on that was halted. */
  constructor(engine: TradingEngine, options: BuiltInOptions) {
    this.#source = engine;
    this.#options = options;
    this.#halts = readHalts(options.haltFile);
    this.#engine = new LimitedEngine(engine, async (request, gatewayName) => this.#refusal(request, gatewayName));
  }

  principalOf({ name, role }: WebUser): Principal | undefined {
    return ROLES.has(role) ? { name, role } : undefined;
  }

  engineFor(): TradingEngine {
    return this.#engine;
  }

  may({ role }: Principal, right: Right): boolean {
    return ROLES.get(role)?.includes(right) === true;
  }

  async preview(_principal: Principal, request: OrderRequest, gatewayName: string): Promise<readonly Refusal[]> {
    const refusal = await this.#refusal(request, gatewayName);
    if (refusal === undefined) return [];
    const { rule, message, limit = null, value = null } = refusal;
    return [{ rule, message, limit, value }];
  }

  async halt({ level, scope, reason, by }: HaltCommand): Promise<undefined> {
    if (typeof scope === 'object' && ('principal' in scope || 'role' in scope))
      throw new DeskRefusal('shape', 'without a policy a halt is for all, a gateway, an account or a symbol');

    const since = new Date(this.#options.now()).toISOString();
    const others = this.#halts.filter((halt) => !isSameScope(halt.scope, scope));
    await this.#setHalts([...others, { level, scope, reason, by: by.name, since }]);
  }

  async resume({ scope }: ResumeCommand): Promise<void> {
    await this.#setHalts(scope === 'all' ? [] : this.#halts.filter((halt) => !isSameScope(halt.scope, scope)));
  }

  get keepsHalts(): boolean {
    return this.#options.haltFile !== undefined;
  }

  halts(): readonly HaltState[] {
    return this.#halts;
  }

  onHalt(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Holds at once; the disk comes after. */
  async #setHalts(halts: readonly HaltState[]): Promise<void> {
    this.#halts = halts;
    for (const listener of this.#listeners) listener();
    const { haltFile } = this.#options;
    if (haltFile === undefined) return;
    const turn = this.#writing.then(async () => {
      await writeFile(`${haltFile}.new`, `${JSON.stringify({ version: 1, halts })}\n`, { mode: OWN_FILE });
      await rename(`${haltFile}.new`, haltFile);
    });
    this.#writing = turn.catch(() => undefined);
    await turn;
  }

  async #refusal(request: OrderRequest, gatewayName: string): Promise<DeskRefusal | undefined> {
    const halt = this.#halts.find(({ scope }) => isFor(scope, request, gatewayName));
    if (halt?.level === 'halt')
      return new DeskRefusal('halt', `trading is halted since ${halt.since} by ${halt.by}: ${halt.reason}`);

    if (halt !== undefined && !isClosing(request))
      return new DeskRefusal('halt', `only orders that close a position pass since ${halt.since}: ${halt.reason}`);

    const { maxVolume } = this.#options;
    if (request.volume > maxVolume) {
      const text = `order volume ${request.volume} is above ${maxVolume} (--web-max-volume)`;
      return new DeskRefusal('orderVolume', text, { limit: maxVolume, value: request.volume });
    }
    return await this.#outsideBand(request);
  }

  async #outsideBand({ vt_symbol: vtSymbol, type, price, direction }: OrderRequest): Promise<DeskRefusal | undefined> {
    if (type === OrderType.MARKET) return undefined;
    const reference = referencePrice(await this.#source.getTick(vtSymbol));
    if (reference === undefined)
      return new DeskRefusal('state', `no price of ${vtSymbol} is known to compare with: subscribe to it first`);

    const { priceBand } = this.#options;
    const isBuy = direction === Direction.LONG;
    const limit = isBuy ? reference + Math.abs(reference) * priceBand : reference - Math.abs(reference) * priceBand;
    const isOutside = isBuy ? price > limit : price < limit;
    if (!isOutside) return undefined;
    const text = `${isBuy ? 'buy' : 'sell'} at ${price} is ${isBuy ? 'above' : 'below'} ${limit}, which is ${priceBand * 100} % from the last price ${reference}`;
    return new DeskRefusal('priceBand', text, { limit, value: price });
  }
}

/** What prices are compared with; undefined where there is none. Spreads trade at 0 and below: then there is no band. */
function referencePrice(tick: TickData | undefined): number | undefined {
  if (tick === undefined) return undefined;
  return [tick.last_price, tick.pre_close].find((price) => Number.isFinite(price) && price !== 0);
}

function isClosing({ offset }: OrderRequest): boolean {
  return offset.name.startsWith('CLOSE');
}

function isFor(scope: HaltScope, request: OrderRequest, gatewayName: string): boolean {
  if (scope === 'all') return true;
  if ('gateway' in scope) return scope.gateway === gatewayName;
  if ('symbol' in scope) return scope.symbol === request.vt_symbol;
  // Which account of a gateway an order is for, vnpy does not say.
  return 'account' in scope && scope.account.startsWith(`${gatewayName}.`);
}

function isSameScope(left: HaltScope, right: HaltScope): boolean {
  return JSON.stringify(left) === JSON.stringify(right);
}

function readHalts(path: string | undefined): readonly HaltState[] {
  if (path === undefined) return [];
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new ConsoleError('BAD_DATA', `cannot read the halts in ${path}: ${messageOf(error)}`, { cause: error });
  }
  try {
    return v.parse(HaltFile, JSON.parse(text)).halts;
  } catch (error) {
    const hint = 'mend or remove it; nothing is halted then';
    throw new ConsoleError('BAD_DATA', `${path} holds no halts (${hint}): ${messageOf(error)}`, { cause: error });
  }
}
