/**
 * From a request to exactly one order: ids, warnings, rules, and what an answer of the engine means.
 *
 * @module
 */
import { createHash } from 'node:crypto';
import { messageOf } from '../../errors.js';
import { LogData, OrderRequest, OrderType, Direction, Offset, GatewayError, SendOrderError } from '../../vnpy/index.js';
import type { ContractData, OrderData, TickData, TradingEngine } from '../../vnpy/index.js';
import type { Principal } from '../desk/desk.js';
import { ProblemError, rateLimited } from '../errors.js';
import { toJson } from '../json.js';
import type { Gateway } from '../market/source.js';
import type { RateLimiter } from '../rate.js';
import type { NewOrder, OrderTicket } from '../schema/index.js';
import type { Answer, OrderBook, Ticket, TicketState } from './book.js';
import { warningsOf } from './warnings.js';
import type { WarningLimits } from './warnings.js';

/** What sending needs. */
export interface SenderParts {
  readonly book: OrderBook;
  readonly rate: RateLimiter;
  readonly warnings: WarningLimits;
  readonly gateway: Gateway | undefined;
  /** Several servers stand behind the engine: then an order names its gateway. */
  readonly isJoined: boolean;
  /** Told of each order that was tried, when its end is known. */
  readonly done: (ticket: Ticket, order: NewOrder, problem: ProblemError | undefined, whence: Whence) => void;
}

/** Where a request comes from, for the audit. */
export interface Whence {
  readonly request_id: string;
  readonly address: string;
}

/** An order, looked at. */
export interface Checked {
  readonly contract: ContractData;
  readonly gatewayName: string;
  readonly tick: TickData | undefined;
  readonly request: OrderRequest;
}

/** Where an answer to an unknown order is found. */
export function resolvePath(id: string): string {
  return `/api/v1/orders/by-client-id/${encodeURIComponent(id)}?resolve=true`;
}

/** Sends orders. */
export class OrderSender {
  readonly #parts: SenderParts;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /**
   * Sends an order, unless its id was used: then the answer of the first time is given again.
   *
   * @throws ProblemError for what was not sent, and is not kept: the id may be used again.
   */
  async place(
    engine: TradingEngine,
    { name: user }: Principal,
    id: string,
    order: NewOrder,
    whence: Whence,
  ): Promise<Answer> {
    const { book, rate, done } = this.#parts;
    const digest = digestOf(order);
    const before = book.get(id);
    if (before !== undefined) return answerAgain(before, user, digest);
    const ticket = book.begin(id, user, digest);
    let checked: Checked;
    try {
      const allowance = rate.take(user);
      if (!allowance.allowed) throw rateLimited('Too many orders', allowance.wait);
      checked = await this.#beforeSending(engine, id, order);
      await flushed(book);
    } catch (error) {
      book.forget(ticket);
      throw error;
    }
    const { state, vtOrderid, problem, answer } = await this.#send(engine, id, checked);
    const settled = book.settle(ticket, state, { ...(vtOrderid === undefined ? {} : { vtOrderid }), answer });
    done(settled, order, problem, whence);
    return answer;
  }

  /**
   * What an order would be.
   *
   * @throws ProblemError `not-found`, `bad-request`.
   */
  async check(engine: TradingEngine, order: NewOrder, reference = ''): Promise<Checked> {
    const contract = await engine.getContract(order.vt_symbol);
    if (contract === undefined)
      throw new ProblemError('not-found', `there is no contract ${order.vt_symbol}; nothing was sent`);

    const gatewayName = order.gateway_name ?? this.#onlyGateway(contract);
    const { symbol, exchange } = contract;
    const request = new OrderRequest({
      ...{ symbol, exchange, reference, volume: order.volume, price: order.price ?? 0 },
      direction: Direction[order.direction],
      offset: Offset[order.offset],
      type: OrderType[order.type],
    });
    return { contract, gatewayName, tick: await engine.getTick(order.vt_symbol), request };
  }

  /** Where several servers may have a contract, nobody's default says whose account an order is for. */
  #onlyGateway({ gateway_name: gatewayName }: ContractData): string {
    if (!this.#parts.isJoined) return gatewayName;
    const message = `name the gateway, ${gatewayName} for instance: this console has several servers; nothing was sent`;
    throw new ProblemError('bad-request', message, { errors: [{ path: 'gateway_name', message }] });
  }

