/**
 * The trading form: what stands in it, and what is wrong with it.
 *
 * @module
 */
import { computed, signal } from '@preact/signals';
import { fitsStep, price as priceText, toStep } from '../format/numbers.js';
import { texts } from '../i18n/index.js';
import type { NewOrderInput, Position } from '../net/types.js';
import { contracts, status, ticks } from './data.js';
import { listen, page, synced } from './feed.js';
import { serverOf } from './servers.js';

/** A side that an order has. */
export type Side = 'LONG' | 'SHORT';
/** What an order does to a position, by vnpy's names. */
export type OffsetName = 'NONE' | 'OPEN' | 'CLOSE' | 'CLOSETODAY' | 'CLOSEYESTERDAY';
/** Types that the form offers. */
export type TypeName = 'LIMIT' | 'MARKET' | 'FAK' | 'FOK' | 'STOP';

/** What stands in the form. Price and volume are texts: a person is typing them. */
export interface Form {
  readonly vtSymbol: string | undefined;
  readonly direction: Side;
  readonly offset: OffsetName;
  readonly type: TypeName;
  readonly price: string;
  readonly volume: string;
  /** The price follows the last one. */
  readonly follow: boolean;
  readonly gateway: string;
}

/** The form. */
export const form = signal<Form>({
  vtSymbol: undefined,
  direction: 'LONG',
  offset: 'OPEN',
  type: 'LIMIT',
  price: '',
  volume: '',
  follow: false,
  gateway: '',
});

/** Changes parts of the form. */
export function edit(changes: Partial<Form>): void {
  form.value = { ...form.value, ...changes };
}

/** The contract of the form. */
export const formContract = computed(() => {
  const { vtSymbol } = form.value;
  // The signal is read for its change: the contract may come after its name.
  return vtSymbol === undefined || contracts.rows.value.length === 0 ? undefined : contracts.get(vtSymbol);
});

/** The newest tick of the form's contract. */
export const formTick = computed(() => {
  const { vtSymbol } = form.value;
  return vtSymbol === undefined || ticks.rows.value.length === 0 ? undefined : ticks.get(vtSymbol);
});

const FUTURES: ReadonlySet<string> = new Set(['FUTURES', 'OPTION']);

/** Whether positions of a contract are opened and closed by name, as at China's futures exchanges. */
export const hasOffsets = (product: string | undefined, net: boolean): boolean =>
  product !== undefined && FUTURES.has(product) && !net;

/** Puts a contract into the form: its gateway, its last price, its smallest volume. */
export function choose(vtSymbol: string, more: Partial<Form> = {}): void {
  const contract = contracts.get(vtSymbol);
  const last = ticks.get(vtSymbol)?.last_price;
  listen(vtSymbol);
  const offsets = hasOffsets(contract?.product, contract?.net_position ?? false);
  edit({
    vtSymbol,
    offset: offsets ? 'OPEN' : 'NONE',
    price: last === null || last === undefined || last === 0 ? '' : priceText(last, contract?.pricetick ?? undefined),
    volume: String(contract?.min_volume ?? 1),
    gateway: contract?.gateway_name ?? '',
    ...more,
  });
}

/** Puts the way out of a position into the form: the other side, close, all of it. Nothing is sent. */
export function chooseClose(position: Position): void {
  const contract = contracts.get(position.vt_symbol);
  const held = position.volume ?? 0;
  const short = position.direction === 'SHORT' || (position.direction === 'NET' && held < 0);
  choose(position.vt_symbol, {
    direction: short ? 'LONG' : 'SHORT',
    offset: hasOffsets(contract?.product, contract?.net_position ?? false) ? 'CLOSE' : 'NONE',
    volume: String(Math.max(0, Math.abs(held) - (position.frozen ?? 0)) || Math.abs(held)),
    gateway: position.gateway_name,
  });
}

/** Moves the price by steps of its contract; an empty one begins at the last price. */
export function stepPrice(steps: number): void {
  const tick = formContract.value?.pricetick ?? 0;
  const present = numberIn(form.value.price) ?? formTick.value?.last_price ?? undefined;
  if (present === undefined || !(tick > 0)) return;
  edit({ price: priceText(toStep(present + steps * tick, tick), tick), follow: false });
}

/** Moves the volume by steps of its contract, and never below one. */
export function stepVolume(steps: number): void {
  const step = formContract.value?.min_volume ?? 1;
  const present = numberIn(form.value.volume) ?? 0;
  edit({ volume: String(Math.max(step, toStep(present + steps * step, step))) });
}

/** The number in a text; a comma between thousands is no mistake. */
export function numberIn(text: string): number | undefined {
  const bare = text.trim().replaceAll(',', '');
  if (!/^-?(\d+\.?\d*|\.\d+)$/.test(bare)) return undefined;
  return Number(bare);
}

/** What hinders every order now, in the person's language. */
export const hindrance = computed(() => {
  const { form: words, trading } = texts.value;
  const { links, trading: state } = status.value ?? {};
  if (page.value.state !== 'open' || !synced.value) return words.offLink;
  if (state?.enabled === false) return trading.offWhy;
  if (state?.halted === true && state.halts.some(({ level, scope }) => scope === 'all' && level === 'halt'))
    return words.offHalt;
  if (links?.request.state === 'down') return words.offLink;
  // Of several servers only the one that the order is for counts.
  return serverOf(form.value.gateway)?.links.request.state === 'down' ? words.offLink : undefined;
});

/** What is wrong with a field, in the person's language. */
export const mistakes = computed(() => {
  const { price, volume, type } = form.value;
  const { form: words } = texts.value;
  const contract = formContract.value;
  const found: { contract?: string; price?: string; volume?: string } = {};
  if (contract === undefined) return { contract: words.noContract };
  const priceNumber = numberIn(price);
  const tick = contract.pricetick ?? 0;
  if (type !== 'MARKET') {
    if (priceNumber === undefined) found.price = words.badPrice;
    else if (tick > 0 && !fitsStep(priceNumber, tick)) found.price = words.badTick(String(tick));
  }
  const volumeNumber = numberIn(volume);
  const step = contract.min_volume ?? 0;
  if (volumeNumber === undefined || volumeNumber <= 0) found.volume = words.badVolume;
  else if (step > 0 && !fitsStep(volumeNumber, step)) found.volume = words.badStep(String(step));
  return found;
});

/** The order that the form says, or nothing while something is wrong with it. */
export function orderOf({
  vtSymbol,
  direction,
  offset,
  type,
  price,
  volume,
  gateway,
}: Form): NewOrderInput | undefined {
  if (vtSymbol === undefined || Object.keys(mistakes.value).length > 0) return undefined;
  const priceNumber = numberIn(price);
  const volumeNumber = numberIn(volume);
  if (volumeNumber === undefined) return undefined;
  return {
    vt_symbol: vtSymbol,
    direction,
    offset,
    type,
    volume: volumeNumber,
    ...(type === 'MARKET' || priceNumber === undefined ? {} : { price: priceNumber }),
    ...(gateway === '' ? {} : { gateway_name: gateway }),
  };
}
