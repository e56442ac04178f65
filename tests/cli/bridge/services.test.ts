import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { fileName } from '../../../src/cli/bridge/record/file-names.js';
import { progressText, sizeText } from '../../../src/cli/bridge/record/progress.js';
import { RotatingWriter } from '../../../src/cli/bridge/record/rotating-writer.js';
import type { RotationOptions } from '../../../src/cli/bridge/record/rotating-writer.js';
import { withoutHistory } from '../../../src/cli/bridge/replay/recorded-engine.js';
import { READ_ONLY_FUNCTIONS } from '../../../src/cli/bridge/connection/serving.js';
import { prettyLine } from '../../../src/cli/bridge/service/logger.js';
import { live } from '../../../src/cli/lang/en/live.js';
import { services } from '../../../src/cli/lang/en/services.js';
import { ServiceConsole } from '../../../src/cli/bridge/service/console.js';
import { zstd } from '../../../src/cli/recording/compression.js';
import { RecordingParser, parseRecording } from '../../../src/cli/recording/reader.js';
import type { RecordedMessage } from '../../../src/cli/recording/format.js';
import { plainStyle } from '../../../src/cli/kit/text/style.js';
import { loads } from 'vnpy-bridge/pickle';
import { RpcClient } from 'vnpy-bridge/rpc';
import {
  ContractData,
  Event,
  Exchange,
  HistoryRequest,
  Interval,
  LogData,
  Product,
  RpcGateway,
  SimulatedEngine,
  SubscribeRequest,
  TickData,
  vnpyRegistry,
} from 'vnpy-bridge/vnpy';
import { freeAddress } from '../../support/free-port.js';
import { TestSink, buy, run, serveEngine, serveFunctions, serveLiveMarket, serveMarket, start } from './harness.js';
import type { Running } from './harness.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'services-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

const ANYWHERE = 'tcp://127.0.0.1:*';

async function ready(running: Running): Promise<{ request: string; subscribe: string; args: readonly string[] }> {
  const [, request = '', subscribe = ''] = await running.stdout.waitFor(/--request (\S+) --subscribe (\S+)/);
  return { request, subscribe, args: ['--request', request, '--subscribe', subscribe] };
}

function messagesOf(path: string): readonly RecordedMessage[] {
  return [...parseRecording(readFileSync(path))];
}

