/**
 * What a simulated gateway says in its log, in two languages: traders read it in VeighNa Trader.
 *
 * @module
 */
import { Offset } from '../enums/index.js';
import type { OrderType, Status } from '../enums/index.js';

/** A language of the log. */
export type SimulationLanguage = 'en' | 'zh';

/** Why something is refused, in whatever language. */
export type Reason = (texts: SimulationTexts) => string;

/** What was asked for, by vnpy's name of the function. */
export type Asked = 'subscribe' | 'send_order' | 'cancel_order' | 'query_history';

/** A position of which less than wanted can be closed. */
export interface Short {
  readonly offset: Offset;
  /** Today's and yesterday's positions are told apart. */
  readonly byDay: boolean;
  /** The exchange whose CLOSE closes what is of before today alone; undefined for all others. */
  readonly exchange: string | undefined;
  readonly free: number;
  readonly wanted: number;
  /** What working orders have frozen of the whole position. */
  readonly frozen: number;
}

const english = {
  refused: (asked: Asked, why: string): string => `${asked} rejected: ${why}`,
  orderRejected: (id: string, why: string): string => `order ${id} rejected: ${why}`,
  cancelRejected: (why: string): string => `cancel rejected: ${why}`,
  historyFailed: (why: string): string => `query_history failed: ${why}`,
  dayEnded: (id: string, symbol: string): string =>
    `order ${id} cancelled: the trading day of ${symbol} has ended, and its orders with it`,
  allTold: (marker: string): string => `all events before ${marker} are told`,

  unknownGateway: (name: string, own: string): string => `unknown gateway "${name}"; this one is "${own}"`,
  unknownSymbol: (symbol: string, some: readonly string[]): string =>
    `unknown symbol ${symbol}${some.length === 0 ? '' : `; there are ${some.join(', ')}`}`,
  closed: (symbol: string, opens: string): string =>
    `the market of ${symbol} is closed until ${opens}; there is no call auction before it`,
  noOrder: (id: string): string => `no order ${id}`,
  orderEnded: (id: string, status: Status): string => `order ${id} is ${status.name} already`,

  noType: (type: OrderType): string => `order type ${type.name} is not supported; LIMIT, MARKET, FAK and FOK are`,
  noStop: (symbol: string): string =>
    `order type STOP is not supported by ${symbol}, whose stop_supported is false; a stop order of the strategy's own program works`,
  noDirection: 'an order is LONG or SHORT',
  noOffset: 'an offset is needed: OPEN or CLOSE',
  volume: (volume: number, least: number): string => `volume must be a multiple of ${least} above 0, not ${volume}`,
  tooMuch: (volume: number, most: number): string =>
    `volume ${volume} is above the maximum ${most} of one order: send several`,
  price: (price: number, tick: number): string => `price ${price} is no multiple of the price tick ${tick}`,
  limits: (price: number, low: number, high: number): string =>
    `price ${price} is outside the day's limits, ${low} to ${high}`,
  position: ({ offset, byDay, exchange, free, wanted, frozen }: Short): string => {
    const which = !byDay
      ? ''
      : offset === Offset.CLOSETODAY
        ? ' of today'
        : offset === Offset.CLOSEYESTERDAY
          ? ' of before today'
          : exchange === undefined
            ? ''
            : ` of before today (at ${exchange} CLOSETODAY closes what was opened today)`;
    return `not enough position${which}: ${free} of ${wanted} can be closed${frozen > 0 ? `, working orders have frozen ${frozen}` : ''}`;
  },
  money: (needed: string, available: string): string => `not enough money: ${needed} needed, ${available} available`,

  noInterval: (name: string): string => `no bars of interval ${name}; there are MINUTE, HOUR, DAILY and WEEKLY`,
  tooManyBars: (bars: number, minutes: number): string =>
    `more than ${bars} bars, or ${minutes} minutes, are not given at once: ask for less`,
};

/** The texts of a language. */
export type SimulationTexts = typeof english;

const ASKED: Readonly<Record<Asked, string>> = {
  subscribe: '订阅行情',
  send_order: '委托',
  cancel_order: '撤单',
  query_history: '查询历史数据',
};

const chinese: SimulationTexts = {
  refused: (asked, why) => `${ASKED[asked]}失败：${why}`,
  orderRejected: (id, why) => `委托 ${id} 拒单：${why}`,
  cancelRejected: (why) => `撤单失败：${why}`,
  historyFailed: (why) => `查询历史数据失败：${why}`,
  dayEnded: (id, symbol) => `委托 ${id} 已撤销：${symbol} 收盘，当日委托到期`,
  allTold: (marker) => `${marker} 之前的事件都已推送`,

  unknownGateway: (name, own) => `找不到接口 ${name}，这里的接口是 ${own}`,
  unknownSymbol: (symbol, some) => `找不到合约 ${symbol}${some.length === 0 ? '' : `，现有合约：${some.join('、')}`}`,
  closed: (symbol, opens) => `${symbol} 不在交易时间，${opens} 开盘；没有集合竞价，开盘后再报`,
  noOrder: (id) => `找不到委托 ${id}`,
  orderEnded: (id, status) => `委托 ${id} 状态为${status.value}，不能再撤`,

  noType: (type) => `不支持委托类型 ${type.value}，支持限价、市价、FAK 和 FOK`,
  noStop: (symbol) => `${symbol} 不支持服务器停止单（合约的 stop_supported 为 false），请用本地停止单`,
  noDirection: '委托方向只能是多或空',
  noOffset: '请指定开平：开仓或平仓',
  volume: (volume, least) => `委托数量必须大于 0，并且是 ${least} 的整数倍，而不是 ${volume}`,
  tooMuch: (volume, most) => `委托数量 ${volume} 超过每笔上限 ${most}，请分几笔报`,
  price: (price, tick) => `委托价格 ${price} 不是最小变动价位 ${tick} 的整数倍`,
  limits: (price, low, high) => `委托价格 ${price} 超出涨跌停板：跌停 ${low}，涨停 ${high}`,
  position: ({ offset, byDay, exchange, free, wanted, frozen }) => {
    const which = !byDay
      ? '持仓'
      : offset === Offset.CLOSETODAY
        ? '今仓'
        : offset === Offset.CLOSEYESTERDAY || exchange !== undefined
          ? '昨仓'
          : '持仓';
    const hint = byDay && offset === Offset.CLOSE && exchange !== undefined ? `；${exchange} 平今仓要用平今` : '';
    return `${which}不足：要平 ${wanted}，可平 ${free}${frozen > 0 ? `，冻结 ${frozen}` : ''}${hint}`;
  },
  money: (needed, available) => `资金不足：需要 ${needed}，可用 ${available}`,

  noInterval: (name) => `没有周期为 ${name} 的 K 线，只有 1 分钟、1 小时、日线和周线`,
  tooManyBars: (bars, minutes) => `一次最多查询 ${bars} 根 K 线、${minutes} 分钟的行情，请缩短时间范围`,
};

/** The texts of a language. */
export function textsIn(language: SimulationLanguage): SimulationTexts {
  return language === 'zh' ? chinese : english;
}
