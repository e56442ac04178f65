import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { ClusterTransportError } from 'vnpy-bridge/cluster';
import { viewAccount } from '../../../src/cluster/admin/account-view.js';
import { examineCluster } from '../../../src/cluster/admin/doctor.js';
import type { ClusterFinding } from '../../../src/cluster/admin/doctor.js';
import { edgeRow, watchEdges } from '../../../src/cluster/admin/watch.js';
import type { SeenEdge } from '../../../src/cluster/admin/watch.js';
import type { AccountRecord } from '../../../src/cluster/account/record.js';
import type { ClusterTransport, ServerInfo, StreamPlan } from '../../../src/cluster/transport/transport.js';
import { writeBeat } from '../../../src/cluster/wire/beats.js';
import type { Beat } from '../../../src/cluster/wire/beats.js';
import { ACCOUNT, CLUSTER, SUBJECTS } from '../support/stage.js';
import { Desk, HELD } from './support.js';

// What is seen of a cluster: who beats, how an account is, and what is wrong.

/** Listens while somebody beats. */
async function seen(desk: Desk, beats: readonly Partial<Beat>[], account?: string): Promise<readonly SeenEdge[]> {
  const watching = watchEdges(desk.transport, { ...desk.options, account });
  for (const beat of beats) desk.beat(beat);
  return watching;
}

describe('who beats', () => {
  test('edges of one account stand together, the active one first', async () => {
    const edges = await seen(new Desk(), [
      { account: 'b', edge: 'a', state: 'passive' },
      { account: 'b', edge: 'z' },
      { account: 'a', edge: 'q', state: 'passive' },
    ]);
    expect(edges.map(({ beat }) => `${beat.account} ${beat.edge}`)).toEqual(['a q', 'b z', 'b a']);
  });

  test('the last beat counts, with its age', async () => {
    const [edge] = await seen(new Desk(), [{ state: 'recovering' }, { epoch: 8, count: 2 }]);
    expect(edge).toMatchObject({ beats: 2, isTwice: false });
    expect(edge && edgeRow(edge, edge.at + 84.4)).toEqual({
      ...{ edge: 'east', account: ACCOUNT, state: 'active', epoch: 8, ageMs: 84 },
    });
  });

  test('other accounts are left out where one is asked for', async () => {
    const edges = await seen(new Desk(), [{}, { account: 'other' }], ACCOUNT);
    expect(edges.map(({ beat }) => beat.account)).toEqual([ACCOUNT]);
  });

  test('a beat that speaks of another edge does not count', async () => {
    const desk = new Desk();
    const watching = watchEdges(desk.transport, desk.options);
    const beat: Beat = {
      ...{ account: ACCOUNT, edge: 'east', number: 1, boot: 1, epoch: 7, state: 'active', count: 1 },
      ...{ monotonic: 1, wall: 1, load: 0, vnpy: true },
    };
    desk.transport.publish(SUBJECTS.beat(ACCOUNT, 'west'), writeBeat(beat));
    expect(await watching).toEqual([]);
  });

  test('two programs by one name take turns; one that was started again does not', async () => {
    const boots = (...numbers: number[]): Partial<Beat>[] => numbers.map((boot) => ({ boot }));
    expect((await seen(new Desk(), boots(1, 1, 2, 2)))[0]?.isTwice).toBe(false);
    expect((await seen(new Desk(), boots(1, 2, 1, 2)))[0]?.isTwice).toBe(true);
  });

  test('who does not want to wait any more is not told half of it', async () => {
    const desk = new Desk();
    const options = { ...desk.options, wait: 60_000, signal: AbortSignal.abort(new Error('enough')) };
    await expect(watchEdges(desk.transport, options)).rejects.toThrow('enough');
  });
});

