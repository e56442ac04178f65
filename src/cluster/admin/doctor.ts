/**
 * What is wrong with a cluster, or that nothing is. It changes nothing.
 *
 * @module
 */
import { messageOf } from '../../errors.js';
import type { ClusterTransport, StreamState } from '../transport/transport.js';
import { Subjects } from '../wire/subjects.js';
import { viewAccount } from './account-view.js';
import type { AccountView } from './account-view.js';
import { STREAMS } from './names.js';
import { watchEdges } from './watch.js';
import type { SeenEdge } from './watch.js';

/** What can be found; `OK` where nothing is wrong. */
export type ClusterFindingCode =
  | 'OK'
  | 'BEATS_LATE'
  | 'BUSY'
  | 'CLOCK_OFF'
  | 'COMMANDS_STORED'
  | 'HALTED'
  | 'HELD_BACK'
  | 'NOBODY_HOLDS'
  | 'NOT_READ'
  | 'NO_ANSWER'
  | 'NO_AUTH'
  | 'NO_EDGE'
  | 'NO_STREAM'
  | 'NO_STREAMS'
  | 'NO_VNPY'
  | 'SAME_NAME'
  | 'SERVER_OLD'
  | 'SMALL_PAYLOAD'
  | 'STREAMS_UNKNOWN'
  | 'STREAM_IN_MEMORY'
  | 'STREAM_OPEN'
  | 'TWO_ACTIVE'
  | 'WIDE_RIGHTS';

/** What {@link examineCluster} has found, one thing. */
export interface ClusterFinding {
  readonly level: 'ok' | 'warning' | 'fault';
  /** What was looked at. */
  readonly about: string;
  /** For programs. */
  readonly code: ClusterFindingCode;
  readonly text: string;
  /** What to do. */
  readonly action?: string;
}

/** What is looked at. */
export interface ExaminationOptions {
  readonly cluster: string;
  /** Default: every account whose edges beat. */
  readonly account?: string | undefined;
  /** How long beats are listened for, in ms. */
  readonly wait: number;
  readonly signal: AbortSignal;
}

/** Leases and journal stand on writes that compare: they were racy before. */
const OLDEST_SERVER = [2, 11] as const;
const SMALLEST_PAYLOAD = 64 * 1024;
/** In ms. */
const CLOCK_OFF = 50;
const BEAT_LATE = 1500;
const BUSY = 0.9;
const TIMEOUT = 3000;

/** Looks at everything, in the order in which one thing stands on another. */
export async function examineCluster(
  transport: ClusterTransport,
  options: ExaminationOptions,
): Promise<readonly ClusterFinding[]> {
  const found: ClusterFinding[] = [...serverFindings(transport)];
  found.push(await rightsFinding(transport, options.cluster));
  found.push(...(await streamFindings(transport, options.cluster)));
  const edges = await watchEdges(transport, options);
  const accounts = new Set([
    ...(options.account === undefined ? [] : [options.account]),
    ...edges.map(({ beat }) => beat.account),
  ]);
  if (accounts.size === 0) {
    found.push(
      fault(
        'edges',
        'NO_EDGE',
        `no edge of the cluster ${options.cluster} beats`,
        'Start one: vnpy-bridge edge. Is the name of the cluster right?',
      ),
    );
  }
  for (const account of accounts) {
    const own = edges.filter(({ beat }) => beat.account === account);
    const view = await viewAccount(transport, options.cluster, account);
    found.push(...accountFindings(view, own), ...own.flatMap(edgeFindings));
  }
  return found;
}

