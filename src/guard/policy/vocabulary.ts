/**
 * The words that vnpy gives: its functions, exchanges, products, types of orders and currencies. Each check gives the end of a
 * sentence that says what is wrong, or undefined.
 *
 * @module
 */
import { suggestion } from '../../options.js';
import { Currency, Exchange, OrderType, Product } from '../../vnpy/index.js';
import { compilePattern, isWildcard, literalOf } from './patterns.js';
import type { Pattern } from './policy.js';

const EXCHANGES = Object.keys(Exchange);
/** As they stand in a vt_symbol. */
const EXCHANGE_VALUES = Object.values(Exchange).map(({ value }) => value);

export const wrongProduct = wordCheck("vnpy's products", Object.keys(Product));
export const wrongOrderType = wordCheck("vnpy's types of orders", Object.keys(OrderType));
export const wrongExchange = wordCheck("vnpy's exchanges", EXCHANGES);

/** A pattern of contracts must be able to match one: `rb2705.SHFE`, `*.SHFE`, `rb*`. */
export function wrongSymbol(pattern: Pattern): string | undefined {
  const dot = pattern.lastIndexOf('.');
  if (dot < 0) {
    return isWildcard(pattern)
      ? undefined
      : `is no contract: they are written symbol.EXCHANGE, "${literalOf(pattern)}.SHFE" or "${pattern}.*" for instance`;
  }
  const exchange = pattern.slice(dot + 1);
  return exchange.includes('*') || EXCHANGE_VALUES.includes(exchange)
    ? undefined
    : `ends in "${exchange}", which is no exchange${suggestion(exchange, EXCHANGE_VALUES)}`;
}

/** Whether a currency is one of a country, of vnpy, or one of those that the policy's contracts name. */
export function wrongCurrency(name: string, named: readonly string[]): string | undefined {
  const known = [...new Set([...Object.keys(Currency), ...named, ...Intl.supportedValuesOf('currency')])];
  if (known.includes(name)) return undefined;

  const meant = suggestion(name, known);
  return `is a currency that neither the world nor "contracts" knows${meant.startsWith('; did') ? meant : ''}`;
}

function wordCheck(what: string, known: readonly string[]): (pattern: Pattern) => string | undefined {
  return (pattern) => {
    if (isWildcard(pattern)) {
      const matcher = compilePattern(pattern);
      return known.some((word) => matcher.matches(word)) ? undefined : `matches none of ${what}: ${known.join(', ')}`;
    }
    return known.includes(pattern) ? undefined : `is none of ${what}${suggestion(pattern, known)}`;
  };
}
