import { describe, expect, test } from 'vitest';
import { typeDoubt } from '../../../src/cli/bridge/events/event-types.js';
import { quietReasons } from '../../../src/cli/bridge/events/quiet.js';
import { live } from '../../../src/cli/lang/en/live.js';
import type { Quiet } from '../../../src/cli/bridge/events/quiet.js';
import { Event, EventType, LogData } from 'vnpy-bridge/vnpy';
import { run, serveFunctions, serveMarket, start } from './harness.js';

describe('a type that nothing has', () => {
  test.each([
    ['tick', 'eTick.'],
    ['tick.rb2705.SHFE', 'eTick.'],
    ['etick.', 'eTick.'],
    ['orders', 'eOrder.'],
    ['eTrad.', 'eTrade.'],
    ['log', 'eLog'],
  ])('%s: did you mean %s?', (type, meant) => {
    expect(typeDoubt(type, live)).toBe(`--type ${type} is no type of event of vnpy's; did you mean ${meant}?`);
  });

  test('a far one: all that vnpy has', () => {
    expect(typeDoubt('quotation\x1b', live)).toMatch(/--type quotation\\x1b .*vnpy has eTick\., .*eTrade\., /);
  });

  test.each([
    ...Object.values(EventType),
    'eT',
    'eTick',
    'eTick.rb2705.SHFE',
    'eLog',
    'eCtaStrategy',
    'eCtaLog',
    'eRtdLog',
  ])('%s may be right', (type) => {
    expect(typeDoubt(type, live)).toBeUndefined();
  });

  test('is told at once, and listening goes on', async () => {
    const { service, args } = await serveMarket();
    const running = start(['listen', '--type', 'tick', '--type', 'eLog', '--count', '1', ...args]);
    await running.stderr.waitFor(/^vnpy-bridge listen: --type tick is no type .*did you mean eTick\.\?\n$/);
    const timer = setInterval(() => {
      service.server.publish('', new Event('eLog', new LogData({ gateway_name: 'SIM', msg: 'hello' })));
    }, 20);
    expect(await running.finished).toMatchObject({ code: 0, stdout: expect.stringMatching(/hello/) as string });
    clearInterval(timer);
  });
});

describe('why nothing comes', () => {
  const quiet: Quiet = {
    types: [],
    topic: '',
    asked: false,
    askWith: '--symbol rb2705.SHFE --ask',
    others: new Set(),
    accounts: 1,
  };

  test.each<[string, Partial<Quiet>, RegExp[]]>([
    ['nothing is subscribed', {}, [/only when somebody has subscribed it: --symbol rb2705\.SHFE --ask does/]],
    [
      'the market is closed',
      { asked: true },
      [/no tick came: the market is closed, or the server's gateway is not conn/],
    ],
    [
      'the gateway is not connected',
      { asked: true, accounts: 0 },
      [/no account: its gateway is probably not connected/],
    ],
    ['the server cannot say', { asked: true, accounts: undefined }, [/no tick came/]],
    ['orders are rare', { types: ['eOrder.'] }, [/eOrder\. comes when something happens/]],
    ['of a topic', { topic: 'eTick.', asked: true }, [/leave out --topic/, /no tick came/]],
    [
      'others came',
      { asked: true, others: new Set(['eAccount.', 'eLog']) },
      [/leave out: eAccount\., eLog$/, /no tick/],
    ],
  ])('%s', (_name, known, expected) => {
    const reasons = quietReasons({ ...quiet, ...known }, live);
    expect(reasons).toHaveLength(expected.length);
    expected.forEach((pattern, index) => {
      expect(reasons[index]).toMatch(pattern);
    });
  });

  test('listen and watch say so after 3 s, each once, and go on', async () => {
    const { args } = await serveMarket();
    const closed = await serveFunctions({ get_all_accounts: () => [] });
    const hung = await serveFunctions({ get_all_accounts: () => new Promise(() => undefined) });
    const listening = start(['listen', ...args]);
    const watching = start(['watch', ...args]);
    const offline = start(['listen', ...closed.args]);
    const hanging = start(['listen', ...hung.args]);
    await listening.stderr.waitFor(
      /^vnpy-bridge: connected, and nothing to show yet\n {2}- vnpy sends the ticks .*--symbol rb2705\.SHFE --ask does\n$/,
    );
    await watching.stderr.waitFor(
      /nothing to show yet\n {2}- vnpy sends the ticks .*: vnpy-bridge watch rb2705\.SHFE does\n$/,
    );
    await offline.stderr.waitFor(
      /nothing to show yet\n {2}- the server has no account.*\n {2}- vnpy sends the ticks .*\n$/,
    );
    await hanging.stderr.waitFor(/nothing to show yet\n {2}- the server does not answer a call, either.*doctor.*\n$/);
    for (const running of [listening, watching, offline, hanging])
      expect(await running.end()).toMatchObject({ code: 0, stdout: '' });
  });

  test.each([
    ['ticks', /^vnpy-bridge: the server has no tick: nobody has subscribed .*market is closed/],
    ['accounts', /^vnpy-bridge: the server has no account: its gateway is probably not connected/],
    ['contracts', /^vnpy-bridge: the server has no contract: its gateway is probably not connected/],
    ['trades', /^$/],
  ])('%s of a server that has none', async (name, told) => {
    const { args } = await serveFunctions({ [`get_all_${name}`]: () => [] });
    expect(await run([name, ...args])).toMatchObject({ code: 0, stderr: expect.stringMatching(told) as string });
    expect((await run([name, '--json', ...args])).stdout).toBe('[]\n');
  });
});
