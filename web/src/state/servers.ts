/**
 * The servers behind the console: which of them work, and whose data are old.
 *
 * @module
 */
import { computed } from '@preact/signals';
import type { ServerState } from '../net/types.js';
import { status } from './data.js';

/** Each server, as the console has seen it last. */
export const servers = computed((): readonly ServerState[] => status.value?.servers ?? []);

const isDown = ({ links }: ServerState): boolean => links.request.state === 'down' || links.publish.state === 'down';

/** Gateways whose server is out of reach: what is known of them is old. */
export const oldGateways = computed(
  (): ReadonlySet<string> => new Set(servers.value.filter(isDown).flatMap(({ gateways }) => gateways)),
);

/** Whether nothing that comes from a server is current. */
export const allOld = computed(() => servers.value.length > 0 && servers.value.every(isDown));

/** The server that has a gateway; the only one, where a server has not told of its gateways yet. */
export function serverOf(gateway: string): ServerState | undefined {
  const all = servers.value;
  const has = ({ name, gateways }: ServerState): boolean =>
    gateways.includes(gateway) || (name !== '' && gateway.startsWith(`${name}:`));
  return all.find(has) ?? (all.length === 1 ? all[0] : undefined);
}
