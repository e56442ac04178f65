/**
 * The way of one order: reviewed, sent once, and then known, refused or unknown.
 *
 * The key of an order is made when its review opens. It is sent at most once by this page, and never again by itself. It
 * is written down before it is sent, so that a page that is closed in between knows of it when it is opened again.
 *
 * @module
 */
import { signal } from '@preact/signals';
import { ApiError, request } from '../net/http.js';
import type { NewOrderInput, OrderPreview, OrderTicket, Problem, ProblemName, Warning } from '../net/types.js';
import { form, hindrance, orderOf } from './form.js';
import { chime } from './notices.js';
import { leave, session } from './session.js';

/** An order with its key. */
export interface KeyedOrder extends NewOrderInput {
  readonly client_order_id: string;
}

/** Where an order stands. */
export type Step =
  | { readonly name: 'checking' }
  | { readonly name: 'ready'; readonly preview: OrderPreview | undefined; readonly warnings: readonly Warning[] }
  | { readonly name: 'sending' }
  | { readonly name: 'sent'; readonly vtOrderid: string }
  | { readonly name: 'refused' | 'not-sent'; readonly problem: Problem | undefined }
  | {
      readonly name: 'unknown';
      readonly asking: boolean;
      /** Why asking brought no answer; `offline` when the console itself gave none. */
      readonly told: ProblemName | 'offline' | undefined;
      /** The same in the console's words. */
      readonly detail?: string | undefined;
      readonly candidates: readonly string[];
    }
  | { readonly name: 'absent' };

/** One review, from its opening to its end. */
export interface Review {
  readonly order: KeyedOrder;
  readonly step: Step;
  /** Whether the warnings were read. */
  readonly confirmed: boolean;
}

/** The review that is open. */
export const review = signal<Review | undefined>(undefined);

/** An order that was sent and whose end this browser has not seen. */
export interface Pending {
  readonly order: KeyedOrder;
  readonly user: string;
  /** When it was sent, in ms since 1970. */
  readonly at: number;
}

const PREFIX = 'vnpy-bridge.sent.';

/** Orders of this user whose outcome is unknown. */
export const pending = signal<readonly Pending[]>([]);

const move = (key: string, step: Step): void => {
  const open = review.value;
  if (open?.order.client_order_id === key) review.value = { ...open, step };
};

/** Opens the review of what the form says. Does nothing while something hinders it, or one is open. */
export function startReview(): void {
  const order = orderOf(form.value);
  if (order === undefined || review.value !== undefined || hindrance.value !== undefined) return;
  void check({ ...order, client_order_id: newKey() });
}

async function check(order: KeyedOrder): Promise<void> {
  const key = order.client_order_id;
  review.value = { order, step: { name: 'checking' }, confirmed: false };
  try {
    const preview = await request<OrderPreview>('/orders/preview', { method: 'POST', body: order });
    move(key, { name: 'ready', preview, warnings: preview.warnings });
  } catch (error) {
    if (lostSession(error)) return;
    const problem = error instanceof ApiError ? error.problem : undefined;
    move(key, { name: problem === undefined || problem.status >= 500 ? 'not-sent' : 'refused', problem });
  }
}

/** The person has read the warnings, or takes that back. */
export function confirmWarnings(confirmed: boolean): void {
  if (review.value !== undefined) review.value = { ...review.value, confirmed };
}

/** Whether the review can be sent now. */
export function isSendable({ step, confirmed }: Review): boolean {
  return step.name === 'ready' && (step.warnings.length === 0 || confirmed) && hindrance.value === undefined;
}

/** Sends the reviewed order. The step changes before anything waits, so that a second call finds nothing to send. */
export async function send(): Promise<void> {
  const open = review.value;
  if (open === undefined || !isSendable(open) || open.step.name !== 'ready') return;
  const { order, step } = open;
  review.value = { ...open, step: { name: 'sending' } };
  remember(order);
  await post({ ...order, confirm: step.warnings.map(({ code }) => code) });
}

async function post(order: KeyedOrder): Promise<void> {
  const key = order.client_order_id;
  try {
    const ticket = await request<OrderTicket>('/orders', { method: 'POST', body: order });
    settle(key, stepOf(ticket));
  } catch (error) {
    if (lostSession(error)) return;
    if (!(error instanceof ApiError)) throw error;
    await failed(order, error);
  }
}

/** Problems after which it is certain that nothing was sent to the market. */
const NOT_SENT: ReadonlySet<string> = new Set(['order-not-sent', 'not-connected', 'rate-limited', 'too-large']);
const REFUSED: ReadonlySet<string> = new Set([
  'bad-request',
  'forbidden',
  'not-found',
  'rule',
  'halted',
  'order-refused',
  'wrong-origin',
  'wrong-host',
  'method-not-allowed',
]);

