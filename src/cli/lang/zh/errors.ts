/**
 * The errors of the programs in Chinese. An error of the library is told by the sentence of its code, with what it says
 * itself under it.
 *
 * @module
 */
import type { ErrorTexts } from '../en/errors.js';
import { codes } from './codes.js';
import { inChinese } from './said/index.js';
import { values } from './values.js';

/** What is known about a request without an answer. */
const OUTCOMES: Readonly<Record<string, string>> = {
  'not-sent': '请求没有发出，以后也不会发出。',
  unknown: '请求已经发出，服务器可能已经执行了它。',
};

/** Why a client has no connection. */
const REASONS: Readonly<Record<string, string>> = {
  unreachable: '连不上服务器：它没有启动，或者地址、端口不对。',
  lost: '与服务器的连接断开了。',
  handshake: '对方不是 ZeroMQ，或者不接受密钥或密码。',
  unresponsive: '连接还在，但服务器没有应答，也没有心跳。',
};

/** What Node.js calls faults of the system. */
const SYSTEM: Readonly<Record<string, string>> = {
  EACCES: '没有权限',
  EADDRINUSE: '地址已被另一个程序占用',
  EADDRNOTAVAIL: '本机没有这个地址',
  ECONNREFUSED: '对方拒绝连接，多半是程序没有启动',
  EEXIST: '文件已经存在',
  EISDIR: '这是一个目录',
  EMFILE: '打开的文件太多',
  ENOENT: '没有这个文件或目录',
  ENOSPC: '磁盘已满',
  ENOTDIR: '路径中有一段不是目录',
  EPERM: '系统不允许这样做',
  EROFS: '文件系统是只读的',
};

/** The same of an input that is to be read. */
const UNREAD: Readonly<Record<string, string>> = {
  ENOENT: '没有这个文件',
  EISDIR: '这是一个目录，请给出文件',
  EACCES: '没有读取的权限',
  EPERM: '没有读取的权限',
  ENOTDIR: '路径中有一段不是目录',
  ELOOP: '符号链接太多',
  ENAMETOOLONG: '文件名太长',
};

const sentences = new Map<string, Readonly<Record<string, string>>>(Object.entries(codes));

