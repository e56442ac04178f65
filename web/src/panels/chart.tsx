/**
 * Candles and volume of the form's contract. The library is fetched when a chart is first shown.
 *
 * @module
 */
import { signal, useSignalEffect } from '@preact/signals';
import type { ComponentChild } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { price as priceText, volume as volumeText } from '../format/numbers.js';
import { dateAndTime } from '../format/times.js';
import { texts } from '../i18n/index.js';
import { ApiError, request } from '../net/http.js';
import type { Bar, Order, Trade } from '../net/types.js';
import { activeOrders, positions, tickOf, trades } from '../state/data.js';
import { barListeners, watchBars } from '../state/feed.js';
import { form, formContract } from '../state/form.js';
import { set, settings } from '../state/settings.js';
import type { Settings } from '../state/settings.js';
import type { Column } from '../ui/column.js';
import { Choice, Panel } from '../ui/controls.js';
import { Grid } from '../ui/grid.js';
import type { Candles, Pointed } from './candles.js';

type Interval = Settings['interval'];

/** More make the chart slow, and nobody sees them at once. */
const MOST_BARS = 1500;
const HISTORY_TIMEOUT = 60_000;
const DAYS: Readonly<Record<Interval, number>> = { '1m': 3, '1h': 60, d: 730, w: 2000 };

type Loaded =
  { readonly state: 'loading' | 'failed' | 'empty' } | { readonly state: 'there'; readonly bars: readonly Bar[] };

const pointed = signal<Pointed | undefined>(undefined);

/** K线 */
export function Chart(): ComponentChild {
  const { panel, chart } = texts.value;
  const { vtSymbol } = form.value;
  const { interval } = settings.value;
  const [asTable, setAsTable] = useState(false);
  const name = formContract.value?.name ?? vtSymbol ?? '';
  return (
    <Panel
      title={vtSymbol === undefined ? panel.chart : name}
      class="chart"
      tools={
        <>
          <Choice<Interval>
            class="intervals"
            label={panel.chart}
            value={interval}
            choices={(['1m', '1h', 'd', 'w'] as const).map((each) => [each, chart.interval[each]])}
            onChoose={(each) => {
              set({ interval: each });
            }}
          />
          <button
            type="button"
            class="quiet"
            aria-pressed={asTable}
            aria-label={chart.table}
            title={chart.table}
            onClick={() => {
              setAsTable(!asTable);
            }}
          >
            ☰
          </button>
        </>
      }
    >
      {vtSymbol === undefined ? (
        <p class="note centre">{chart.none}</p>
      ) : (
        <Bars key={`${vtSymbol} ${interval}`} vtSymbol={vtSymbol} interval={interval} asTable={asTable} />
      )}
    </Panel>
  );
}

function Bars(props: { vtSymbol: string; interval: Interval; asTable: boolean }): ComponentChild {
  const { vtSymbol, interval, asTable } = props;
  const { chart } = texts.value;
  const [loaded, setLoaded] = useState<Loaded>({ state: 'loading' });
  const [attempt, setAttempt] = useState(0);

  useEffect(() => {
    const end = new AbortController();
    setLoaded({ state: 'loading' });
    void load(vtSymbol, interval, end.signal).then((found) => {
      if (!end.signal.aborted) setLoaded(found);
    });
    return () => {
      end.abort();
    };
  }, [vtSymbol, interval, attempt]);

  if (loaded.state === 'loading') return <p class="note centre">{chart.loading}</p>;
  if (loaded.state === 'there') {
    return asTable ? (
      <BarTable bars={loaded.bars} vtSymbol={vtSymbol} />
    ) : (
      <Canvas bars={loaded.bars} vtSymbol={vtSymbol} interval={interval} />
    );
  }
  return (
    <div class="note centre">
      <p>{loaded.state === 'failed' ? chart.failed : chart.empty}</p>
      <button
        type="button"
        class="quiet"
        onClick={() => {
          setAttempt(attempt + 1);
        }}
      >
        {chart.retry}
      </button>
    </div>
  );
}

/** The server's history; where there is none, the bars that the console has made of ticks. */
async function load(vtSymbol: string, interval: Interval, signal: AbortSignal): Promise<Loaded> {
  const start = new Date(Date.now() - DAYS[interval] * 86_400_000).toISOString();
  const of = new URLSearchParams({ vt_symbol: vtSymbol, interval, start, limit: String(MOST_BARS) });
  let failed = false;
  for (const source of interval === '1m' ? ['server', 'live'] : ['server']) {
    try {
      of.set('source', source);
      const { data } = await request<{ data: readonly Bar[] }>(`/bars?${of}`, { signal, timeout: HISTORY_TIMEOUT });
      if (data.length > 0) return { state: 'there', bars: data };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      failed = true;
    }
  }
  return { state: failed ? 'failed' : 'empty' };
}

/** What a key does to the chart; the pointer drags it, and its wheel zooms. */
const MOVES: Readonly<Record<string, (candles: Candles) => void>> = {
  ArrowLeft: (candles) => {
    candles.move(-5);
  },
  ArrowRight: (candles) => {
    candles.move(5);
  },
  '+': (candles) => {
    candles.zoom(CLOSER);
  },
  '=': (candles) => {
    candles.zoom(CLOSER);
  },
  '-': (candles) => {
    candles.zoom(1 / CLOSER);
  },
  Home: (candles) => {
    candles.showAll();
  },
  End: (candles) => {
    candles.showNewest();
  },
};

const CLOSER = 0.7;

