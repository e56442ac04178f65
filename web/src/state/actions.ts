/**
 * What a person does to orders that are there, and to trading as a whole.
 *
 * @module
 */
import { signal } from '@preact/signals';
import { ApiError, request } from '../net/http.js';
import type { Algo, AuditEntry, CancelOutcome, HaltAnswer, HaltInput, Order, Spread, Strategy } from '../net/types.js';
import { texts } from '../i18n/index.js';
import { memberText } from '../i18n/index.js';
import { notify } from './notices.js';
import { leave } from './session.js';
import type { Place } from './strategies.js';

/** The dialog that is open, beside that of an order. */
export type Asked =
  | { readonly what: 'cancel'; readonly order: Order }
  | {
      readonly what: 'cancel-all';
      readonly orders: readonly Order[];
      readonly outcomes: readonly CancelOutcome[] | undefined;
    }
  | { readonly what: 'halt' }
  | { readonly what: 'resume' }
  | { readonly what: 'audit'; readonly entry: AuditEntry }
  | { readonly what: 'strategy'; readonly strategy: Strategy; readonly action: 'init' | 'start' | 'stop' | 'remove' }
  | { readonly what: 'add-strategy'; readonly places: readonly Place[] }
  | { readonly what: 'edit-strategy'; readonly strategy: Strategy }
  | { readonly what: 'add-spread'; readonly places: readonly Place[] }
  | { readonly what: 'remove-spread'; readonly spread: Spread }
  | { readonly what: 'start-algo'; readonly places: readonly Place[] }
  | { readonly what: 'algo'; readonly algo: Algo; readonly action: 'pause' | 'resume' | 'stop' }
  | { readonly what: 'keys' };

/** What the page asks at the moment. */
export const asked = signal<Asked | undefined>(undefined);

/** Whether an answer to it is under way. */
export const busy = signal(false);

/** The text of a problem: the page's own words, then the console's. */
export function problemText(error: unknown): readonly [string, string | undefined] {
  const { problem } = texts.value;
  if (!(error instanceof ApiError)) return [problem.other, error instanceof Error ? error.message : undefined];
  const [fault] = error.problem?.errors ?? [];
  if (fault?.path === 'body price_formula') return [texts.value.refusedBy.badFormula, undefined];
  if (error.status === 0) return [texts.value.link.pageLost, undefined];
  const { reason, server_log: log = [] } = error.problem ?? {};
  if (reason === 'in-use') return [texts.value.refusedBy.reason[reason], undefined];
  if (reason !== undefined) {
    // Of a traceback its last line says what it was.
    const line = log.find((each) => each.includes('Traceback')) ?? log.at(-1);
    return [texts.value.refusedBy.reason[reason], line?.trimEnd().split('\n').at(-1) ?? error.problem?.detail];
  }
  return [memberText(problem, error.kind ?? 'other'), error.problem?.detail];
}

/** Runs what a person asked for, once at a time, and says what went wrong. */
export async function run(failure: string | undefined, work: () => Promise<void>): Promise<void> {
  if (busy.value) return;
  busy.value = true;
  try {
    await work();
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) {
      asked.value = undefined;
      leave('over');
      return;
    }
    const [text, more] = problemText(error);
    notify('error', failure ?? text, failure === undefined ? more : [text, more].filter(Boolean).join(' '));
  } finally {
    busy.value = false;
  }
}

/** Asks the server to cancel an order. Its end comes as an event. */
export function cancelOrder(order: Order): Promise<void> {
  const { cancel } = texts.value;
  return run(cancel.failed, async () => {
    await request(`/orders/${encodeURIComponent(order.vt_orderid)}`, { method: 'DELETE' });
    asked.value = undefined;
    notify('info', cancel.sent, `${order.vt_symbol} ${order.orderid}`);
  });
}

/** Asks the server to cancel the orders that the person saw in the list. */
export function cancelAll(orders: readonly Order[]): Promise<void> {
  return run(texts.value.cancel.failed, async () => {
    const body = { vt_orderids: orders.map((order) => order.vt_orderid) };
    const { data } = await request<{ data: readonly CancelOutcome[] }>('/orders/cancel-all', { method: 'POST', body });
    asked.value = { what: 'cancel-all', orders, outcomes: data };
  });
}

/** Halts trading for everybody. */
export function halt(input: HaltInput): Promise<void> {
  return run(undefined, async () => {
    await request<HaltAnswer>('/trading/halt', { method: 'POST', body: input });
    asked.value = undefined;
  });
}

/** Lets trading go on. */
export function resume(): Promise<void> {
  return run(undefined, async () => {
    await request('/trading/resume', { method: 'POST', body: {} });
    asked.value = undefined;
  });
}
