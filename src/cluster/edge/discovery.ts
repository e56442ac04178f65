/**
 * Answers of an edge to those who look for services: ADR-32 of NATS, as `nats micro ls` asks.
 *
 * https://github.com/nats-io/nats-architecture-and-design/blob/main/adr/ADR-32.md
 *
 * @module
 */
import type { ClusterTransport, Subscription } from '../transport/transport.js';
import type { EdgeState } from '../wire/beats.js';
import type { Subjects } from '../wire/subjects.js';

/** The name of every edge's service. */
const SERVICE = 'vnpy-bridge-edge';
const DESCRIPTION = 'A vnpy server on NATS';

/** What an edge says of itself. */
export interface ServiceFacts {
  readonly cluster: string;
  readonly account: string;
  readonly edge: string;
  readonly boot: number;
  readonly version: string;
  /** In ms since 1970. */
  readonly startedAt: number;
  readonly state: () => EdgeState;
  readonly epoch: () => number;
  readonly counts: () => { readonly requests: number; readonly errors: number };
}

/** Begins to answer. @returns what ends it. */
export function answerDiscovery(transport: ClusterTransport, subjects: Subjects, facts: ServiceFacts): () => void {
  // No other characters than these are allowed in an id.
  const id = `${facts.edge.replace(/[^\w-]/g, '_')}-${facts.boot.toString(36)}`;
  const subscriptions: Subscription[] = [];
  for (const [verb, describe] of Object.entries(VERBS)) {
    for (const subject of [`$SRV.${verb}`, `$SRV.${verb}.${SERVICE}`, `$SRV.${verb}.${SERVICE}.${id}`]) {
      const answer = ({ reply }: { readonly reply: string | undefined }): void => {
        if (reply === undefined) return;
        const said = { ...identity(facts, id), ...describe(facts, subjects) };
        try {
          transport.publish(reply, Buffer.from(JSON.stringify(said)));
        } catch {
          // Whoever asked asks again.
        }
      };
      subscriptions.push(transport.subscribe(subject, answer));
    }
  }
  return () => {
    for (const subscription of subscriptions) subscription.close();
  };
}

type Describe = (facts: ServiceFacts, subjects: Subjects) => object;

const VERBS: Readonly<Record<'PING' | 'INFO' | 'STATS', Describe>> = {
  PING: () => ({ type: 'io.nats.micro.v1.ping_response' }),
  INFO: (facts, subjects) => ({
    type: 'io.nats.micro.v1.info_response',
    description: DESCRIPTION,
    endpoints: endpoints(facts, subjects).map(({ name, subject, queue_group }) => ({
      name,
      subject,
      queue_group,
      metadata: {},
    })),
  }),
  STATS: (facts, subjects) => {
    const { requests, errors } = facts.counts();
    return {
      type: 'io.nats.micro.v1.stats_response',
      started: new Date(facts.startedAt).toISOString(),
      endpoints: endpoints(facts, subjects).map(({ name, subject, queue_group }, index) => ({
        name,
        subject,
        queue_group,
        // They are counted together: the first stands for all.
        num_requests: index === 0 ? requests : 0,
        num_errors: index === 0 ? errors : 0,
        last_error: '',
        processing_time: 0,
        average_processing_time: 0,
      })),
    };
  },
};

function identity({ cluster, account, edge, version, state, epoch }: ServiceFacts, id: string): object {
  return {
    name: SERVICE,
    id,
    version,
    metadata: { cluster, account, edge, state: state(), epoch: String(epoch()) },
  };
}

function endpoints(
  { account }: ServiceFacts,
  subjects: Subjects,
): readonly {
  readonly name: string;
  readonly subject: string;
  readonly queue_group: string;
}[] {
  return [
    { name: 'commands', subject: subjects.calls('cmd', account), queue_group: '' },
    { name: 'current-reads', subject: subjects.calls('q1', account), queue_group: '' },
    { name: 'reads', subject: subjects.calls('q', account), queue_group: 'vb-readers' },
  ];
}
