import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';
import { Phrasebook } from '../../../src/cli/lang/phrasebook.js';
import { inChinese } from '../../../src/cli/lang/zh/said/index.js';
import { foreignWords } from './foreign-words.js';

// What the library says is known by its form alone. These rooms speak to operators: what they say has to be known in Chinese.

const root = fileURLToPath(new URL('../../../src/', import.meta.url));

const ROOMS = ['guard', 'cluster', 'zmtp', 'rpc/failures.ts', 'rpc/status-board.ts', 'rpc/access.ts', 'rpc/calls.ts'];

/** Files whose texts are read by programmers, by editors, or stand in other languages beside. */
const OTHERS = new Set([
  ...['guard/alert/guard-alerts.ts', 'guard/alert/sender.ts', 'guard/alert/message.ts', 'guard/policy/schema.ts'],
  ...['guard/options.ts', 'guard/alert/options.ts', 'cluster/options.ts', 'cluster/transport/nats-options.ts'],
  // A configuration, and what it is found by. The transport of tests.
  ...['cluster/admin/config.ts', 'cluster/admin/grants.ts', 'cluster/wire/streams.ts', 'cluster/edge/discovery.ts'],
  ...['cluster/transport/memory-client.ts', 'cluster/transport/memory-transport.ts'],
  ...['cluster/transport/patterns.ts', 'cluster/transport/open.ts', 'cluster/client/listing.ts'],
  ...['cluster/client/sockets.ts', 'cluster/edge/server-transport.ts'],
  // What to do goes by the code of the finding.
  'cluster/admin/doctor.ts',
  // Inside of one process, or of a handshake that nothing of ours sends.
  ...['zmtp/commands.ts', 'zmtp/frames.ts', 'zmtp/protocol.ts', 'zmtp/z85.ts', 'zmtp/security.ts', 'zmtp/listen.ts'],
  ...['zmtp/receiver/ring.ts', 'zmtp/receiver/session.ts', 'zmtp/receiver/threaded-sub.ts', 'zmtp/mechanisms/curve.ts'],
]);

/** Parts of sentences, and sentences made of parts. What comes of them is below. */
const PARTS = new Set([
  ...['only orders that reduce a position are taken', 'cancels, with one for this order,', 'into the folder '],
  ...[' It goes with them up to line ①.', '① missing before this line ①', 'is more than', 'of the orders'],
  'line ① is not the one that an anchor kept elsewhere names: the chain was written anew.①',
  ...['whether lines were cut off its end cannot be known', '① behind line ①, the newest with an anchor'],
  ...[', nor whether the whole chain was written anew', '①①, without anchors that were kept elsewhere'],
  '; ① anchors kept elsewhere are not by the key and were left out',
  ...['trade by gateway', 'trade on account', 'trade products of class', 'send orders of type'],
  ...['; what a role allows stands in the role itself', '; limits stand in "limits", and a warning is "warnAt"'],
  ...['; trading days are "days"', '; did you mean ①?', ', and what is registered later', 'the memory of the edge'],
  ...['the server may or may not have executed the call', 'the request was not sent', 'the request has left'],
  ...['the request was not sent (①)', 'the request has left, and the server may execute it still'],
  ...['①: no answer within ① ms; ①', 'no name has: printable ASCII and Chinese characters are allowed'],
  ...['does not say what it is', "the peer's socket ①; a ① talks to ①", ' with the reason "①"'],
  ...['the peer refused the connection①', 'a cancel waits for no disk①', 'no tick of ① for ①'],
  ...['the balance of ① ①, which no trading does: a baseline must be set', 'the ① that are known are ① old'],
  'the position in ① that ① tells has differed from its fills for ①',
  'the ① are not known, because the server has been away for ①',
  '"①" is who comes from this machine without security: give ① to another name',
  ...['is no member of ①①', 'the policy has ①:', 'ends in "①", which is no exchange①'],
  ...['is a currency that neither the world nor "contracts" knows①', 'the role ①: there is no function ① now①'],
  ...['price ① is ① than the band around ① allows a ①', "would trade with your account's own ① order①①"],
  ...['① ①①① today are more than ①', '① ①① today are more than ①', '① ① is not allowed to this user'],
  ...['there is no ①: "cluster status" tells what there is', 'a cluster routes by the function, which is not given'],
  ...['users: the user name ①', 'users: the password of ①', 'security.mechanism must be "curve" or "plain"①'],
  ': this program had read nothing for ① ms, and may be too slow for what it is sent',
]);

