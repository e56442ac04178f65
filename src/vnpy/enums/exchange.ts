/**
 * The exchanges that vnpy knows.
 *
 * @module
 */
import { defineEnum } from './enum.js';

/** Exchange, second half of a `vt_symbol`. (`vnpy.trader.constant.Exchange`) */
export const Exchange = defineEnum('Exchange', {
  /** China Financial Futures Exchange. */
  CFFEX: ['CFFEX'],
  /** Shanghai Futures Exchange. */
  SHFE: ['SHFE'],
  /** Zhengzhou Commodity Exchange. */
  CZCE: ['CZCE'],
  /** Dalian Commodity Exchange. */
  DCE: ['DCE'],
  /** Shanghai International Energy Exchange. */
  INE: ['INE'],
  /** Guangzhou Futures Exchange. */
  GFEX: ['GFEX'],
  /** Shanghai Stock Exchange. */
  SSE: ['SSE'],
  /** Shenzhen Stock Exchange. */
  SZSE: ['SZSE'],
  /** Beijing Stock Exchange. */
  BSE: ['BSE'],
  /** Shanghai-HK Stock Connect. */
  SHHK: ['SHHK'],
  /** Shenzhen-HK Stock Connect. */
  SZHK: ['SZHK'],
  /** Shanghai Gold Exchange. */
  SGE: ['SGE'],
  /** Wuxi Steel Exchange. */
  WXE: ['WXE'],
  /** CFETS Bond Market Maker Trading System. */
  CFETS: ['CFETS'],
  /** CFETS X-Bond Anonymous Trading System. */
  XBOND: ['XBOND'],
  /** Smart Router for US stocks. */
  SMART: ['SMART'],
  /** New York Stock Exchange. */
  NYSE: ['NYSE'],
  /** Nasdaq Exchange. */
  NASDAQ: ['NASDAQ'],
  /** ARCA Exchange. */
  ARCA: ['ARCA'],
  /** Direct Edge Exchange. */
  EDGEA: ['EDGEA'],
  /** Nasdaq Island ECN. */
  ISLAND: ['ISLAND'],
  /** Bats Global Markets. */
  BATS: ['BATS'],
  /** The Investors Exchange. */
  IEX: ['IEX'],
  /** American Stock Exchange. */
  AMEX: ['AMEX'],
  /** Toronto Stock Exchange. */
  TSE: ['TSE'],
  /** New York Mercantile Exchange. */
  NYMEX: ['NYMEX'],
  /** COMEX of CME. */
  COMEX: ['COMEX'],
  /** Globex of CME. */
  GLOBEX: ['GLOBEX'],
  /** Forex ECN of Interactive Brokers. */
  IDEALPRO: ['IDEALPRO'],
  /** Chicago Mercantile Exchange. */
  CME: ['CME'],
  /** Intercontinental Exchange. */
  ICE: ['ICE'],
  /** Stock Exchange of Hong Kong. */
  SEHK: ['SEHK'],
  /** Hong Kong Futures Exchange. */
  HKFE: ['HKFE'],
  /** Singapore Global Exchange. */
  SGX: ['SGX'],
  /** Chicago Board of Trade. */
  CBOT: ['CBOT'],
  /** Chicago Board Options Exchange. */
  CBOE: ['CBOE'],
  /** CBOE Futures Exchange. */
  CFE: ['CFE'],
  /** Dubai Mercantile Exchange. */
  DME: ['DME'],
  /** Eurex Exchange. */
  EUREX: ['EUX'],
  /** Asia Pacific Exchange. */
  APEX: ['APEX'],
  /** London Metal Exchange. */
  LME: ['LME'],
  /** Bursa Malaysia Derivatives. */
  BMD: ['BMD'],
  /** Tokyo Commodity Exchange. */
  TOCOM: ['TOCOM'],
  /** Euronext Exchange. */
  EUNX: ['EUNX'],
  /** Korean Exchange. */
  KRX: ['KRX'],
  /** OTC Product (Forex/CFD/Pink Sheet Equity). */
  OTC: ['OTC'],
  /** Paper Trading Exchange of IB. */
  IBKRATS: ['IBKRATS'],
  /** For local generated data. */
  LOCAL: ['LOCAL'],
  /** For those exchanges not supported yet. */
  GLOBAL: ['GLOBAL'],
});
/** A member of {@link Exchange}. */
export type Exchange = (typeof Exchange)[keyof typeof Exchange];
