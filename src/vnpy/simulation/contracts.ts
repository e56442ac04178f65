/**
 * The contracts that a SimulatedEngine has unless it is given others.
 *
 * @module
 */
import { ContractData } from '../data/index.js';
import { Exchange, Product } from '../enums/index.js';

/** One of each common kind: two futures, a stock, a crypto pair with fractional sizes. */
export function standardContracts(gatewayName: string): ContractData[] {
  const common = { gateway_name: gatewayName, history_data: true };
  return [
    new ContractData({
      ...common,
      symbol: 'rb2705',
      exchange: Exchange.SHFE,
      name: '螺纹钢2705',
      product: Product.FUTURES,
      size: 10,
      pricetick: 1,
    }),
    new ContractData({
      ...common,
      symbol: 'IF2703',
      exchange: Exchange.CFFEX,
      name: '沪深300股指2703',
      product: Product.FUTURES,
      size: 300,
      pricetick: 0.2,
      max_volume: 20,
    }),
    new ContractData({
      ...common,
      symbol: '600000',
      exchange: Exchange.SSE,
      name: '浦发银行',
      product: Product.EQUITY,
      size: 1,
      pricetick: 0.01,
      min_volume: 100,
    }),
    new ContractData({
      ...common,
      symbol: 'BTCUSDT',
      exchange: Exchange.GLOBAL,
      name: 'BTC/USDT',
      product: Product.SPOT,
      size: 1,
      pricetick: 0.1,
      min_volume: 0.001,
      net_position: true,
    }),
  ];
}

/** Their starting prices. */
export const STANDARD_PRICES: Readonly<Record<string, number>> = {
  'rb2705.SHFE': 3500,
  'IF2703.CFFEX': 4000,
  '600000.SSE': 10.5,
  'BTCUSDT.GLOBAL': 65_000,
};