/** Sentences by what they say. */
export const errors: ErrorTexts = {
  values,

  said: inChinese,
  ofLibrary: ({ kind, code, message, outcome }) => {
    const said = `${sentences.get(kind)?.[code] ?? ''}${OUTCOMES[outcome ?? ''] ?? ''}`;
    const detail = inChinese(message);
    return said === '' ? detail : `${said}\n  ${detail}`;
  },
  ofSystem: (code, message) => {
    const whole = inChinese(message);
    if (whole !== message) return whole;
    const said = SYSTEM[code ?? ''];
    return said === undefined ? message : `${said}（${message}）`;
  },
  raised: (traceback, refused) => {
    const said = refused === undefined ? undefined : sentences.get(refused.kind)?.[refused.code];
    if (refused === undefined || said === undefined) return `${codes.RemoteException.REMOTE_EXCEPTION}\n${traceback}`;
    // Its traceback says the same, and no more.
    return `${said}\n  [${refused.code}] ${inChinese(refused.reason)}`;
  },
  noFunction: (name) => `服务器没有 ${name} 这个函数。`,
  ownFault: '这是 vnpy-bridge 自身的故障。',
  pleaseReport: (message) => `内部错误，请报告：${message}`,

  wrongValue: (where, shown, what) => `${where}${shown}：${what}`,
  both: (one, other) => `${one} 和 ${other} 只能给一个`,
  bothOrNone: (one, other) => `${one} 和 ${other} 要么都给，要么都不给`,
  before: (first, second) => `${first} 必须早于 ${second}`,
  twoSources: (one, other) => `${one} 和 ${other} 都给了：用哪一个？`,

  file: (path, what) => `${path}：${what}`,
  cannotRead: (path, what) => `无法读取 ${path}：${what}`,
  cannotReadFor: (option, path, what) => `${option}：无法读取 ${path}：${what}`,
  cannotWrite: (path, what) => `无法写入 ${path}：${what}`,
  cannotReadConfig: (path, what) => `无法读取配置文件 ${path}：${what}`,
  noJson: (text, what) => `${text} 不是 JSON：${what}`,
  configNoObject: (path) => `${path} 必须是一个 JSON 对象：{ "request": "tcp://..." }`,
  configSection: (path, key) => `${path}："${key}" 是命令的一节，必须是对象`,
  configNoOption: (where, key, near) =>
    `${where}：没有选项 "${key}"${near === undefined ? '' : `；是不是想写 "${near}"？`}`,
  configSecret: (where, key, variable) =>
    `${where}："${key}" 是秘密，不能写在配置文件里；请用 "${key}-file" 或环境变量 ${variable}`,
  configValue: (where, key) => `${where}："${key}" 必须是文本、数字、true、false，或由这些组成的列表`,
  recordingExists: (path) => `${path} 已经存在，录制从不覆盖文件；文件名里写 {time}，每次就是新文件`,
  keyExists: (path) => `${path} 已经存在：请换一个名称；确定没有人再用那把密钥时，也可以把它移走`,
  noRecording: (path) => `${path} 不是录制的文件（不是 MCAP 文件）`,

  othersCanRead: (path) => `其他人可以读 ${path}：请执行 chmod 600`,
  curvePair: (variable) =>
    `CURVE 要么同时给 --curve-public-key 和私钥（--curve-secret-key-file 或 ${variable}），要么都不给`,
  secretMissing: (what, option, variable) =>
    `${what === 'password' ? '--plain-username 需要密码' : '--serve-curve 需要私钥'}：${option} FILE，或环境变量 ${variable}`,
  curveOrPlain: '对外服务只能用 CURVE 或 PLAIN 中的一种',
  plainUsers: 'PLAIN 的用户必须是一个 JSON 对象，用户名对应密码',

  unreachable: (reason, detail, program) =>
    `${REASONS[reason] ?? '没有连接。'}可用 ${program} 进一步检查。\n  ${inChinese(detail)}`,
  noHolder: (seconds, program) => `${seconds} 秒内（--timeout）没有持有账户的 edge 应答；可用 ${program} 进一步检查`,
  noConnection: (seconds, program) =>
    `${seconds} 秒内（--timeout）没有连上：服务器卡住了，或者端口被别的程序占用；可用 ${program} 进一步检查`,
  noList: (method, type) => `${method} 的应答不是 ${type} 的列表：应答的是 vnpy_rpcservice 吗？`,
  noOrderList: '服务器对 get_all_orders 的应答不是列表',
  noContract: (symbol) => `服务器没有合约 ${symbol}（vnpy-bridge contracts 列出它有的合约）`,
  cannotListen: (option, place, what) => `${option}：无法在 ${place} 监听：${what}`,

  kwargs: '--kwargs 必须是 JSON 对象，例如 {"vt_symbol": "rb2705.SHFE"}',
  noClass: (name, known) => `没有类 ${name}；有 ${known}`,
  noExchange: (shown, name, known) => `${shown}：没有交易所 ${name}；有 ${known}`,
  askNeedsSymbols: '--ask 需要知道合约：--symbol rb2705.SHFE',
  noPastTicks: '交易服务器没有历史的逐笔行情：--interval tick 需要 --datafeed',
  compressNeedsNode: (version) => `--compress 需要 Node.js 22.15 或更新版本，这里是 ${version}`,
  tradeNeedsTicks: (type) => `--trade 用行情撮合委托：请加上 --type ${type}`,
  saySimulate: '请写 --simulate：serve 只提供模拟市场（relay 转接 vnpy 服务器，replay 回放录制的数据）',
  barsNone: (path) => `${path} 里没有 K 线；应是 vnpy-bridge history --csv 或 --json 写出的内容`,
  barFault: (path, entry, field, value) => `${path}：第 ${entry} 根 K 线：${field} 为 ${JSON.stringify(value)}`,
  contractsNoList: (path) => `${path} 必须是合约的 JSON 列表，也就是 vnpy-bridge contracts --json 写出的内容`,
  contractFault: (path, entry, symbol, what) =>
    `${path}：第 ${entry} 项${symbol === '' ? '' : `（${symbol}）`}：${what}`,
  contractNoObject: '必须是对象，写明合约的各个字段',
  contractNotPositive: (field, value) => `${field} 必须是大于 0 的数，而不是 ${value}`,
  contractNoSymbol: 'symbol 不能为空',
  contractTwice: (symbol, earlier) => `${symbol} 与第 ${earlier} 项重复`,
  liveUnreachable: (address, detail) =>
    `--contracts：vnpy 服务器 ${address} 没有应答${detail === undefined ? '' : `：${inChinese(detail)}`}（可以用 vnpy-bridge doctor 细查）`,
  liveNoProtocol: (text) => `--contracts ${text}：地址以 tcp:// 开头，请写 tcp://${text}`,
  liveNoContracts: (address) => `--contracts：vnpy 服务器 ${address} 没有合约，它的接口连接了吗？`,
  liveLeftOut: (address, count) => `${address} 的 ${count} 个合约没有采用：合约乘数、最小变动价位或最小委托量不大于 0`,
  holidaysNeedDays: '--holidays 用于分交易日的市场：请加上 --sessions 或 --close-by-day',

  noServerThere: '加了 --simulate 或 --replay 就没有 vnpy 服务器：请去掉 --server',
  strategiesNeedServer: '--web-strategies 需要直接连接 vnpy：请去掉 --simulate、--replay 和 --nats',
  serverHasBoth: (option) => `--server 和 ${option} 只能给一个：--server 里已有两个地址`,
  twoServers: (name) => `有两个服务器都叫 ${name}：请用 --server NAME=… 分别命名`,
  noUser: (name, path) => `${path} 里没有用户 ${name}`,
  noUserYet: (name) => `没有用户 ${name}：用 web-user add 添加`,
  sayUsers: '请写明用户文件：--web-users FILE',
  shortPassword: (least) => `密码至少 ${least} 个字符`,
  passwordsDiffer: '两次输入的密码不同；什么也没有改变',
  noPassword: '没有输入密码；什么也没有改变',

  sayWhy: '请写明原因：--reason "…"（会记入审计）',
  wrongScope: (shown) => `--scope ${shown}：请写 all，或 principal:、role:、gateway:、account:、symbol: 加上名称`,
  guardNeedsPolicy: '--guard-state 和 --guard-control 需要风控配置：请加上 --guard FILE',
  sayControl: '请写明 guard 的控制地址：--guard-control，与启动它时相同',
  sayPrincipal: '请写明是哪个主体：--principal NAME',
  noPrincipal: (file, shown, known) => `${file} 里没有主体 ${shown}；有 ${known}`,
  noUnknownOrder: (id) => `没有结果未知的委托 ${id}：请看 guard status`,
  wrongPosition: (shown) => `${shown}：请写 名称=手数，例如 CTP.rb2705.SHFE.long=3`,
  sayWebhook: '请写明告警发到哪里：--alert-webhook URL，或 --alert-webhook-file FILE',
  alertSecret: '告警的签名密钥用于 --alert-webhook，而它没有给出；文件里的 webhook 有自己的密钥',
  webhookList: '--alert-webhook-file 必须是 JSON 列表：[{ "url": "https://…" }]',

  ofInput: (code, message) => UNREAD[code ?? ''] ?? message,
  forBrowser: '报告要用浏览器看：请给出 --output FILE',
  forNoTerminal: 'pickle 不是给终端看的文本：请给出 --output FILE，一定要输出到终端就用 --output -',
  noInput: '没有输入：请写文件名，或用 - 表示标准输入，或给出 --hex、--base64 或 --repr',
  noOpcode: (shown, program) => `--only：${shown} 不是操作码（见 ${program} explain）`,
  tooLong: (name, bytes) => `${name}：超过 ${bytes} 字节（--max-bytes）`,
  noText: (name) => `${name}：不是文本，所以不是 JSON`,
  noPattern: (shown) => `${shown} 不是名称的写法：module.Class、package.*、persid、ext:7 或 ext:*`,
  noNames: (file, field) => `${file}："${field}" 不是名称的列表`,
  noObject: (file) => `${file}：不是 JSON 对象`,
  unknownField: (file, shown) => `${file}：没有字段 ${shown}`,
  noProfile: (file, known) => `${file}："profile" 不在 ${known} 之中`,

  sayCluster: '请写明是哪个集群：--cluster NAME',
  sayAccount: '请写明是哪个账户：--account NAME',
  sayAccountOfCluster: '请写明是集群的哪个账户：--account NAME',
  sayNats: '请写明集群在哪里：--nats URL',
  sayEdge: '请写明这是哪个 edge：--edge NAME',
  sayTaker: '请写明由哪个 edge 接管账户：--edge NAME',
  needsCluster: (option) => `${option} 需要集群：请加上 --nats URL`,
  configNeedsPolicy: '配置根据风控配置生成：--guard FILE',
  wrongNatsUser: (shown) =>
    `--nats-user ${shown} 不对：请写 edge:ACCOUNT:EDGE=KEY、dashboard:NAME=KEY、admin:NAME=KEY 或 leaf:NAME=KEY`,
  shortTtl: (seconds) => `--lease-ttl 不能小于 ${seconds}s：NATS 以秒计时`,
  slowRenewal: (ms) =>
    `--lease-renew 与 --lease-timeout 之和必须小于 --lease-ttl 的 80 %，即 ${ms}ms：到那时持有者就停止，续约必须在此之前得到应答`,
};
