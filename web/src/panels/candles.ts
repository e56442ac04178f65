/**
 * The chart itself, on Lightweight Charts. It is a chunk of its own, fetched when a chart is first shown.
 *
 * The library knows no time zones, by decision. It is given the wall clock's time as if that were UTC.
 *
 * @module
 */
import {
  CandlestickSeries,
  ColorType,
  createChart,
  createSeriesMarkers,
  CrosshairMode,
  HistogramSeries,
  LineStyle,
} from 'lightweight-charts';
import type {
  IChartApi,
  IPriceLine,
  ISeriesApi,
  ISeriesMarkersPluginApi,
  MouseEventParams,
  SeriesMarker,
  Time,
  UTCTimestamp,
} from 'lightweight-charts';
import { decimalsOf, volume as volumeText } from '../format/numbers.js';
import { wallSeconds } from '../format/times.js';
import { memberText } from '../i18n/index.js';
import type { Catalogue } from '../i18n/index.js';
import type { Bar, Order, Position, Trade } from '../net/types.js';
import { leftOf } from '../state/data.js';
import type { Settings } from '../state/settings.js';

/** The bar under the pointer. */
export type Pointed = Pick<Bar, 'open_price' | 'high_price' | 'low_price' | 'close_price' | 'volume'>;

/** Room behind the newest bar: the names of lines stand there. */
const LABEL_BARS = 14;

const BUCKETS: Readonly<Record<Settings['interval'], number>> = { '1m': 60, '1h': 3600, d: 86_400, w: 604_800 };

interface Drawn {
  readonly time: UTCTimestamp;
  open: number;
  high: number;
  low: number;
  close: number;
  volume: number;
}

const colour = (name: string): string => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** What a chart tells. */
export interface ChartEvents {
  readonly point: (at: Pointed | undefined) => void;
  /** Which bars are in sight, by their places. */
  readonly show: (from: number, to: number) => void;
}

/** A chart in a box. */
export class Candles {
  readonly #chart: IChartApi;
  readonly #candles: ISeriesApi<'Candlestick'>;
  readonly #volumes: ISeriesApi<'Histogram'>;
  readonly #markers: ISeriesMarkersPluginApi<Time>;
  #lines: IPriceLine[] = [];
  #drawn: Drawn[] = [];
  #bars: readonly Bar[] | undefined;
  #look = '';

