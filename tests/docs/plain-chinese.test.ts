import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

// Nobody sees the marks that they typed themselves: these are looked for in each Chinese document, outside of code.

const root = fileURLToPath(new URL('../../', import.meta.url));
const HAN = '\u4E00-\u9FFF';
const MARKS = '，。；：、！？（）“”';

/** Names of VeighNa Trader, which has no space in them. */
const NAMES = /RPC服务|连接RPC|连接CTP|K线/g;

const RULES: readonly (readonly [name: string, mark: RegExp])[] = [
  ['a mark of half width beside Chinese', new RegExp(`[${HAN}][,;:!?]|[,;!?][${HAN}]|[${HAN}]\\(|\\)[${HAN}]`, 'u')],
  ['a space beside a Chinese mark', new RegExp(`[${MARKS}] +[${HAN}A-Za-z\`]|[${HAN}] +[${MARKS}]`, 'u')],
  ['no space between Chinese and Latin', new RegExp(`[${HAN}][A-Za-z0-9\`]|[A-Za-z0-9\`][${HAN}]`, 'u')],
  ['two marks in a row', /。。|，，|，。|、。/],
  ['the polite you beside the plain one', /您/],
];

/** Its lines without code, addresses and tags, each with its number. */
function prose(text: string): (readonly [line: number, text: string])[] {
  let isCode = false;
  return text.split('\n').flatMap((line, at) => {
    if (/^\s*```/.test(line)) isCode = !isCode;
    if (isCode || line.startsWith('```')) return [];
    const plain = line
      .replaceAll(/`[^`]*`/g, '`')
      .replaceAll(/\[English\]\([^)]*\)$/g, '')
      .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
      // Bold text keeps its stars: it needs the space that follows them where it ends in a mark.
      .replaceAll(/<[^>]*>/g, '')
      .replaceAll(NAMES, '')
      .trim();
    return [[at + 1, plain] as const];
  });
}

const faults = (text: string): string[] =>
  prose(text).flatMap(([line, plain]) =>
    RULES.filter(([, mark]) => mark.test(plain)).map(([name]) => `line ${line}: ${name}: ${plain}`),
  );

/** A line that ends in Chinese and goes on in Chinese shows a space there. Tables, headings and items begin anew. */
function wraps(text: string): string[] {
  const lines = prose(text);
  const begins = /^(?:[|#<-]|\d+\. |$)/;
  return lines.flatMap(([line, plain], at) => {
    const [before, earlier = ''] = lines[at - 1] ?? [];
    if (before !== line - 1 || begins.test(plain) || /^[|#<]|^$/.test(earlier)) return [];
    const isSplit = new RegExp(`[${HAN}${MARKS}]$`, 'u').test(earlier) && new RegExp(`^[${HAN}]`, 'u').test(plain);
    return isSplit ? [`line ${line}: a line that is broken inside Chinese: ${plain}`] : [];
  });
}

const documents = ['', 'docs/', 'ops/'].flatMap((folder) =>
  readdirSync(root + folder).flatMap((name) => (name.endsWith('.zh-CN.md') ? [folder + name] : [])),
);

test.each(documents)('%s has Chinese marks, spaces and lines', (document) => {
  const text = readFileSync(root + document, 'utf8');
  expect(prose(text).length).toBeGreaterThan(10);
  expect([...faults(text), ...wraps(text)]).toEqual([]);
});

describe('what is found', () => {
  test.each([
    ['你好,世界', 'half width'],
    ['委托(order)已成交', 'half width'],
    ['端口不是 443 时。 在仓库里', 'beside a Chinese mark'],
    ['用Node.js连接', 'between Chinese and Latin'],
    ['运行`npm`', 'between Chinese and Latin'],
    ['完成。。', 'two marks'],
    ['请您确认', 'polite'],
  ])('%s', (text, name) => {
    expect(faults(text).join()).toContain(name);
  });

  test('a line that is broken inside Chinese', () => {
    expect(wraps('第一行，\n第二行')).toHaveLength(1);
    expect(wraps('第一行。\n\n第二段\n- 一项\n- 又一项')).toEqual([]);
  });

  test('none in code, and none in a name of VeighNa Trader', () => {
    expect(faults('点 `a,b` 和功能 → RPC服务\n\n```\n你好,world\n```')).toEqual([]);
  });
});