/** The same by a click, for whoever has no wheel. */
function ChartTools({ candles }: { readonly candles: { readonly current: Candles | undefined } }): ComponentChild {
  const { chart } = texts.value;
  const tools: readonly (readonly [string, string, string])[] = [
    ['−', chart.zoomOut, '-'],
    ['+', chart.zoomIn, '+'],
    ['↔', chart.fit, 'Home'],
    ['⇥', chart.newest, 'End'],
  ];
  return (
    <span class="chart-tools">
      {tools.map(([sign, label, key]) => (
        <button
          key={key}
          type="button"
          class="bare"
          tabIndex={-1}
          aria-label={label}
          title={label}
          onClick={() => {
            if (candles.current !== undefined) MOVES[key]?.(candles.current);
          }}
        >
          {sign}
        </button>
      ))}
    </span>
  );
}

function Canvas({
  bars,
  vtSymbol,
  interval,
}: {
  bars: readonly Bar[];
  vtSymbol: string;
  interval: Interval;
}): ComponentChild {
  const box = useRef<HTMLDivElement>(null);
  const candles = useRef<Candles | undefined>(undefined);
  const [ready, setReady] = useState(false);

  useEffect(() => {
    let isGone = false;
    void import('./candles.js').then(({ Candles: Made }) => {
      if (isGone || box.current === null) return;
      const element = box.current;
      candles.current = new Made(element, {
        point: (at) => {
          pointed.value = at;
        },
        show: (from, to) => {
          element.dataset['from'] = String(Math.round(from));
          element.dataset['to'] = String(Math.round(to));
        },
      });
      setReady(true);
    });
    watchBars(vtSymbol);
    const grow = (bar: Bar): void => {
      if (bar.vt_symbol === vtSymbol) candles.current?.grow(bar, interval);
    };
    barListeners.add(grow);
    return () => {
      isGone = true;
      barListeners.delete(grow);
      watchBars(undefined);
      candles.current?.close();
      candles.current = undefined;
    };
  }, [vtSymbol, interval]);

  useSignalEffect(() => {
    // Colours, language and zone are the chart's, too.
    const { rising, theme, zone, language } = settings.value;
    if (ready) candles.current?.paint(bars, tickOf(vtSymbol), [rising, theme, zone, language].join());
  });
  useEffect(() => {
    if (ready) candles.current?.paint(bars, tickOf(vtSymbol), '');
  }, [ready, bars]);
  useSignalEffect(() => {
    const { orders, own } = marksOf(vtSymbol);
    const held = positions.rows.value.filter((position) => position.vt_symbol === vtSymbol && position.volume !== 0);
    const words = texts.value;
    if (ready) candles.current?.mark(orders, own, held, words);
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    const move = MOVES[event.key];
    if (move === undefined || event.ctrlKey || event.metaKey || candles.current === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    move(candles.current);
  };

  const { chart: words } = texts.value;
  const marks = marksOf(vtSymbol);
  return (
    <div class="canvas-frame">
      <div class="chart-head">
        <Legend vtSymbol={vtSymbol} last={bars.at(-1)} />
        <ChartTools candles={candles} />
      </div>
      <div
        ref={box}
        class="canvas"
        role="img"
        tabIndex={0}
        aria-label={`${words.aria(vtSymbol)} ${words.marks(String(marks.orders.length), String(marks.own.length))}`}
        onKeyDown={onKeyDown}
      />
    </div>
  );
}

/** What of this person's is on the chart. */
function marksOf(vtSymbol: string): { readonly orders: readonly Order[]; readonly own: readonly Trade[] } {
  return {
    orders: activeOrders.value.filter((order) => order.vt_symbol === vtSymbol),
    own: trades.rows.value.filter((trade) => trade.vt_symbol === vtSymbol),
  };
}

function Legend({ vtSymbol, last }: { vtSymbol: string; last: Bar | undefined }): ComponentChild {
  const { chart } = texts.value;
  const tick = tickOf(vtSymbol);
  const at = pointed.value ?? last;
  if (at === undefined) return null;
  const tone = at.close_price !== null && at.open_price !== null && at.close_price >= at.open_price ? 'up' : 'down';
  const parts: readonly (readonly [string, string])[] = [
    [chart.open, priceText(at.open_price, tick)],
    [chart.high, priceText(at.high_price, tick)],
    [chart.low, priceText(at.low_price, tick)],
    [chart.close, priceText(at.close_price, tick)],
    [chart.volume, volumeText(at.volume)],
  ];
  return (
    <p class="legend">
      {parts.map(([name, value]) => (
        <span key={name}>
          {name} <b class={tone}>{value}</b>
        </span>
      ))}
    </p>
  );
}

function BarTable({ bars, vtSymbol }: { bars: readonly Bar[]; vtSymbol: string }): ComponentChild {
  const { column, panel, chart } = texts.value;
  const tick = tickOf(vtSymbol);
  const of = (id: 'open_price' | 'high_price' | 'low_price' | 'close_price', title: string): Column<Bar> => ({
    id,
    title,
    width: 76,
    number: true,
    text: (bar) => priceText(bar[id], tick),
    by: (bar) => bar[id],
  });
  const [columns] = useState<readonly Column<Bar>[]>([
    { id: 'time', title: column.time, width: 140, text: (bar) => dateAndTime(bar.datetime) },
    of('open_price', column.open),
    of('high_price', column.high),
    of('low_price', column.low),
    of('close_price', column.last),
    { id: 'volume', title: column.volumeToday, width: 76, number: true, text: (bar) => volumeText(bar.volume) },
  ]);
  const [rows] = useState(() => [...bars].reverse());
  return (
    <Grid<Bar>
      id="bars"
      label={panel.chart}
      rows={rows}
      columns={columns}
      keyOf={(bar) => bar.datetime}
      empty={chart.empty}
    />
  );
}
