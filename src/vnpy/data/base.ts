/**
 * What vnpy's data classes have in common.
 *
 * @module
 */

/** A dict that a gateway attaches to its data: its keys and values are the gateway's own. */
export type Extra = Readonly<Record<string, unknown>> | ReadonlyMap<unknown, unknown>;

/** Base of all data that a gateway sends (`vnpy.trader.object.BaseData`). Requests are not data. */
export abstract class BaseData {
  /** Name of the gateway that this came from, `CTP`. */
  readonly gateway_name: string = '';
  /** What the gateway adds of its own, or null. */
  readonly extra: Extra | null = null;
}