function serverFindings({ server }: ClusterTransport): readonly ClusterFinding[] {
  const { version, hasStreams, authRequired, maxPayload, address } = server;
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isOld = major < OLDEST_SERVER[0] || (major === OLDEST_SERVER[0] && minor < OLDEST_SERVER[1]);
  return [
    isOld
      ? fault(
          'server',
          'SERVER_OLD',
          `nats-server ${version} at ${address}`,
          `Bring it to ${OLDEST_SERVER.join('.')} or newer: before, two could win one lease.`,
        )
      : ok('server', `nats-server ${version} at ${address}`),
    hasStreams
      ? ok('JetStream', 'is there')
      : fault(
          'JetStream',
          'NO_STREAMS',
          'the server has no streams',
          'Give it a block jetstream { sync_interval: always }: without it nobody can hold an account.',
        ),
    authRequired
      ? ok('users', 'the server asks who a client is')
      : warning(
          'users',
          'NO_AUTH',
          'the server asks nobody who he is: whoever reaches it sends orders',
          'Use the configuration of "vnpy-bridge cluster config".',
        ),
    maxPayload >= SMALLEST_PAYLOAD
      ? ok('max_payload', `${maxPayload} bytes; larger answers come in pieces`)
      : fault(
          'max_payload',
          'SMALL_PAYLOAD',
          `${maxPayload} bytes`,
          `Set max_payload to ${SMALLEST_PAYLOAD} or more; its default is 1MB.`,
        ),
  ];
}

/** Whether this key may hear orders: only an edge should. */
async function rightsFinding(transport: ClusterTransport, cluster: string): Promise<ClusterFinding> {
  const refused: string[] = [];
  const stop = transport.onRefused((detail) => refused.push(detail));
  const subscription = transport.subscribe(new Subjects(cluster).calls('cmd', 'vnpy-bridge-doctor'), () => undefined);
  try {
    await transport.flush({ timeout: TIMEOUT });
    // The refusal comes before the answer to a second flush at the latest.
    await transport.flush({ timeout: TIMEOUT });
  } catch (error) {
    return fault(
      'rights',
      'NO_ANSWER',
      `the server does not answer: ${messageOf(error)}`,
      'Is it overloaded, or stopped?',
    );
  } finally {
    subscription.close();
    stop();
  }
  if (!transport.server.authRequired) return ok('rights', 'there are none: the server asks nobody who he is');
  if (refused.length > 0) return ok('rights', 'this key hears no orders');
  return warning(
    'rights',
    'WIDE_RIGHTS',
    'this key may hear orders of any account',
    'Give it the rights of "vnpy-bridge cluster config", where no user may hear those of an account that is not its own.',
  );
}

async function streamFindings(transport: ClusterTransport, cluster: string): Promise<readonly ClusterFinding[]> {
  const subjects = new Subjects(cluster);
  const found: ClusterFinding[] = [];
  try {
    for (const kind of ['cmd', 'q1', 'q'] as const) {
      for (const { name } of await transport.streams(`${subjects.prefix}.${kind}.>`)) {
        found.push(
          fault(
            'streams',
            'COMMANDS_STORED',
            `the stream ${name} keeps calls (${kind}): a stored order is executed when it is read again`,
            `Take these subjects out of it, or delete it: nats stream rm ${name}`,
          ),
        );
      }
    }
    const present = new Map(
      (await transport.streams(`${subjects.prefix}.>`)).map((stream): [string, StreamState] => [stream.name, stream]),
    );
    for (const kind of STREAMS) found.push(streamFinding(kind, present.get(subjects.stream(kind))));
  } catch (error) {
    found.push(
      warning(
        'streams',
        'STREAMS_UNKNOWN',
        `this key cannot look at the streams: ${messageOf(error)}`,
        'Look with the key of a dashboard or an admin.',
      ),
    );
  }
  return found;
}

/** Without these nothing is sure after a restart of the server. */
const MUST_LAST: ReadonlySet<string> = new Set(['ORDLOG', 'ACCT', 'LEASE']);

function streamFinding(kind: string, stream: StreamState | undefined): ClusterFinding {
  const about = `stream ${kind}`;
  if (stream === undefined)
    return warning(about, 'NO_STREAM', 'is not there', 'The first edge makes it when it starts.');
  const { storage, replicas, messages, bytes, sealed } = stream;
  if (MUST_LAST.has(kind) && storage === 'memory') {
    return fault(
      about,
      'STREAM_IN_MEMORY',
      'is lost when the server ends',
      'Delete it while no edge runs: the next one makes it on the disk.',
    );
  }
  if (kind === 'ORDLOG' && sealed === false)
    return warning(about, 'STREAM_OPEN', 'messages of the journal can be deleted', 'Set deny_delete and deny_purge.');
  const [of, on] = [messages === 1 ? 'message' : 'messages', replicas === 1 ? 'server' : 'servers'];
  return ok(about, `${messages} ${of}, ${bytes} bytes, on ${replicas} ${on}`);
}

