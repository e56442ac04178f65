/**
 * How wide the page is, and what of it is shown.
 *
 * @module
 */
import { computed, signal } from '@preact/signals';

/** Screens by their names in the address. */
export type Screen = 'trade' | 'contracts' | 'strategies' | 'audit' | 'settings' | 'about';

/** Tabs of a phone. */
export type PhoneTab = 'quotes' | 'trade' | 'orders' | 'positions' | 'more';

/** Tabs of the table of orders. */
export type OrderTab = 'active' | 'orders' | 'trades' | 'pairs' | 'log';

const narrowQuery = matchMedia('(max-width: 719px)');
const mediumQuery = matchMedia('(max-width: 1099px)');
const narrowSignal = signal(narrowQuery.matches);
const mediumSignal = signal(mediumQuery.matches);
narrowQuery.addEventListener('change', () => {
  narrowSignal.value = narrowQuery.matches;
});
mediumQuery.addEventListener('change', () => {
  mediumSignal.value = mediumQuery.matches;
});

/** One column, as on a phone. */
export const narrow = computed(() => narrowSignal.value);

/** Two columns, as on a tablet. */
export const medium = computed(() => mediumSignal.value && !narrowSignal.value);

const SCREENS: readonly Screen[] = ['trade', 'contracts', 'strategies', 'audit', 'settings', 'about'];
const screenOf = (hash: string): Screen => SCREENS.find((name) => hash === `#/${name}`) ?? 'trade';
const screenSignal = signal<Screen>(screenOf(location.hash));
addEventListener('hashchange', () => {
  screenSignal.value = screenOf(location.hash);
});

/** The screen that the address names. */
export const screen = computed(() => screenSignal.value);

/** Goes to a screen. */
export function go(name: Screen): void {
  location.hash = name === 'trade' ? '#/' : `#/${name}`;
}

export const phoneTab = signal<PhoneTab>('quotes');
export const orderTab = signal<OrderTab>('active');

/** The time, once a second: for ages and the clock. */
export const now = signal(Date.now());
setInterval(() => {
  if (!document.hidden) now.value = Date.now();
}, 1000);