/** Sentences of several parts, as they come. */
const WHOLE: readonly (readonly [said: string, chinese: string])[] = [
  ["order volume 5 is more than desk-1's limit of 3", '委托数量 5 超过 desk-1 的限额 3'],
  [
    "21 orders of rb2705.SHFE today are more than the account's limit of 20",
    '当日委托 21 笔（rb2705.SHFE），超过账户的限额 20',
  ],
  [
    "4 cancels, with one for this order, today are more than desk-1's limit of 3",
    '连这笔在内，当日撤单 4 笔，超过 desk-1 的限额 3',
  ],
  ['price 3600 is higher than the band around 3500 allows a buy', '买入价 3600 高于参考价 3500 允许的范围'],
  ["would trade with your account's own sell order SIM.1-2 at 3500", '会与本账户自己的卖单 SIM.1-2（3500）成交'],
  [
    'the orders are not known, because the server has been away for 4 s, so selfTrade cannot be decided',
    '服务器已断开 4 秒，不知道现在的委托，无法判断 selfTrade',
  ],
  [
    'no tick of rb2705.SHFE for 31 s, so priceBand cannot be decided',
    'rb2705.SHFE 已有 31 秒没有行情，无法判断 priceBand',
  ],
  [
    'desk-1 may not trade by gateway CTP: the role trader denies it',
    'desk-1 不能用交易接口 CTP 交易：角色 trader 禁止',
  ],
  [
    'trading is halted (gateway CTP) since 2026-01-05T02:00:00.000Z by ops: feed is down',
    '交易已暂停（交易接口 CTP），自 2026-01-05T02:00:00.000Z，由 ops：feed is down',
  ],
  [
    "trading is halted (principal desk-1) since 2026-01-05T02:00:00.000Z by lossPerDay: a loss of 60000 CNY today is more than desk-1's limit of 50000",
    '交易已暂停（主体 desk-1），自 2026-01-05T02:00:00.000Z，由 lossPerDay：当日亏损 60000 CNY，超过 desk-1 的限额 50000',
  ],
  ['lines 3 to 5 are missing before this line 6', '第 6 行之前缺少第 3 到 5 行'],
  [
    'whether lines were cut off its end cannot be known, without anchors that were kept elsewhere',
    '没有保存在别处的锚点，结尾是否被截掉无从知道',
  ],
  [
    'the policy has 2 faults:\nline 3: roles.trader is no member of this object; did you mean "roles"?\nline 9: version must be 1, not 2',
    '风控配置有 2 处错误：\n第 3 行：roles.trader 不是这个对象的字段；是不是想写 "roles"？\n第 9 行：version 必须是 1（现在是 2）',
  ],
  ['ends in "SHFEE", which is no exchange; did you mean "SHFE"?', '以 "SHFEE" 结尾，这不是交易所；是不是想写 "SHFE"？'],
  [
    'send_order: no answer within 5000 ms; the request was not sent (nobody accepts connections at tcp://127.0.0.1:1)',
    'send_order：5000 毫秒内没有应答；请求没有发出（tcp://127.0.0.1:1 没有程序在监听）',
  ],
  ['line 2: principals["a b"] is missing', '第 2 行：principals["a b"] 缺少'],
  ['Unexpected token \'x\', "x\n" is not valid JSON', "有意外的字符 'x'"],
  ['cluster: passive: a holds the account', '集群：待命：a 持有账户'],
  ['publishing to vb.x is not allowed to this user', '不允许这个用户向 vb.x 发消息'],
  [
    "tcp://127.0.0.1:4102: the peer ended the ZeroMQ handshake: it is a socket of another kind; are the request and the subscribe address exchanged? (the peer's socket is PUB; a DEALER talks to REP, ROUTER)",
    'tcp://127.0.0.1:4102：对方结束了 ZeroMQ 握手：它是另一种套接字；主动请求地址和推送订阅地址写反了吗？（对方的套接字是 PUB；DEALER 只能与 REP, ROUTER 通信）',
  ],
];

