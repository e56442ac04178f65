import { describe, expect, onTestFinished, test } from 'vitest';
import { clientTransport } from '../../../src/cluster/client/client-transport.js';
import { writeBeat } from '../../../src/cluster/wire/beats.js';
import { writeEnvelope } from '../../../src/cluster/wire/envelope.js';
import { readHello, writeHello, writeWelcome } from '../../../src/cluster/wire/hello.js';
import type { Hello } from '../../../src/cluster/wire/hello.js';
import { ScriptedEngine } from '../../vnpy/support.js';
import { ACCOUNT, CLUSTER, SUBJECTS, Stage, until } from '../support/stage.js';

// How far the clocks of a cluster are apart, for people.

/** An edge whose clock is ahead by so many ms, and which does nothing but say so. @returns the hellos that it hears. */
function edgeAhead(stage: Stage, ahead: number): readonly Hello[] {
  const transport = stage.connect('edge');
  const hellos: Hello[] = [];
  const wall = (): number => Date.now() + ahead;
  transport.subscribe(SUBJECTS.calls('q1', ACCOUNT), ({ payload, reply = '' }) => {
    const hello = readHello(payload);
    if (hello === undefined) return;
    hellos.push(hello);
    const welcome = { edge: 'e1', boot: 1, epoch: 1, seq: 0, session: 1, wall: wall() };
    transport.publish(reply, writeWelcome(welcome), { headers: writeEnvelope({ edge: 'e1', boot: 1, epoch: 1 }) });
  });
  let count = 0;
  const beating = setInterval(() => {
    const beat = { account: ACCOUNT, edge: 'e1', number: 1, boot: 1, epoch: 1, state: 'active' } as const;
    const times = { count: ++count, monotonic: performance.now(), wall: wall() };
    transport.publish(SUBJECTS.beat(ACCOUNT, 'e1'), writeBeat({ ...beat, ...times, load: 0, vnpy: true }));
  }, 5);
  onTestFinished(() => {
    clearInterval(beating);
  });
  return hellos;
}

describe('a client', () => {
  test.each([7_200_000, -7_200_000])('measures a clock that is %i ms ahead, and tells the edge', async (ahead) => {
    const stage = new Stage();
    const hellos = edgeAhead(stage, ahead);
    const transport = clientTransport({
      ...{ cluster: CLUSTER, account: ACCOUNT, principal: 'cta', transport: stage.connect('cta'), renewInterval: 20 },
    });
    const sockets = await transport.openClient({
      ...{ security: undefined, connectTimeout: 5000, maxMessageBytes: 2 ** 20, receiveHighWaterMark: 100 },
      pingTimeout: Infinity,
    });
    onTestFinished(() => {
      sockets.close();
    });
    sockets.connectRequest('', { opened: () => undefined, closed: () => undefined, message: () => undefined });
    await until(() => {
      expect(hellos.length).toBeGreaterThan(1);
    });
    const { offset = 0, error = -1 } = transport.channel?.clock ?? {};
    expect(error).toBeGreaterThanOrEqual(0);
    // Both clocks are one of this machine, which counts whole ms.
    expect(Math.abs(offset - ahead)).toBeLessThanOrEqual(error + 1);
    const [first, second] = hellos;
    expect(first).not.toHaveProperty('offset');
    expect(Math.abs((second?.offset ?? 0) - ahead)).toBeLessThan(5000);
  });
});

describe('an edge', () => {
  test('tells of the client whose clock differs most, and forgets who has gone', async () => {
    const stage = new Stage();
    const edge = await stage.edge(new ScriptedEngine());
    expect(edge.status()?.clockOffset).toBeUndefined();
    const client = stage.connect('someone');
    const say = (name: string, more: Partial<Hello>): void => {
      const hello = { client: name, wall: Date.now(), isLeaving: false, ...more };
      client.publish(SUBJECTS.call('q1', ACCOUNT, 'someone', 'hello'), writeHello(hello), { reply: client.inbox() });
    };
    say('a', { offset: 20 });
    say('b', { offset: -75 });
    say('c', {});
    await until(() => {
      expect(edge.status()).toMatchObject({ clients: 3, clockOffset: -75 });
    });
    say('b', { isLeaving: true });
    await until(() => {
      expect(edge.status()).toMatchObject({ clients: 2, clockOffset: 20 });
    });
  });

  test('a gateway says which edge it has, and how far its clock is off', async () => {
    const stage = new Stage();
    await stage.edge(new ScriptedEngine());
    const { clockOffset = NaN, clockError = NaN } = (await stage.connected()).edge() ?? {};
    expect(Math.abs(clockOffset)).toBeLessThanOrEqual(clockError + 1);
  });
});
