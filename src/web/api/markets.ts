/**
 * Handlers: contracts, ticks, subscriptions, bars.
 *
 * @module
 */
import type * as v from 'valibot';
import { messageOf } from '../../errors.js';
import { RpcTimeoutError } from '../../rpc/index.js';
import { HistoryRequest, Interval, parseEnum } from '../../vnpy/index.js';
import type { BarData, ContractData, TickData, TradingEngine } from '../../vnpy/index.js';
import { ruleOf } from '../../vnpy/internal.js';
import { ProblemError, ruleDetails } from '../errors.js';
import { toJson } from '../json.js';
import type * as schema from '../schema/index.js';
import type { Services } from '../services.js';
import { isSince, pageOf } from './pages.js';
import type { Page } from './pages.js';
import type { Call, Reply } from './route.js';

type Query<Schema extends v.GenericSchema> = v.InferOutput<Schema>;

/** GET /status */
export async function status({ services, view }: Call): Promise<Reply<schema.Status>> {
  return { body: await services.board.status(view) };
}

/** GET /contracts */
export async function contracts(
  call: Call<Query<typeof schema.ContractsQuery>>,
): Promise<Reply<Page<schema.Contract>>> {
  const { find, exchange, product, gateway, ...page } = call.query;
  const wanted = find?.toLowerCase();
  const all = await call.view.getAllContracts();
  const found = all.filter(
    (contract) =>
      (wanted === undefined || `${contract.vt_symbol}\n${contract.name}`.toLowerCase().includes(wanted)) &&
      (exchange === undefined || contract.exchange.name === exchange) &&
      (product === undefined || contract.product.name === product) &&
      (gateway === undefined || contract.gateway_name === gateway),
  );
  return {
    body: pageOf(
      found,
      ({ vt_symbol: key }) => key,
      page,
      (contract) => toJson(contract),
    ),
  };
}

/** GET /contracts/\{vt_symbol\} */
export async function contract({ view, params }: Call): Promise<Reply<schema.Contract>> {
  return { body: toJson(await contractOf(view, params['vt_symbol'])) };
}

/** GET /ticks */
export async function ticks(call: Call<Query<typeof schema.TicksQuery>>): Promise<Reply<Page<schema.AgedTick>>> {
  const wanted = call.query.symbols === undefined ? undefined : new Set(call.query.symbols);
  const all = await call.view.getAllTicks();
  const found = all.filter(({ vt_symbol: vtSymbol }) => wanted?.has(vtSymbol) ?? true);
  return { body: { data: found.map((tick) => aged(tick, call.services)) } };
}

/** GET /ticks/\{vt_symbol\} */
export async function tick({ view, params, services }: Call): Promise<Reply<schema.AgedTick>> {
  const { vt_symbol: vtSymbol } = await contractOf(view, params['vt_symbol']);
  const found = await view.getTick(vtSymbol);
  if (found === undefined) throw new ProblemError('not-found', `no tick of ${vtSymbol} has come: subscribe to it`);
  return { body: aged(found, services) };
}

/** PUT /subscriptions/\{vt_symbol\} */
export async function subscribe({ services, view, params }: Call): Promise<Reply<{ vt_symbol: string }>> {
  const found = await contractOf(view, params['vt_symbol']);
  try {
    await services.market.subscribe(view, found);
  } catch (error) {
    throw asProblem(error, 'the server cannot be asked for ticks');
  }
  return { body: { vt_symbol: found.vt_symbol } };
}

/** GET /subscriptions */
export function subscriptions({ services }: Call): Reply<Page<{ vt_symbol: string }>> {
  return { body: { data: [...services.market.subscribed].sort().map((vtSymbol) => ({ vt_symbol: vtSymbol })) } };
}

/** GET /bars */
export async function bars(call: Call<Query<typeof schema.BarsQuery>>): Promise<Reply<Page<schema.Bar>>> {
  const { vt_symbol: vtSymbol, interval, start, end, limit = 5000, source } = call.query;
  const found = await contractOf(call.view, vtSymbol);
  if (source === 'live') {
    if (interval !== '1m') {
      const message = 'bars of ticks seen here are of a minute: interval=1m';
      throw new ProblemError('bad-request', message, { errors: [{ path: 'query interval', message }] });
    }
    const seen = call.services.market.bars.of(found.vt_symbol);
    const inRange = seen.filter(({ datetime }) => isBetween(Date.parse(datetime), start, end));
    return { body: { data: inRange.slice(-limit) } };
  }
  const until = end === undefined ? call.services.now() : Date.parse(end);
  const request = new HistoryRequest({
    symbol: found.symbol,
    exchange: found.exchange,
    start: new Date(start === undefined ? until - DEFAULT_SPANS[interval] : Date.parse(start)),
    end: new Date(until),
    interval: parseEnum(Interval, interval) ?? null,
  });
  const got = await history(call.view, request, found);
  const inRange = got.filter(({ datetime }) => isSince(datetime, start));
  return { body: { data: inRange.slice(-limit).map((bar) => toJson(bar)) } };
}

/** Of bars without a start, in ms: some hundreds of them. */
const DEFAULT_SPANS = { '1m': 86_400_000, '1h': 30 * 86_400_000, d: 730 * 86_400_000, w: 3650 * 86_400_000 };

/** Gateways that are asked at this moment: most of vnpy's answer one call after the other, and orders wait behind it. */
const asking = new WeakMap<TradingEngine, Map<string, Promise<unknown>>>();

async function history(
  engine: TradingEngine,
  request: HistoryRequest,
  { gateway_name: gatewayName }: ContractData,
): Promise<readonly BarData[]> {
  const turns = asking.get(engine) ?? new Map<string, Promise<unknown>>();
  asking.set(engine, turns);
  const before = turns.get(gatewayName) ?? Promise.resolve();
  const turn = before.then(() => engine.queryHistory(request, gatewayName));
  turns.set(
    gatewayName,
    turn.catch(() => undefined),
  );
  try {
    return await turn;
  } catch (error) {
    if (error instanceof RpcTimeoutError) throw new ProblemError('timeout', messageOf(error), {}, { cause: error });
    throw new ProblemError('history-failed', messageOf(error), {}, { cause: error });
  }
}

/** @throws ProblemError `not-found`. */
export async function contractOf(view: TradingEngine, vtSymbol = ''): Promise<ContractData> {
  const found = await view.getContract(vtSymbol);
  if (found === undefined) throw new ProblemError('not-found', `there is no contract ${vtSymbol}`);
  return found;
}

/** What a call to the server that failed means. */
export function asProblem(error: unknown, what: string): ProblemError {
  if (error instanceof ProblemError) return error;
  const text = `${what}: ${messageOf(error)}`;
  const refusal = ruleOf(error);
  if (refusal !== undefined) return new ProblemError('rule', messageOf(error), ruleDetails(refusal));

  return new ProblemError(error instanceof RpcTimeoutError ? 'timeout' : 'not-connected', text, {}, { cause: error });
}

function aged(data: TickData, { market, settings }: Services): schema.AgedTick {
  const age = market.age(data.vt_symbol);
  return { ...toJson(data), age_ms: age ?? null, stale: age === undefined || age > settings.staleAfter };
}

function isBetween(time: number, start: string | undefined, end: string | undefined): boolean {
  return (start === undefined || time >= Date.parse(start)) && (end === undefined || time <= Date.parse(end));
}