describe('how an account is', () => {
  test('its record and its lease', async () => {
    const desk = new Desk();
    await desk.streams();
    await desk.record();
    await desk.lease('east');
    expect(await viewAccount(desk.transport, CLUSTER, ACCOUNT)).toEqual({
      ...{ account: ACCOUNT, record: HELD, lease: { edge: 'east', state: 'held' }, trouble: undefined },
    });
  });

  test('one that nobody has held has neither, and nothing is wrong with that', async () => {
    const desk = new Desk();
    await desk.streams();
    const view = await viewAccount(desk.transport, CLUSTER, ACCOUNT);
    expect(view).toEqual({ account: ACCOUNT, record: undefined, lease: undefined, trouble: undefined });
  });

  test('what this user may not read is told, and the rest is shown', async () => {
    const desk = new Desk();
    await desk.streams();
    await desk.record();
    desk.memory.deny('admin', { subscribe: [SUBJECTS.lease(ACCOUNT)] });
    const view = await viewAccount(desk.transport, CLUSTER, ACCOUNT);
    expect(view.record).toEqual(HELD);
    expect(view.trouble).toMatch(/^the lease: /);
  });
});

describe('what is wrong', () => {
  /** A cluster, as it has to be but for what is said. */
  interface Case {
    readonly server?: Partial<ServerInfo>;
    readonly streams?: Readonly<Record<string, Partial<StreamPlan>>> | 'none';
    readonly extraStream?: string;
    readonly record?: Partial<AccountRecord>;
    readonly isUnheld?: boolean;
    readonly beats?: readonly Partial<Beat>[];
    readonly deny?: string;
    readonly mayHearOrders?: boolean;
    readonly failing?: Failing;
  }

  /** What the server does not do, and the error of it. */
  type Failing = readonly [name: 'flush' | 'streams', error: ClusterTransportError];

  function without(transport: ClusterTransport, [failing, error]: Failing): ClusterTransport {
    return new Proxy(transport, {
      get: (target, name) => {
        if (name === failing) return () => Promise.reject(error);
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });
  }

  async function examined(given: Case): Promise<readonly ClusterFinding[]> {
    const desk = new Desk(given.server);
    if (given.streams !== 'none' && given.server?.hasStreams !== false) {
      await desk.streams(given.streams);
      if (given.extraStream !== undefined) {
        await desk.transport.ensureStream({
          ...{ name: 'ALL', subjects: [given.extraStream], description: '', storage: 'file', replicas: 1 },
        });
      }
      await desk.record(given.record);
      if (given.isUnheld !== true) await desk.lease('east');
    }
    const orders = given.mayHearOrders === true ? [] : [SUBJECTS.calls('cmd', 'vnpy-bridge-doctor')];
    desk.memory.deny('admin', { subscribe: [...orders, ...(given.deny === undefined ? [] : [given.deny])] });
    // Beats come at any time: the longest look is at them.
    const beating = setInterval(() => {
      for (const beat of given.beats ?? [{}]) desk.beat(beat);
    }, 5);
    try {
      const transport = given.failing === undefined ? desk.transport : without(desk.transport, given.failing);
      return await examineCluster(transport, { ...desk.options, account: ACCOUNT });
    } finally {
      clearInterval(beating);
    }
  }

  test('nothing, where all is as it has to be', async () => {
    const found = await examined({});
    expect(found.filter(({ level }) => level !== 'ok')).toEqual([]);
    expect(found.map(({ about }) => about)).toEqual(expect.arrayContaining([`account ${ACCOUNT}`, 'edge east']));
  });

  const SAID = { by: 'mei', why: 'a test', at: 5 };

  test.each<[code: string, level: 'warning' | 'fault', given: Case]>([
    ['SERVER_OLD', 'fault', { server: { version: '2.10.27' } }],
    ['NO_STREAMS', 'fault', { server: { hasStreams: false } }],
    ['NO_AUTH', 'warning', { server: { authRequired: false } }],
    ['SMALL_PAYLOAD', 'fault', { server: { maxPayload: 65_535 } }],
    ['WIDE_RIGHTS', 'warning', { mayHearOrders: true }],
    ['NO_ANSWER', 'fault', { failing: ['flush', new ClusterTransportError('TIMEOUT', 'no answer within 3000 ms')] }],
    [
      'STREAMS_UNKNOWN',
      'warning',
      { failing: ['streams', new ClusterTransportError('DENIED', 'publishing to $JS.API.STREAM.LIST is not allowed')] },
    ],
    ['COMMANDS_STORED', 'fault', { extraStream: SUBJECTS.calls('cmd', ACCOUNT) }],
    ['NO_STREAM', 'warning', { streams: 'none' }],
    ['STREAM_IN_MEMORY', 'fault', { streams: { ACCT: { storage: 'memory' } } }],
    ['STREAM_OPEN', 'warning', { streams: { ORDLOG: { sealed: false } } }],
    ['NOT_READ', 'warning', { deny: SUBJECTS.account(ACCOUNT) }],
    ['NO_EDGE', 'fault', { beats: [] }],
    ['NOBODY_HOLDS', 'fault', { beats: [{ state: 'passive' }] }],
    ['TWO_ACTIVE', 'fault', { beats: [{}, { edge: 'west' }] }],
    [
      'HALTED',
      'warning',
      {
        record: {
          halts: [{ id: '1', level: 'halt', scope: { kind: 'all' }, who: 'mei', why: 'x', when: 0, source: 'hand' }],
        },
      },
    ],
    ['HELD_BACK', 'warning', { record: { hold: SAID } }],
    ['SAME_NAME', 'fault', { beats: [{ boot: 1 }, { boot: 2 }] }],
    ['NO_VNPY', 'fault', { beats: [{ vnpy: false }] }],
    ['CLOCK_OFF', 'warning', { beats: [{ wall: 1 }] }],
    ['BUSY', 'warning', { beats: [{ load: 0.95 }] }],
  ])('%s is a %s', async (code, level, given) => {
    const found = (await examined(given)).filter((finding) => finding.level !== 'ok');
    expect(found).toContainEqual(expect.objectContaining({ code, level }) as ClusterFinding);
    for (const { action } of found) expect(action).toBeTruthy();
  });

  test('where nobody is asked who he is, nobody is told that his key hears no orders', async () => {
    const found = await examined({ server: { authRequired: false } });
    expect(found.find(({ about }) => about === 'rights')?.text).toMatch(/asks nobody/);
    expect((await examined({})).find(({ about }) => about === 'rights')?.text).toMatch(/hears no orders/);
  });

  test('a server that does not answer says why, and the rest is looked at all the same', async () => {
    const found = await examined({ failing: ['flush', new ClusterTransportError('DISCONNECTED', 'the line is cut')] });
    expect(found.find(({ code }) => code === 'NO_ANSWER')).toMatchObject({
      about: 'rights',
      text: expect.stringContaining('the line is cut') as string,
    });
    expect(found.map(({ about }) => about)).toEqual(expect.arrayContaining(['stream ORDLOG', `account ${ACCOUNT}`]));
  });

  test('who may not look at streams is told so once, and not that they are missing', async () => {
    const found = await examined({ failing: ['streams', new ClusterTransportError('DENIED', 'not allowed')] });
    const codes = found.filter(({ level }) => level !== 'ok').map(({ code }) => code);
    expect(codes).toEqual(['STREAMS_UNKNOWN']);
  });

  test('a beat that comes long after the one before is told with the time', async () => {
    const desk = new Desk();
    await desk.streams();
    await desk.record();
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const looking = examineCluster(desk.transport, { ...desk.options, wait: 3000 });
    // Whenever the look at server and streams is over, it hears some of them; then nothing for a while.
    const beats = [...Array.from({ length: 40 }, (_, index) => 20 * index), 2500];
    for (const ms of beats) {
      setTimeout(() => {
        desk.beat();
      }, ms);
    }
    await vi.advanceTimersByTimeAsync(4000);
    const found = await looking;
    const late = found.find(({ code }) => code === 'BEATS_LATE');
    expect(late).toMatchObject({ level: 'warning', about: 'edge east' });
    expect(Number(/(\d+) ms/.exec(late?.text ?? '')?.[1])).toBeGreaterThan(1500);
  });

  test('an expired lease asks for a person, and says whose it was', async () => {
    const found = await examined({ isUnheld: true, beats: [{ edge: 'west', state: 'passive' }] });
    const finding = found.find(({ code }) => code === 'NOBODY_HOLDS');
    expect(finding?.action).toMatch(/lease of east has expired.*cluster takeover/);
  });
});
