/**
 * The order book of the form's contract: five asks, the last price, five bids. A click takes a price into the form.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { percent, price as priceText, signed, volume as volumeText } from '../format/numbers.js';
import { texts } from '../i18n/index.js';
import type { Tick } from '../net/types.js';
import { edit, formContract, formTick } from '../state/form.js';
import { mayTrade } from '../state/session.js';
import { toneOf } from '../ui/column.js';

type Level = 1 | 2 | 3 | 4 | 5;
const LEVELS: readonly Level[] = [1, 2, 3, 4, 5];

interface Line {
  readonly name: string;
  readonly price: number | undefined;
  readonly volume: number;
}

/** A level that the book does not have is 0 in vnpy: it is shown empty, and never with its former values. */
function line(tick: Tick | undefined, side: 'bid' | 'ask', level: Level): Line {
  const price = tick?.[`${side}_price_${level}`];
  const volume = tick?.[`${side}_volume_${level}`] ?? 0;
  const isThere = price !== null && price !== undefined && (price !== 0 || volume !== 0);
  return { name: String(level), price: isThere ? price : undefined, volume };
}

/** 盘口 */
export function Depth(): ComponentChild {
  const tick = formTick.value;
  const asks = [...LEVELS].reverse().map((level) => line(tick, 'ask', level));
  const bids = LEVELS.map((level) => line(tick, 'bid', level));
  const most = Math.max(1, ...[...asks, ...bids].map(({ volume }) => volume));
  return (
    <div class="depth" role="group" aria-label={texts.value.panel.depth}>
      {asks.map((level) => (
        <DepthLine key={`ask${level.name}`} side="ask" level={level} most={most} />
      ))}
      <Last tick={tick} />
      {bids.map((level) => (
        <DepthLine key={`bid${level.name}`} side="bid" level={level} most={most} />
      ))}
    </div>
  );
}

function DepthLine({ side, level, most }: { side: 'bid' | 'ask'; level: Line; most: number }): ComponentChild {
  const tick = formContract.value?.pricetick ?? undefined;
  const title = texts.value.panel[side](level.name);
  return (
    <button
      type="button"
      class={`level ${side}`}
      tabIndex={-1}
      disabled={level.price === undefined || !mayTrade.value}
      onClick={() => {
        edit({ price: priceText(level.price, tick), follow: false });
      }}
    >
      <span class="bar" style={{ transform: `scaleX(${level.price === undefined ? 0 : level.volume / most})` }} />
      <span class="name">{title}</span>
      <span class="price">{level.price === undefined ? '' : priceText(level.price, tick)}</span>
      <span class="volume">{level.price === undefined ? '' : volumeText(level.volume)}</span>
    </button>
  );
}

function Last({ tick }: { tick: Tick | undefined }): ComponentChild {
  const last = tick?.last_price;
  const before = tick?.pre_close;
  const isThere = last !== null && last !== undefined && last !== 0;
  const change = isThere && before !== null && before !== undefined && before !== 0 ? last - before : undefined;
  const size = formContract.value?.pricetick ?? undefined;
  return (
    <div class={`last ${toneOf(change) ?? ''}`}>
      <span class="price">{isThere ? priceText(last, size) : '–'}</span>
      <span class="change">
        {change !== undefined && (
          <>
            <span>{signed(priceText(change, size), change)}</span>
            <span>{percent(change / (before ?? 1))}</span>
          </>
        )}
      </span>
    </div>
  );
}
