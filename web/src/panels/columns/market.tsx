/**
 * The columns of 行情, and the narrower ones of a phone.
 *
 * @module
 */
import { computed } from '@preact/signals';
import { percent, price, signed, volume } from '../../format/numbers.js';
import { timeOfDay } from '../../format/times.js';
import type { Tick } from '../../net/types.js';
import { tickOf } from '../../state/data.js';
import { unwatch } from '../../state/feed.js';
import { muted, numbers, toneOf } from '../../ui/column.js';
import type { Column } from '../../ui/column.js';
import { words } from './words.js';

const changeOf = ({ last_price: last, pre_close: before }: Tick): number | null =>
  last === null || before === null || before === 0 || last === 0 ? null : last - before;
const partOf = (tick: Tick): number | null => {
  const change = changeOf(tick);
  return change === null ? null : change / (tick.pre_close ?? 1);
};
const changeText = (tick: Tick): string => {
  const change = changeOf(tick);
  return signed(price(change, tickOf(tick.vt_symbol)), change ?? 0);
};
/** vnpy says 0 where there is no price. */
const tickPrice = (value: number | null, tick: Tick): string =>
  price(value === 0 ? null : value, tickOf(tick.vt_symbol));
/** A price of the day, coloured by which side of the close of the day before it is on. */
function dayPrice(
  id: string,
  title: string,
  width: number,
  field: 'open_price' | 'high_price' | 'low_price' | 'last_price',
): Column<Tick> {
  return numbers({
    ...{ id, title, width, flash: field === 'last_price', write: tickPrice },
    of: (tick) => tick[field],
    tone: (tick) => {
      const value = tick[field];
      const before = tick.pre_close;
      return value === null || value === 0 || before === null || before === 0 ? undefined : toneOf(value - before);
    },
  });
}

function offButton(tick: Tick): preact.ComponentChild {
  const { quotes } = words.value;
  return (
    <button
      type="button"
      class="small off"
      tabIndex={-1}
      title={quotes.remove}
      aria-label={`${quotes.remove}: ${tick.symbol}`}
      onClick={() => unwatch(tick.vt_symbol)}
    >
      ×
    </button>
  );
}

/** 行情 */
export const quoteColumns = computed((): readonly Column<Tick>[] => {
  const { column } = words.value;
  return [
    { id: 'symbol', title: column.symbol, width: 76, text: (tick) => tick.symbol },
    muted('exchange', column.exchange, 60, (tick) => tick.exchange),
    { id: 'name', title: column.name, width: 108, text: (tick) => tick.name },
    dayPrice('last', column.last, 82, 'last_price'),
    numbers({
      id: 'change',
      title: column.changePercent,
      width: 74,
      of: partOf,
      write: percent,
      tone: (tick) => toneOf(partOf(tick)),
    }),
    numbers({ id: 'volume', title: column.volumeToday, width: 96, of: (tick) => tick.volume, write: volume }),
    dayPrice('open', column.open, 84, 'open_price'),
    dayPrice('high', column.high, 84, 'high_price'),
    dayPrice('low', column.low, 84, 'low_price'),
    numbers({ id: 'bid', title: column.bid, width: 84, of: (tick) => tick.bid_price_1, write: tickPrice }),
    numbers({
      id: 'bidVolume',
      title: column.bidVolume,
      width: 68,
      tone: () => 'muted',
      of: (tick) => tick.bid_volume_1,
      write: volume,
    }),
    numbers({ id: 'ask', title: column.ask, width: 84, of: (tick) => tick.ask_price_1, write: tickPrice }),
    numbers({
      id: 'askVolume',
      title: column.askVolume,
      width: 68,
      tone: () => 'muted',
      of: (tick) => tick.ask_volume_1,
      write: volume,
    }),
    muted('time', column.time, 108, (tick) => timeOfDay(tick.datetime)),
    muted('gateway', column.gateway, 66, (tick) => tick.gateway_name),
    { id: 'off', title: '', width: 34, text: () => '', control: offButton },
  ];
});

/** 行情 on a phone. */
export const quoteColumnsNarrow = computed((): readonly Column<Tick>[] => {
  const { column } = words.value;
  return [
    { id: 'symbol', title: column.contract, width: 108, text: (tick) => tick.symbol, second: (tick) => tick.name },
    dayPrice('last', column.last, 100, 'last_price'),
    numbers({
      id: 'change',
      title: column.changePercent,
      width: 80,
      second: changeText,
      of: partOf,
      write: percent,
      tone: (tick) => toneOf(partOf(tick)),
    }),
    {
      id: 'volume',
      title: column.volumeToday,
      width: 74,
      number: 'plain',
      text: (tick) => volume(tick.volume),
      by: (tick) => tick.volume,
    },
  ];
});
