/**
 * All routes: from this table come the router, openapi.json and docs/web-api.md.
 *
 * @module
 */
import * as schema from '../schema/index.js';
import * as desk from './desk.js';
import * as holdings from './holdings.js';
import * as markets from './markets.js';
import * as orders from './orders.js';
import { route } from './route.js';
import type { Route } from './route.js';
import * as sessions from './sessions.js';
import { STRATEGIES } from './strategy-routes.js';

/** Where the API is. */
export const API = '/api/v1';

const none = schema.NoQuery;

const SESSIONS: readonly Route[] = [
  route({
    ...{ method: 'POST', path: '/session', right: undefined, query: none, body: schema.LogIn, status: 204 },
    summary: 'Log in',
    notes: 'Gives a cookie. For pages of this console; programs send a token instead.',
    problems: ['unauthenticated'],
    handle: sessions.logIn,
  }),
  route({
    ...{ method: 'GET', path: '/session', right: 'view', query: none, answer: schema.Session },
    summary: 'Who am I',
    handle: sessions.whoAmI,
  }),
  route({
    ...{ method: 'DELETE', path: '/session', right: 'view', query: none, status: 204 },
    summary: 'Log out',
    handle: sessions.logOut,
  }),
  route({
    ...{ method: 'POST', path: '/session/link', right: undefined, query: none, body: schema.LogInByLink, status: 204 },
    summary: 'Log in by the one-time code of the terminal',
    problems: ['unauthenticated'],
    handle: sessions.logInByLink,
  }),
  route({
    ...{ method: 'PUT', path: '/session/password', right: 'view', query: none, body: schema.NewPassword, status: 204 },
    summary: 'Set my password',
    notes: 'All other sessions of the user end.',
    handle: sessions.setPassword,
  }),
  route({
    ...{ method: 'DELETE', path: '/sessions', right: 'view', query: none, status: 204 },
    summary: 'Log out everywhere',
    handle: sessions.logOutEverywhere,
  }),
];

const MARKETS: readonly Route[] = [
  route({
    ...{ method: 'GET', path: '/status', right: 'view', query: none, answer: schema.Status },
    summary: 'Whether what is seen is current, and whether trading is halted',
    handle: markets.status,
  }),
  route({
    ...{ method: 'GET', path: '/contracts', right: 'view', query: schema.ContractsQuery, answer: schema.ContractList },
    summary: 'Contracts, by vt_symbol',
    hasEtag: true,
    handle: markets.contracts,
  }),
  route({
    ...{ method: 'GET', path: '/contracts/{vt_symbol}', right: 'view', query: none, answer: schema.data.Contract },
    summary: 'One contract',
    problems: ['not-found'],
    hasEtag: true,
    handle: markets.contract,
  }),
  route({
    ...{ method: 'GET', path: '/ticks', right: 'view', query: schema.TicksQuery, answer: schema.TickList },
    summary: 'The last tick of each symbol that has one',
    handle: markets.ticks,
  }),
  route({
    ...{ method: 'GET', path: '/ticks/{vt_symbol}', right: 'view', query: none, answer: schema.AgedTick },
    summary: 'The last tick of a symbol',
    problems: ['not-found'],
    handle: markets.tick,
  }),
  route({
    ...{ method: 'GET', path: '/subscriptions', right: 'view', query: none, answer: schema.SubscriptionList },
    summary: 'Symbols whose ticks were asked for here',
    handle: markets.subscriptions,
  }),
  route({
    ...{ method: 'PUT', path: '/subscriptions/{vt_symbol}', right: 'view', query: none, answer: schema.Subscription },
    summary: 'Ask the server for the ticks of a symbol',
    notes: 'There is no DELETE, because vnpy knows no unsubscribe.',
    problems: ['not-found', 'not-connected', 'timeout', 'rule'],
    handle: markets.subscribe,
  }),
  route({
    ...{ method: 'GET', path: '/bars', right: 'view', query: schema.BarsQuery, answer: schema.BarList },
    summary: 'Bars of a symbol, oldest first',
    notes: 'A gateway is asked for one history at a time.',
    problems: ['not-found', 'history-failed', 'timeout'],
    handle: markets.bars,
  }),
];

const HOLDINGS: readonly Route[] = [
  route({
    ...{ method: 'GET', path: '/trades', right: 'view', query: schema.TradesQuery, answer: schema.TradeList },
    summary: 'Fills, newest first',
    handle: holdings.trades,
  }),
  route({
    ...{ method: 'GET', path: '/positions', right: 'view', query: schema.PageQuery, answer: schema.PositionList },
    summary: 'Positions',
    handle: holdings.positions,
  }),
  route({
    ...{ method: 'GET', path: '/accounts', right: 'view', query: schema.PageQuery, answer: schema.AccountList },
    summary: 'Accounts',
    handle: holdings.accounts,
  }),
  route({
    ...{ method: 'GET', path: '/gateways', right: 'view', query: none, answer: schema.GatewayList },
    summary: "The server's gateways",
    handle: holdings.gateways,
  }),
  route({
    ...{ method: 'GET', path: '/logs', right: 'view', query: schema.PageQuery, answer: schema.LogList },
    summary: 'Log lines of the server seen here, newest last',
    handle: holdings.logs,
  }),
];