describe('record', () => {
  test('records the snapshot and the events, as they were on the wire', async () => {
    const { args } = await serveLiveMarket();
    const path = join(folder, 'day.mcap');
    const running = start(['record', path, '--flush', '20ms', ...args]);
    await running.stderr.waitFor(/snapshot recorded/);
    await waitUntil(() => messagesOf(path).filter(({ channel }) => channel.kind === 'event').length > 20);
    const { code, stdout } = await running.end('SIGTERM');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^\d+ messages, \d+ bytes in .*day\.mcap\n$/);

    const messages = messagesOf(path);
    const replies = messages.filter(({ channel }) => channel.kind === 'reply');
    const methods = replies.map(({ channel }) => (channel.kind === 'reply' ? channel.method : ''));
    expect(methods.slice(0, 6)).toEqual([
      'get_all_contracts',
      'get_all_accounts',
      'get_all_positions',
      'get_all_orders',
      'get_all_trades',
      'get_all_ticks',
    ]);
    expect(loads(replies[0]?.data ?? new Uint8Array(), { registry: vnpyRegistry })).toMatchObject([
      true,
      [{ symbol: 'rb2705' }, {}, {}, {}],
    ]);
    const tick = messages.find(
      ({ channel }) => channel.kind === 'event' && channel.format === 'topic-frame' && channel.topic === '',
    );
    const event = loads(tick?.data ?? new Uint8Array(), { registry: vnpyRegistry }) as Event;
    expect(event.data).toBeInstanceOf(TickData);
    const times = messages.map(({ time }) => time);
    expect([...times].sort((left, right) => (left < right ? -1 : left > right ? 1 : 0))).toEqual(times);
    expect(Math.abs(Number((times[0] ?? 0n) / 1_000_000n) - Date.now())).toBeLessThan(60_000);
  });

  test('begins a new file by size, each with a snapshot of its own', async () => {
    const { args } = await serveLiveMarket();
    const running = start(['record', join(folder, '{time}.mcap'), '--flush', '10ms', '--rotate-size', '30kB', ...args]);
    await waitUntil(() => readdirSync(folder).length >= 3);
    await running.end();
    const files = readdirSync(folder).sort();
    const closed = files.slice(0, -1).map((name) => messagesOf(join(folder, name)));
    for (const messages of closed) {
      expect(messages.some(({ channel }) => channel.kind === 'reply' && channel.method === 'get_all_contracts')).toBe(
        true,
      );
    }
    // Nothing is lost or doubled between the files: the numbers go on.
    const sequences = files.flatMap((name) =>
      messagesOf(join(folder, name)).map(({ sequence, channel }) => (channel.kind === 'reply' ? -1 : sequence)),
    );
    const own = sequences.filter((sequence) => sequence >= 0);
    expect(own).toEqual(Array.from({ length: own.length }, (_, index) => index + 1));
  });

  test('--for ends it after that time, with exit code 0 and a file that is complete', async () => {
    // The clock goes as always until enough has been recorded, and then to the end.
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'], shouldAdvanceTime: true });
    onTestFinished(() => {
      vi.useRealTimers();
    });
    const { args } = await serveLiveMarket();
    const path = join(folder, 'day.mcap');
    const running = start(['record', path, '--flush', '20ms', '--for', '10m', '--json', ...args]);
    await running.stderr.waitFor(/snapshot recorded/);
    await waitUntil(() => messagesOf(path).filter(({ channel }) => channel.kind === 'event').length > 20);
    expect(running.stdout.text).toBe('');
    await vi.advanceTimersByTimeAsync(600_000);
    const { code, stdout } = await running.finished;
    expect(code).toBe(0);

    const parser = new RecordingParser();
    const messages = [...parser.add(readFileSync(path))];
    expect(parser.end()).toEqual({ complete: true, cutBytes: 0 });
    expect(JSON.parse(stdout)).toEqual({
      files: 1,
      messages: messages.length,
      bytes: readFileSync(path).length,
      lost: 0,
    });
  });

  test('refuses to write over a file: exit code 4', async () => {
    const path = join(folder, 'day.mcap');
    writeFileSync(path, 'mine');
    const { args } = await serveMarket();
    expect(await run(['record', path, ...args])).toMatchObject({ code: 4, stderr: /never written over; \{time\}/ });
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  test('waits for a server that is not there yet, and notes it', async () => {
    const path = join(folder, 'day.mcap');
    const running = start([
      'record',
      path,
      '--flush',
      '20ms',
      '--request',
      'tcp://127.0.0.1:9',
      '--subscribe',
      'tcp://127.0.0.1:9',
    ]);
    await running.stderr.waitFor(/nobody accepts/);
    expect((await running.end()).code).toBe(0);
    const notes = messagesOf(path).map(({ data }) => JSON.parse(new TextDecoder().decode(data)) as { state?: string });
    expect(notes.map(({ state }) => state)).toContain('disconnected');
  });

  test('a folder that does not exist: exit code 4', async () => {
    expect(await run(['record', join(folder, 'no', 'day.mcap')])).toMatchObject({
      code: 4,
      stderr: /cannot write .*ENOENT/,
    });
  });

  test('compresses where this Node.js has zstd, and says so where it has not: exit code 4', async () => {
    const { args } = await serveLiveMarket();
    const path = join(folder, 'day.mcap');
    const running = start(['record', path, '--compress', '--flush', '20ms', ...args]);
    if (zstd() === undefined) {
      expect(await running.finished).toMatchObject({ code: 4, stderr: /--compress needs Node\.js 22\.15/ });
      return;
    }
    await running.stderr.waitFor(/snapshot recorded/);
    expect((await running.end()).code).toBe(0);
    expect(messagesOf(path).some(({ channel }) => channel.kind === 'reply')).toBe(true);
  });

  test('a compressed recording plays where this Node.js has zstd, and is refused where it has not: exit code 4', async () => {
    const path = fileURLToPath(new URL('../recording/zstd.mcap', import.meta.url));
    const running = start(['replay', path, '--speed', 'max', '--stay', '--request', ANYWHERE, '--subscribe', ANYWHERE]);
    if (zstd() === undefined) {
      expect(await running.finished).toMatchObject({ code: 4, stderr: /zstd\.mcap: .* use 22\.15 or newer/ });
      return;
    }
    const { args } = await ready(running);
    expect(await run(['contracts', ...args])).toMatchObject({ code: 0, stdout: /rb2705\.SHFE/ });
  });

  test('counts what finds no room when the disk is slow, and says so', async () => {
    const lost: number[] = [];
    const options: RotationOptions = {
      pattern: join(folder, 'a.mcap'),
      maxSize: undefined,
      maxAge: undefined,
      maxPending: 2500,
      flushInterval: 20,
      facts: {},
      fsync: false,
      compress: false,
      begun: () => undefined,
      lost: (messages) => lost.push(messages),
      failed: () => undefined,
    };
    const writer = await RotatingWriter.create(options);
    const big = {
      channel: { kind: 'event', format: 'pair' },
      time: 1n,
      sequence: 0,
      data: new Uint8Array(1000),
    } as const;
    // Without a turn of the event loop nothing gets to the disk.
    for (let index = 0; index < 6; index++) writer.add(big);
    await waitUntil(() => lost.length > 0);
    await writer.close();
    expect(lost).toEqual([4]);
    expect(writer.messages + writer.lost).toBe(6);
    expect([...parseRecording(readFileSync(options.pattern))]).toHaveLength(writer.messages);
  });

  test.each([
    ['a.mcap', false, 'a.mcap'],
    ['a.mcap', true, 'a-20260105T020304567Z.mcap'],
    ['/d/{time}.mcap', false, '/d/20260105T020304567Z.mcap'],
    ['/d/{time}.mcap', true, '/d/20260105T020304567Z.mcap'],
    ['plain', true, 'plain-20260105T020304567Z'],
  ])('names files: %s, rotating %s', (pattern, rotates, name) => {
    expect(fileName(pattern, new Date('2026-01-05T02:03:04.567Z'), rotates)).toBe(name);
  });
});

describe('replay', () => {
  async function recording(): Promise<string> {
    const path = join(folder, 'day.mcap');
    const { args, engine } = await serveLiveMarket();
    const running = start(['record', path, '--flush', '20ms', ...args]);
    await running.stderr.waitFor(/snapshot recorded/);
    engine.sendOrder(buy(3400), 'SIM');
    await waitUntil(() => messagesOf(path).filter(({ channel }) => channel.kind === 'event').length > 60);
    await running.end();
    return path;
  }

  const serve = (path: string, ...more: string[]): Running =>
    start(['replay', path, '--request', ANYWHERE, '--subscribe', ANYWHERE, ...more]);

  test('publishes what was recorded, in order, and answers from the snapshot', async () => {
    const path = await recording();
    const recorded = messagesOf(path)
      .filter(({ channel }) => channel.kind === 'event' && channel.format === 'topic-frame' && channel.topic === '')
      .map(({ data }) => loads(data, { registry: vnpyRegistry }) as Event);
    const running = serve(path, '--speed', '5', '--wait-for-client');
    const { request, subscribe } = await ready(running);
    await using client = new RpcClient({ registry: vnpyRegistry });
    const heard: Event[] = [];
    client.on('event', ({ data }) => heard.push(data as Event));
    client.subscribe('');
    await client.start(request, subscribe);
    await client.ready();
    expect(await client.call('get_all_contracts')).toHaveLength(4);
    const { stdout } = await running.finished;
    expect(stdout).toMatch(new RegExp(`${recorded.length} events published`));
    await waitUntil(() => heard.length === recorded.length);
    expect(heard).toEqual(recorded);
  });

  test('the recorded order is there once its event was played; orders are refused with a word in the log', async () => {
    const running = serve(await recording(), '--speed', 'max', '--stay');
    const { args, request, subscribe } = await ready(running);
    await running.stderr.waitFor(/has ended/);
    expect((await run(['orders', '--json', ...args])).stdout).toMatch(/"vt_orderid":"SIM\.\w+_1"/);
    const gateway = new RpcGateway();
    onTestFinished(() => gateway.close());
    await gateway.connect(request, subscribe);
    // The first may be refused before the server knows that this client wants its log.
    await vi.waitFor(
      () =>
        expect(gateway.sendOrder(buy(3500))).rejects.toMatchObject({
          outcome: 'refused',
          logs: [expect.stringMatching(/a recording trades nothing/)],
        }),
      { timeout: 30_000, interval: 10 },
    );
    expect((await running.end()).code).toBe(0);
  });

  test('with --trade, orders meet the recorded ticks', async () => {
    const running = serve(await recording(), '--trade', '--loop', '--wait-for-client');
    const { request, subscribe } = await ready(running);
    const gateway = new RpcGateway();
    onTestFinished(() => gateway.close());
    await gateway.connect(request, subscribe);
    const tick = await new Promise<TickData>((resolve) => gateway.on('tick', resolve));
    expect(tick.vt_symbol).toBe('rb2705.SHFE');
    const bought = await gateway.waitForOrder(await gateway.sendOrder(buy(3700)));
    expect(bought).toMatchObject({ traded: 1 });
    // The client's own account: the order of the recorded day is not in it.
    expect([...gateway.orders.keys()]).toEqual([bought.vt_orderid]);
    await waitUntil(() => [...gateway.positions.values()].some(({ volume }) => volume === 1));
    expect((await running.end()).code).toBe(0);
  });

  test.each([[], ['--trade']])('a recording has no history, and its contracts say so %s', async (...more: string[]) => {
    const path = await recording();
    const contract = new ContractData({
      ...{ symbol: 'late', exchange: Exchange.SHFE, gateway_name: 'SIM', name: 'late', product: Product.FUTURES },
      ...{ size: 10, pricetick: 1, history_data: true },
    });
    const running = serve(path, '--stay', '--speed', 'max', ...more);
    const { request, subscribe } = await ready(running);
    const gateway = new RpcGateway();
    onTestFinished(() => gateway.close());
    await gateway.connect(request, subscribe);
    const told = gateway.next('log', { filter: ({ msg }) => msg.includes('no history') });
    expect([...gateway.contracts.values()].map(({ history_data }) => history_data)).toEqual([
      false,
      false,
      false,
      false,
    ]);
    expect(withoutHistory(new Event('eContract.', contract))).toMatchObject({
      type: 'eContract.',
      data: { vt_symbol: 'late.SHFE', history_data: false },
    });
    const past = new HistoryRequest({
      symbol: 'rb2705',
      exchange: Exchange.SHFE,
      start: new Date(0),
      interval: Interval.MINUTE,
    });
    // What is published while a subscription is on its way is not for it: asked until one answer's log line is heard.
    let isTold = false;
    const heard = told.then(() => {
      isTold = true;
    });
    const ask = async (): Promise<void> => {
      expect(await gateway.client.call('query_history', [past, 'SIM'])).toEqual([]);
      if (!isTold) await ask();
    };
    await Promise.all([ask(), heard]);
  });

  test('plays only the types asked for; the state follows all', async () => {
    const path = await recording();
    const running = serve(path, '--speed', 'max', '--wait-for-client', '--stay', '--type', 'eOrder.');
    const { request, subscribe, args } = await ready(running);
    await using client = new RpcClient({ registry: vnpyRegistry });
    const types = new Set<string>();
    client.on('event', ({ data }) => types.add((data as Event).type.split('.')[0] ?? ''));
    client.subscribe('');
    await client.start(request, subscribe);
    await client.ready();
    await client.call('get_all_contracts');
    await running.stderr.waitFor(/has ended/);
    await waitUntil(() => types.size > 0);
    expect([...types]).toEqual(['eOrder']);
    expect((await run(['ticks', '--json', ...args])).stdout).toMatch(/rb2705\.SHFE/);
    expect((await run(['replay', path, '--trade', '--type', 'eLog'])).stderr).toMatch(/--trade .*add --type eTick\./);
  });

  test('plays only the time asked for, the state being that of its beginning', async () => {
    const path = await recording();
    const events = messagesOf(path).filter(({ channel }) => channel.kind === 'event');
    const middle = new Date(Number((events[Math.floor(events.length / 2)]?.time ?? 0n) / 1_000_000n));
    const running = serve(path, '--speed', 'max', '--from', middle.toISOString(), '--json');
    const { stdout } = await running.finished;
    const [, last = ''] = stdout.trim().split('\n');
    const { published } = JSON.parse(last) as { published: number };
    expect(published).toBeGreaterThan(0);
    expect(published).toBeLessThan(events.length * 0.8);
  });

  test('plays what a crash has left, and says what is missing', async () => {
    const path = await recording();
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, Math.floor(whole.length / 2)));
    const { code, stdout, stderr } = await serve(path, '--speed', 'max').finished;
    expect(code).toBe(0);
    expect(stdout).toMatch(/[1-9]\d* events published/);
    expect(stderr).toMatch(/was not closed; \d+ bytes/);
  });

  test('plays what comes before damage, says what is left out, and fails', async () => {
    const path = await recording();
    const bytes = readFileSync(path);
    const messages = messagesOf(path);
    const last = messages.filter(({ channel }) => channel.kind === 'event').at(-20);
    const at = bytes.indexOf(last?.data ?? '') + 5;
    bytes[at] = 0xff ^ (bytes[at] ?? 0);
    writeFileSync(path, bytes);
    const { code, stdout, stderr } = await serve(path, '--speed', 'max', '--json').finished;
    const counts = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Record<string, number>;
    expect(code).toBe(4);
    expect(counts).toMatchObject({ published: expect.any(Number) as number, damaged: 1 });
    expect(counts['published']).toBeGreaterThan(0);
    expect(stderr).toMatch(
      /is damaged at byte \d+ \(Incorrect chunk CRC .*\); nothing from there on can be read: what was recorded after \d{4}-\S+Z is left out/,
    );
    expect(stderr).toMatch(/all that can be read has been played/);
    expect(stderr).not.toMatch(/has ended|library=/);
    const { stdout: text } = await serve(path, '--speed', 'max').finished;
    expect(text).toMatch(/^\d+ events published; 1 of 1 files damaged, and not played to the end$/m);
  });

  test.each([
    ['2026-01-02', '2026-01-01'],
    ['2026-01-02', '2026-01-02'],
  ])('from %s to %s is wrong usage', async (first, last) => {
    const { code, stderr } = await run(['replay', await recording(), '--from', first, '--to', last]);
    expect([code, stderr]).toEqual([4, 'vnpy-bridge replay: --from must be before --to\n']);
  });

  test.each([
    ['a file that is no recording', 'hello, world', /is no recording/],
    ['a file that is not there', undefined, /cannot read/],
  ])('%s: exit code 4', async (_name, content, message) => {
    const path = join(folder, 'x.mcap');
    if (content !== undefined) writeFileSync(path, content);
    expect(await run(['replay', path])).toMatchObject({ code: 4, stderr: message });
  });
});

