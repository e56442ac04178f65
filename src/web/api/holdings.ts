/**
 * Handlers: trades, positions, accounts, gateways, logs.
 *
 * @module
 */
import type * as v from 'valibot';
import { toJson } from '../json.js';
import type * as schema from '../schema/index.js';
import { isSince, pageOf, timeKey } from './pages.js';
import type { Page } from './pages.js';
import type { Call, Reply } from './route.js';

type Query<Schema extends v.GenericSchema> = v.InferOutput<Schema>;
type PageCall = Call<Query<typeof schema.PageQuery>>;

/** GET /trades */
export async function trades(call: Call<Query<typeof schema.TradesQuery>>): Promise<Reply<Page<schema.Trade>>> {
  const { vt_symbol: vtSymbol, gateway, since, ...page } = call.query;
  const all = await call.view.getAllTrades();
  const found = all.filter(
    (trade) =>
      (vtSymbol === undefined || trade.vt_symbol === vtSymbol) &&
      (gateway === undefined || trade.gateway_name === gateway) &&
      isSince(trade.datetime, since),
  );
  // Both sides of a trade with oneself have one id.
  const keyOf = (trade: (typeof all)[number]): string =>
    `${timeKey(trade.datetime)} ${trade.vt_tradeid} ${trade.vt_orderid} ${trade.direction?.name ?? ''}`;
  return { body: pageOf(found, keyOf, page, (trade) => toJson(trade), true) };
}

/** GET /positions */
export async function positions({ view, query }: PageCall): Promise<Reply<Page<schema.Position>>> {
  const all = await view.getAllPositions();
  return {
    body: pageOf(
      all,
      ({ vt_positionid: key }) => key,
      query,
      (position) => toJson(position),
    ),
  };
}

/** GET /accounts */
export async function accounts({ view, query }: PageCall): Promise<Reply<Page<schema.Account>>> {
  const all = await view.getAllAccounts();
  return {
    body: pageOf(
      all,
      ({ vt_accountid: key }) => key,
      query,
      (account) => toJson(account),
    ),
  };
}

/** GET /gateways */
export async function gateways({ view }: Call): Promise<Reply<Page<schema.Gateway>>> {
  const counts = new Map<string, number>();
  for (const { gateway_name: name } of await view.getAllContracts()) counts.set(name, (counts.get(name) ?? 0) + 1);
  const all = await view.getAllAccounts();
  for (const { gateway_name: name } of all) counts.set(name, counts.get(name) ?? 0);
  const data = [...counts].sort().map(([name, count]) => ({
    gateway_name: name,
    contracts: count,
    accounts: all.filter((account) => account.gateway_name === name).map(({ vt_accountid: id }) => id),
  }));
  return { body: { data } };
}

/** GET /logs: the newest last. */
export function logs({ services, view, query }: PageCall): Reply<Page<schema.Log>> {
  const lines = services.logsOf(view).slice(-(query.limit ?? 1000));
  return { body: { data: lines.map((line) => JSON.parse(line) as schema.Log) } };
}
