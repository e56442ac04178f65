import { expect, test } from 'vitest';
import { hex, inspect } from './harness.js';

// What pickle-inspect shows in Chinese, and what is the same in every language.

const CHINESE = { env: { LANG: 'zh_CN.UTF-8' } };

/** `os.system('echo hi')` */
const EVIL = hex('636f730a73797374656d0a2858070000006563686f20686974522e');

test('check tells its verdict in Chinese; the verdict, the codes and JSON are the same', async () => {
  const { code, stdout } = await inspect(['check'], { stdin: EVIL, ...CHINESE });
  expect(code).toBe(1);
  expect(stdout).toMatch(/判定：REFUSE（规则 vnpy）/);
  expect(stdout).toContain('加载它会执行危险的操作');
  expect(stdout).toMatch(/拒绝 P101 危险的名称：\S/);
  expect(stdout).toMatch(/\n {2}不允许 {2}os\.system\n/);
  for (const format of ['json', 'sarif']) {
    const argv = ['check', '--format', format];
    expect(await inspect(argv, { stdin: EVIL, ...CHINESE })).toEqual(await inspect(argv, { stdin: EVIL }));
  }
});

test('an error comes with its hint in Chinese', async () => {
  const { code, stdout } = await inspect(['show'], { stdin: hex('80049502'), ...CHINESE });
  expect(code).toBe(2);
  expect(stdout).toMatch(/错误 E020 参数不完整：.*\n.*\n *\^\^ 在这里\n {2}提示：是否只抓到了消息的前半段/);
});

test('explain has the manual of a finding in Chinese', async () => {
  const { stdout } = await inspect(['explain', 'p101'], CHINESE);
  expect(stdout).toMatch(/^P101 {2}危险的名称 {2}（?\(?拒绝\)?/);
  expect((await inspect(['explain'], CHINESE)).stdout).toContain('L412  只属于一种语言的枚举值');
});

test('a report says that it is in Chinese, and its levels are those of its style sheet', async () => {
  const { stdout } = await inspect(['html'], { stdin: EVIL, ...CHINESE });
  expect(stdout).toContain('<html lang="zh-CN">');
  expect(stdout).toContain('aria-label="发现"');
  expect(stdout).toContain('"level":"refuse","label":"拒绝"');
  expect((await inspect(['html'], { stdin: EVIL })).stdout).not.toMatch(/\p{Script=Han}/u);
});

test('what cannot be packed is told in Chinese; a list for a key is no fault of ours', async () => {
  const stdin = JSON.stringify({ $py: 'dict', entries: [[[1], 2]] });
  const run = await inspect(['pack', '-'], { stdin, ...CHINESE });
  expect([run.code, run.stderr]).toEqual([2, "pickle-inspect: stdin: 字典的键不可哈希：unhashable type: 'list'\n"]);
  expect((await inspect(['pack', '-'], { stdin })).stderr).toContain('a key of a dict cannot be hashed');
});
