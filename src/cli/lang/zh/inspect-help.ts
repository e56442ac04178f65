/**
 * The help of `pickle-inspect` in Chinese.
 *
 * @module
 */
import type { COMMANDS } from '../../inspect/commands/index.js';
import type { EXAMPLES } from '../../inspect/examples.js';
import type { EXIT_MEANINGS } from '../../inspect/exit-codes.js';
import * as declarations from '../../inspect/options.js';
import { describedOptions } from '../../kit/help-texts.js';
import type { CommandCatalogue, Texts } from '../../kit/help-texts.js';
import type { Translation } from '../../kit/translation.js';
import * as kitDeclarations from '../../kit/options.js';
import { inspectOptions } from './inspect-options.js';
import { kitOptions } from './kit-options.js';

const INPUTS = ['文件，或用 - 表示标准输入'] as const;

const commands: CommandCatalogue<(typeof COMMANDS)[number]> = {
  show: { summary: '以树的形式显示值，带 Python 类型、偏移和共享引用', args: INPUTS },
  ops: { summary: '列出操作码：偏移、长度、字节、栈、memo，以及所生成的值的路径', args: INPUTS },
  hex: { summary: '按操作码分段显示字节，并说明每段是什么', args: INPUTS },
  json: { summary: '以 JSON 打印值：plain 供 jq 使用；typed 不丢失任何东西，`pack` 能还原', args: INPUTS },
  py: { summary: '写出能生成这个值的 Python 代码，包括加载时的每次调用', args: INPUTS },
  js: { summary: '写出用本软件包的类生成这个值的 JavaScript 代码', args: INPUTS },
  pack: {
    summary: '把 `json --mode typed` 打印的 JSON 写成 pickle',
    args: ['JSON 文件，或用 - 表示标准输入；整个是一个文档，或每行一个'],
  },
  repack: { summary: '换一个协议，或去掉没用的 memo，重新写出 pickle 并比较', args: INPUTS },
  select: {
    summary: '按路径打印值的一部分：$[1].data.last_price',
    args: [
      "由 .name、[0]、[-1]、['任意键']、@args[0] 组成，show 和 ops 打印的就是这种路径；表格用 .列名 和 .列名[3]",
      ...INPUTS,
    ],
  },
  check: { summary: '说明加载时会导入、调用和写入什么，以及规则是否允许；从不说“安全”', args: INPUTS },
  diff: { summary: '逐个值比较两个 pickle；有差异时退出码为 1', args: ['第一个文件，或 -', '第二个文件'] },
  stats: { summary: '统计操作码、各类型和路径的字节、重复的文本；抓包则按种类统计消息', args: INPUTS },
  lint: { summary: '列出能加载、但不是在每个 Python 里都能加载，或与看上去不一样的内容', args: INPUTS },
  html: { summary: '生成一份报告，树、操作码、字节和发现互相链接：单个文件，不用网络', args: INPUTS },
  explain: {
    summary: '解释一个操作码（REDUCE、0x52、R）或一个发现（P101）；不写参数则全部列出',
    args: ['操作码的名称或字节，发现的代码'],
  },
  options: { summary: '列出所有选项，以及环境变量和默认值' },
  completion: {
    summary: '打印补全脚本；bash 中使用：eval "$(pickle-inspect completion bash)"',
    args: ['哪种 shell'],
  },
};

const examples: Texts<typeof EXAMPLES> = [
  '里面有什么',
  '加载时会导入、调用和写入什么',
  '只要这些操作码',
  '其中的一部分',
  'Python 程序打印出来的内容',
  'ZeroMQ 抓包里的消息，按种类统计',
  '转换过去再转回来',
];

const exitMeanings: typeof EXIT_MEANINGS = {
  0: '完成，没有可报告的',
  1: '违反规则（check）、有差异（diff），或有东西可列（lint --strict）',
  2: '输入已损坏；能读到的部分已经打印',
  3: '到达了限制或时限：其余部分不作任何判断',
  4: '用法有误、文件无法读写，或选择的消息一条也没有',
};

/** The help of `pickle-inspect`. */
export const inspectHelp: Translation = {
  description: '显示 pickle 里有什么。从不执行、导入或调用其中的任何东西。',
  commands,
  groups: {},
  examples,
  exitMeanings,
  options: new Map([
    ...describedOptions(declarations, inspectOptions),
    ...describedOptions(kitDeclarations, kitOptions),
  ]),
};
