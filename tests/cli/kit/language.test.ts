import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { VNPY_BRIDGE } from '../../../src/cli/bridge/app.js';
import { PICKLE_INSPECT } from '../../../src/cli/inspect/app.js';
import { helpIn } from '../../../src/cli/kit/help-texts.js';
import type { Io } from '../../../src/cli/kit/io.js';
import { languageOf, takeLanguage } from '../../../src/cli/kit/language.js';
import { runProgram } from '../../../src/cli/kit/program.js';
import { displayWidth } from '../../../src/cli/kit/text/style.js';
import { wrap } from '../../../src/cli/kit/text/wrap.js';
import { allOptions } from '../../../src/cli/kit/command.js';
import type { Program } from '../../../src/cli/kit/command.js';

// The language of the programs: how it is chosen, and what the help says in each.

const PROGRAMS = [VNPY_BRIDGE, PICKLE_INSPECT];

interface Said {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function say(program: Program, args: readonly string[], around: Partial<Io> = {}): Promise<Said> {
  let stdout = '';
  let stderr = '';
  const io: Io = {
    stdin: Object.assign(Readable.from([]), { isTTY: false }),
    stdout: { isTTY: false, columns: 80, write: (text) => Promise.resolve(void (stdout += String(text))) },
    stderr: { isTTY: false, columns: 80, write: (text) => Promise.resolve(void (stderr += String(text))) },
    env: {},
    ...around,
  };
  const code = await runProgram(program, args, { io, signal: new AbortController().signal, version: '1.2.3' });
  return { code, stdout, stderr };
}

const hasChinese = (text: string): boolean => /\p{Script=Han}/u.test(text);

describe('which language', () => {
  test.each([
    ['en', undefined, {}],
    ['en', undefined, { LANG: 'C' }],
    ['en', undefined, { LANG: 'C.UTF-8', LC_ALL: '' }],
    ['zh', undefined, { LANG: 'zh_CN.UTF-8' }],
    ['zh', undefined, { LC_MESSAGES: 'zh_CN.UTF-8', LANG: 'en_US.UTF-8' }],
    ['en', undefined, { LC_ALL: 'en_US.UTF-8', LC_MESSAGES: 'zh_CN', LANG: 'zh_CN' }],
    ['en', undefined, { VNPY_BRIDGE_LANG: 'en', LC_ALL: 'zh_CN.UTF-8' }],
    ['zh', undefined, { VNPY_BRIDGE_LANG: 'zh-CN' }],
    ['zh', 'zh', { VNPY_BRIDGE_LANG: 'en' }],
    ['en', 'en', { LANG: 'zh_CN.UTF-8' }],
  ] as const)('%s for --lang %s and %o', (language, named, env) => {
    expect(languageOf('vnpy-bridge', named, { env })).toBe(language);
  });

  test("Windows' locale counts where no variable says anything", () => {
    const systemLocale = (): string => 'zh-CN';
    expect(languageOf('vnpy-bridge', undefined, { env: {}, systemLocale })).toBe('zh');
    expect(languageOf('vnpy-bridge', undefined, { env: { LANG: 'en_US.UTF-8' }, systemLocale })).toBe('en');
    expect(languageOf('vnpy-bridge', undefined, { env: {}, systemLocale: () => 'de-DE' })).toBe('en');
  });

  test('--lang is taken from anywhere, but not from behind --', () => {
    expect(takeLanguage(['--lang', 'zh', 'call', 'f', '--lang=en'])).toEqual({
      rest: ['call', 'f'],
      given: ['zh', 'en'],
    });
    expect(takeLanguage(['call', '--', '--lang', 'zh'])).toEqual({ rest: ['call', '--', '--lang', 'zh'], given: [] });
    expect(takeLanguage(['call', '--lang'])).toEqual({ rest: ['call', '--lang'], given: [] });
  });

  test.each([
    ['--lang', 'zh', 'guard', 'check', '--help'],
    ['guard', '--lang=zh-CN', 'check', '--help'],
    ['guard', 'check', '--help', '--lang', 'zh'],
  ])('help in Chinese: %s %s %s %s', async (...args) => {
    const { code, stdout } = await say(VNPY_BRIDGE, args);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^用法： ?vnpy-bridge guard check/);
  });

  test('a language that is none is refused', async () => {
    const { code, stderr } = await say(VNPY_BRIDGE, ['options', '--lang', 'fr']);
    expect(code).toBe(4);
    expect(stderr).toContain('--lang "fr" must be one of en, zh, zh-CN');
  });

  test('what commander finds wrong is said in Chinese too', async () => {
    const { code, stderr } = await say(VNPY_BRIDGE, ['orders', '--actve', '--lang', 'zh']);
    expect(code).toBe(4);
    expect(stderr).toContain('没有选项 --actve');
    expect(stderr).toContain('--active');
    expect(stderr).not.toMatch(/error|mean/);
  });
});

