import { describe, expect, test } from 'vitest';
import { Offset } from 'vnpy-bridge/vnpy';
import { buy, run, serveFunctions, serveMarket, start } from './harness.js';

// What vnpy-bridge shows in Chinese, and what is the same in every language.

const CHINESE = { env: { LANG: 'zh_CN.UTF-8' } };

describe('lists in Chinese', () => {
  test('tables have heads and members of enums as a trader says them; JSON and CSV have none of it', async () => {
    const { engine, args } = await serveMarket();
    engine.sendOrder(buy(1), 'SIM');
    const [head = '', row = ''] = (await run(['orders', ...args], CHINESE)).stdout.split('\n');
    expect(head).toMatch(/^委托号 +合约 +方向 +开平 +类型 +价格 +数量 +已成交 +状态 +时间 +来源$/);
    expect(row).toMatch(/^SIM\.\S+ +rb2705\.SHFE +多 +开 +限价 +1 +1 +0 +拒单 /);
    for (const format of ['--json', '--csv']) {
      const chinese = await run(['orders', format, ...args], CHINESE);
      expect(chinese.stdout).toContain('LONG');
      expect(chinese).toEqual(await run(['orders', format, ...args]));
    }
  });

  test('what a server has none of is told in Chinese', async () => {
    const { args } = await serveMarket();
    expect((await run(['ticks', ...args], CHINESE)).stderr).toMatch(/^vnpy-bridge: 服务器没有行情/);
  });
});

test('listen prints the members as a trader says them, and the types as they are on the wire', async () => {
  const { engine, args } = await serveMarket();
  const listening = start(['listen', '--type', 'eOrder.', '--count', '1', ...args], CHINESE);
  const sending = setInterval(() => engine.sendOrder(buy(1), 'SIM'), 20);
  const { code, stdout } = await listening.finished;
  clearInterval(sending);
  expect(code).toBe(0);
  expect(stdout).toMatch(/ eOrder\. SIM\.\S+ rb2705\.SHFE 多 开 限价 0\/1 @ 1 /);
  expect(Offset.OPEN.value).toBe('开');
});

describe('errors in Chinese', () => {
  test.each([
    [
      'a start after the end',
      ['history', 'rb2705.SHFE', '--start', '2026-02-02', '--end', '2026-01-01'],
      4,
      '--start 必须早于 --end',
    ],
    ['a value without a unit', ['orders', '--timeout', '5'], 4, '--timeout "5"：时间要写单位；请写 5ms 或 5s'],
    ['a contract that cannot be one', ['history', 'rb2705.NOWHERE'], 4, '没有交易所 NOWHERE'],
    ['a file that is not there', ['replay', '/nowhere/x.mcap'], 4, '没有这个文件或目录（ENOENT'],
    [
      'a server that is not there',
      ['orders', '--request', 'tcp://127.0.0.1:1'],
      2,
      '连不上服务器：它没有启动，或者地址、端口不对。可用 vnpy-bridge doctor 进一步检查。\n  ',
    ],
  ] as const)('%s', async (_name, argv, code, sentence) => {
    const chinese = await run(argv, CHINESE);
    expect(chinese.code).toBe(code);
    expect(chinese.stderr).toContain(sentence);
    const english = await run(argv);
    expect(english.stderr).not.toMatch(/\p{Script=Han}/u);
    expect(await run([...argv, '--json'], CHINESE)).toEqual(await run([...argv, '--json']));
  });

  test('one of the library is its sentence, what is known of the request, and what it says', async () => {
    const { args } = await serveFunctions({ slow: () => new Promise(() => undefined) });
    const { code, stderr } = await run(['call', 'slow', '--timeout', '200ms', ...args], CHINESE);
    expect(code).toBe(3);
    expect(stderr).toMatch(
      /^vnpy-bridge call: 没有及时收到应答。请求已经发出，服务器可能已经执行了它。\n {2}slow：200 毫秒内没有应答/,
    );
  });

  test('one of a function at the server stands before its traceback', async () => {
    const { args } = await serveFunctions({
      fail: () => {
        throw new Error('on purpose');
      },
    });
    const { code, stderr } = await run(['call', 'fail', ...args], CHINESE);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^函数在服务器上抛出了异常。\nTraceback[^]*on purpose\n$/);
    const misspelt = await run(['call', 'fial', ...args], CHINESE);
    expect(misspelt.stderr).toMatch(/KeyError: 'fial'\n服务器没有 fial 这个函数。\n$/);
  });
});

test('doctor gives its advice in Chinese; its JSON and its exit code are the same', async () => {
  const argv = ['doctor', '--request', 'tcp://127.0.0.1:1', '--subscribe', 'tcp://127.0.0.1:2', '--timeout', '2s'];
  const { code, stdout } = await run(argv, CHINESE);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^正常 +地址 +tcp/);
  expect(stdout).toMatch(/\n故障 +主动请求端口 +连不上 tcp:\/\/127\.0\.0\.1:1：.*ECONNREFUSED[^]*→ 那里没有程序在监听/);
  expect(stdout).toMatch(/\n不可用：2 个故障，0 个警告\n$/);
  const withoutTimes = (text: string): string => text.replace(/"time":\d+/g, '');
  const [chinese, english] = await Promise.all([run([...argv, '--json'], CHINESE), run([...argv, '--json'])]);
  expect(withoutTimes(chinese.stdout)).toBe(withoutTimes(english.stdout));
});

test('a policy is explained in Chinese: what was decided, by which rule, and why', async () => {
  const argv = ['guard', 'explain', 'examples/guard-policy.json', 'send_order', '--principal', 'local'];
  const { code, stdout } = await run(argv, CHINESE);
  expect(code).toBe(1);
  expect(stdout).toMatch(/^拒绝：\[\w+\] [^\n]*\p{Script=Han}[^\n]*。\n {2}\S/u);
  expect(await run([...argv, '--json'], CHINESE)).toEqual(await run([...argv, '--json']));
});
