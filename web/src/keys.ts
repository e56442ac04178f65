/**
 * The keys of the page. None sends an order: the last step is the dialog's.
 *
 * @module
 */
import { askCancelAll } from './panels/tables.js';
import { asked } from './state/actions.js';
import { edit } from './state/form.js';
import { go, narrow, orderTab, phoneTab, screen } from './state/layout.js';
import type { OrderTab } from './state/layout.js';
import { review, startReview } from './state/order.js';
import { mayTrade } from './state/session.js';
import { focusGrid } from './ui/grid.js';

/** What the digits show, from 1 on: a tab of the orders, or a table beside them. */
const TABLES: readonly (OrderTab | 'positions' | 'quotes')[] = [
  'active',
  'orders',
  'trades',
  'log',
  'positions',
  'quotes',
  'pairs',
];

/** Whether keys are letters of something that is being typed. */
function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  return target instanceof HTMLTextAreaElement || target instanceof HTMLSelectElement || isTextField(target);
}

const isTextField = (target: HTMLElement): boolean =>
  target instanceof HTMLInputElement && target.type !== 'checkbox' && target.type !== 'radio';

function focusFind(): void {
  const id = screen.value === 'contracts' ? 'contracts-find' : 'find';
  phoneTab.value = screen.value === 'trade' ? 'quotes' : phoneTab.value;
  focusOn(id);
}

/** At once where it is there, so that no letter of a fast typist is lost; else when it has been drawn. */
function focusOn(id: string): void {
  const field = document.getElementById(id);
  if (field === null) requestAnimationFrame(() => document.getElementById(id)?.focus());
  else field.focus();
}

function showTab(number: number): void {
  const table = TABLES[number - 1] ?? 'active';
  if (screen.value !== 'trade') go('trade');
  if (table === 'positions' || table === 'quotes') {
    phoneTab.value = table;
  } else {
    orderTab.value = table;
    phoneTab.value = 'orders';
  }
  requestAnimationFrame(() => {
    focusGrid(narrow.value ? `${table}-narrow` : table);
  });
}

/** What a plain key does. */
const PLAIN: Readonly<Record<string, () => void>> = {
  '/': focusFind,
  b: () => {
    if (mayTrade.value) edit({ direction: 'LONG' });
  },
  s: () => {
    if (mayTrade.value) edit({ direction: 'SHORT' });
  },
  C: askCancelAll,
  '?': () => {
    asked.value = { what: 'keys' };
  },
  Escape: () => {
    if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
  },
};

/** Listens to the keys of the page until the returned function is called. */
export function listenToKeys(): () => void {
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.repeat || asked.value !== undefined || review.value !== undefined) return;
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      if (mayTrade.value) startReview();
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (isTyping(event.target) && event.key !== 'Escape') return;
    const act = /^[1-7]$/.test(event.key) ? (): void => showTab(Number(event.key)) : PLAIN[event.key];
    if (act === undefined) return;
    event.preventDefault();
    act();
  };
  addEventListener('keydown', onKeyDown);
  return () => {
    removeEventListener('keydown', onKeyDown);
  };
}
