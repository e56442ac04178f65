/**
 * The gateway's counters.
 *
 * @module
 */
import { PyObject } from '../../pickle/index.js';
import type { ClientStats } from '../../rpc/index.js';
import { ENUM_FIELDS } from '../enum-fields.js';
import type { DataKind, KindedData } from '../event.js';
import type { GatewayStats } from './types.js';

export class GatewayCounters {
  readonly delivered: Record<DataKind, number> = {
    tick: 0,
    bar: 0,
    order: 0,
    trade: 0,
    position: 0,
    account: 0,
    contract: 0,
    quote: 0,
    log: 0,
  };
  otherEvents = 0;
  doubles = 0;
  superseded = 0;
  timers = 0;
  unknownMembers = 0;
  snapshots = 0;

  /** Counts members of enums that this package does not know: the codec left them inert. */
  countUnknownMembers(item: KindedData): void {
    const data = item.data as unknown as Readonly<Record<string, unknown>>;
    for (const name of ENUM_FIELDS[item.kind]) if (data[name] instanceof PyObject) this.unknownMembers += 1;
  }

  report(client: ClientStats): GatewayStats {
    const { delivered, otherEvents, doubles, superseded, timers, unknownMembers, snapshots } = this;
    return { delivered: { ...delivered }, otherEvents, doubles, superseded, timers, unknownMembers, snapshots, client };
  }
}
