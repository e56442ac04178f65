import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { COMMANDS } from '../../../src/cli/bridge/commands/index.js';
import { displayWidth } from '../../../src/cli/kit/text/style.js';
import { generateCurveKeyPair } from 'vnpy-bridge/rpc';
import { Exchange, SimulatedEngine, SubscribeRequest, replace } from 'vnpy-bridge/vnpy';
import type { HistoryRequest } from 'vnpy-bridge/vnpy';
import { buy, keepMoving, run, serveEngine, serveFunctions, serveMarket, start } from './harness.js';

const ESCAPE = String.fromCharCode(27);
/** Where a picture of watch begins. */
const HOME = `${ESCAPE}[H`;

/** Colours and what moves the cursor. */
// eslint-disable-next-line no-control-regex -- an escape sequence begins with one
const ESCAPES = /\x1b\[[?\d;]*[A-Za-z]/g;

const folder = (): string => {
  const path = mkdtempSync(join(tmpdir(), 'bridge-'));
  onTestFinished(() => {
    rmSync(path, { recursive: true });
  });
  return path;
};

describe('the program', () => {
  test('has help for itself and for each command, without loading anything', async () => {
    const { code, stdout } = await run(['--help']);
    expect(code).toBe(0);
    for (const { name, summary } of COMMANDS) {
      const [group = '', ...own] = name.split(' ');
      expect(stdout).toContain(group);
      const help = await run([group, ...own, '--help']);
      expect(help).toMatchObject({ code: 0, stderr: '' });
      expect(help.stdout).toContain(summary);
      if (own.length > 0) expect((await run([group, '--help'])).stdout).toContain(own.join(' '));
    }
  });

  test.each([
    ['an unknown command', ['dotcor'], /unknown command 'dotcor'[\s\S]*doctor/],
    ['an unknown option', ['orders', '--jsn'], /unknown option '--jsn'[\s\S]*--json/],
    ['a missing argument', ['call'], /missing required argument 'name'/],
    ['an argument too many', ['orders', 'x'], /too many arguments/],
    ['two formats', ['orders', '--csv', '--json'], /--csv or --json, not both/],
    ['serve without saying that it is a simulation', ['serve'], /--simulate/],
    ['--ask without a contract', ['listen', '--ask'], /--symbol/],
    ['a contract that cannot be one', ['history', 'rb2505.NOWHERE'], /no exchange NOWHERE; there are .*SHFE/],
    ['ticks of the past without a datafeed', ['history', 'rb2505.SHFE', '--interval', 'tick'], /--datafeed/],
    ['an end before the start', ['history', 'a.SSE', '--start', '2025-01-02', '--end', '2025-01-01'], /before --end/],
    ['two kinds of security', ['orders', '--curve-server-key', 'x', '--plain-username', 'y'], /not both/],
    ['a user without a password', ['orders', '--plain-username', 'y'], /VNPY_BRIDGE_PLAIN_PASSWORD/],
    [
      'a secret file that is not there',
      ['orders', '--plain-username', 'y', '--plain-password-file', '/nowhere'],
      /\/nowhere/,
    ],
  ])('%s is wrong usage: exit code 4', async (_name, argv, message) => {
    const { code, stdout, stderr } = await run(argv);
    expect(stderr).toMatch(message);
    expect({ code, stdout }).toEqual({ code: 4, stdout: '' });
    expect(stderr).not.toContain('    at ');
  });

  test('says its version', async () => {
    expect(await run(['--version'])).toEqual({ code: 0, stdout: '9.9.9\n', stderr: '' });
  });
});

describe('call', () => {
  test('prints what the function returns', async () => {
    const { args } = await serveFunctions({ add: (a: number, b: number) => ({ sum: a + b }) });
    expect(await run(['call', 'add', '1', '3', ...args])).toEqual({
      code: 0,
      stdout: '{\n  "sum": 4\n}\n',
      stderr: '',
    });
    expect((await run(['call', 'add', '1', '3', '--json', ...args])).stdout).toBe('{"sum":4}\n');
  });

  test('passes negative numbers and keyword arguments', async () => {
    const { server, args } = await serveFunctions({ negate: (value: number) => -value });
    server.register('named', (value: unknown) => value, { params: ['value'] });
    expect((await run(['call', ...args, 'negate', '--', '-5'])).stdout).toBe('5\n');
    expect((await run(['call', 'named', '--kwargs', '{"value": "Exchange.SHFE"}', ...args])).stdout).toBe('"SHFE"\n');
  });

  test("shows the server's traceback: exit code 1", async () => {
    const { args } = await serveFunctions({
      fail: () => {
        throw new RangeError('no such thing \x1b[31m');
      },
    });
    const { code, stdout, stderr } = await run(['call', 'fail', ...args]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toMatch(/^Traceback[\s\S]*RangeError: no such thing \\x1b\[31m\n$/);
    const json = await run(['call', 'fail', '--json', ...args]);
    expect(JSON.parse(json.stderr)).toMatchObject({
      error: { code: 'REMOTE_EXCEPTION', method: 'fail', type: 'RangeError', exitCode: 1 },
    });
    const misspelt = await run(['call', 'fial', ...args]);
    expect(misspelt.code).toBe(1);
    expect(misspelt.stderr).toMatch(/^Traceback[^]*KeyError: 'fial'\nThe server offers no function fial\.\n$/);
  });

  test('nobody there: exit code 2, at once', async () => {
    // At once: not after the half minute that a call waits for its answer.
    const began = performance.now();
    const { code, stderr } = await run(['call', 'x', '--request', 'tcp://127.0.0.1:9']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/nobody accepts connections at tcp:\/\/127\.0\.0\.1:9.*doctor/);
    expect(performance.now() - began).toBeLessThan(15_000);
  });

  test('left and not answered: exit code 3, for it may have been executed', async () => {
    const { args } = await serveFunctions({ hang: () => new Promise(() => undefined) });
    // Long enough for the call to leave within it, also when the machine pauses just then.
    const { code, stderr } = await run(['call', 'hang', '--timeout', '1500ms', '--json', ...args]);
    expect(code).toBe(3);
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'TIMEOUT', outcome: 'unknown' } });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('%s before the answer: exit code %i', async (signal, code) => {
    let called = (): void => undefined;
    const calling = new Promise<void>((resolve) => {
      called = resolve;
    });
    const { args } = await serveFunctions({
      hang: () => {
        called();
        return new Promise(() => undefined);
      },
    });
    const running = start(['call', 'hang', ...args]);
    await calling;
    expect((await running.end(signal)).code).toBe(code);
  });

  test('an address that is none: exit code 4', async () => {
    expect(await run(['call', 'x', '--request', '127.0.0.1:2014'])).toMatchObject({
      code: 4,
      stderr: /it has no scheme; an address looks like/,
    });
  });

  test('arguments are checked before anything is sent', async () => {
    let calls = 0;
    const { args } = await serveFunctions({ send_order: () => ++calls });
    const bad =
      'OrderRequest{"symbol": "rb2705", "exchange": "SHFE", "direction": "LONG", "type": "LIMIT", "volume": -1}';
    expect(await run(['call', 'send_order', bad, 'SIM', ...args])).toMatchObject({ code: 4, stderr: /volume/ });
    expect(calls).toBe(0);
  });
});

describe('lists', () => {
  test('orders, trades, positions, accounts, contracts and ticks as tables', async () => {
    const { engine, args } = await serveMarket();
    engine.subscribe(new SubscribeRequest({ symbol: 'rb2705', exchange: Exchange.SHFE }));
    engine.sendOrder(buy(3400));
    engine.sendOrder(buy(3600));

    const table = async (name: string, ...more: string[]): Promise<string[]> =>
      (await run([name, ...more, ...args])).stdout.trimEnd().split('\n');
    const [header = '', first = '', second = ''] = await table('orders');
    expect(header).toMatch(/^vt_orderid +vt_symbol +direction +offset +type +price +volume +traded +status/);
    expect(first).toMatch(/^SIM\.\w+_1 +rb2705\.SHFE +LONG +OPEN +LIMIT +3400 +1 +0 +NOTTRADED .* mine$/);
    expect(second).toMatch(/^SIM\.\w+_2 .* ALLTRADED /);
    expect(await table('orders', '--active')).toHaveLength(2);
    expect((await table('trades')).at(-1)).toMatch(/^SIM\.\w+ +SIM\.\w+_2 +rb2705\.SHFE +LONG +OPEN/);
    expect((await table('positions')).at(-1)).toMatch(/^rb2705\.SHFE +LONG +1/);
    expect((await table('accounts')).at(-1)).toMatch(/^SIM\.SIM +\d/);
    expect((await table('ticks')).at(-1)).toMatch(/^rb2705\.SHFE +3500/);
    expect(await table('contracts')).toHaveLength(5);
    expect(await table('contracts', '--find', 'RB27')).toHaveLength(2);
  });

  test('as CSV with every field, and as JSON', async () => {
    const { args } = await serveMarket();
    const csv = (await run(['contracts', '--csv', ...args])).stdout.split('\n');
    expect(csv[0]).toMatch(/^gateway_name,extra,symbol,exchange,name,product,size,pricetick,.*,vt_symbol$/);
    expect(csv[1]).toMatch(/^SIM,,rb2705,SHFE,螺纹钢2705,FUTURES,10,1,.*,rb2705\.SHFE$/);
    const json = JSON.parse((await run(['contracts', '--json', ...args])).stdout) as unknown[];
    expect(json).toHaveLength(4);
    expect(json[0]).toMatchObject({ symbol: 'rb2705', exchange: 'SHFE', product: 'FUTURES' });
  });

  test('CSV begins with a byte order mark where Excel needs it', async () => {
    const { args } = await serveMarket();
    const marked = async (windows: string | undefined, ...more: readonly string[]): Promise<boolean> => {
      const { stdout } = await run(['contracts', ...more, ...args], windows === undefined ? {} : { windows });
      expect(stdout.slice(1)).not.toContain('\ufeff');
      return stdout.startsWith('\ufeff');
    };
    expect(await marked(undefined, '--csv')).toBe(false);
    expect(await marked('en-US', '--csv')).toBe(false);
    expect(await marked('zh-CN', '--csv')).toBe(true);
    expect(await marked('zh-CN', '--json')).toBe(false);
    expect(await marked('zh-CN', '--csv', '--bom', 'never')).toBe(false);
    expect(await marked(undefined, '--csv', '--bom', 'always')).toBe(true);
  });

  test('without rows: a header, [] and a header', async () => {
    const { args } = await serveMarket();
    expect((await run(['trades', ...args])).stdout).toMatch(/^vt_tradeid .*\n$/);
    expect((await run(['trades', '--json', ...args])).stdout).toBe('[]\n');
    expect((await run(['trades', '--csv', ...args])).stdout).toMatch(/^gateway_name,.*,vt_tradeid\n$/);
  });

  test('the CSV header is the same with and without rows', async () => {
    const { engine, args } = await serveMarket();
    engine.sendOrder(buy(3400));
    engine.sendOrder(buy(3600));
    engine.subscribe(new SubscribeRequest({ symbol: 'rb2705', exchange: Exchange.SHFE }));
    const span = ['--start', '2026-01-05T01:00:00Z', '--end', '2026-01-05T02:00:00Z'];
    const lists = [['orders'], ['trades'], ['positions'], ['accounts'], ['contracts'], ['ticks']];
    for (const list of [...lists, ['history', 'rb2705.SHFE', ...span]]) {
      const all = (await run([...list, '--csv', ...args])).stdout.split('\n');
      const none = (await run([...list, '--csv', '--find', 'zzz', ...args])).stdout;
      expect(all.length, list[0]).toBeGreaterThan(2);
      expect(none, list[0]).toBe(`${all[0] ?? ''}\n`);
    }
  });

  test.each([['positions'], ['call', 'get_all_orders'], ['history', 'rb2705.SHFE'], ['watch', 'rb2705.SHFE']])(
    '%s keeps --timeout where the port is open and nobody says a word',
    async (...command) => {
      const silent = createServer();
      await once(silent.listen(0, '127.0.0.1'), 'listening');
      onTestFinished(() => {
        silent.close();
      });
      silent.on('connection', (socket) => {
        onTestFinished(() => {
          socket.destroy();
        });
      });
      const address = `tcp://127.0.0.1:${(silent.address() as AddressInfo).port}`;
      const { code, stderr } = await run([
        ...command,
        ...['--request', address, '--subscribe', address, '--timeout', '300ms'],
      ]);
      expect([code, stderr]).toEqual([2, expect.stringMatching(/0\.3 s|300 ms/)]);
    },
  );

  test('an answer that is no such list is refused: exit code 1', async () => {
    const { args } = await serveFunctions({ get_all_orders: () => 'what?' });
    expect(await run(['orders', ...args])).toMatchObject({ code: 1, stdout: '', stderr: /no list of OrderData/ });
  });
});

describe('history', () => {
  test('bars from the gateway of the contract', async () => {
    const { args } = await serveMarket();
    const span = ['--start', '2026-01-05T01:00:00Z', '--end', '2026-01-05T02:00:00Z'];
    const { code, stdout } = await run(['history', 'rb2705.SHFE', ...span, '--json', ...args]);
    expect(code).toBe(0);
    const bars = JSON.parse(stdout) as { symbol: string; interval: string; close_price: number }[];
    expect(bars.length).toBeGreaterThan(10);
    expect(bars[0]).toMatchObject({ symbol: 'rb2705', interval: 'MINUTE' });
    expect((await run(['history', 'rb2705.SHFE', ...span, ...args])).stdout).toMatch(
      /^datetime +open +high +low +close/,
    );
  });

  test('a date alone as the end is the whole day', async () => {
    const asked: HistoryRequest[] = [];
    const history = (request: HistoryRequest): [] => {
      asked.push(request);
      return [];
    };
    const { args } = await serveEngine(new SimulatedEngine({ history }));
    const ask = async (...span: string[]): Promise<void> => {
      expect(await run(['history', 'rb2705.SHFE', ...span, ...args])).toMatchObject({ code: 0 });
    };
    await ask('--start', '2027-01-31', '--end', '2027-01-31');
    await ask('--start', '2027-01-30', '--end', '2027-01-31T09:30');
    const request = 'HistoryRequest{"symbol":"rb2705","exchange":"SHFE","start":"2027-01-31","end":"2027-01-31"}';
    expect(await run(['call', 'query_history', request, 'SIM', ...args])).toMatchObject({ code: 0 });
    // In the zone of this machine, as the start is.
    const day = [new Date('2027-01-31T00:00'), new Date('2027-01-31T23:59:59.999')];
    expect(asked.map(({ start, end }) => [start.toDate(), end?.toDate()])).toEqual([
      day,
      [new Date('2027-01-30T00:00'), new Date('2027-01-31T09:30')],
      day,
    ]);
  });

  test('of an empty answer it shows the reason that the server has logged', async () => {
    const { args } = await serveMarket();
    const span = ['--start', '1900-01-01', '--end', '2100-01-01'];
    const { code, stdout, stderr } = await run(['history', 'rb2705.SHFE', ...span, '--csv', ...args]);
    expect([code, stdout.split('\n').length]).toEqual([0, 2]);
    expect(stderr).toMatch(
      /^vnpy-bridge history: no bars; the server logged: query_history failed: more than 100000 bars[^\n]*\n$/,
    );
  });

  test('an empty answer without a log, and without a publish address that answers', async () => {
    const { request, args } = await serveEngine(
      new SimulatedEngine({ history: () => [], clock: () => Date.UTC(2026, 0, 5, 2) }),
    );
    const addresses = ['--request', request, '--subscribe', 'tcp://127.0.0.1:1'];
    expect(await run(['history', 'rb2705.SHFE', '--json', ...addresses])).toMatchObject({
      code: 0,
      stderr: 'vnpy-bridge history: no bars; nobody answers at --subscribe, so its log is not known\n',
    });
    expect(await run(['history', 'rb2705.SHFE', '--json', ...args])).toMatchObject({
      code: 0,
      stderr: 'vnpy-bridge history: no bars; the server logged no reason\n',
    });
  });

  test('a contract that the server does not know: exit code 1', async () => {
    const { args } = await serveMarket();
    expect(await run(['history', 'nope.SHFE', ...args])).toMatchObject({
      code: 1,
      stderr: /does not know the contract/,
    });
  });

  test("a datafeed server's error text is an error: exit code 1", async () => {
    const { args } = await serveFunctions({ query_bar_history: () => '查询失败: no permission' });
    expect(await run(['history', 'rb2705.SHFE', '--datafeed', ...args])).toMatchObject({
      code: 1,
      stdout: '',
      stderr: /查询失败: no permission/,
    });
  });
});

describe('keygen', () => {
  test('prints a pair, or writes it so that nobody else reads the secret', async () => {
    const printed = JSON.parse((await run(['keygen', '--json'])).stdout) as { publicKey: string; secretKey: string };
    expect(printed.publicKey).toHaveLength(40);
    expect(printed.secretKey).toHaveLength(40);

    const name = join(folder(), 'relay');
    const { code, stdout } = await run(['keygen', name]);
    expect(code).toBe(0);
    expect(stdout).toContain(readFileSync(`${name}.pub`, 'utf8').trim());
    const secret = readFileSync(`${name}.key`, 'utf8').trim();
    expect(secret).toHaveLength(40);
    expect(stdout).not.toContain(secret);
    expect(statSync(`${name}.key`).mode & 0o777).toBe(0o600);
  });

  test('twice under one name says what to do, and keeps the first pair', async () => {
    const name = join(folder(), 'relay');
    await run(['keygen', name]);
    const first = readFileSync(`${name}.key`, 'utf8');
    const again = await run(['keygen', name]);
    expect(again).toMatchObject({ code: 4, stdout: '' });
    expect(again.stderr).toMatch(/relay\.key exists: give another name/);
    expect(readFileSync(`${name}.key`, 'utf8')).toBe(first);
  });

  test('never writes over a file, and leaves no half of a pair', async () => {
    const name = join(folder(), 'relay');
    writeFileSync(`${name}.pub`, 'mine');
    expect(await run(['keygen', name])).toMatchObject({ code: 4, stderr: /relay\.pub/ });
    expect(readFileSync(`${name}.pub`, 'utf8')).toBe('mine');
    expect(() => statSync(`${name}.key`)).toThrow();
  });
});

describe('security', () => {
  test('CURVE with keys from a file and from the environment', async () => {
    const [server, client] = [await generateCurveKeyPair(), await generateCurveKeyPair()];
    const { args } = await serveFunctions(
      { ping: () => 'pong' },
      { security: { mechanism: 'curve', secretKey: server.secretKey, clientKeys: [client.publicKey] } },
    );
    const keys = ['--curve-server-key', server.publicKey, '--curve-public-key', client.publicKey];
    const file = join(folder(), 'client.key');
    writeFileSync(file, `${client.secretKey}\n`, { mode: 0o644 });
    const fromFile = await run(['call', 'ping', ...keys, '--curve-secret-key-file', file, ...args]);
    expect(fromFile).toMatchObject({ code: 0, stdout: '"pong"\n', stderr: /others can read .*chmod 600/ });
    const fromEnv = await run(['call', 'ping', ...keys, ...args], {
      env: { VNPY_BRIDGE_CURVE_SECRET_KEY: client.secretKey },
    });
    expect(fromEnv).toEqual({ code: 0, stdout: '"pong"\n', stderr: '' });
    expect((await run(['call', 'ping', '--timeout', '2s', ...args])).code).toBe(2);
  });

  test('PLAIN', async () => {
    const { args } = await serveFunctions(
      { ping: () => 1 },
      { security: { mechanism: 'plain', users: { me: 'secret' } } },
    );
    const call = (password: string) =>
      run(['call', 'ping', '--plain-username', 'me', ...args], { env: { VNPY_BRIDGE_PLAIN_PASSWORD: password } });
    expect((await call('secret')).code).toBe(0);
    expect((await call('wrong')).code).toBe(2);
  });
});

describe('options', () => {
  test('lists every option, as text and JSON', async () => {
    expect((await run(['options'])).stdout).toMatch(/--rotate-size <bytes> +VNPY_BRIDGE_ROTATE_SIZE/);
    const rows = JSON.parse((await run(['options', '--json'])).stdout) as { flag: string; environment: string }[];
    expect(rows.filter(({ environment }) => environment === 'VNPY_BRIDGE_PLAIN_PASSWORD')).toMatchObject([
      { flag: '' },
    ]);
  });
});

describe('listen', () => {
  test('prints a line an event, ends at the count', async () => {
    const { service, args } = await serveFunctionsWithEvents();
    const running = start(['listen', '--count', '3', ...args]);
    await publishUntil(service, running.finished);
    const { code, stdout } = await running.finished;
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(line).toMatch(/^\d\d:\d\d:\d\d\.\d{3} topic \{"n":\d+\}$/);
  });

  test('ends with 0 on Ctrl-C and on a closed pipe', async () => {
    const { service, args } = await serveFunctionsWithEvents();
    const interrupted = start(['listen', '--json', ...args]);
    void publishUntil(service, interrupted.finished);
    await interrupted.stdout.waitFor(/"n":/);
    expect((await interrupted.end()).code).toBe(0);

    const cut = start(['listen', ...args]);
    void publishUntil(service, cut.finished);
    await cut.stdout.waitFor(/topic/);
    cut.stdout.closed = true;
    expect(await cut.finished).toMatchObject({ code: 0, stderr: '' });
  });

  test('asks for ticks with --ask, and shows the chosen contract alone', async () => {
    const { engine, args } = await serveMarket();
    keepMoving(engine);
    engine.subscribe(new SubscribeRequest({ symbol: '600000', exchange: Exchange.SSE }));
    const { code, stdout } = await run([
      'listen',
      '--symbol',
      'rb2705.SHFE',
      '--ask',
      '--count',
      '5',
      '--json',
      ...args,
    ]);
    expect(code).toBe(0);
    for (const line of stdout.trimEnd().split('\n'))
      expect(JSON.parse(line)).toMatchObject({ type: 'eTick.', data: { vt_symbol: 'rb2705.SHFE' } });
  });

  test('ends after the time given', async () => {
    const { args } = await serveMarket();
    expect(await run(['listen', '--for', '200ms', ...args])).toEqual({ code: 0, stdout: '', stderr: '' });
  });
});

async function serveFunctionsWithEvents() {
  const { server, args } = await serveFunctions({});
  return { service: server, args };
}

/** Publishes until a run has ended. */
async function publishUntil(
  server: { publish(topic: string, data: unknown): void },
  ended: Promise<unknown>,
): Promise<void> {
  let n = 0;
  const timer = setInterval(() => {
    server.publish('topic', { n });
    n++;
  }, 5);
  await ended;
  clearInterval(timer);
}

describe('watch', () => {
  const hanging = new Set<Socket>();

  /** A way to a port that can be made to hang: what was sent is not read any more. @returns Its address. */
  async function hangable(port: number): Promise<string> {
    const server = createServer((client) => {
      const upstream = connect(port, '127.0.0.1');
      for (const [from, to] of [
        [client, upstream],
        [upstream, client],
      ] as const) {
        hanging.add(from);
        from.on('data', (bytes) => to.write(bytes));
        from.on('error', () => to.destroy());
        from.on('close', () => to.destroy());
      }
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => {
      for (const socket of hanging) socket.destroy();
      hanging.clear();
      server.close();
    });
    return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  test('draws quotes, orders, positions and accounts on a terminal, and gives the screen back', async () => {
    const { engine, args } = await serveMarket();
    engine.sendOrder(buy(3400));
    engine.sendOrder(buy(3600));
    const running = start(['watch', 'rb2705.SHFE', ...args], { terminal: { columns: 120, rows: 40 } });
    await running.stdout.waitFor(
      /rb2705\.SHFE +螺纹钢2705 +\d+[\s\S]*SIM\.\w+_1 [\s\S]*rb2705\.SHFE +螺纹钢2705 +LONG[\s\S]*SIM\.SIM/,
    );
    const { code, stdout } = await running.end();
    expect(code).toBe(0);
    expect(stdout.startsWith('\x1b[?1049h')).toBe(true);
    expect(stdout.endsWith('\x1b[?1049l')).toBe(true);
  });

  test.each([
    [80, 24],
    [40, 10],
    [200, 50],
  ])('fits a window of %d x %d', async (columns, rows) => {
    const { engine, args } = await serveMarket();
    for (let index = 0; index < 60; index++) engine.sendOrder(buy(3400));
    engine.sendOrder(buy(3600));
    const running = start(['watch', 'rb2705.SHFE', 'nosuch.SHFE', ...args], { terminal: { columns, rows } });
    await running.stdout.waitFor(/rb2705\.SHFE +螺纹钢2705[\s\S]*… \d+ more/);
    const { code, stdout } = await running.end();
    expect(code).toBe(0);
    for (const frame of stdout.split(HOME).slice(1)) {
      const lines = frame.replaceAll(ESCAPES, '').split('\r\n');
      expect(lines.length).toBeLessThanOrEqual(rows);
      for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
      expect(lines[0]).toMatch(/^connected {2}\d\d:\d\d:\d\d UTC[+-]\d\d:\d\d/);
      expect(lines).toContain('unknown contract: nosuch.SHFE');
    }
  });

  test.each(['q', 'Q', '\x03'])('the key %j ends it, and the keyboard is given back', async (key) => {
    const { args } = await serveMarket();
    const running = start(['watch', ...args], { terminal: { columns: 80, rows: 24 } });
    await running.stdout.waitFor(/connected/);
    expect(running.readsKeys()).toBe(true);
    running.press('?');
    const drawn = running.stdout.text.split(HOME).length;
    await running.stdout.waitFor(new RegExp(`(?:${ESCAPE}\\[H[^]*){${drawn + 1}}`));
    expect(running.readsKeys()).toBe(true);
    running.press(key);
    const { code } = await running.finished;
    expect(code).toBe(0);
    expect(running.readsKeys()).toBe(false);
  });

  test('a server that hangs: said within 5 s, with the age of the last message', async () => {
    const { service, engine, args } = await serveMarket();
    const [request = '', subscribe = ''] = await Promise.all(
      [args[1], args[3]].map((address) => hangable(Number(address?.split(':').at(-1)))),
    );
    keepMoving(engine);
    const running = start(['watch', 'rb2705.SHFE', '--request', request, '--subscribe', subscribe], {
      env: { NO_COLOR: '1' },
      terminal: { columns: 100, rows: 24 },
    });
    await running.stdout.waitFor(/^.*connected {2}\d\d:\d\d:\d\d UTC.*last message 0 s ago/m);
    await running.stdout.waitFor(/螺纹钢2705 +\d/);
    hang();
    const began = performance.now();
    await running.stdout.waitFor(/no answer for [34] s.*last message [2-5] s ago/);
    // The 5 s, and as much again for a machine that has other work.
    expect(performance.now() - began).toBeLessThan(10_000);
    expect(service.isActive()).toBe(true);
    expect((await running.end()).code).toBe(0);

    function hang(): void {
      for (const socket of hanging) socket.pause();
    }
  });

  test.each<[Record<string, string>, string[], number | undefined]>([
    [{ LANG: 'zh_CN.UTF-8' }, [], 31],
    [{ LANG: 'en_US.UTF-8' }, [], 32],
    [{ LANG: 'zh_CN.UTF-8', LC_ALL: 'C' }, [], 32],
    [{ LANG: 'en_US.UTF-8' }, ['--up', 'red'], 31],
    [{ LANG: 'zh_CN.UTF-8', NO_COLOR: '1' }, [], undefined],
  ])('a rising price with %j %j', async (env, more, painted) => {
    const { engine, args } = await serveMarket();
    const running = start(['watch', 'rb2705.SHFE', ...more, ...args], { env, terminal: { columns: 120, rows: 24 } });
    const raise = setInterval(() => {
      const last = engine.ticks.get('rb2705.SHFE');
      if (last !== undefined) engine.giveTick(replace(last, { pre_close: 3000, last_price: 3300 }));
    }, 50);
    onTestFinished(() => {
      clearInterval(raise);
    });
    await running.stdout.waitFor(
      painted !== undefined ? new RegExp(`${ESCAPE}\\[${painted}mrb2705`) : /rb2705\.SHFE +螺纹钢2705 +3300 +10\.00/,
    );
    const { stdout } = await running.end();
    // eslint-disable-next-line no-control-regex -- an escape sequence begins with one
    if (painted === undefined) expect(stdout).not.toMatch(/\x1b\[\d*m/);
  });

  test('prints lines where there is no terminal', async () => {
    const { engine, args } = await serveMarket();
    keepMoving(engine);
    const running = start(['watch', 'rb2705.SHFE', '--json', ...args]);
    const [line] = await running.stdout.waitFor(/^\{.*"eTick\.".*$/m);
    expect(JSON.parse(line)).toMatchObject({ data: { vt_symbol: 'rb2705.SHFE' } });
    expect((await running.end()).code).toBe(0);
  });

  test('nobody there: exit code 2', async () => {
    const { code, stderr } = await run(['watch', '--request', 'tcp://127.0.0.1:9', '--subscribe', 'tcp://127.0.0.1:9']);
    expect(code).toBe(2);
    expect(stderr).toMatch(/nobody accepts/);
  });
});