  /** What there is to warn of. */
  warnings({ request, contract, tick }: Checked): ReturnType<typeof warningsOf> {
    return warningsOf(request, contract, tick, this.#parts.warnings);
  }

  /**
   * What an id stands for.
   *
   * @param resolve - Ask the server about one that is unknown.
   * @throws ProblemError `not-found`, `order-uncertain`, `order-vanished`, `not-connected`.
   */
  async lookUp(engine: TradingEngine, id: string, user: string, resolve: boolean): Promise<OrderTicket> {
    const known = this.#parts.book.get(id);
    const ticket = known?.user === user ? known : undefined;
    if (ticket?.vtOrderid !== undefined) {
      const order = await engine.getOrder(ticket.vtOrderid);
      if (order !== undefined || !resolve) return ticketOf(ticket, order);
      return ticketOf(ticket, await this.#stillThere(engine, id, ticket.vtOrderid));
    }

    const here = await orderWithReference(engine, id);
    if (here !== undefined) return this.#found(id, ticket, here);
    if (ticket !== undefined && (ticket.state !== 'unknown' || !resolve)) return ticketOf(ticket, undefined);
    if (!resolve) throw new ProblemError('not-found', `no order of yours has the id ${id}`);
    const order = await this.#ask(engine, id);
    if (order !== undefined) return this.#found(id, ticket, order);
    if (ticket !== undefined) this.#parts.book.settle(ticket, 'not-sent', {});
    throw new ProblemError('not-found', 'there is no such order, and it will not come', { client_order_id: id });
  }

  #found(id: string, ticket: Ticket | undefined, order: OrderData): OrderTicket {
    const { vt_orderid: vtOrderid } = order;
    const known = ticket === undefined || ticket.state === 'sending' ? undefined : ticket;
    if (known !== undefined) this.#parts.book.settle(known, 'sent', { vtOrderid });
    return { client_order_id: id, state: 'sent', vt_orderid: vtOrderid, order: toJson(order) };
  }

  /** @throws ProblemError `order-vanished` for one that the server had, and does not know any more. */
  async #stillThere(engine: TradingEngine, id: string, vtOrderid: string): Promise<OrderData> {
    const order = await this.#ask(engine, id);
    if (order !== undefined) return order;
    const text = `the server had the order ${vtOrderid} and does not know it any more: it was restarted. Look at its trades`;
    throw new ProblemError('order-vanished', text, { client_order_id: id });
  }

  async #ask(engine: TradingEngine, id: string): Promise<OrderData | undefined> {
    const { gateway } = this.#parts;
    // An engine without a wire has told all that it did.
    if (gateway === undefined) return undefined;
    try {
      return await gateway.findOrder(id);
    } catch (error) {
      const code = error instanceof GatewayError ? error.code : undefined;
      const details = { client_order_id: id };
      if (code === 'ORDER_UNCERTAIN') {
        throw new ProblemError('order-uncertain', messageOf(error), {
          ...details,
          candidates: await namedOrders(engine, error),
        });
      }

      if (code === 'ORDER_VANISHED') throw new ProblemError('order-vanished', messageOf(error), details);
      throw new ProblemError('not-connected', `the server cannot be asked: ${messageOf(error)}`, details, {
        cause: error,
      });
    }
  }

  async #beforeSending(engine: TradingEngine, id: string, order: NewOrder): Promise<Checked> {
    const checked = await this.check(engine, order, id);
    // Kept ids end with the process where there is no file: vnpy's orders have them, too.
    if ((await orderWithReference(engine, id)) !== undefined) {
      throw new ProblemError('duplicate-client-order-id', `there is an order with the id ${id} at the server`, {
        client_order_id: id,
      });
    }
    const unconfirmed = this.warnings(checked).filter(({ code }) => !order.confirm.includes(code));
    if (unconfirmed.length === 0) return checked;
    const codes = unconfirmed.map(({ code }) => code).join(', ');
    throw new ProblemError('warning-not-confirmed', `look at this and confirm it: ${codes}`, {
      warnings: unconfirmed,
      client_order_id: id,
    });
  }

  async #send(engine: TradingEngine, id: string, { request, gatewayName }: Checked): Promise<Sent> {
    const logs: string[] = [];
    // Among several servers, only the order's own one says why.
    const isOfServer = (name: string): boolean =>
      !this.#parts.isJoined || name === '' || serverOf(name) === serverOf(gatewayName);
    const stop = engine.on('event', ({ data }) => {
      if (data instanceof LogData && logs.length < 20 && isOfServer(data.gateway_name)) logs.push(data.msg);
    });
    try {
      const vtOrderid = await engine.sendOrder(request, gatewayName);
      if (vtOrderid !== '') return sent(id, vtOrderid, await orderNow(engine, vtOrderid));
      return failed('refused', refusedByServer(id, logs));
    } catch (error) {
      return failedBy(error, id);
    } finally {
      stop();
    }
  }
}

/** `day` of `day:CTP`. */
function serverOf(gatewayName: string): string {
  return gatewayName.slice(0, gatewayName.indexOf(':') + 1);
}

interface Sent {
  readonly state: TicketState;
  readonly vtOrderid?: string;
  readonly problem?: ProblemError;
  readonly answer: Answer;
}

function sent(id: string, vtOrderid: string, order: OrderData | undefined): Sent {
  const body: OrderTicket = {
    client_order_id: id,
    state: 'sent',
    vt_orderid: vtOrderid,
    order: order === undefined ? null : toJson(order),
  };
  return { state: 'sent', vtOrderid, answer: { status: 201, body } };
}

