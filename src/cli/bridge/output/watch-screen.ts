/**
 * The screen of `vnpy-bridge watch`.
 *
 * @module
 */
import type { ClientStatus } from '../../../rpc/index.js';
import type { AccountData, ContractData, OrderData, PositionData, TickData } from '../../../vnpy/index.js';
import type { Paint, Style } from '../../kit/text/style.js';
import type { DataTexts } from '../../lang/en/data.js';
import type { LiveTexts } from '../../lang/en/live.js';
import { QUIET } from '../events/quiet.js';
import { libraryText } from './library-text.js';
import { fitBlocks, fitLine, fitTable } from './fit.js';
import type { FittedColumn } from './fit.js';
import { ACCOUNT_COLUMNS, ORDER_COLUMNS, POSITION_COLUMNS, spoken, TICK_COLUMNS } from './rows.js';
import type { DataColumn } from './rows.js';
import { decimalsOf } from '../../kit/text/table.js';
import type { Cell } from '../../kit/text/table.js';

/** The part of a gateway that the screen shows. */
export interface WatchedState {
  readonly ticks: ReadonlyMap<string, TickData>;
  readonly positions: ReadonlyMap<string, PositionData>;
  readonly contracts: ReadonlyMap<string, ContractData>;
  getAllActiveOrders(): readonly OrderData[];
  readonly accounts: ReadonlyMap<string, AccountData>;
  status(): ClientStatus;
}

/** Which colour a rising price has: red in China, green elsewhere. */
export type UpColor = 'red' | 'green';

/** What the screen is made of. */
export interface WatchView {
  readonly gateway: WatchedState;
  readonly address: string;
  /** The contracts asked for; none for all with a position or an active order. */
  readonly symbols: readonly string[];
  /** Those of them that the server does not know. */
  readonly unknown: ReadonlySet<string>;
  /** ms since 1970. */
  readonly now: number;
  /** ms since the last message came. */
  readonly silence: number;
  /** ms since the server last answered or began to be asked. */
  readonly unanswered: number;
  /** ms since the screen is shown. */
  readonly waited: number;
  /** What has gone wrong of late. */
  readonly problem: string | undefined;
  readonly up: UpColor;
  readonly width: number;
  readonly height: number;
  readonly style: Style;
  readonly texts: { readonly data: DataTexts; readonly live: LiveTexts };
}

/** Without an answer for so long, in ms, the server is said not to answer. */
const HANGS = 3000;

/** A tick's priority by title: what stays in a narrow window has the lowest. */
const PRIORITY: Readonly<Record<string, number>> = {
  ...{ vt_symbol: 0, last: 0, vt_orderid: 5, volume: 1, price: 1, direction: 1, balance: 0, vt_accountid: 0 },
  ...{ available: 1, name: 2, bid: 3, ask: 3, traded: 2, status: 2, pnl: 2, 'change %': 2, time: 4, offset: 4 },
  ...{ frozen: 6, bid_volume: 7, ask_volume: 7, yd_volume: 7, type: 7, reference: 9, gateway_name: 9 },
};

/** The lines of the screen: none longer than the window is wide, not more than it is high. */
export function watchScreen(view: WatchView): readonly string[] {
  const { gateway, symbols, unknown, waited, up, width, height, style, texts } = view;
  const chosen = new Set(symbols);
  const isChosen = ({ vt_symbol }: { readonly vt_symbol: string }): boolean =>
    chosen.size === 0 || chosen.has(vt_symbol);
  const orders = gateway.getAllActiveOrders().filter(isChosen);
  const positions = [...gateway.positions.values()].filter((position) => position.volume !== 0 && isChosen(position));
  const quoted = chosen.size > 0 ? chosen : new Set([...orders, ...positions].map(({ vt_symbol }) => vt_symbol));
  const ticks = [...quoted].flatMap((name) => gateway.ticks.get(name) ?? []);
  const silent = [...quoted].filter((name) => !gateway.ticks.has(name) && !unknown.has(name));
  const notes = [
    ...(unknown.size === 0
      ? []
      : [fitLine([[texts.live.unknownContracts([...unknown].join(', ')), 'red']], width, style)]),
    ...(silent.length === 0 ? [] : [fitLine([[texts.live.noTickYet(silent.join(', ')), 'dim']], width, style)]),
    ...(silent.length > 0 && waited >= QUIET
      ? [fitLine([[gateway.accounts.size === 0 ? texts.live.noAccount : texts.live.closed, 'yellow']], width, style)]
      : []),
    ...(quoted.size === 0 ? [fitLine([[texts.live.nothingHeld, 'dim']], width, style)] : []),
  ];
  const down = up === 'red' ? 'green' : 'red';
  const paint = (tick: TickData): Paint | undefined => {
    const change = changeOf(tick);
    return change === undefined || change === 0 ? undefined : change > 0 ? up : down;
  };
  const nameColumn = <Row extends { readonly vt_symbol: string }>(): FittedColumn<Row> => ({
    title: 'name',
    head: texts.data.columns.name,
    priority: 2,
    value: ({ vt_symbol }) => gateway.contracts.get(vt_symbol)?.name,
  });
  const change: FittedColumn<TickData> = {
    title: 'change %',
    head: texts.data.columns['change %'],
    priority: 2,
    value: (tick) => percentOf(tick),
    decimals: () => 2,
    paint,
  };
  const decimals = ({ vt_symbol }: { readonly vt_symbol: string }): number =>
    decimalsOf(String(gateway.contracts.get(vt_symbol)?.pricetick ?? 0));
  const at = { zone: zoneOf(view.now), texts: texts.data };
  const [symbolColumn, lastColumn, ...further] = priced(TICK_COLUMNS, at, decimals);
  const tickColumns = [symbolColumn, nameColumn<TickData>(), lastColumn, change, ...further].filter(
    (column) => column !== undefined,
  );
  const [positionSymbol, ...positionRest] = priced(POSITION_COLUMNS, at, decimals);
  const positionColumns = [positionSymbol, nameColumn<PositionData>(), ...positionRest].filter(
    (column) => column !== undefined,
  );
  const blocks = [
    [...fitTable(tickColumns, ticks, width, style), ...notes],
    fitTable(priced(ORDER_COLUMNS, at, decimals), orders, width, style),
    fitTable(positionColumns, positions, width, style),
    fitTable(fitted(ACCOUNT_COLUMNS, at), [...gateway.accounts.values()], width, style),
  ];
  return [headLine(view), whyLine(view), ...fitBlocks(blocks, height - 2, texts.live.more)].slice(0, height);
}