  constructor(box: HTMLElement, { point, show }: ChartEvents) {
    this.#chart = createChart(box, {
      autoSize: true,
      // The logo would be styled and filled by means that the page's policy refuses; About has notice and link.
      layout: { attributionLogo: false },
      crosshair: { mode: CrosshairMode.Normal },
      rightPriceScale: { borderVisible: false, scaleMargins: { top: 0.12, bottom: 0.24 } },
      timeScale: { borderVisible: false, timeVisible: true, rightOffset: LABEL_BARS, minBarSpacing: 1.5 },
    });
    this.#candles = this.#chart.addSeries(CandlestickSeries, { borderVisible: false });
    this.#volumes = this.#chart.addSeries(HistogramSeries, {
      priceFormat: { type: 'volume' },
      priceScaleId: 'volume',
      lastValueVisible: false,
      priceLineVisible: false,
    });
    this.#chart.priceScale('volume').applyOptions({ scaleMargins: { top: 0.82, bottom: 0 } });
    this.#markers = createSeriesMarkers(this.#candles, []);
    this.#chart.subscribeCrosshairMove((event) => {
      point(this.#at(event));
    });
    this.#chart.timeScale().subscribeVisibleLogicalRangeChange((range) => {
      if (range !== null) show(range.from, range.to);
    });
  }

  /** Draws bars in the colours of the page; only what is different is done again. */
  paint(bars: readonly Bar[], tick: number | undefined, look: string): void {
    // The theme is on the page before the next frame, and not before this effect.
    queueMicrotask(() => {
      this.#colours(tick);
      if (this.#bars === bars && (look === '' || look === this.#look)) return;
      const isFirst = this.#bars !== bars;
      this.#bars = bars;
      this.#look = look;
      this.#drawn = drawnOf(bars);
      this.#candles.setData(this.#drawn.map((drawn) => ({ ...drawn })));
      this.#volumes.setData(this.#drawn.map((drawn) => this.#volumeOf(drawn)));
      if (isFirst) this.showNewest();
    });
  }

  /** Takes the bar that grows. */
  grow(bar: Bar, interval: Settings['interval']): void {
    const seconds = wallSeconds(bar.datetime);
    const { open_price: open, high_price: high, low_price: low, close_price: close } = bar;
    if (seconds === undefined || open === null || high === null || low === null || close === null) return;
    const last = this.#drawn.at(-1);
    const bucket = BUCKETS[interval];
    const isMinute = interval === '1m';
    if (last !== undefined && seconds < last.time) return;
    if (!isMinute && last !== undefined && seconds < last.time + bucket) {
      last.high = Math.max(last.high, high);
      last.low = Math.min(last.low, low);
      last.close = close;
      this.#draw(last);
      return;
    }
    const time = (isMinute ? seconds : seconds - (seconds % bucket)) as UTCTimestamp;
    const drawn: Drawn = { time, open, high, low, close, volume: bar.volume ?? 0 };
    if (last?.time === time) this.#drawn.pop();
    this.#drawn.push(drawn);
    this.#draw(drawn);
  }

  /** Shows own orders as lines, own trades as arrows, and what is held as a line at its average. */
  mark(orders: readonly Order[], trades: readonly Trade[], held: readonly Position[], words: Catalogue): void {
    for (const line of this.#lines) this.#candles.removePriceLine(line);
    const line = (price: number, color: string, title: string, lineStyle: LineStyle): IPriceLine =>
      this.#candles.createPriceLine({ price, color, title, lineStyle, lineWidth: 1, axisLabelVisible: true });
    const sideColour = (direction: string | null): string => colour(direction === 'SHORT' ? '--down' : '--up');
    this.#lines = [
      ...orders.map((order) =>
        line(
          order.price ?? 0,
          sideColour(order.direction),
          `${memberText(words.enums.side, order.direction)} ${volumeText(leftOf(order))}`,
          LineStyle.Dashed,
        ),
      ),
      ...held.map((position) =>
        line(
          position.price ?? 0,
          colour('--accent'),
          `${words.chart.average} ${volumeText(position.volume)}`,
          LineStyle.Dotted,
        ),
      ),
    ];
    this.#markers.setMarkers(trades.flatMap((trade) => this.#markerOf(trade) ?? []));
  }

  /** Moves the bars in sight. */
  move(bars: number): void {
    const scale = this.#chart.timeScale();
    scale.scrollToPosition(scale.scrollPosition() + bars, false);
  }

  /** Shows more bars, or fewer. */
  zoom(factor: number): void {
    const scale = this.#chart.timeScale();
    const range = scale.getVisibleLogicalRange();
    if (range === null) return;
    scale.setVisibleLogicalRange({ from: range.to - (range.to - range.from) * factor, to: range.to });
  }

  /** Shows all bars. */
  showAll(): void {
    this.#chart.timeScale().fitContent();
  }

  close(): void {
    this.#chart.remove();
  }

  /** Shows the newest bars. */
  showNewest(): void {
    const count = this.#drawn.length;
    this.#chart.timeScale().setVisibleLogicalRange({ from: count - Math.min(count, 90), to: count + LABEL_BARS });
  }

  #draw(drawn: Drawn): void {
    this.#candles.update({ ...drawn });
    this.#volumes.update(this.#volumeOf(drawn));
  }

  #volumeOf({ time, open, close, volume }: Drawn): { time: UTCTimestamp; value: number; color: string } {
    return { time, value: volume, color: colour(close >= open ? '--up-faint' : '--down-faint') };
  }

  #colours(tick: number | undefined): void {
    const [up, down, text, line] = ['--up', '--down', '--text-2', '--line'].map(colour);
    this.#chart.applyOptions({
      layout: {
        background: { type: ColorType.Solid, color: colour('--panel') },
        textColor: text ?? '',
        fontFamily: getComputedStyle(document.body).fontFamily,
        fontSize: 11,
        attributionLogo: false,
      },
      grid: { vertLines: { color: line ?? '' }, horzLines: { color: line ?? '' } },
      localization: { locale: document.documentElement.lang },
    });
    this.#candles.applyOptions({
      upColor: up ?? '',
      downColor: down ?? '',
      wickUpColor: up ?? '',
      wickDownColor: down ?? '',
      ...(tick === undefined || !(tick > 0)
        ? {}
        : { priceFormat: { type: 'price', precision: decimalsOf(tick), minMove: tick } }),
    });
  }

  #at(event: MouseEventParams): Pointed | undefined {
    const drawn = event.time === undefined ? undefined : this.#drawn.find(({ time }) => time === event.time);
    if (drawn === undefined) return undefined;
    const { open, high, low, close, volume } = drawn;
    return { open_price: open, high_price: high, low_price: low, close_price: close, volume };
  }

  /** An arrow at the bar in which a trade was. One before all bars has none. */
  #markerOf(trade: Trade): SeriesMarker<Time> | undefined {
    const seconds = trade.datetime === null ? undefined : wallSeconds(trade.datetime);
    if (seconds === undefined) return undefined;
    const bar = this.#drawn.findLast(({ time }) => time <= seconds);
    if (bar === undefined) return undefined;
    const isBuy = trade.direction !== 'SHORT';
    return {
      time: bar.time,
      position: isBuy ? 'belowBar' : 'aboveBar',
      shape: isBuy ? 'arrowUp' : 'arrowDown',
      color: colour(isBuy ? '--up' : '--down'),
      text: volumeText(trade.volume),
    };
  }
}

/** Bars in the order of time, each time once: where clocks are put back, the later bar holds. */
function drawnOf(bars: readonly Bar[]): Drawn[] {
  const byTime = new Map<number, Drawn>();
  for (const { datetime, open_price: open, high_price: high, low_price: low, close_price: close, volume } of bars) {
    const seconds = wallSeconds(datetime);
    if (seconds === undefined || open === null || high === null || low === null || close === null) continue;
    byTime.set(seconds, { time: seconds as UTCTimestamp, open, high, low, close, volume: volume ?? 0 });
  }
  return [...byTime.values()].sort((a, b) => a.time - b.time);
}
