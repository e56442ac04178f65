/**
 * The page begins here.
 *
 * @module
 */
import { effect } from '@preact/signals';
import { render } from 'preact';
import { App } from './app.js';
import { formContract, formTick } from './state/form.js';
import { price } from './format/numbers.js';
import { findSession } from './state/session.js';
import { keepSettings } from './state/settings.js';

keepSettings();

// The title is what a hidden tab shows.
effect(() => {
  const last = formTick.value?.last_price;
  const contract = formContract.value;
  const isThere = contract !== undefined && last !== null && last !== undefined && last !== 0;
  document.title = isThere
    ? `${price(last, contract.pricetick ?? undefined)} ${contract.symbol} · vnpy-bridge`
    : 'vnpy-bridge';
});

const root = document.getElementById('page');
if (root !== null) {
  render(<App />, root);
  void findSession();
}
