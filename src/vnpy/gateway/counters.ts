/**
 * The gateway's counters.
 *
 * @module
 */
import { PyObject } from '../../pickle/index.js';
import type { ClientStats } from '../../rpc/index.js';
import { DATA_KINDS, ENUM_FIELDS, eachKind } from '../kinds.js';
import type { KindedData } from '../kinds.js';
import type { GatewayStats } from './types.js';

export class GatewayCounters {
  readonly delivered = eachKind(DATA_KINDS, () => 0);
  otherEvents = 0;
  doubles = 0;
  superseded = 0;
  timers = 0;
  unknownMembers = 0;
  wrongFields = 0;
  snapshots = 0;

  /** Counts members of enums that this package does not know: the codec left them inert. */
  countUnknownMembers(item: KindedData): void {
    const data = item.data as unknown as Readonly<Record<string, unknown>>;
    for (const name of ENUM_FIELDS[item.kind]) if (data[name] instanceof PyObject) this.unknownMembers++;
  }

  report(client: ClientStats, problems: Readonly<Record<string, number>>): GatewayStats {
    const { delivered, otherEvents, doubles, superseded, timers, unknownMembers, wrongFields, snapshots } = this;
    return {
      delivered: { ...delivered },
      otherEvents,
      doubles,
      superseded,
      timers,
      unknownMembers,
      wrongFields,
      snapshots,
      problems,
      client,
    };
  }
}
