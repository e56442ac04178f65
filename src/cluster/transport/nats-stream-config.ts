/**
 * A stream's plan, as NATS writes it.
 *
 * @module
 */
import type { StreamPlan, StreamState } from './transport.js';

/** What the server says of a stream. */
export interface StreamRecord {
  readonly config?: Readonly<Record<string, unknown>>;
  readonly state?: Readonly<Record<string, unknown>>;
}

const NS_PER_MS = 1e6;

/** The configuration of a stream that is to be made. */
export function configOf(plan: StreamPlan): Readonly<Record<string, unknown>> {
  const { name, subjects, description, storage, replicas } = plan;
  return {
    name,
    subjects,
    description,
    storage,
    retention: 'limits',
    discard: 'old',
    num_replicas: replicas,
    max_msgs_per_subject: plan.perSubject ?? -1,
    max_age: (plan.maxAge ?? 0) * NS_PER_MS,
    max_bytes: plan.maxBytes ?? -1,
    allow_msg_ttl: plan.ttls === true,
    deny_delete: plan.sealed === true,
    deny_purge: plan.sealed === true,
    // Reading the last message of a subject names the subject then, and rights can.
    allow_direct: true,
  };
}

/** A stream as it is; undefined for what describes none. */
export function streamOf(record: StreamRecord | undefined): StreamState | undefined {
  const { config, state = {} } = record ?? {};
  if (config === undefined || typeof config['name'] !== 'string') return undefined;
  const subjects: unknown = config['subjects'];
  const perSubject = limit(config['max_msgs_per_subject']);
  const maxAge = limit(config['max_age']);
  const maxBytes = limit(config['max_bytes']);
  return {
    name: config['name'],
    subjects: Array.isArray(subjects) ? subjects.map(String) : [],
    description: typeof config['description'] === 'string' ? config['description'] : '',
    storage: config['storage'] === 'memory' ? 'memory' : 'file',
    replicas: Number(config['num_replicas'] ?? 1),
    ...(perSubject === undefined ? {} : { perSubject }),
    ...(maxAge === undefined ? {} : { maxAge: maxAge / NS_PER_MS }),
    ...(maxBytes === undefined ? {} : { maxBytes }),
    ...(config['allow_msg_ttl'] === true ? { ttls: true } : {}),
    ...(config['deny_delete'] === true && config['deny_purge'] === true ? { sealed: true } : {}),
    messages: Number(state['messages'] ?? 0),
    bytes: Number(state['bytes'] ?? 0),
    differences: [],
  };
}

/** The server writes -1 or 0 for none. */
function limit(value: unknown): number | undefined {
  return typeof value === 'number' && value > 0 ? value : undefined;
}