describe('serve and relay', () => {
  test('serve: a market that a gateway trades in', async () => {
    const running = start([
      'serve',
      '--simulate',
      '--rate',
      '50',
      '--request',
      ANYWHERE,
      '--subscribe',
      ANYWHERE,
      '--json',
    ]);
    const [line] = await running.stdout.waitFor(/^\{.*\}$/m);
    const {
      ready: isReady,
      request,
      subscribe,
    } = JSON.parse(line) as { ready: boolean; request: string; subscribe: string };
    expect(isReady).toBe(true);
    const gateway = new RpcGateway();
    onTestFinished(() => gateway.close());
    await gateway.connect(request, subscribe);
    await gateway.subscribe('rb2705.SHFE');
    const tick = await new Promise<TickData>((resolve) => gateway.on('tick', resolve));
    expect(tick.vt_symbol).toBe('rb2705.SHFE');
    expect((await running.end()).code).toBe(0);
  });

  test('serve: an address that is taken: exit code 4', async () => {
    const { request } = await serveMarket();
    expect(await run(['serve', '--simulate', '--request', request, '--subscribe', ANYWHERE])).toMatchObject({
      code: 4,
      stderr: /another socket is bound/,
    });
  });

  const relay = (args: readonly string[], ...more: string[]): Running =>
    start([
      'relay',
      ...args,
      ...['--serve-request', ANYWHERE, '--serve-subscribe', ANYWHERE, '--serve-subscribe-pair', ANYWHERE],
      ...more,
    ]);

  test('relay: both event formats downstream, and only what is allowed', async () => {
    const { args } = await serveLiveMarket();
    const running = relay(args, '--serve-read-only');
    const { request } = await ready(running);
    const [, pair = ''] = await running.stdout.waitFor(/4\.4: (\S+)\)/);
    const listened = await run([
      'listen',
      '--count',
      '2',
      '--type',
      'eTick.',
      '--request',
      request,
      '--subscribe',
      pair,
    ]);
    expect(listened).toMatchObject({ code: 0, stdout: /eTick\. rb2705\.SHFE/ });
    expect((await run(['call', 'get_all_contracts', '--request', request])).code).toBe(0);
    expect(await run(['call', 'send_order', '--request', request])).toMatchObject({
      code: 1,
      stderr: /KeyError: 'send_order'/,
    });
    expect((await running.end('SIGTERM')).code).toBe(0);
  });

  test('serve and relay: --serve-oldest-client leaves out what old clients cannot load', async () => {
    const market = await serveMarket();
    const running = relay(market.args, '--serve-oldest-client', '4.0');
    const { args } = await ready(running);
    const symbols = async (more: readonly string[]): Promise<unknown[]> => {
      const { stdout } = await run(['contracts', '--json', ...more]);
      return (JSON.parse(stdout) as { vt_symbol: string }[]).map(({ vt_symbol }) => vt_symbol);
    };
    const all = await symbols(market.args);
    expect(all).toContain('BTCUSDT.GLOBAL');
    expect(await symbols(args)).toEqual(all.filter((symbol) => symbol !== 'BTCUSDT.GLOBAL'));
    expect(running.stderr.text).toMatch(/vnpy 4\.0 does not know Exchange\.GLOBAL/);

    const wrong = await run(['serve', '--simulate', '--serve-oldest-client', '5.0']);
    expect(wrong).toMatchObject({ code: 4, stderr: /from 3\.0 to 4\.5/ });
    const nonsense = await run(['serve', '--simulate', '--serve-oldest-client', 'old']);
    expect(nonsense).toMatchObject({ code: 4, stderr: /is no version of vnpy; write 4\.0/ });
  });

  test.each([
    ['with --drop-gone-contracts hands on no contract that its server has lost', ['--drop-gone-contracts'], false],
    ['without --drop-gone-contracts keeps it', [], true],
  ])('relay: %s', async (_name, more, stays) => {
    // The market of the next day, at the same addresses.
    class Expired extends SimulatedEngine {
      override getAllContracts(): ContractData[] {
        return super.getAllContracts().filter(({ symbol }) => symbol !== 'rb2705');
      }
    }
    const addresses = [await freeAddress(), await freeAddress()] as const;
    const today = await serveMarket({}, addresses);
    const running = relay(today.args, ...more);
    const { args } = await ready(running);
    const has = async (): Promise<boolean> => (await run(['contracts', '--csv', ...args])).stdout.includes('rb2705');
    expect(await has()).toBe(true);
    await today.service.stop();
    await serveEngine(new Expired(), {}, addresses);
    await running.stderr.waitFor(/resynced/);
    expect(await has()).toBe(stays);
  });

  test('relay: tells its clients by the log that its server is away, and that it is back', async () => {
    // At addresses that are still free when it comes back.
    const market = await serveMarket({}, [await freeAddress(), await freeAddress()]);
    const { request, subscribe } = await ready(relay(market.args));
    const client = new RpcClient({ registry: vnpyRegistry });
    onTestFinished(() => client.stop());
    client.subscribe('');
    await client.start(request, subscribe);
    await client.ready();
    // A publisher does not say when it knows of a subscriber, and what it publishes before is not for it: ticks go out until one is heard.
    market.engine.subscribe(new SubscribeRequest({ symbol: 'rb2705', exchange: Exchange.SHFE }));
    let isHeard = false;
    client.on('event', () => {
      isHeard = true;
    });
    await waitUntil(() => {
      market.engine.step();
      return isHeard;
    });
    const log = async (text: string): Promise<string> => {
      for await (const { data } of client.events()) {
        if (data instanceof Event && data.data instanceof LogData && data.data.msg.startsWith(text))
          return data.data.msg;
      }
      throw new Error('the client has stopped');
    };
    const lost = log('relay: not connected');
    await market.service.stop();
    expect(await lost).toContain('no orders leave');
    const back = log('relay: connected');
    await market.service.start(market.request, market.subscribe);
    expect(await back).toContain('0 changes had been missed');
  });

  test('relay: waits for its server, and can be ended while it does', async () => {
    const running = relay(['--request', 'tcp://127.0.0.1:9', '--subscribe', 'tcp://127.0.0.1:9']);
    await running.stderr.waitFor(/nobody accepts/);
    expect(await running.end()).toMatchObject({ code: 0, stdout: '' });
  });

  test('relay: demands PLAIN of its clients', async () => {
    const { args } = await serveMarket();
    const users = join(folder, 'users.json');
    writeFileSync(users, '{"desk": "secret"}', { mode: 0o600 });
    const { request } = await ready(relay(args, '--serve-plain-users-file', users));
    const call = (password: string) =>
      run(['call', 'get_all_accounts', '--plain-username', 'desk', '--request', request], {
        env: { VNPY_BRIDGE_PLAIN_PASSWORD: password },
      });
    expect((await call('secret')).code).toBe(0);
    expect((await call('wrong')).code).toBe(2);
  });

  test('a list of users that is none is refused without showing it', async () => {
    const { code, stderr } = await run(['serve', '--simulate'], { env: { VNPY_BRIDGE_SERVE_PLAIN_USERS: 'hunter2' } });
    expect(code).toBe(4);
    expect(stderr).not.toContain('hunter2');
  });

  test('read-only means every function of the service but orders and cancels', async () => {
    const { args } = await serveFunctions({});
    expect(args).toHaveLength(4);
    expect(READ_ONLY_FUNCTIONS).toHaveLength(15);
    expect(READ_ONLY_FUNCTIONS.filter((name) => name.includes('order'))).toEqual([
      'get_order',
      'get_all_orders',
      'get_all_active_orders',
    ]);
  });
});

