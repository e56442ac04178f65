/**
 * What may happen between two moments: a revocation, a reload, an end between the decision on an order and its sending, answers
 * that lie or come too late, a clock that is set. At real sockets; what reached the engine is the judge.
 */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { Guard } from 'vnpy-bridge/guard';
import { CancelRequest, Exchange, SendOrderError, Status } from 'vnpy-bridge/vnpy';
import { AuditLog } from '../../src/guard/audit/log.js';
import { deferred } from '../support/deferred.js';
import { order, trade } from '../vnpy/support.js';
import { front, good, policyOf, QUIET, twoGateways } from './attack-support.js';
import type { Front, RawClient, Reply } from './attack-support.js';

const PATIENCE = { timeout: 30_000 };

const send = (client: RawClient, request = good()): Promise<Reply> => client.call('send_order', [request, 'CTP']);

/** A policy in a folder of its own. */
function policyFile(policy: object): { readonly path: string; readonly write: (policy: object) => void } {
  const folder = mkdtempSync(join(tmpdir(), 'guard-attack-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const path = join(folder, 'guard.json');
  const write = (text: object): void => {
    writeFileSync(path, JSON.stringify(text), { mode: 0o600 });
  };
  write(policy);
  return { path, write };
}

function auditOf(path: string): readonly Readonly<Record<string, unknown>>[] {
  return readFileSync(join(path, '../audit.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Readonly<Record<string, unknown>>);
}

describe('between the flush of an order’s line and its sending', () => {
  /** An order whose line is on the disk, and which does not go on before it is let. */
  async function held(): Promise<{
    readonly stage: Front;
    readonly file: ReturnType<typeof policyFile>;
    readonly client: RawClient;
    readonly answer: Promise<Reply>;
    readonly goOn: () => void;
  }> {
    const file = policyFile(policyOf({ more: { audit: 'audit.jsonl' } }));
    const stage = await front(file.path);
    const client = await stage.connect();
    const gate = deferred<undefined>();
    const append = AuditLog.prototype.append; // eslint-disable-line @typescript-eslint/unbound-method -- it is called with its log
    const flushed = deferred<undefined>();
    const spy = vi.spyOn(AuditLog.prototype, 'append').mockImplementation(async function (this: AuditLog, entry) {
      await append.call(this, entry);
      flushed.resolve(undefined);
      await gate.promise;
    });
    onTestFinished(() => {
      spy.mockRestore();
      gate.resolve(undefined);
    });
    const answer = send(client);
    answer.catch(() => undefined);
    await flushed.promise;
    return {
      stage,
      file,
      client,
      answer,
      goOn: () => {
        gate.resolve(undefined);
      },
    };
  }

  /** The line says that it was let through, and the next that it did not leave. */
  function expectWithdrawn(path: string, rule: string): void {
    const lines = auditOf(path);
    const passed = lines.find(({ kind, outcome }) => kind === 'decided' && outcome === 'passed');
    const after = lines.filter(({ id, kind }) => id === passed?.['id'] && kind !== 'decided');
    expect(after).toMatchObject([{ kind: 'withdrawn', rule }]);
  }

  test('its principal is taken out of the policy', async () => {
    const { stage, file, goOn } = await held();
    const { principals } = policyOf() as { readonly principals: object };
    file.write({
      ...policyOf({ more: { audit: 'audit.jsonl' } }),
      principals: { ...principals, 'desk-1': undefined },
    });
    await vi.waitFor(() => {
      expect(stage.guard.status().policy.generation).toBe(2);
    }, PATIENCE);
    expect(stage.guard.status().connected).toEqual({});
    goOn();
    await vi.waitFor(() => {
      expectWithdrawn(file.path, 'principal');
    }, PATIENCE);
    expect(stage.engine.requests).toEqual([]);
  });

  test('its contract is taken from it', async () => {
    const { stage, file, answer, goOn } = await held();
    file.write(policyOf({ trader: { deny: { symbols: ['rb*.SHFE'] } }, more: { audit: 'audit.jsonl' } }));
    await vi.waitFor(() => {
      expect(stage.guard.status().policy.generation).toBe(2);
    }, PATIENCE);
    goOn();
    expect(await answer).toEqual([true, '']);
    expect(stage.engine.requests).toEqual([]);
    await vi.waitFor(() => {
      expectWithdrawn(file.path, 'symbol');
    }, PATIENCE);
  });

  test('trading is halted', async () => {
    const { stage, file, answer, goOn } = await held();
    const halting = stage.guard.halt({ by: 'a person', reason: 'too fast' });
    goOn();
    expect(await answer).toEqual([true, '']);
    expect((await halting).report).toMatchObject({ isDone: true, withdrawn: 1 });
    expect(stage.engine.requests).toEqual([]);
    expectWithdrawn(file.path, 'halt');
  });

  test('the process is told to end', async () => {
    const { stage, file, answer, goOn } = await held();
    const closing = stage.guard.close();
    goOn();
    await closing;
    expect(await answer).toEqual([true, '']);
    expect(stage.engine.requests).toEqual([]);
    expect(await send(await stage.connect())).toEqual([true, '']);
    expect(stage.engine.requests).toEqual([]);
    // What was let through and did not leave holds nothing after the restart.
    const again = await Guard.open(file.path, { logger: QUIET });
    onTestFinished(() => again.close());
    expect(again.status().unknown).toEqual([]);
  });
});

describe('an answer', () => {
  const limited = policyOf({ trader: { limits: { openOrders: 1 } } });

  test('that says no, of an order that appears all the same: it counts, and is its owner’s', async () => {
    const { engine, connect } = await front(limited);
    const [client, other] = [await connect('desk-1'), await connect('desk-2')];
    engine.onSendOrder = () => '';
    expect(await send(client, good({ reference: 'r-1' }))).toEqual([true, '']);
    engine.tellOrder(order('9', { volume: 1, reference: 'r-1' }));
    engine.orders.push(order('9', { volume: 1, reference: 'r-1' }));
    engine.onSendOrder = () => 'CTP.10';
    expect(await send(client)).toEqual([true, '']);
    expect((await client.call('get_order', ['CTP.9']))[1]).toMatchObject({ orderid: '9' });
    expect(await other.call('get_order', ['CTP.9'])).toEqual([true, null]);
    expect(engine.requests).toHaveLength(1);
    engine.tellOrder(order('9', { volume: 1, reference: 'r-1', status: Status.CANCELLED }));
    expect(await send(client)).toEqual([true, 'CTP.10']);
  });

  test('that is lost, of an order that appears later: it counts, and is its owner’s to cancel', async () => {
    const { engine, connect, guard } = await front(limited);
    const client = await connect('desk-1');
    engine.onSendOrder = ({ reference }) => {
      throw new SendOrderError('unknown', 'no answer', { reference });
    };
    const [ok] = await send(client, good({ reference: 'r-2' }));
    expect(ok).toBe(false);
    expect(guard.status().unknown).toMatchObject([{ reference: 'r-2', principal: 'desk-1' }]);
    engine.onSendOrder = () => 'CTP.10';
    expect(await send(client)).toEqual([true, '']);
    engine.tellOrder(order('9', { volume: 1, reference: 'r-2' }));
    engine.orders.push(order('9', { volume: 1, reference: 'r-2' }));
    expect(guard.status().unknown).toEqual([]);
    expect(await send(client)).toEqual([true, '']);
    const cancel = new CancelRequest({ orderid: '9', symbol: 'rb2705', exchange: Exchange.SHFE });
    expect((await (await connect('desk-2')).call('cancel_order', [cancel, 'CTP']))[0]).toBe(false);
    expect(await client.call('cancel_order', [cancel, 'CTP'])).toEqual([true, null]);
  });

  test('that gives one id twice frees neither order', async () => {
    const { engine, connect, guard } = await front(policyOf({ trader: { limits: { openOrders: 2 } } }));
    const client = await connect('desk-1');
    engine.onSendOrder = () => 'CTP.7';
    for (const price of [3400, 3300]) expect(await send(client, good({ price }))).toEqual([true, 'CTP.7']);
    expect(await send(client)).toEqual([true, '']);
    engine.tellOrder(order('7', { volume: 1, price: 3300, status: Status.CANCELLED }));
    // Of the other one nobody knows.
    expect(guard.status().unknown).toHaveLength(1);
    expect(await send(client)).toEqual([true, 'CTP.7']);
    expect(await send(client)).toEqual([true, '']);
  });

  test('that comes after the fill, which is told twice', async () => {
    const { engine, connect } = await front(policyOf({ trader: { limits: { positionVolume: 2 } } }));
    const client = await connect('desk-1');
    engine.onSendOrder = () => {
      engine.tellTrade(trade('1', '7'));
      engine.tellTrade(trade('1', '7'));
      engine.tellOrder(order('7', { volume: 1, traded: 1, status: Status.ALLTRADED }));
      return 'CTP.7';
    };
    expect(await send(client)).toEqual([true, 'CTP.7']);
    engine.onSendOrder = () => 'CTP.8';
    expect(await send(client)).toEqual([true, 'CTP.8']);
    expect(await send(client)).toEqual([true, '']);
  });

  test('that is no text leaves the order unknown', async () => {
    const { engine, connect, guard } = await front(limited);
    const client = await connect('desk-1');
    engine.onSendOrder = () => null;
    expect((await send(client, good({ reference: 'r-3' })))[0]).toBe(false);
    expect(guard.status().unknown).toMatchObject([{ reference: 'r-3' }]);
    expect(await send(client)).toEqual([true, '']);
  });
});

test('a halt with 50 orders under way whose answers are lost is not done, and says which are unknown', async () => {
  const engine = twoGateways();
  const gate = deferred<undefined>();
  engine.onSendOrder = async ({ reference }) => {
    await gate.promise;
    throw new SendOrderError('unknown', 'no answer', { reference });
  };
  const { guard, connect } = await front(policyOf(), { engine });
  const clients = await Promise.all(Array.from({ length: 50 }, () => connect()));
  const answers = clients.map((client, index) => send(client, good({ reference: `lost-${index}` })));
  await vi.waitFor(() => {
    expect(engine.requests).toHaveLength(50);
  }, PATIENCE);
  const halting = guard.halt({ by: 'a person', reason: 'too fast' });
  const late = await connect('desk-2');
  expect(await send(late)).toEqual([true, '']);
  gate.resolve(undefined);
  for (const [ok] of await Promise.all(answers)) expect(ok).toBe(false);
  const { report } = await halting;
  expect(report).toMatchObject({ isDone: false, cancelled: [] });
  expect(report?.unknown).toHaveLength(50);
  expect(engine.requests).toHaveLength(50);
  await expect(guard.resume({ id: 'all', by: 'a person', reason: 'on' })).rejects.toThrow(/50 orders is unknown/);
});

/** A connection of ZMTP 3.0 with PLAIN, of which the last command is sent: nothing else is this client. */
async function plainSocket(port: number, user: string): Promise<Socket> {
  const socket = connectTcp(port, '127.0.0.1');
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const mechanism = Buffer.alloc(20);
  mechanism.write('PLAIN');
  const text = (value: string): Buffer => Buffer.concat([Buffer.from([value.length]), Buffer.from(value)]);
  const command = (body: Buffer): Buffer => Buffer.concat([Buffer.from([4, body.length]), body]);
  const property = Buffer.concat([text('Socket-Type'), Buffer.from([0, 0, 0, 3]), Buffer.from('REQ')]);
  socket.write(Buffer.concat([Buffer.from([0xff, 0, 0, 0, 0, 0, 0, 0, 0, 0x7f, 3, 0]), mechanism, Buffer.alloc(32)]));
  socket.write(command(Buffer.concat([text('HELLO'), text(user), text('secret')])));
  socket.write(command(Buffer.concat([text('INITIATE'), property])));
  socket.resume();
  return socket;
}

test('1,000 connections of one principal are one principal, and all end when it is revoked', async () => {
  const file = policyFile(policyOf());
  const stage = await front(file.path);
  const port = Number(stage.service.addresses?.reply.split(':').at(-1));
  const sockets: Socket[] = [];
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
  });
  const ended: Promise<unknown>[] = [];
  for (let index = 0; index < 1000; index++) {
    const socket = await plainSocket(port, 'desk-1');
    sockets.push(socket);
    ended.push(once(socket, 'close'));
  }
  await vi.waitFor(() => {
    expect(stage.guard.status().connected).toEqual({ 'desk-1': 1000 });
  }, PATIENCE);
  const other = await stage.connect('desk-2');
  expect(await send(other)).toEqual([true, 'CTP.1']);
  const { principals } = policyOf() as { readonly principals: object };
  file.write({ ...policyOf(), principals: { ...principals, 'desk-1': undefined } });
  await Promise.all(ended);
  expect(stage.guard.status().connected).toEqual({ 'desk-2': 1 });
  expect(await send(other)).toEqual([true, 'CTP.2']);
}, 60_000);

describe('a clock', () => {
  /** Friday 2026-12-04 17:59:59 in Shanghai: a second before Monday's trading day begins. */
  const FRIDAY = Date.parse('2026-12-04T17:59:59+08:00');
  const SECOND = 1000;
  const HOUR = 3600 * SECOND;

  async function staged(): Promise<{ client: RawClient; set: (time: number) => void }> {
    vi.useFakeTimers({ toFake: ['Date'], now: FRIDAY });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const stage = await front(policyOf({ trader: { limits: { ordersPerDay: 2 } } }));
    return {
      client: await stage.connect(),
      set: (time) => {
        vi.setSystemTime(time);
      },
    };
  }

  const taken = async (client: RawClient): Promise<boolean> => (await send(client))[1] !== '';

  test('that reaches 18:00 on a Friday begins Monday, and Monday’s night begins Tuesday', async () => {
    const { client, set } = await staged();
    expect([await taken(client), await taken(client), await taken(client)]).toEqual([true, true, false]);
    set(FRIDAY + SECOND - 1);
    expect(await taken(client)).toBe(false);
    set(FRIDAY + SECOND);
    expect([await taken(client), await taken(client), await taken(client)]).toEqual([true, true, false]);
    // Friday's night, the weekend, and Monday until 18:00 are one day.
    for (const hours of [3, 30, 65, 71.9]) {
      set(FRIDAY + hours * HOUR);
      expect([hours, await taken(client)]).toEqual([hours, false]);
    }
    set(FRIDAY + SECOND + 72 * HOUR);
    expect(await taken(client)).toBe(true);
  });

  test('that is set back opens no day again, and one that was set forth and back neither', async () => {
    const { client, set } = await staged();
    set(FRIDAY + SECOND);
    expect([await taken(client), await taken(client)]).toEqual([true, true]);
    for (const time of [FRIDAY, FRIDAY - HOUR, FRIDAY - 24 * HOUR, FRIDAY - 24 * 365 * HOUR, 0]) {
      set(time);
      expect([time, await taken(client)]).toEqual([time, false]);
    }
    set(FRIDAY + 73 * HOUR);
    expect([await taken(client), await taken(client), await taken(client)]).toEqual([true, true, false]);
    set(FRIDAY + 2 * SECOND);
    expect(await taken(client)).toBe(false);
  });
});

test('10 reloads while orders flow: each is decided by one policy', async () => {
  const narrow = policyOf({ trader: { limits: { orderVolume: 1 } } });
  const other = policyOf({ trader: { symbols: ['au*.SHFE'], limits: { orderVolume: 2 } } });
  const file = policyFile(narrow);
  const stage = await front(file.path);
  const clients = await Promise.all(Array.from({ length: 4 }, () => stage.connect()));
  let flows = true;
  const flowing = clients.map(async (client, index) => {
    const symbol = index % 2 === 0 ? 'rb2705' : 'au2706';
    // Two lots of rb, which one policy refuses by the volume and the other by the contract.
    while (flows) await send(client, good({ symbol, volume: symbol === 'rb2705' ? 1 + (index % 4) / 2 : 2 }));
  });
  for (let reload = 1; reload <= 10; reload++) {
    file.write(reload % 2 === 0 ? narrow : other);
    await vi.waitFor(() => {
      expect(stage.guard.status().policy.generation).toBe(reload + 1);
    }, PATIENCE);
  }
  flows = false;
  await Promise.all(flowing);
  const wrong = stage.engine.requests.filter(({ symbol, volume }) => symbol === 'rb2705' && volume === 2);
  expect(wrong).toEqual([]);
  expect(new Set(stage.engine.requests.map(({ symbol }) => symbol)).size).toBe(2);
});