interface Text {
  readonly file: string;
  readonly text: string;
}

function filesIn(path: string): readonly string[] {
  if (path.endsWith('.ts')) return [path];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => join(path, name));
}

/** A text with a mark for each value in it; undefined for what is none. */
function textOf(node: ts.Node): string | undefined {
  if (ts.isStringLiteral(node) || ts.isNoSubstitutionTemplateLiteral(node)) return node.text;
  if (ts.isTemplateExpression(node))
    return node.head.text + node.templateSpans.map(({ literal }) => `①${literal.text}`).join('');
  if (!ts.isBinaryExpression(node) || node.operatorToken.kind !== ts.SyntaxKind.PlusToken) return undefined;
  const [left, right] = [textOf(node.left), textOf(node.right)];
  return left === undefined && right === undefined ? undefined : (left ?? '①') + (right ?? '①');
}

/** What only a programmer can do wrong. */
const isForProgrammers = (node: ts.Node): boolean =>
  ts.isNewExpression(node) &&
  ts.isIdentifier(node.expression) &&
  /UsageError|TypeError|RangeError/.test(node.expression.text);

function textsIn(file: string): readonly Text[] {
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest);
  const found: Text[] = [];
  const visit = (node: ts.Node): void => {
    if (isForProgrammers(node) || ts.isImportDeclaration(node)) return;
    const text = textOf(node);
    if (text === undefined) {
      ts.forEachChild(node, visit);
    } else {
      found.push({ file: relative(root, file).replaceAll('\\', '/'), text });
      parts(node);
    }
  };
  /** The values in a text may be texts as well. */
  const parts = (node: ts.Node): void => {
    if (ts.isTemplateExpression(node)) for (const { expression } of node.templateSpans) visit(expression);
    if (ts.isBinaryExpression(node)) for (const side of [node.left, node.right]) parts(side);
  };
  visit(source);
  return found;
}

test('every sentence of the rooms that speak to operators is known in Chinese', () => {
  const texts = ROOMS.flatMap((room) => filesIn(join(root, room))).flatMap(textsIn);
  const sentences = texts.filter(({ file, text }) => foreignWords(text) !== undefined && !OTHERS.has(file));
  expect(sentences.length).toBeGreaterThan(300);
  const unknown = sentences.filter(({ text }) => !PARTS.has(text) && foreignWords(inChinese(text)) !== undefined);
  // Add a sentence to src/cli/lang/zh/said; a part of one, and a sentence that is made of it, above.
  expect(unknown).toEqual([]);
});

test.each(WHOLE)('%s', (said, chinese) => {
  expect(inChinese(said)).toBe(chinese);
});

describe('a phrase book', () => {
  const { say } = new Phrasebook([
    ['the order {id} was refused: {said}', '委托 {id} 被拒绝：{said}'],
    ['{saidOne}; {saidOther}', '{saidOne}；{saidOther}'],
    ['no money', '没有钱'],
    ['{number} of {number2}', '{number2} 之 {number}'],
    ['{path} cannot be read', '{path} 读不了'],
  ]);

  test('puts the values where the other language has them, and translates sentences in sentences', () => {
    expect(say('the order SIM.1 was refused: no money; 3 of 5')).toBe('委托 SIM.1 被拒绝：没有钱；5 之 3');
  });

  test('leaves what it does not know as it is, whole or in a part', () => {
    expect(say('something else')).toBe('something else');
    expect(say('the order SIM.1 was refused: something else')).toBe('委托 SIM.1 被拒绝：something else');
    expect(say('no money; something else')).toBe('no money; something else');
    expect(say('end of story')).toBe('end of story');
    expect(say('the weather of today cannot be read')).toBe('the weather of today cannot be read');
  });

  test('takes a text line by line, and keeps how lines are indented', () => {
    expect(say('something else\n  no money\n')).toBe('something else\n  没有钱\n');
  });

  test('is done at once with what somebody else has made long', () => {
    const begun = performance.now();
    say(`the order ${'a: b; '.repeat(3000)}`);
    expect(performance.now() - begun).toBeLessThan(1000);
  });
});