const ORDERS: readonly Route[] = [
  route({
    ...{ method: 'GET', path: '/orders', right: 'view', query: schema.OrdersQuery, answer: schema.OrderList },
    summary: 'Orders, newest first',
    handle: orders.orders,
  }),
  route({
    ...{ method: 'POST', path: '/orders', right: 'trade', query: none, body: schema.NewOrder, status: 201 },
    ...{ isTrading: true, answer: schema.OrderTicket },
    summary: 'Send an order, once',
    notes:
      'A second request with the same client_order_id is answered as the first, and sends nothing. ' +
      'A 504 is no failure: the order may be there, and `resolve` tells.',
    problems: [
      ...(['not-found', 'duplicate-client-order-id', 'warning-not-confirmed', 'rule', 'halted'] as const),
      ...(['order-refused', 'order-not-sent', 'order-outcome-unknown'] as const),
    ],
    handle: orders.place,
  }),
  route({
    ...{ method: 'POST', path: '/orders/preview', right: 'trade', query: none, body: schema.PreviewOrder },
    ...{ isTrading: true, answer: schema.OrderPreview },
    summary: 'What an order would be, without sending it',
    problems: ['not-found'],
    handle: orders.preview,
  }),
  route({
    ...{ method: 'POST', path: '/orders/cancel-all', right: 'trade', query: none, body: schema.CancelAll },
    ...{ isTrading: true, answer: schema.CancelAllAnswer },
    summary: 'Ask to cancel those of these orders that still work',
    notes: 'The ids are those that the user saw: what came since is not touched.',
    handle: orders.cancelAll,
  }),
  route({
    ...{ method: 'GET', path: '/orders/by-client-id/{client_order_id}', right: 'view', query: schema.ResolveQuery },
    answer: schema.OrderTicket,
    summary: 'What became of an order, by its client_order_id',
    notes: 'With resolve=true the server is asked about one that is unknown; it takes up to some seconds.',
    problems: ['not-found', 'order-uncertain', 'order-vanished', 'not-connected'],
    handle: orders.byClientId,
  }),
  route({
    ...{ method: 'GET', path: '/orders/{vt_orderid}', right: 'view', query: none, answer: schema.data.Order },
    summary: 'One order',
    problems: ['not-found'],
    handle: orders.order,
  }),
  route({
    ...{ method: 'DELETE', path: '/orders/{vt_orderid}', right: 'trade', query: none, status: 202 },
    ...{ isTrading: true, answer: schema.CancelSent },
    summary: 'Ask to cancel an order; its end comes as an event',
    problems: ['not-found', 'rule', 'not-connected', 'timeout'],
    handle: orders.cancel,
  }),
];

const DESK: readonly Route[] = [
  route({
    ...{ method: 'POST', path: '/trading/halt', right: 'halt', query: none, body: schema.Halt },
    answer: schema.HaltAnswer,
    summary: 'Refuse new orders of this console, at once',
    notes: 'Strategies inside vnpy and other clients go on: vnpy has no stop for them over RPC.',
    problems: ['rule'],
    handle: desk.halt,
  }),
  route({
    ...{ method: 'POST', path: '/trading/resume', right: 'resume', query: none, body: schema.Resume },
    answer: schema.Trading,
    summary: 'End a halt',
    problems: ['rule'],
    handle: desk.resume,
  }),
  route({
    ...{ method: 'GET', path: '/audit', right: 'audit', query: schema.AuditQuery, answer: schema.AuditList },
    summary: 'What was done through this console, newest first',
    handle: desk.audit,
  }),
  route({
    ...{ method: 'GET', path: '/preferences', right: 'view', query: none, answer: schema.Preferences },
    summary: 'What the page keeps for me',
    problems: ['not-found'],
    handle: desk.preferences,
  }),
  route({
    ...{ method: 'PUT', path: '/preferences', right: 'view', query: none, body: schema.Preferences, status: 204 },
    summary: 'Keep something for me, at most 64 KiB',
    problems: ['not-found'],
    handle: desk.putPreferences,
  }),
];

/** The table. What has a fixed name stands before what has a variable one. */
export const ROUTES: readonly Route[] = [...SESSIONS, ...MARKETS, ...ORDERS, ...HOLDINGS, ...STRATEGIES, ...DESK];