describe('what a service tells', () => {
  test('the progress of a recording', () => {
    const view = { messages: 12345, bytes: 1_234_567, lost: 3, files: 1, pendingBytes: 0, path: 'day.mcap' };
    expect(progressText(view, { state: 'connected', reconnects: 0 }, 830.4, { services, live })).toBe(
      '12,345 messages  1.2 MB  830/s  3 LOST  connected  day.mcap',
    );
    expect([0, 999, 1000, 5e12].map(sizeText)).toEqual(['0 B', '999 B', '1.0 kB', '5.0 TB']);
  });

  test('a status line below the log lines of a terminal, none elsewhere', () => {
    const terminal = new TestSink(true, 40, 10);
    const on = new ServiceConsole(terminal);
    on.status('one');
    on.line('log');
    on.status('');
    expect(terminal.text).toBe('\r\x1b[Kone\r\x1b[Klog\none\r\x1b[K');
    const file = new TestSink(false, undefined, undefined);
    const off = new ServiceConsole(file);
    off.status('one');
    off.line('log');
    expect(file.text).toBe('log\n');
  });

  test('log lines for programs and for people', async () => {
    const running = start([
      'serve',
      '--simulate',
      '--request',
      ANYWHERE,
      '--subscribe',
      ANYWHERE,
      '--log-level',
      'info',
    ]);
    await ready(running);
    const { stderr } = await running.end();
    for (const line of stderr.trim().split('\n')) {
      const parsed = JSON.parse(line) as Record<string, unknown>;
      expect(parsed).toMatchObject({ level: 'info', name: 'vnpy-bridge', command: 'serve' });
      expect(prettyLine(line, plainStyle, (text) => text)).toMatch(/^\d\d:\d\d:\d\d\.\d{3} INFO {2}\S/);
    }
    expect(
      prettyLine(
        '{"level":"warn","time":"2026-01-05T02:03:04.000Z","msg":"a\\u001b[31mb"}',
        plainStyle,
        (text) => text,
      ),
    ).toMatch(/WARN {2}a\\x1b\[31mb$/);
  });
});

async function waitUntil(condition: () => boolean): Promise<void> {
  while (!existsSync(folder) || !condition()) await new Promise((resolve) => setTimeout(resolve, 10));
}
