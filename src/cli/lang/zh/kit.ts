/**
 * What every program says about itself, in Chinese.
 *
 * @module
 */
import type { KitTexts } from '../en/kit.js';

/** What commander says, and how it is said in Chinese. Its sentences have no keys: they are known by their form. */
const SENTENCES: readonly (readonly [RegExp, string])[] = [
  [/^error: unknown option '(.*)'/, '错误：没有选项 $1'],
  [/^error: unknown command '(.*)'/, '错误：没有命令 $1'],
  [/^error: missing required argument '(.*)'/, '错误：缺少参数 $1'],
  [/^error: option '(.*)' argument missing/, '错误：选项 $1 缺少取值'],
  [
    /^error: too many arguments for '(.*)'\. Expected (\d+) arguments? but got (\d+)\./,
    '错误：$1 的参数过多：应为 $2 个，给了 $3 个',
  ],
  [/^error: too many arguments\. Expected (\d+) arguments? but got (\d+)\./, '错误：参数过多：应为 $1 个，给了 $2 个'],
  [
    /^error: command-argument value '(.*)' is invalid for argument '(.*)'\. Allowed choices are (.*)\./,
    '错误：参数 $2 不能是 $1，只能是 $3',
  ],
  [/\(Did you mean one of (.*)\?\)/, '（是不是想写其中之一：$1？）'],
  [/\(Did you mean (.*)\?\)/, '（是不是想写 $1？）'],
];

/** The words of the help, and of what commander finds wrong. */
export const kit: KitTexts = {
  end: '。',
  help: '显示帮助',
  helpCommand: '显示某个命令的帮助',
  version: '显示版本号',
  helpHint: (program) => `（用 ${program} --help 查看全部用法）`,
  titles: { usage: '用法：', arguments: '参数：', options: '选项：', commands: '命令：' },
  placeholders: { command: '[命令]', options: '[选项]', input: '[输入...]' },
  withDefault: (description, text) => `${description}（默认 ${text}）`,
  withChoices: (description, choices) => `${description}（可选：${choices}）`,
  everyOption: (flag, variable) =>
    `每个选项也可以写成环境变量（${flag} 对应 ${variable}），或写进 --config 指定的文件。命令行优先，其次是环境变量，最后是文件。`,
  exitCodes: '退出码：',
  secrets: '密钥和密码，只能由环境变量或文件提供：',
  examples: '示例：',
  strangeVariable: (name) => `环境变量 ${name} 在这里没有作用`,
  columns: { option: '选项', variable: '环境变量', default: '默认值', meaning: '含义' },
  document: { option: '选项，也是文件里的键', commands: '命令', all: '全部', secret: '密钥或密码：从不写成参数' },
  wrongUsage: (sentence) => SENTENCES.reduce((text, [form, chinese]) => text.replace(form, chinese), sentence),
};
