/**
 * The screen of `vnpy-bridge watch`.
 *
 * @module
 */
import type { ClientStatus } from '../../../rpc/index.js';
import type { AccountData, OrderData, PositionData, TickData } from '../../../vnpy/index.js';
import { escapeText } from '../../text/escape.js';
import type { Style } from '../../text/style.js';
import { ACCOUNT_COLUMNS, ORDER_COLUMNS, POSITION_COLUMNS, TICK_COLUMNS } from './rows.js';
import { clockText } from './event-line.js';
import { renderTable } from './table.js';

/** The part of a gateway that the screen shows. */
export interface WatchedState {
  readonly ticks: ReadonlyMap<string, TickData>;
  readonly positions: ReadonlyMap<string, PositionData>;
  getAllActiveOrders(): readonly OrderData[];
  readonly accounts: ReadonlyMap<string, AccountData>;
  status(): ClientStatus;
}

/** What the screen is made of. */
export interface WatchView {
  readonly gateway: WatchedState;
  readonly address: string;
  /** The contracts asked for; none for all with a position or an active order. */
  readonly symbols: readonly string[];
  /** ms since 1970. */
  readonly now: number;
  readonly style: Style;
}

/** The lines of the screen. */
export function watchScreen({ gateway, address, symbols, now, style }: WatchView): readonly string[] {
  const chosen = new Set(symbols);
  const isChosen = ({ vt_symbol }: { readonly vt_symbol: string }): boolean =>
    chosen.size === 0 || chosen.has(vt_symbol);
  const orders = gateway.getAllActiveOrders().filter(isChosen);
  const positions = [...gateway.positions.values()].filter((position) => position.volume !== 0 && isChosen(position));
  const quoted = chosen.size > 0 ? chosen : new Set([...orders, ...positions].map(({ vt_symbol }) => vt_symbol));
  const ticks = [...quoted].flatMap((name) => gateway.ticks.get(name) ?? []);
  const silent = [...quoted].filter((name) => !gateway.ticks.has(name));
  return [
    `${style('bold', 'vnpy-bridge')}  ${escapeText(address)}  ${statusText(gateway.status(), style)}  ${clockText(now)}`,
    '',
    ...renderTable(TICK_COLUMNS, ticks, style),
    ...(silent.length === 0 ? [] : [style('dim', escapeText(`no tick yet: ${silent.join(', ')}`))]),
    '',
    ...renderTable(ORDER_COLUMNS, orders, style),
    '',
    ...renderTable(POSITION_COLUMNS, positions, style),
    '',
    ...renderTable(ACCOUNT_COLUMNS, [...gateway.accounts.values()], style),
  ];
}

function statusText(status: ClientStatus, style: Style): string {
  if (status.state === 'connected') return style('green', 'connected');
  return style('red', status.state === 'disconnected' ? `disconnected: ${escapeText(status.detail)}` : status.state);
}
