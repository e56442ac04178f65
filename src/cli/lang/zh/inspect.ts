/**
 * What `pickle-inspect` says beside the value, in Chinese.
 *
 * @module
 */
import type { Counts } from '../../inspect/check/assess.js';
import type { FindingCode } from '../../inspect/findings/codes.js';
import type { FindingTexts, InspectTexts } from '../en/inspect.js';
import { facts } from './facts.js';
import { findings } from './findings.js';
import { views } from './views.js';

const COUNTS: Readonly<Record<keyof Counts, string>> = {
  names: '名称',
  calls: '调用',
  attributeWrites: '写入属性',
  persistentIds: '持久化 ID',
  extensionCodes: '扩展码',
  buffers: '带外缓冲区',
  trailingBytes: '尾部字节',
  nested: '内嵌 pickle',
};

const kinds = Object.fromEntries(
  Object.entries(findings).map(([code, [title, meaning, advice]]) => [code, { title, meaning, advice }]),
) as Readonly<Record<FindingCode, FindingTexts>>;

/** Sentences by what they say. */
export const inspect: InspectTexts = {
  locale: 'zh-CN',
  kinds,
  of: facts,
  views,
  levels: { error: '错误', limit: '限制', refuse: '拒绝', lint: '注意', note: '说明' },

  titled: (title, message) => `${title}：${message}`,
  here: '^^ 在这里',
  hint: (text) => `提示：${text}`,
  moreErrors: (count) => `… 之后还有 ${count} 个错误`,
  moreOf: (count, code) => `… 还有 ${count} 个 ${code}`,
  moreTitled: (count, code, title) => `… 还有 ${count} 个 ${code}（${title}）`,
  nothingToList: '没有可列的',
  toList: (count) => `${count} 项`,

  verdicts: {
    'DATA-ONLY': '已证明：没有名称、调用和写入，加载不会运行任何东西',
    'ALLOWED TYPES': '每个名称都被允许，且用法正确',
    'UNKNOWN TYPES': '有规则不允许的名称',
    REFUSE: '加载它会执行危险的操作',
    INCONCLUSIVE: '没能读到全部；读到的部分没有违禁内容',
    'NO PICKLE': '输入里没有 pickle',
  },
  verdict: (painted, policy) => `判定：${painted}（规则 ${policy}）`,
  tally: (count, notes) => `${count} 项发现${notes === 0 ? '' : `，${notes} 项说明`}`,
  canBeAllowed: (options) => `确认认识的，可以这样允许：${options}`,
  facts: (numbers) =>
    `统计：${Object.entries(COUNTS)
      .map(([key, label]) => `${label} ${numbers[key as keyof Counts]}`)
      .join('，')}`,
  withOptions: (profile) => `${profile} 加选项`,
  names: '名称：',
  allowed: '允许',
  notAllowed: '不允许',

  danger: (what, inside) => `危险：加载会${what}${inside === '' ? '' : `（${inside}）`}`,
  dangers: (count) => `；这样的发现共 ${count} 项，用 check 查看`,
  allInProfile: (count, profile) => `名称 ${count} 个，都在配置 ${profile} 内`,
  outsideProfile: (profile, names) => `不在配置 ${profile} 内的名称：${names}`,
  andMore: (count) => ` 等，另有 ${count} 个`,

  opcodeList: '操作码（字节、名称、最早的协议）：',
  findingList: '发现：',
  noSuchThing: (name, program) => `${name} 既不是操作码，也不是发现（${program} explain 列出全部）`,
  opcodeHead: (byte, protocol, python) => `字节 ${byte}  协议 ${protocol}（Python >= ${python}）`,
  argument: (text) => `参数：${text}`,
  stack: (text) => `栈：${text}`,

  page: {
    message: '消息',
    filter: '筛选',
    replay: '逐步执行',
    opcode: '操作码',
    value: '值',
    opcodes: '操作码',
    bytes: '字节',
    findings: '发现',
    needsScript: '这份报告需要它自带的脚本。',
    words: {
      moreValues: '… 还有更多的值，不在这份报告里',
      moreOpcodes: '… 还有 {n} 个操作码',
      moreBytes: '… 还有 {n} 个字节',
      moreMessages: '还有 {n} 条消息不在这份报告里',
      none: '没有',
      stack: '{name} @{at} 之后：栈上 {n} 项  … {top}',
    },
  },
};
