/**
 * The tables of the trading screen.
 *
 * @module
 */
import { computed, signal } from '@preact/signals';
import type { ComponentChild } from 'preact';
import { texts } from '../i18n/index.js';
import type { Account, Order, Position, Quote, Tick, Trade } from '../net/types.js';
import { asked } from '../state/actions.js';
import { accounts, activeOrders, isActive, logs, orders, positions, quotes, ticks, trades } from '../state/data.js';
import type { NumberedLog } from '../state/data.js';
import { choose, chooseClose } from '../state/form.js';
import { narrow, orderTab, phoneTab } from '../state/layout.js';
import type { OrderTab } from '../state/layout.js';
import { mayTrade } from '../state/session.js';
import { settings } from '../state/settings.js';
import { Panel, SaveButton } from '../ui/controls.js';
import { Grid } from '../ui/grid.js';
import { synced, unwatch } from '../state/feed.js';
import * as columns from './columns/index.js';
import { FindContract } from './find-contract.js';

const TALL = 48;
const rowHeight = (): { rowHeight?: number } => (narrow.value ? { rowHeight: TALL } : {});

/** Fills the form, and shows it where it is on a tab of its own. */
export function toForm(vtSymbol: string): void {
  choose(vtSymbol);
  if (narrow.value) phoneTab.value = 'trade';
}

/** The ticks of the contracts that the person watches, in that order. */
const watchedTicks = computed((): readonly Tick[] => {
  const all = ticks.rows.value;
  if (all.length === 0) return [];
  return settings.value.watched.flatMap((symbol) => ticks.get(symbol) ?? []);
});

const newestFirst = <Row extends { readonly datetime: string | null }>(rows: readonly Row[]): readonly Row[] =>
  // They come in the order of time, but for what a comparison with the server brought.
  [...rows].reverse();

/** 行情 */
export function Quotes(): ComponentChild {
  const { panel, empty } = texts.value;
  return (
    <Panel
      title={panel.quotes}
      class="quotes"
      tools={
        <>
          <FindContract />
          <SaveButton name="quotes" table={() => [watchedTicks.value, columns.quoteColumns.value]} />
        </>
      }
    >
      <Grid<Tick>
        id={narrow.value ? 'quotes-narrow' : 'quotes'}
        label={panel.quotes}
        rows={watchedTicks.value}
        columns={narrow.value ? columns.quoteColumnsNarrow.value : columns.quoteColumns.value}
        keyOf={(tick) => tick.vt_symbol}
        empty={empty.quotes}
        {...rowHeight()}
        onOpen={(tick) => {
          toForm(tick.vt_symbol);
        }}
        {...(narrow.value
          ? {
              onPick: (tick: Tick) => {
                toForm(tick.vt_symbol);
              },
            }
          : {})}
        onKey={(key, tick) => {
          if (key !== 'Delete') return false;
          unwatch(tick.vt_symbol);
          return true;
        }}
      />
    </Panel>
  );
}

const askCancel = (order: Order): boolean => {
  if (!mayTrade.value || !synced.value || !isActive(order)) return false;
  asked.value = { what: 'cancel', order };
  return true;
};

/** Asks which of the working orders to cancel. */
export function askCancelAll(): void {
  if (!mayTrade.value || !synced.value) return;
  asked.value = { what: 'cancel-all', orders: activeOrders.value, outcomes: undefined };
}

const orderRows = computed(() => newestFirst(orders.rows.value));
const activeRows = computed(() => newestFirst(activeOrders.value));
const tradeRows = computed(() => newestFirst(trades.rows.value));
const pairRows = computed(() => newestFirst(quotes.rows.value));
const logLevel = signal(0);
const logRows = computed(() => {
  const lines = logLevel.value === 0 ? logs.rows.value : logs.rows.value.filter(({ level }) => level >= logLevel.value);
  return [...lines].reverse();
});