function accountFindings(
  { account, record, lease, trouble }: AccountView,
  edges: readonly SeenEdge[],
): readonly ClusterFinding[] {
  const about = `account ${account}`;
  const found: ClusterFinding[] = [];
  if (trouble !== undefined)
    found.push(warning(about, 'NOT_READ', trouble, 'Look with the key of a dashboard or an admin.'));
  const active = edges.filter(({ beat }) => beat.state === 'active');
  const [holder] = active;
  if (edges.length === 0) {
    found.push(fault(about, 'NO_EDGE', 'none of its edges beats', 'Start one: vnpy-bridge edge. Is its name right?'));
  } else if (active.length > 1) {
    found.push(
      fault(
        about,
        'TWO_ACTIVE',
        `${active.map(({ beat }) => beat.edge).join(' and ')} say that they hold it`,
        'Halt it, stop all but one, and look at the open orders: vnpy-bridge cluster halt.',
      ),
    );
  } else if (holder === undefined) {
    const states = edges.map(({ beat }) => `${beat.edge} is ${beat.state}`).join(', ');
    const wantsPerson = record?.state === 'held' && lease === undefined;
    found.push(
      fault(
        about,
        'NOBODY_HOLDS',
        `nobody holds it: ${states}`,
        wantsPerson
          ? `The lease of ${record.holder.edge} has expired. Make sure that it does not trade any more, then: vnpy-bridge cluster takeover --edge NAME`
          : 'Wait some seconds, or read the log of the edges.',
      ),
    );
  } else {
    found.push(ok(about, `${holder.beat.edge} holds it, epoch ${holder.beat.epoch}`));
  }
  for (const { id, level, who, why } of record?.halts ?? []) {
    found.push(
      warning(
        about,
        'HALTED',
        `${level} by ${who}: ${why}`,
        `When the reason is gone: vnpy-bridge cluster resume ${id}`,
      ),
    );
  }
  if (record?.hold !== undefined) {
    found.push(
      warning(
        about,
        'HELD_BACK',
        `held back by ${record.hold.by}: ${record.hold.why}`,
        'When the reason is gone: vnpy-bridge cluster resume hold',
      ),
    );
  }
  return found;
}

function edgeFindings(edge: SeenEdge): readonly ClusterFinding[] {
  const { beat, longest, ahead, isTwice } = edge;
  const about = `edge ${beat.edge}`;
  const found: ClusterFinding[] = [];
  if (isTwice) {
    found.push(
      fault(about, 'SAME_NAME', 'two programs run by this name', 'Stop one, or give it another name and state folder.'),
    );
  }
  if (!beat.vnpy) {
    found.push(
      fault(about, 'NO_VNPY', 'its vnpy server is not there', 'Look with "vnpy-bridge doctor" on its machine.'),
    );
  }
  if (longest > BEAT_LATE) {
    found.push(
      warning(
        about,
        'BEATS_LATE',
        `a beat came ${Math.round(longest)} ms after the one before`,
        'The machine or the network is busy; clients send no orders meanwhile.',
      ),
    );
  }
  if (Math.abs(ahead) > CLOCK_OFF) {
    found.push(
      warning(
        about,
        'CLOCK_OFF',
        `its clock is ${Math.abs(Math.round(ahead))} ms ${ahead > 0 ? 'ahead' : 'behind'}, the way here included`,
        'Set the clocks (chrony, NTP). Nothing is decided by them but what people read.',
      ),
    );
  }
  if (beat.load > BUSY) {
    found.push(
      warning(
        about,
        'BUSY',
        `its event loop is busy ${Math.round(beat.load * 100)} % of the time`,
        'Give it fewer consumers, or a machine of its own.',
      ),
    );
  }
  return found.length > 0 ? found : [ok(about, `beats, ${beat.state}, clock within ${CLOCK_OFF} ms`)];
}

function ok(about: string, text: string): ClusterFinding {
  return { level: 'ok', about, code: 'OK', text };
}

function warning(about: string, code: ClusterFindingCode, text: string, action: string): ClusterFinding {
  return { level: 'warning', about, code, text, action };
}

function fault(about: string, code: ClusterFindingCode, text: string, action: string): ClusterFinding {
  return { level: 'fault', about, code, text, action };
}
