/**
 * What `pickle-inspect` says around values, in Chinese.
 *
 * @module
 */
import type { EventFormat, ViewTexts } from '../en/views.js';
import { opcodes } from './opcodes.js';

const FORMATS: Readonly<Record<EventFormat, string>> = {
  pair: 'vnpy 3.0 至 4.4',
  'topic frame': 'vnpy 4.5 及以上',
};

/** What the JSON lists, which is English in every language. */
function lostPhrase(phrase: string): string {
  return phrase
    .replace(/^the call of (\w+) at byte (\d+)$/, '$1（字节 $2）的调用')
    .replace(/^what BUILD at byte (\d+) writes into an imported name$/, 'BUILD（字节 $1）写入导入的名称的内容');
}

/** Sentences by what they say. */
export const views: ViewTexts = {
  kinds: {
    missing: '缺失',
    name: '名称',
    'persistent id': '持久化 ID',
    'extension code': '扩展码',
    buffer: '缓冲区',
    'read-only buffer': '只读缓冲区',
    'result of a call': '调用的结果',
    'pandas offset': 'pandas 时间间隔',
    'pandas block': 'pandas 数据块',
    'pandas blocks': 'pandas 数据块',
  },
  holes: {
    'missing value': '缺少的值',
    name: '缺少的名称',
    object: '缺少的对象',
    'not read': '没有读到',
    cut: '不完整',
    'no such part': '没有这一部分',
  },
  packing: {
    floatValue: 'float 需要写成文本的 "value"',
    noFloat: (shown) => `${shown} 不是 float`,
    intValue: 'int 需要写成文本的 "value"',
    str2Value: 'str2 需要写成文本的 "value"',
    base64Text: 'bytes 需要 "base64" 文本',
    moduleName: '这样的模块名不能打包',
    noName: (shown) => `${shown} 不是名称，应为 module:name`,
    itemsOf: (type) => `${type} 的元素`,
    dictEntries: '字典的内容',
    callArguments: '调用的参数',
    callSteps: '调用的步骤',
    stepEntries: '步骤的内容',
    noList: (what) => `${what} 不是列表`,
    badId: (shown) => `$id ${shown} 不是数字，或出现了两次`,
    notExact: (number) => `${number} 在 JSON 里不精确：请写成 {"$py": "int", "value": "…"}`,
    earlyRef: (id) => `{"$ref": ${id}} 出现在它的 $id 之前`,
    valueMissing: '这份 JSON 来自损坏的 pickle：缺少一个值',
    noType: (shown) => `"$py": ${shown} 不是类型`,
    badExtension: (shown, most) => `扩展码 ${shown} 不在 1 到 ${most} 之间`,
    nestedCalls: (most) => `对调用结果的调用超过 ${most} 层`,
    badArguments: '调用的参数不是元组：没有 Python 能加载它',
    noCall: (what) => `调用的 "${what}" 既不是调用，也不是持久化 ID`,
    badKeywords: '调用的关键字参数不是普通对象',
    unhashableKey: (why) => `字典的键不可哈希：${why}`,
    noStep: '有一个步骤不是对象',
    extensionProtocol: (code, protocol) => `扩展码 ${code} 需要协议 2 及以上，而不是 ${protocol}（--protocol）`,
    noValue: '文档里没有值：那条消息不是 pickle',
    damaged: '文档来自损坏的 pickle',
  },
  torchParts: {
    magic: 'torch 1.6 之前的格式：格式标记',
    version: 'torch 1.6 之前的格式：版本',
    system: 'torch 1.6 之前的格式：写出它的系统',
    value: 'torch 1.6 之前的格式：内容',
    keys: 'torch 1.6 之前的格式：其后的存储',
  },
  docs: opcodes,

  fromByte: (offset) => `从字节 ${offset} 起`,
  protocol: (protocol) => `协议 ${protocol}`,
  protocolSince: (protocol, python) => `协议 ${protocol}（Python >= ${python}）`,
  frames: (count) => `${count} 帧`,
  topic: (topic) => `主题 '${topic}'`,
  wireFrames: (sizes) => `帧 ${sizes} B`,
  bytes: (count) => `${count} 字节`,

  request: (name, count) => `vnpy 请求：${name}，${count} 个参数`,
  reply: 'vnpy 应答：成功',
  failure: (error) => `vnpy 应答：失败：${error}`,
  noText: '没有说明',
  event: (format, topic, type) => `vnpy 事件（${FORMATS[format]}）：主题 '${topic}'${type === '' ? '' : `，${type}`}`,
  heartbeat: (format, time) => `vnpy 心跳（${FORMATS[format]}）：${time}`,

  cutHole: (text) => `不完整：${text}`,
  memoHole: (index) => `memo 条目 ${index}`,
  missingBuffer: (index) => `<缺少缓冲区 #${index}>`,
  extension: (code) => `<扩展码 ${code}>`,
  characters: (count) => `${count} 个字符`,
  parts: (count) => `${count} 个部分`,
  ofParts: (name, count) => `${name}，${count} 个部分`,
  anObject: '对象',
  objectOf: (name) => `${name} 对象`,
  more: (count) => `… 还有 ${count} 项`,
  cutAfter: (lines) => `… 只显示 ${lines} 行（--max-lines）`,
  rowsAndColumns: (rows, columns) => `${rows} 行 × ${columns} 列`,
  frame: (rows, columns) => `DataFrame，${rows} 行 × ${columns} 列`,
  series: (rows, dtype) => `Series，${rows} 行，${dtype}`,
  index: (name, count, dtype) => `${name}，${count} 项，${dtype}`,
  multiIndex: (count, levels, dtypes) => `MultiIndex，${count} 项，${levels} 级：${dtypes}`,
  arrayOf: (dtype, shape) => `${dtype} 数组，${shape}`,
  masked: (array) => `带掩码的 ${array}`,
  fields: (code, count) => `${code}，${count} 个字段`,
  objectFields: (code, count) => `${code}，${count} 个字段，含对象`,
  noted: (note) => `（${note}）`,
  chunks: (count) => `${count} 块`,
  blocks: (count) => `${count} 块`,
  noBuffer: '缺少缓冲区',
  estimator: (version, parameters, fitted) => `scikit-learn ${version}，${parameters} 个参数，${fitted} 个拟合结果`,
  tensor: ({ shape, dtype, storage, count, device, offset, gradient, tooShort }) => {
    const more = [`${count} × ${dtype}`, device];
    if (offset !== 0) more.push(`从第 ${offset} 个起`);
    if (gradient) more.push('带梯度');
    if (tooShort) more.push('长度不够');
    return `tensor(${shape} ${dtype})，存储 ${storage}（${more.join('，')}）`;
  },

  indexLine: (text) => `索引  ${text}`,
  moreRows: (count) => `… 还有 ${count} 行`,
  unreadColumns: (names, kind) => `没有显示的值：${names}（pickle-inspect 读不了 ${kind}）`,
  moreColumns: (count, names) => `… 还有 ${count} 列：${names}`,

  size: (operations, frames, depth, stack) =>
    `${operations} 个操作码，${frames} 帧，嵌套 ${depth} 层，栈上最多 ${stack} 项`,
  memo: (stored, fetched, names, calls) =>
    `memo：存入 ${stored} 次，取出 ${fetched} 次；名称 ${names} 个，调用 ${calls} 次`,
  byOpcode: '各操作码占用的字节',
  byType: '各类型占用的字节（容器不含内容）',
  byPath: '各路径占用的字节（含下级）',
  repeated: '重复写出的文本',
  largest: '最大的值',
  moreDamaged: (count) => `… 还有 ${count} 条消息已损坏或超出限制`,
  messages: (count) => `${count} 条消息`,
  messagesIn: (count, seconds) => `${count} 条消息，历时 ${seconds} 秒`,
  traffic: {
    request: (name) => `请求 ${name}`,
    reply: () => '应答',
    failed: () => '应答（失败）',
    event: (name) => `事件 ${name}`,
    heartbeat: (name) => `心跳 ${name}`,
    command: () => '备注或命令',
    none: () => '没有 pickle',
    other: () => '其他',
  },

  onlyFirst: '仅第一个有',
  onlySecond: '仅第二个有',
  otherBytes: (one, other) => `值相同，字节不同：${one}，${other}`,
  changes: (changed, added, removed) => `改动 ${changed} 处，新增 ${added} 处，删除 ${removed} 处`,
  sameValue: (count) => `值相同而字节不同 ${count} 处`,
  semicolon: '；',
  lonely: (count) => `${count} 条消息没有可对照的消息`,
  moreDifferences: (count) => `… 还有 ${count} 处不同（--max-diffs）`,
  nothingToCompare: '没有可比较的：有一个输入里没有 pickle',

  columns: {
    offset: '偏移',
    length: '长度',
    bytes: '字节',
    opcode: '操作码',
    argument: '参数',
    stack: '栈',
    memo: 'memo 项',
    path: '路径',
  },
  endsAt: (size, end) => `${size} -> 到 ${end} 为止`,
  arrayBytes: '数组',
  unreadBytes: '未读',
  notRead: (count, from) => `还有 ${count} 字节没有读（--range ${from}- 会显示）`,
  moreMessages: (count) => `后面还有 ${count} 条消息，--compat 不显示`,

  noMessage: (name, range, count, damaged) =>
    `${name}：没有消息 ${range}：输入里只有 ${count} 条${damaged ? '，后面的读不了' : ''}`,
  noTopic: (topic) => `没有一条消息的主题含有 ${topic}（--grep）`,
  meantCommand: (name) => `；你指的是命令 ${name} 吗？`,
  read: (megabytes) => `已读 ${megabytes} MB`,
  noPart: (found, rest) => `${found} 没有 ${rest}：它没有下级`,
  otherParts: (found, rest, steps) => `${found} 没有 ${rest}：现有 ${steps}`,
  inAll: (count) => `…（共 ${count} 个）`,

  notWritten: (why) => `无法重新写出：${why}`,
  noEnd: '没有结尾',
  saysOther: '结果与输入的内容不一致',
  notWhatItWas: (lost) => `这个 pickle 与原来的不同：${lost}`,
  lacks: (phrases, more) =>
    `JSON 里只有值，缺少 ${phrases.map(lostPhrase).join('、')}${more > 0 ? ` 等，另有 ${more} 项` : ''}`,
  toRead: (name) => `${name}：加载这个 pickle 会做的事。只供阅读，不要运行。`,
  stdin: '标准输入',
};
