/**
 * Chains of options on the futures that a SimulatedEngine has.
 *
 * @module
 */
import { PyDateTime } from '../../pickle/index.js';
import { ContractData } from '../data/index.js';
import { Exchange, OptionType, Product } from '../enums/index.js';

/** What the options of a chain have in common. */
interface Chain {
  /** As `vnpy_ctp` fills `option_portfolio` and `option_underlying`. */
  readonly portfolio: string;
  readonly underlying: string;
  readonly exchange: Exchange;
  readonly name: string;
  readonly size: number;
  readonly pricetick: number;
  readonly maxVolume: number;
  readonly listed: PyDateTime;
  readonly expiry: PyDateTime;
  /** What stands around the C or P in the symbol. */
  readonly separator: string;
  readonly strikes: { readonly middle: number; readonly step: number; readonly each: number };
}

const CHAINS: readonly Chain[] = [
  {
    portfolio: 'IO',
    underlying: 'IO2703',
    exchange: Exchange.CFFEX,
    name: '沪深300股指期权2703',
    size: 100,
    pricetick: 0.2,
    maxVolume: 20,
    listed: new PyDateTime(2026, 3, 23),
    expiry: new PyDateTime(2027, 3, 19),
    separator: '-',
    strikes: { middle: 4000, step: 50, each: 5 },
  },
  {
    portfolio: 'rb_o',
    underlying: 'rb2705',
    exchange: Exchange.SHFE,
    name: '螺纹钢期权2705',
    size: 10,
    pricetick: 0.5,
    maxVolume: 100,
    listed: new PyDateTime(2026, 5, 18),
    expiry: new PyDateTime(2027, 4, 26),
    separator: '',
    strikes: { middle: 3500, step: 50, each: 5 },
  },
];

/** A call and a put of each strike: `IO2703-C-4000.CFFEX` on `IF2703`, and `rb2705C3500.SHFE` on `rb2705`. */
export function standardChains(gatewayName: string): ContractData[] {
  return CHAINS.flatMap((chain) => {
    const { middle, step, each } = chain.strikes;
    const strikes = Array.from({ length: 2 * each + 1 }, (_, index) => middle + (index - each) * step);
    return strikes.flatMap((strike) =>
      [OptionType.CALL, OptionType.PUT].map((type) => optionOf(chain, strike, type, gatewayName)),
    );
  });
}

function optionOf(chain: Chain, strike: number, type: OptionType, gatewayName: string): ContractData {
  const letter = type === OptionType.CALL ? 'C' : 'P';
  return new ContractData({
    gateway_name: gatewayName,
    symbol: [chain.underlying, letter, strike].join(chain.separator),
    exchange: chain.exchange,
    name: `${chain.name}${type === OptionType.CALL ? '购' : '沽'}${strike}`,
    product: Product.OPTION,
    size: chain.size,
    pricetick: chain.pricetick,
    max_volume: chain.maxVolume,
    history_data: true,
    option_strike: strike,
    option_underlying: chain.underlying,
    option_type: type,
    option_listed: chain.listed,
    option_expiry: chain.expiry,
    option_portfolio: chain.portfolio,
    // As Python writes the float of the strike, which is how vnpy_ctp makes it.
    option_index: strike.toFixed(1),
  });
}