/** Where and for whom the screen is. */
interface Setting {
  readonly zone: string;
  readonly texts: DataTexts;
}

/** The columns of a list with priorities, and a time of day in place of a datetime. */
function fitted<Row>(columns: readonly DataColumn<Row>[], { zone, texts }: Setting): readonly FittedColumn<Row>[] {
  return spoken(columns, texts).map((column) =>
    column.title === 'datetime'
      ? { title: 'time', head: texts.columns.time, priority: 4, value: (row) => timeOfDay(column.value(row), zone) }
      : { ...column, priority: PRIORITY[column.title] ?? 8 },
  );
}

const PRICES: ReadonlySet<string> = new Set(['last', 'bid', 'ask', 'price']);

/** The same with all prices of a contract in its own decimals. */
function priced<Row>(
  columns: readonly DataColumn<Row>[],
  at: Setting,
  decimals: (row: Row) => number,
): readonly FittedColumn<Row>[] {
  return fitted(columns, at).map((column) => (PRICES.has(column.title) ? { ...column, decimals } : column));
}

/** `2026-11-29 11:58:33.406+08:00` as `11:58:33`, with the zone where it is not that of the clock; the date is the same in all rows. */
function timeOfDay(value: Cell, zone: string): Cell {
  if (typeof value !== 'string') return value;
  const [, time, offset = ''] = /(\d\d:\d\d:\d\d)(?:\.\d+)?([+-]\d\d:\d\d)?/.exec(value) ?? [];
  if (time === undefined) return value;
  return offset === zone ? time : time + offset;
}

/** Percent since the previous close; unknown where the gateway gives none. */
function changeOf({ last_price, pre_close }: TickData): number | undefined {
  return pre_close > 0 && last_price > 0 ? (last_price / pre_close - 1) * 100 : undefined;
}

/** The same in hundredths. */
function percentOf(tick: TickData): number | undefined {
  const change = changeOf(tick);
  return change === undefined ? undefined : Number(change.toFixed(2));
}

/** State first: it is what a narrow window must show. */
function headLine({ gateway, address, now, silence, unanswered, width, style, texts: { live } }: WatchView): string {
  const status = gateway.status();
  const hangs = status.state === 'connected' && unanswered >= HANGS;
  const state = hangs
    ? ([live.noAnswerFor(seconds(unanswered)), 'red'] as const)
    : status.state === 'connected'
      ? ([live.states.connected, 'green'] as const)
      : ([live.states[status.state], 'red'] as const);
  return fitLine(
    [state, [clock(now)], [live.lastMessage(seconds(silence)), hangs ? 'red' : 'dim'], [live.quit, 'dim'], [address]],
    width,
    style,
  );
}

/** Why there is no connection, or what else is wrong; an empty line where all is well. */
function whyLine({ gateway, problem, width, style, texts: { live } }: WatchView): string {
  const status = gateway.status();
  if (status.state === 'disconnected') return fitLine([[libraryText(live.said(status.detail)), 'red']], width, style);
  return problem === undefined ? '' : fitLine([[libraryText(live.said(problem)), 'yellow']], width, style);
}

function seconds(ms: number): number {
  return Math.floor(ms / 1000);
}

/** The time of day on this machine, and its zone. */
function clock(ms: number): string {
  const at = new Date(ms);
  return `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())} UTC${zoneOf(ms)}`;
}

/** The zone of this machine: `+08:00`. */
function zoneOf(ms: number): string {
  const offset = -new Date(ms).getTimezoneOffset();
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(Math.abs(offset) / 60))}:${two(Math.abs(offset) % 60)}`;
}

const two = (value: number): string => String(value).padStart(2, '0');
