/**
 * The names of several servers' gateways, as one engine has them: `NAME:GATEWAY`.
 *
 * The sign between them is a colon for four reasons. The ids of vnpy begin with the gateway's name and a dot, and programs cut
 * them at the first dot. A colon may stand in a path of an address as it is. No pattern of a policy takes it for anything else.
 * And a server's name has none, so that the first one ends it, whatever the gateway is called.
 *
 * @module
 */
import { shown } from '../../options.js';
import { RpcUsageError } from '../../rpc/index.js';
import { markCopy } from '../data/received.js';

const SEPARATOR = ':';

/** The attributes of vnpy's data that are the gateway's name, or begin with it. */
const NAMED = ['gateway_name', 'vt_orderid', 'vt_tradeid', 'vt_positionid', 'vt_accountid', 'vt_quoteid'] as const;

/** A name of the joined engine, taken apart. */
export interface SplitName {
  readonly server: string;
  /** What the server itself calls it. */
  readonly own: string;
}

/** @throws RpcUsageError `BAD_OPTION` for what is no name of a server. */
export function checkServerName(name: string): string {
  if (/^[\w-]{1,32}$/.test(name)) return name;
  throw new RpcUsageError(
    'BAD_OPTION',
    `a server's name has 1 to 32 of letters, digits, _ and -, and ${shown(name)} has not`,
  );
}

/** Takes the name of a gateway apart, or an id that begins with it; undefined where no server is named. */
export function splitName(name: string): SplitName | undefined {
  const at = name.indexOf(SEPARATOR);
  return at < 0 ? undefined : { server: name.slice(0, at), own: name.slice(at + 1) };
}

/** Gives the data of one server their joined names. What the server gave is never changed: it has other readers. */
export class ServerNames {
  readonly #prefix: string;
  /** The copy of each: what is told by an event is what is listed afterwards. */
  readonly #copies = new WeakMap<object, object>();

  constructor(server: string) {
    this.#prefix = server + SEPARATOR;
  }

  /** One of vnpy's objects, with the names that it has here. */
  of<Data extends object>(data: Data): Data {
    const known = this.#copies.get(data);
    // The copy of a `Data` is a `Data`.
    if (known !== undefined) return known as Data;
    const copy = Object.assign(Object.create(Object.getPrototypeOf(data) as object) as Data, data);
    markCopy(data, copy);
    for (const name of NAMED) {
      const own: unknown = Reflect.get(copy, name);
      if (typeof own === 'string') Reflect.set(copy, name, this.#prefix + own);
    }
    this.#copies.set(data, copy);
    return copy;
  }
}
