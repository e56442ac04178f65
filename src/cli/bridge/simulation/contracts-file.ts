/**
 * Contracts of a simulated market, from a file as `vnpy-bridge contracts --json` writes it.
 *
 * @module
 */
import { PyDateTime } from '../../../pickle/index.js';
import { ContractData, parseEnum } from '../../../vnpy/index.js';
import type { ContractDataInit } from '../../../vnpy/index.js';
import { ENUMS } from '../../../vnpy/data/internal.js';
import { CliError, tell } from '../../kit/errors.js';
import type { Said } from '../../kit/errors.js';
import { readJson } from './json-file.js';
import type { MarketSource } from './market-source.js';

/** Which enum a field holds. */
const ENUM_FIELDS: Readonly<Record<string, string>> = {
  exchange: 'Exchange',
  product: 'Product',
  option_type: 'OptionType',
};

const DATE_FIELDS: ReadonlySet<string> = new Set(['option_listed', 'option_expiry']);

const OWN: ReadonlySet<string> = new Set(['vt_symbol', 'gateway_name', 'last_price']);

/** What counts a market. */
const ABOVE_ZERO = ['size', 'pricetick', 'min_volume'] as const;

/** Whether a contract can be traded: not with a size of 0, as a server may have it. */
export function isCountable(contract: ContractData): boolean {
  return ABOVE_ZERO.every((name) => Number.isFinite(contract[name]) && contract[name] > 0);
}

/**
 * The contracts of a file, all of one gateway, and the prices at which their markets start.
 *
 * @throws {@link CliError} `FILE` that names the file, the entry and the field.
 */
export async function readContracts(path: string, gatewayName: string): Promise<MarketSource> {
  const list = await readList(path);
  const known = new Map<string, number>();
  const startPrices: Record<string, number> = {};
  const contracts = list.map((entry, index) => {
    const fault = (said: Said, cause?: unknown): CliError =>
      new CliError('FILE', (texts) => texts.contractFault(path, index + 1, nameOf(entry), said(texts)), { cause });
    const contract = contractOf(entry, gatewayName, fault);
    const earlier = known.get(contract.vt_symbol);
    if (earlier !== undefined) throw fault(({ contractTwice }) => contractTwice(contract.vt_symbol, earlier));
    known.set(contract.vt_symbol, index + 1);
    const price: unknown = Reflect.get(Object(entry) as object, 'last_price');
    if (price !== undefined) startPrices[contract.vt_symbol] = priceOf(price, fault);
    return contract;
  });
  return { contracts, startPrices };
}

async function readList(path: string): Promise<readonly unknown[]> {
  const list = await readJson(path);
  if (!Array.isArray(list) || list.length === 0)
    throw new CliError('FILE', ({ contractsNoList }) => contractsNoList(path));
  return list as readonly unknown[];
}

function priceOf(price: unknown, fault: (said: Said) => CliError): number {
  if (typeof price === 'number' && Number.isFinite(price) && price > 0) return price;
  throw fault(({ contractNotPositive }) => contractNotPositive('last_price', String(price)));
}

/** What an entry is called in a message. */
function nameOf(entry: unknown): string {
  const symbol: unknown = typeof entry === 'object' && entry !== null ? Reflect.get(entry, 'symbol') : undefined;
  return typeof symbol === 'string' ? symbol : '';
}

function contractOf(
  entry: unknown,
  gatewayName: string,
  fault: (said: Said, cause?: unknown) => CliError,
): ContractData {
  if (typeof entry !== 'object' || entry === null || Array.isArray(entry))
    throw fault(({ contractNoObject }) => contractNoObject);

  // The class derives the vt_symbol, the gateway is that of the simulation, and a price is none of a contract's fields.
  const fields = Object.entries(entry).filter(([name]) => !OWN.has(name));
  const init = Object.fromEntries(fields.map(([name, value]) => [name, valueOf(name, value)]));
  let contract: ContractData;
  try {
    // The constructor checks every name and every value.
    contract = new ContractData({ ...init, gateway_name: gatewayName } as unknown as ContractDataInit);
  } catch (error) {
    throw fault((texts) => tell(error, texts), error);
  }
  for (const name of ABOVE_ZERO) {
    const value = contract[name];
    if (!(Number.isFinite(value) && value > 0))
      throw fault(({ contractNotPositive }) => contractNotPositive(name, String(value)));
  }
  if (contract.symbol === '') throw fault(({ contractNoSymbol }) => contractNoSymbol);
  return contract;
}

/** What is no date and no member is left to the class, whose error says what it takes. */
function valueOf(name: string, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  if (DATE_FIELDS.has(name)) return naiveDate(value) ?? value;
  const enumName = Object.hasOwn(ENUM_FIELDS, name) ? ENUM_FIELDS[name] : undefined;
  const enumClass = enumName === undefined ? undefined : ENUMS[enumName];
  return enumClass === undefined ? value : (parseEnum(enumClass, value) ?? value);
}

/** The wall clock of a text: vnpy's dates of options have no zone. */
function naiveDate(text: string): PyDateTime | undefined {
  const match = /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?$/.exec(text);
  if (match === null) return undefined;
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1)
    .map((part: string | undefined) => Number(part ?? 0));
  try {
    return new PyDateTime(year, month, day, hour, minute, second);
  } catch {
    return undefined;
  }
}