async function failed(order: KeyedOrder, error: ApiError): Promise<void> {
  const key = order.client_order_id;
  const { kind = '', problem } = error;
  if (REFUSED.has(kind)) {
    settle(key, { name: 'refused', problem });
  } else if (NOT_SENT.has(kind)) {
    settle(key, { name: 'not-sent', problem });
  } else if (kind === 'warning-not-confirmed') {
    // Nothing was sent. It is another review, with another key.
    forget(key);
    review.value = {
      order: { ...order, client_order_id: newKey() },
      step: { name: 'ready', preview: undefined, warnings: problem?.warnings ?? [] },
      confirmed: false,
    };
  } else if (kind === 'duplicate-client-order-id') {
    await findOut(order);
  }
  // No answer, an answer of a proxy, or the console's own word for it: nobody knows.
  else {
    move(key, { name: 'unknown', asking: false, told: undefined, candidates: problem?.candidates ?? [] });
  }
}

function stepOf({ state, vt_orderid: vtOrderid }: OrderTicket): Step {
  switch (state) {
    case 'sent':
      return { name: 'sent', vtOrderid: vtOrderid ?? '' };
    case 'refused':
    case 'not-sent':
      return { name: state, problem: undefined };
    case 'sending':
    case 'unknown':
      return { name: 'unknown', asking: false, told: 'order-uncertain', candidates: [] };
  }
}

/** Asks the server what became of an order. Only an answer ends the state "unknown". */
export async function findOut(order: KeyedOrder): Promise<void> {
  const key = order.client_order_id;
  review.value = {
    order,
    step: { name: 'unknown', asking: true, told: undefined, candidates: [] },
    confirmed: true,
  };
  try {
    const path = `/orders/by-client-id/${encodeURIComponent(key)}?resolve=true`;
    settle(key, stepOf(await request<OrderTicket>(path, { timeout: 60_000 })));
  } catch (error) {
    if (lostSession(error)) return;
    const { kind, problem } = error instanceof ApiError ? error : { kind: undefined, problem: undefined };
    if (kind === 'not-found') {
      settle(key, { name: 'absent' });
    } else {
      move(key, {
        name: 'unknown',
        asking: false,
        told: kind ?? 'offline',
        detail: problem?.detail,
        candidates: problem?.candidates ?? [],
      });
    }
  }
}

/** The person has found out elsewhere what became of an order: this page reminds of it no more. */
export function lookedUp(): void {
  const open = review.value;
  if (open?.step.name !== 'unknown') return;
  review.value = undefined;
  forget(open.order.client_order_id);
}

/** The outcome is known: it is shown, and no longer kept as pending. */
function settle(key: string, step: Step): void {
  if (step.name !== 'unknown') forget(key);
  if (step.name === 'refused') chime('refusal');
  move(key, step);
}

/** Closes the review. One that is being sent stays open; one that is unknown stays in the list of pending orders. */
export function closeReview(): void {
  if (review.value?.step.name === 'sending') return;
  review.value = undefined;
  readPending();
}

function lostSession(error: unknown): boolean {
  if (!(error instanceof ApiError) || error.status !== 401) return false;
  review.value = undefined;
  leave('over');
  return true;
}

/** 26 letters and digits of 130 random bits. `randomUUID` is not there on plain http. */
export function newKey(): string {
  const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
  const random = crypto.getRandomValues(new Uint8Array(26));
  return Array.from(random, (byte) => alphabet[byte % 32]).join('');
}

function remember(order: KeyedOrder): void {
  const kept: Pending = { order, user: session.value?.user ?? '', at: Date.now() };
  try {
    localStorage.setItem(PREFIX + order.client_order_id, JSON.stringify(kept));
  } catch {
    // A browser that keeps nothing: the order is known to this page alone.
  }
}

function forget(key: string): void {
  try {
    localStorage.removeItem(PREFIX + key);
  } catch {
    // It was never kept.
  }
  readPending();
}

/** Another tab may be sending it at this moment. */
const STILL_SENDING_MS = 3_000;

/** Finds the orders that this browser has sent and not seen the end of. */
export function readPending(): void {
  const found: Pending[] = [];
  const user = session.value?.user;
  const open = review.value?.order.client_order_id;
  try {
    for (const name of Object.keys(localStorage)) {
      if (!name.startsWith(PREFIX)) continue;
      const kept = JSON.parse(localStorage.getItem(name) ?? 'null') as Pending | null;
      const isOurs = kept?.user === user && kept?.order.client_order_id !== open;
      if (kept !== null && isOurs && Date.now() - kept.at > STILL_SENDING_MS) found.push(kept);
    }
  } catch {
    // Nothing is kept, or somebody damaged it.
  }
  pending.value = found;
}

/** Looks for such orders now, and whenever another tab has something to say. */
export function watchPending(): () => void {
  const timer = setInterval(readPending, STILL_SENDING_MS);
  readPending();
  addEventListener('storage', readPending);
  return () => {
    clearInterval(timer);
    removeEventListener('storage', readPending);
  };
}