function failed(state: TicketState, problem: ProblemError): Sent {
  return { state, problem, answer: { status: problem.status, body: problem.toProblem() } };
}

function failedBy(error: unknown, id: string): Sent {
  const text = messageOf(error);
  if (error instanceof SendOrderError && error.outcome === 'not-sent')
    return failed('not-sent', new ProblemError('order-not-sent', text, { client_order_id: id }));

  if (error instanceof SendOrderError && error.outcome === 'refused')
    return failed('refused', refusedByRule(error, id) ?? refusedByServer(id, error.logs, text));

  // It was refused before it was sent: UNKNOWN_SYMBOL, or no connection yet.
  if (error instanceof GatewayError && NEVER_SENT.has(error.code))
    return failed('not-sent', new ProblemError('order-not-sent', text, { client_order_id: id }));

  // Of everything else the worst is assumed.
  const problem = new ProblemError(
    'order-outcome-unknown',
    `this is no failure: the order may be at the server. Find out before anything else. ${text}`,
    { client_order_id: id, resolve: resolvePath(id) },
  );
  return failed('unknown', problem);
}

const NEVER_SENT: ReadonlySet<string> = new Set(['UNKNOWN_SYMBOL', 'NOT_CONNECTED', 'CLOSED']);

function refusedByServer(id: string, logs: readonly string[], text?: string): ProblemError {
  const reason = logs.length === 0 ? 'it logged no reason' : logs.join(' | ');
  return new ProblemError('order-refused', text ?? `the server did not take the order: ${reason}`, {
    server_log: [...logs],
    client_order_id: id,
  });
}

/** A rule of the desk, of its guard, or of a guard before the server: all say which. */
function refusedByRule(error: SendOrderError, id: string): ProblemError | undefined {
  const { rule, limit = null, value = null, logs, message } = error;
  if (rule === undefined) return undefined;
  return new ProblemError(rule === 'halt' ? 'halted' : 'rule', message, {
    ...{ rule, limit, value, client_order_id: id },
    ...(logs.length === 0 ? {} : { server_log: [...logs] }),
  });
}

function answerAgain({ state, answer, id, ...ticket }: Ticket, user: string, digest: string): Answer {
  const details = { client_order_id: id };
  if (ticket.user !== user || ticket.digest !== digest) {
    const text = `the id ${id} was used for another order: a new review has a new id`;
    throw new ProblemError('duplicate-client-order-id', text, details);
  }
  if (state === 'sending') {
    const text = `the order with the id ${id} is being sent at this moment: it is not sent twice`;
    throw new ProblemError('duplicate-client-order-id', text, details, { status: 409 });
  }
  // It was found since.
  if (state === 'sent' && answer?.status !== 201)
    return { status: 201, body: ticketOf({ id, state, answer, ...ticket }, undefined) };

  if (answer !== undefined) return answer;
  // The console ended while it was being sent.
  const text = 'the console was restarted while it was being sent: find out what became of it';
  throw new ProblemError('order-outcome-unknown', text, { ...details, resolve: resolvePath(id) });
}

/** What was asked for, without what may differ between two tries of the same. */
function digestOf({ vt_symbol, direction, offset, type, price, volume, gateway_name }: NewOrder): string {
  const parts = [vt_symbol, direction, offset, type, price ?? null, volume, gateway_name ?? null];
  return createHash('sha256').update(JSON.stringify(parts)).digest('hex');
}

async function flushed(book: OrderBook): Promise<void> {
  try {
    await book.flush();
  } catch (error) {
    throw new ProblemError(
      'order-not-sent',
      `the id of the order cannot be kept: ${messageOf(error)}`,
      {},
      { cause: error },
    );
  }
}

async function orderNow(engine: TradingEngine, vtOrderid: string): Promise<OrderData | undefined> {
  try {
    return await engine.getOrder(vtOrderid);
  } catch {
    // It was sent all the same.
    return undefined;
  }
}

async function orderWithReference(engine: TradingEngine, reference: string): Promise<OrderData | undefined> {
  return (await engine.getAllOrders()).find((order) => order.reference === reference);
}

function ticketOf({ id, state, vtOrderid }: Ticket, order: OrderData | undefined): OrderTicket {
  return {
    client_order_id: id,
    state,
    vt_orderid: vtOrderid ?? null,
    order: order === undefined ? null : toJson(order),
  };
}

/** The ids that a message names, as they are called here: a server among several knows nothing of its name. */
async function namedOrders(engine: TradingEngine, error: unknown): Promise<string[]> {
  const ids = [...messageOf(error).matchAll(/\b[\w-]+\.[\w-]*\d[\w-]*\b/g)].map(([id]) => id).slice(0, 20);
  const known = (await engine.getAllOrders()).map(({ vt_orderid: id }) => id);
  return ids.flatMap((id) => {
    const found = known.filter((each) => each === id || each.endsWith(`:${id}`));
    return found.length === 0 ? [id] : found;
  });
}
