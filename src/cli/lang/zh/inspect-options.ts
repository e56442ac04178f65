/**
 * The options of `pickle-inspect` in Chinese.
 *
 * @module
 */
import type * as declarations from '../../inspect/options.js';
import type { OptionCatalogue } from '../../kit/help-texts.js';

/** By the names of their declarations. */
export const inspectOptions: OptionCatalogue<typeof declarations> = {
  INPUT: '输入',
  from: '输入是什么格式；auto 由内容判断',
  hex: '检查这段十六进制数字或十六进制转储',
  base64: '检查这段 base64 文本',
  repr: "检查这个 Python 字面量：b'\\x80\\x04...'",
  message: '只要这些消息：3、2-5、7-（可重复）',
  grep: '只要抓包中主题含有这段文字的消息',
  buffer: '协议 5 的带外缓冲区（可重复，按次序）',
  encoding: 'Python 2 的 str 怎样读：ascii、latin1、utf8 或 bytes',

  LIMITS: '限制',
  maxBytes: '一个输入的字节数',
  maxInflate: '一个容器解压后的字节数',
  maxOps: '一个 pickle 的操作码数（0：不限）',
  maxDepth: '嵌套的层数（0：不限）',
  timeout: '读取的时间，秒（0：不限）',

  ascii: '把所有非 ASCII 字符转义',
  width: '输出的列数（默认：终端的宽度，否则 100）',
  quiet: '不要标题',
  json: '打印 JSON，每项一行',

  TREE: '树',
  depth: '展开的层数（0：全部）',
  maxItems: '一个容器显示的项数（0：全部）',
  maxString: '文本的字符数、字节值的字节数（0：全部）',
  maxLines: '一个值的行数（0：全部）',
  all: '不限层数、项数和行数；文本最多 4 MB',
  noTypes: '省去类型',
  noOffsets: '省去偏移',
  noRefs: '共享的值重复写出，不写作 *1',
  noVnpy: '调用就显示为调用，vnpy、datetime 等已知的也一样',

  LISTING: '操作码列表',
  annotate: '说明每个操作码做什么',
  byteRange: '只要涉及这些字节的：40-90',
  only: '只要这些操作码：GLOBAL,REDUCE',
  noBytes: '省去字节',
  noStack: '省去栈上的项数',
  noMemo: '省去 memo 里存了什么',
  noPath: '省去路径（更快，更省内存）',
  compat: '与 `python -m pickletools` 的输出逐字节相同（每个输入一个 pickle）',
  python: '与 --compat 一起用：哪个版本的 pickletools：3.11、3.13.0（默认：最新的 3.14）',
  indentlevel: '与 --compat 一起用：每个 MARK 缩进几格',
  preamble: '与 --compat 一起用，有几个输入时：每个之前的一行',

  JSON_GROUP: 'JSON',
  mode: 'plain 或 typed',
  ndjson: '每条消息一行',
  arrays: '数组与表格：只写概要（summary），还是写出全部数值（numbers）',
  maxNodes: 'plain 时写出的部分数，共享的每次都算（0：全部）',

  WRITING: '写出',
  output: '写到哪里（默认：标准输出不是终端时，写到标准输出）',
  packProtocol: '协议 0 到 5',
  repackProtocol: '协议 0 到 5（默认：与输入相同）',
  optimize: '省去没有人取用的 memo',

  POLICY: '规则',
  profile: '允许什么：不允许任何名称（none）、普通值（data），再加 numpy，其上再加 pandas 或 vnpy（默认 vnpy）',
  policy: 'JSON：{"profile": "vnpy", "allow": ["my.module.Class"], "deny": []}',
  allow: '另外允许一个名称：module.Class、package.*、persid、ext:7（可重复）',
  deny: '拒绝一个名称，不论谁允许了它（可重复）',
  format: 'text、json 或 sarif',

  COMPARISON: '比较',
  ignoreTime: '不比较日期和时间',
  ignoreBytes: '值相同、操作码不同的，不算差异',
  floatEps: '相差不超过它的浮点数算相等',
  maxDiffs: '列出的差异数（0：全部）',

  STATISTICS: '统计',
  top: '每个列表的长度',

  LINT: '可移植性',
  strict: '只要有东西可列，退出码就是 1',
  maxSame: '同一代码列出的条数（0：全部）',

  REPORT: '报告',
  title: '页面的标题',
  maxRows: '一条消息的树和列表的行数',
  maxHex: '一条消息在十六进制视图中的字节数',
  maxMessages: '报告里的消息数',
};
