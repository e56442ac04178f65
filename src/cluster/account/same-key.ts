/**
 * Orders under way in this process, by their keys: whoever sends one of them again hears what the first one hears.
 *
 * @module
 */
import type { OrderRequest } from '../../vnpy/index.js';
import { ClusterError } from '../errors.js';
import { isSameOrder, orderOf } from './journal-entry.js';
import type { Intent, JournalOrder } from './journal-entry.js';

/** An order, as far as another one may be the same. */
export interface Wanted {
  readonly order: JournalOrder;
  readonly gateway: string;
  readonly principal: string;
}

/** An order as it is compared. @throws {@link ClusterError} `JOURNAL` for one that cannot be written down. */
export function wanted(request: OrderRequest, gateway: string, principal: string): Wanted {
  try {
    return { order: orderOf(request), gateway, principal };
  } catch (error) {
    throw new ClusterError('JOURNAL', error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** @throws {@link ClusterError} `KEY_REUSED` where a key has another order. */
export function checkSame(key: string, one: Wanted, other: Pick<Intent, 'order' | 'gateway' | 'principal'>): void {
  const isSame = isSameOrder(one.order, other.order) && one.gateway === other.gateway;
  if (isSame && one.principal === other.principal) return;
  throw new ClusterError('KEY_REUSED', `the key ${key} has another order: give every order a key of its own`);
}

/** Orders that are not answered yet. */
export class SameKey {
  readonly #underWay = new Map<string, { readonly wanted: Wanted; readonly sending: Promise<string> }>();

  /** All that are under way. */
  get all(): readonly Promise<string>[] {
    return [...this.#underWay.values()].map(({ sending }) => sending);
  }

  /** Whether an order is under way. */
  has(key: string): boolean {
    return this.#underWay.has(key);
  }

  /**
   * Sends an order, or waits for the one that has its key.
   *
   * @throws {@link ClusterError} `KEY_REUSED`, at once; else what `send` throws.
   */
  run(key: string, order: Wanted, send: () => Promise<string>): Promise<string> {
    const first = this.#underWay.get(key);
    if (first !== undefined) {
      checkSame(key, order, first.wanted);
      return first.sending;
    }
    const sending = send().finally(() => {
      this.#underWay.delete(key);
    });
    this.#underWay.set(key, { wanted: order, sending });
    return sending;
  }
}
