/**
 * The second event of a pair: `BaseGateway` sends most things twice, as `eTick.` and as `eTick.rb2705.SHFE`
 * (`vnpy/trader/gateway.py`).
 *
 * @module
 */
import { STATE_KINDS, eachKind, keyOf } from '../kinds.js';
import type { KindedData, StateKind } from '../kinds.js';
import { sameFields } from './state/equality.js';

/** Knows the twin of what came last. What came before is no twin, however equal it is: it was sent again. */
export class Twins {
  /** What came under the plain type, and whose twin has not come, by key. */
  readonly #single: Readonly<Record<StateKind, Map<string, object>>> = eachKind(
    STATE_KINDS,
    () => new Map<string, object>(),
  );

  /**
   * @param isPlain - It came under the plain type, not under the one with the id.
   * @returns Whether it is the second of a pair.
   */
  isTwin(item: KindedData, isPlain: boolean): boolean {
    if (item.kind === 'log' || item.kind === 'bar') return false;
    const single: Map<string, object> = this.#single[item.kind];
    const key = keyOf(item);
    if (isPlain) {
      single.set(key, item.data);
      return false;
    }
    const first = single.get(key);
    if (first === undefined || !sameFields(first, item.data)) return false;
    single.delete(key);
    return true;
  }
}