/** 活动, 委托, 成交, 日志 */
export function Orders(): ComponentChild {
  const { panel, empty } = texts.value;
  const tabs: readonly (readonly [OrderTab, string, number | undefined])[] = [
    ['active', panel.active, activeOrders.value.length],
    ['orders', panel.orders, orders.rows.value.length],
    ['trades', panel.trades, trades.rows.value.length],
    // On a phone there is room for it only where somebody makes markets.
    ...(narrow.value && quotes.rows.value.length === 0
      ? []
      : ([['pairs', panel.pairs, quotes.rows.value.length]] as const)),
    ['log', panel.log, undefined],
  ];
  const tab = orderTab.value;
  const isNarrow = narrow.value;
  const isOfOrders = tab === 'active' || tab === 'orders';
  const orderTable = (id: string, rows: readonly Order[], nothing: string): ComponentChild => (
    <Grid<Order>
      key={id}
      id={isNarrow ? `${id}-narrow` : id}
      label={id === 'active' ? panel.active : panel.orders}
      rows={rows}
      columns={isNarrow ? columns.orderColumnsNarrow.value : columns.orderColumns.value}
      keyOf={(order) => order.vt_orderid}
      empty={nothing}
      {...rowHeight()}
      onOpen={askCancel}
      onKey={(key, order) => key === 'c' && askCancel(order)}
    />
  );
  return (
    <section class="panel orders" aria-label={panel.orders}>
      <header class="panel-head">
        <Tabs tabs={tabs} value={tab} controls="orders-panel" />
        <div class="tools">
          {tab === 'log' && <LogLevel />}
          <SaveTab tab={tab} />
          {mayTrade.value && isOfOrders && !isNarrow && (
            <button
              type="button"
              class="quiet cancel-all"
              disabled={!synced.value || activeOrders.value.length === 0}
              onClick={askCancelAll}
            >
              {texts.value.form.cancelAll}
            </button>
          )}
        </div>
      </header>
      <div class="panel-body" id="orders-panel" role="tabpanel" aria-label={panel[tab]}>
        {tab === 'active' && orderTable('active', activeRows.value, empty.active)}
        {tab === 'orders' && orderTable('orders', orderRows.value, empty.orders)}
        {tab === 'trades' && (
          <Grid<Trade>
            key="trades"
            id={isNarrow ? 'trades-narrow' : 'trades'}
            label={panel.trades}
            rows={tradeRows.value}
            columns={isNarrow ? columns.tradeColumnsNarrow.value : columns.tradeColumns.value}
            keyOf={(trade) => trade.vt_tradeid}
            empty={empty.trades}
            {...rowHeight()}
            onOpen={(trade) => {
              toForm(trade.vt_symbol);
            }}
          />
        )}
        {tab === 'pairs' && (
          <Grid<Quote>
            key="pairs"
            id={isNarrow ? 'pairs-narrow' : 'pairs'}
            label={panel.pairs}
            rows={pairRows.value}
            columns={isNarrow ? columns.pairColumnsNarrow.value : columns.pairColumns.value}
            keyOf={(quote) => quote.vt_quoteid}
            empty={empty.pairs}
            {...rowHeight()}
            onOpen={(quote) => {
              toForm(quote.vt_symbol);
            }}
          />
        )}
        {tab === 'log' && <Logs />}
      </div>
      {mayTrade.value && isNarrow && isOfOrders && (
        <button
          type="button"
          class="secondary below"
          disabled={!synced.value || activeOrders.value.length === 0}
          onClick={askCancelAll}
        >
          {texts.value.form.cancelAll}
        </button>
      )}
    </section>
  );
}