describe.each(PROGRAMS)('the help of $name', (program) => {
  const commands = [[], ...program.commands.map(({ name }) => name.split(' '))];

  test.each(['en', 'zh'])('fits 80 columns: %s', async (language) => {
    for (const words of commands) {
      const { stdout } = await say(program, [...words, '--help', '--lang', language]);
      const examples = new RegExp(`^  ${program.name} `);
      // An example is a line to be copied.
      for (const line of stdout.split('\n').filter((text) => !examples.test(text)))
        expect(displayWidth(line), line).toBeLessThanOrEqual(80);
    }
  });

  test('has a Chinese text for each English one, with the same names of options in it', async () => {
    const [english, chinese] = await Promise.all([helpIn(program, 'en'), helpIn(program, 'zh')]);
    const pairs: (readonly [string, string])[] = [[english.description, chinese.description]];
    for (const option of allOptions(program)) {
      pairs.push([english.option(option), chinese.option(option)]);
      expect(chinese.optionGroup(option.group), option.group).toBeDefined();
    }
    for (const definition of program.commands) {
      const [one, other] = [english.command(definition), chinese.command(definition)];
      pairs.push([one.summary, other.summary], [one.details ?? '', other.details ?? '']);
      for (const part of ['args', 'examples'] as const) {
        expect(other[part]?.length ?? 0, definition.name).toBe(one[part]?.length);
        for (const [index, text] of (one[part] ?? []).entries()) pairs.push([text, other[part]?.[index] ?? '']);
      }
    }
    for (const [text, other] of pairs.filter(([text]) => text !== '')) {
      expect(other).not.toBe(text);
      // plain or typed, text, json or sarif, relay.key and relay.pub: names alone.
      if (/[a-z]{4} [a-z]{4}/.test(text)) expect(hasChinese(other), text).toBe(true);
      expect(other.match(/--[a-z][\w-]+/g)?.sort() ?? [], text).toEqual(text.match(/--[a-z][\w-]+/g)?.sort() ?? []);
    }
  });

  test('has no group of options without a Chinese title', async () => {
    const { optionGroup } = await helpIn(program, 'zh');
    const groups = new Set(allOptions(program).map(({ group }) => group));
    expect([...groups].filter((group) => optionGroup(group) === group)).toEqual(
      program === VNPY_BRIDGE ? [] : ['JSON'],
    );
  });

  test('--json of options is the same in both languages', async () => {
    const [english, chinese] = await Promise.all(
      ['en', 'zh'].map((language) => say(program, ['options', '--json', '--lang', language])),
    );
    expect(chinese?.stdout).toBe(english?.stdout);
  });
});

describe('lines that fit', () => {
  test('Chinese breaks anywhere but before a closing mark and after an opening one', () => {
    expect(wrap('查询委托，再撤单', 8).split('\n')).toEqual(['查询委', '托，再撤', '单']);
    expect(wrap('查询（委托）', 6).split('\n')).toEqual(['查询', '（委', '托）']);
  });

  test('a word is not divided, and spaces end with the line', () => {
    expect(wrap('one two three', 7).split('\n')).toEqual(['one two', 'three']);
    expect(wrap('用 --find 查', 8).split('\n')).toEqual(['用', '--find', '查']);
  });
});
