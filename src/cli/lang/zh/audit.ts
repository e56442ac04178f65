/**
 * What the commands about an audit say, in Chinese.
 *
 * @module
 */
import type { AuditTexts } from '../en/audit.js';
import { inChinese } from './said/index.js';

/** Kinds of lines, outcomes, and what vnpy's enums have. */
const WORDS: Readonly<Record<string, string>> = {
  decided: '判定',
  result: '结果',
  withdrawn: '收回',
  reconciled: '查明',
  released: '了结',
  halt: '暂停',
  resume: '恢复',
  flatten: '平仓',
  baseline: '确认',
  policy: '风控配置',
  start: '启动',
  stop: '停止',
  anchor: '锚点',
  torn: '残行',
  rotated: '换文件',
  continued: '接续',
  recovered: '恢复审计',
  lost: '丢失',
  passed: '通过',
  refused: '拒绝',
  sent: '已发出',
  'not-sent': '未发出',
  unknown: '结果未知',
  LONG: '多',
  SHORT: '空',
  NET: '净',
  OPEN: '开',
  CLOSE: '平',
  CLOSETODAY: '平今',
  CLOSEYESTERDAY: '平昨',
};

/** Sentences by what they say. */
export const audit: AuditTexts = {
  said: inChinese,
  word: (word) => (Object.hasOwn(WORDS, word) ? (WORDS[word] ?? word) : word),
  notALine: (place, bytes) => `${place}：不是审计的一行：${bytes}`,

  results: { ok: '正常', broken: '有问题', unreadable: '无法检查' },
  verdict: (result, what) => `${result}：${what}`,
  at: (file, line, byte) => `（${file}:${line}，第 ${byte} 字节）`,
  rows: {
    checked: '检查了',
    complete: '完整',
    torn: '残行',
    unflushed: '未落盘',
    unanswered: '没有结果',
    unknown: '不明',
    differs: '不一致',
    notThere: '服务器没有',
    foreign: '非 guard',
    refused: '拒绝',
  },
  checked: (what, lines) => `${what}，${lines} 行`,
  complete: (line, time) => `到第 ${line} 行，${time}`,
  torn: (lines) => `崩溃留下的 ${lines} 行残行都保留着`,
  unflushed: (gaps) => `${gaps} 处缺口，缺的都是不等写盘的行`,
  unanswered: (orders, ids) => `${orders} 笔委托没有结果：${ids}`,

  alike: (day, orders) => `${day}：${orders} 笔委托一致`,
  differs: (order, fields) => `${order}：${fields}`,
  refusedBy: (count, rule) => `${count} 笔，规则 ${rule}`,
};