function Tabs(props: {
  readonly tabs: readonly (readonly [OrderTab, string, number | undefined])[];
  readonly value: OrderTab;
  readonly controls: string;
}): ComponentChild {
  const { tabs, value, controls } = props;
  const move = (event: KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    const place = tabs.findIndex(([name]) => name === value);
    const next = tabs[(place + step + tabs.length) % tabs.length]?.[0];
    if (next === undefined) return;
    orderTab.value = next;
    const list = event.currentTarget;
    if (list instanceof HTMLElement) list.querySelector<HTMLElement>(`[data-tab="${next}"]`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={texts.value.panel.orders} onKeyDown={move}>
      {tabs.map(([name, title, count]) => (
        <button
          key={name}
          type="button"
          role="tab"
          data-tab={name}
          aria-selected={name === value}
          aria-controls={controls}
          tabIndex={name === value ? 0 : -1}
          onClick={() => {
            orderTab.value = name;
          }}
        >
          {title}
          {count !== undefined && count > 0 && <span class="count">{count}</span>}
        </button>
      ))}
    </div>
  );
}

function SaveTab({ tab }: { tab: OrderTab }): ComponentChild {
  switch (tab) {
    case 'active':
      return <SaveButton name="active" table={() => [activeRows.value, columns.orderColumns.value]} />;
    case 'orders':
      return <SaveButton name="orders" table={() => [orderRows.value, columns.orderColumns.value]} />;
    case 'trades':
      return <SaveButton name="trades" table={() => [tradeRows.value, columns.tradeColumns.value]} />;
    case 'pairs':
      return <SaveButton name="two-sided-quotes" table={() => [pairRows.value, columns.pairColumns.value]} />;
    case 'log':
      return <SaveButton name="log" table={() => [logRows.value, columns.logColumns.value]} />;
  }
}

function LogLevel(): ComponentChild {
  const { log } = texts.value;
  const levels: readonly (readonly [number, string])[] = [
    [0, log.all],
    [30, log.warning],
    [40, log.error],
  ];
  return (
    <select
      aria-label={log.level}
      value={logLevel.value}
      onChange={(event) => {
        logLevel.value = Number(event.currentTarget.value);
      }}
    >
      {levels.map(([level, text]) => (
        <option key={level} value={level}>
          {text}
        </option>
      ))}
    </select>
  );
}

/** 日志 */
function Logs(): ComponentChild {
  const { panel, empty } = texts.value;
  return (
    <Grid<NumberedLog>
      key="log"
      id="log"
      label={panel.log}
      rows={logRows.value}
      columns={columns.logColumns.value}
      keyOf={(line) => String(line.number)}
      empty={empty.log}
    />
  );
}

/** 持仓 */
export function Positions(): ComponentChild {
  const { panel, empty } = texts.value;
  const close = (position: Position): void => {
    if (!mayTrade.value || (position.volume ?? 0) === 0) return;
    chooseClose(position);
    if (narrow.value) phoneTab.value = 'trade';
  };
  return (
    <Panel
      title={panel.positions}
      class="positions"
      tools={<SaveButton name="positions" table={() => [positions.rows.value, columns.positionColumns.value]} />}
    >
      <Grid<Position>
        id={narrow.value ? 'positions-narrow' : 'positions'}
        label={panel.positions}
        rows={positions.rows.value}
        columns={narrow.value ? columns.positionColumnsNarrow.value : columns.positionColumns.value}
        keyOf={(position) => position.vt_positionid}
        empty={empty.positions}
        {...rowHeight()}
        onOpen={close}
      />
    </Panel>
  );
}

/** 资金 */
export function Accounts(): ComponentChild {
  const { panel, empty } = texts.value;
  return (
    <Panel
      title={panel.accounts}
      class="accounts"
      tools={<SaveButton name="accounts" table={() => [accounts.rows.value, columns.accountColumns.value]} />}
    >
      <Grid<Account>
        id="accounts"
        label={panel.accounts}
        rows={accounts.rows.value}
        columns={narrow.value ? columns.accountColumnsNarrow.value : columns.accountColumns.value}
        keyOf={(account) => account.vt_accountid}
        empty={empty.accounts}
      />
    </Panel>
  );
}
