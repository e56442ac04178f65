import { expect, test } from 'vitest';
import { Pickler } from 'vnpy-bridge/pickle';
import { Exchange, HistoryRequest } from 'vnpy-bridge/vnpy';
import { encodeRequest } from '../../../src/rpc/internal.js';
import { cancelOf, newMarker } from '../../../src/vnpy/internal.js';
import { ScriptedEngine, orderRequest } from '../../vnpy/support.js';
import { ACCOUNT, SUBJECTS, Stage, until } from '../support/stage.js';

// What waits for what at an edge, and where it answers.

const PAST = new HistoryRequest({ symbol: 'rb2705', exchange: Exchange.SHFE, start: new Date(0) });

/** A promise that is kept when the test says so. */
function kept<Value>(): { readonly promise: Promise<Value>; readonly keep: (value: Value) => void } {
  let keep: (value: Value) => void = () => undefined;
  const promise = new Promise<Value>((resolve) => {
    keep = resolve;
  });
  return { promise, keep };
}

test('an order of a client does not wait for its history, nor does a read of now', async () => {
  const stage = new Stage();
  const engine = new ScriptedEngine();
  const history = kept<[]>();
  engine.onQueryHistory = () => history.promise;
  await stage.edge(engine);
  const gateway = await stage.connected();
  const asked = gateway.queryHistory(PAST);
  await until(() => {
    expect(engine.calls).toContain('query_history CTP');
  });
  expect(await gateway.sendOrder(orderRequest())).toBe('CTP.1');
  // With priority, a client does not wait for its own calls either. Contracts are answered by any edge, as histories are.
  for (const read of ['get_all_orders', 'get_all_contracts'])
    expect(await gateway.client.call(read, [], { priority: 'high' })).toBeInstanceOf(Array);
  history.keep([]);
  expect(await asked).toEqual([]);
});

test('the orders of a client are executed one after the other, and no marker overtakes one', async () => {
  const stage = new Stage();
  const engine = new ScriptedEngine();
  const answer = kept<string>();
  engine.onSendOrder = () => answer.promise;
  const edge = await stage.edge(engine);
  const gateway = await stage.settled({ commandBudget: 10_000 });
  const received = (): number => {
    const { requests = 0, hellos = 0 } = edge.status()?.received ?? {};
    return requests - hellos;
  };
  const first = gateway.sendOrder(orderRequest({ reference: 'first' }));
  await until(() => {
    expect(engine.requests).toHaveLength(1);
  });
  const before = received();
  const second = gateway.sendOrder(orderRequest({ reference: 'second' }));
  const finding = gateway.client.call('cancel_order', cancelOf(newMarker()), { priority: 'high' });
  await until(() => {
    expect(received()).toBe(before + 2);
  });
  // What is not held back is executed by now: this came after it.
  await gateway.client.call('get_all_orders', [], { priority: 'high' });
  expect(engine.requests).toHaveLength(1);
  expect(engine.calls).not.toContain('cancel_order ?');
  answer.keep('CTP.1');
  await Promise.all([first, second, finding]);
  expect(engine.requests.map(({ reference }) => reference)).toEqual(['first', 'second']);
});

test('where the server asks who a client is, an edge answers at the inbox of its principal alone', async () => {
  const stage = new Stage({ authRequired: true });
  const engine = new ScriptedEngine();
  const edge = await stage.edge(engine);
  const client = stage.connect('cta');
  const heard: string[] = [];
  stage.connect('ear').subscribe('>', ({ subject }) => {
    if (!subject.includes('.beat.') && !subject.startsWith(SUBJECTS.call('q', ACCOUNT, 'cta', 'get_all_contracts')))
      heard.push(subject);
  });
  const body = encodeRequest(new Pickler(), 'get_all_contracts', [], {});
  const ask = (reply: string): void => {
    client.publish(SUBJECTS.call('q', ACCOUNT, 'cta', 'get_all_contracts'), body, { reply });
  };
  // An answer there would be a command of somebody else.
  ask(SUBJECTS.call('cmd', ACCOUNT, 'desk', 'send_order'));
  ask('_IN.desk.1');
  ask('_IN.cta');
  ask('_IN.cta2.1');
  ask('_INBOX.1');
  ask('_IN.cta.1');
  await until(() => {
    expect(heard).toContain('_IN.cta.1');
  });
  expect(heard).toEqual(['_IN.cta.1']);
  expect(edge.status()?.received.requests).toBe(1);
});

test('where the server asks nobody, an edge answers where it is asked to', async () => {
  const stage = new Stage({ authRequired: false });
  await stage.edge(new ScriptedEngine());
  const client = stage.connect('cta');
  const answered = kept<string>();
  client.subscribe('_INBOX.1', ({ subject }) => {
    answered.keep(subject);
  });
  const body = encodeRequest(new Pickler(), 'get_all_contracts', [], {});
  client.publish(SUBJECTS.call('q', ACCOUNT, 'cta', 'get_all_contracts'), body, { reply: '_INBOX.1' });
  expect(await answered.promise).toBe('_INBOX.1');
});
