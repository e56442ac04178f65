/**
 * What clients of an older vnpy cannot load. A member of an enum that their vnpy does not have breaks, at their end, the whole
 * message that it stands in. One contract of `Exchange.GLOBAL` breaks the answer with all contracts.
 *
 * @module
 */
import { PyObject } from '../pickle/index.js';
import { RpcUsageError } from '../rpc/index.js';
import type { Logger } from '../rpc/index.js';
import { ENUM_FIELDS } from './kinds.js';
import { Currency, Exchange, OrderType, Product } from './enums/index.js';
import type { EnumMember } from './enums/index.js';
import { classify } from './kinds.js';
import type { KindedData } from './kinds.js';

/** The members that came after vnpy 3.0, by version: `vnpy/trader/constant.py` of every release from 3.0.0 to 4.5.0. */
const MEMBERS_SINCE: readonly (readonly [version: string, members: readonly EnumMember[]])[] = [
  ['3.2.0', [Currency.CAD, Exchange.AMEX, Exchange.GFEX, Exchange.TSE]],
  ['3.7.0', [Exchange.SHHK, Exchange.SZHK]],
  ['3.9.1', [Product.CFD, Product.SWAP]],
  ['4.1.0', [Exchange.GLOBAL, OrderType.ETF]],
];

/** A version as one number, to compare. */
function ordinal(version: string): number {
  const [major = 0, minor = 0, patch = 0] = version.split('.').map(Number);
  return (major * 1000 + minor) * 1000 + patch;
}

/**
 * @returns `version`, when it is one of vnpy whose classes are known.
 * @throws RpcUsageError `BAD_OPTION`.
 */
export function checkClientVersion(version: string): string {
  if (!/^(3\.\d{1,2}|4\.[0-5])(\.\d{1,3})?$/.test(version)) {
    throw new RpcUsageError(
      'BAD_OPTION',
      `oldestClient must be a version of vnpy from 3.0 to 4.5, '4.0' for instance, not ${JSON.stringify(version)}`,
    );
  }
  return version;
}

/** The members of vnpy's enums that a version does not have. */
export function membersMissingIn(version: string): ReadonlySet<EnumMember> {
  const later = MEMBERS_SINCE.filter(([since]) => ordinal(since) > ordinal(version));
  return new Set(later.flatMap(([, members]) => members));
}

/** Leaves out what clients of one version of vnpy, and so of all later ones, could not load. */
export class ClientFilter {
  readonly #version: string;
  readonly #missing: ReadonlySet<unknown>;
  readonly #logger: Logger;
  readonly #logged = new Set<string>();
  /** Pieces of data left out so far. */
  withheld = 0;

  /** @throws RpcUsageError `BAD_OPTION` for a version that is not known. */
  constructor(version: string, logger: Logger) {
    this.#version = checkClientVersion(version);
    this.#missing = membersMissingIn(version);
    this.#logger = logger;
  }

  /** Whether the clients can load it. What they cannot is counted, and logged the first time. */
  admits(data: unknown): boolean {
    const item = classify(data);
    if (item === undefined) return true;
    const fields = item.data as unknown as Readonly<Record<string, unknown>>;
    for (const name of ENUM_FIELDS[item.kind]) {
      const value = fields[name];
      // An inert object is a member newer than every version that is known here.
      if (!this.#missing.has(value) && !(value instanceof PyObject)) continue;
      this.#withhold(item, name, value);
      return false;
    }
    return true;
  }

  #withhold({ kind, data }: KindedData, field: string, value: unknown): void {
    this.withheld++;
    const what = value instanceof PyObject ? `this ${field}` : String(value);
    // A symbol may tick for a day: one line for each kind and member.
    const key = `${kind} ${what}`;
    if (this.#logged.has(key)) return;
    this.#logged.add(key);
    const name = 'vt_symbol' in data ? ` of ${data.vt_symbol}` : '';
    this.#logger.warn(
      `${kind}${name} is not given to clients: vnpy ${this.#version} does not know ${what}; more of the kind are only counted`,
    );
  }
}
