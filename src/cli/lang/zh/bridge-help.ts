/**
 * The help of `vnpy-bridge` in Chinese.
 *
 * @module
 */
import * as clusterDeclarations from '../../bridge/cluster-options.js';
import type { COMMANDS } from '../../bridge/commands/index.js';
import type { CLUSTER_GROUP } from '../../bridge/commands/cluster.js';
import type { GROUPS } from '../../bridge/commands/guard.js';
import type { EXIT_MEANINGS } from '../../bridge/exit-codes.js';
import * as declarations from '../../bridge/options.js';
import { describedOptions } from '../../kit/help-texts.js';
import type { CommandCatalogue } from '../../kit/help-texts.js';
import type { Translation } from '../../kit/translation.js';
import * as kitDeclarations from '../../kit/options.js';
import { bridgeOptions } from './bridge-options.js';
import { clusterOptions } from './cluster-options.js';
import { guardCommands } from './guard-commands.js';
import { kitOptions } from './kit-options.js';

const USER_NAME = '用户名';

const commands: CommandCatalogue<(typeof COMMANDS)[number]> = {
  doctor: {
    summary: '检查服务器有什么问题，或者确认没有问题',
    details:
      '依次检查端口、ZeroMQ 握手、一次调用、心跳、vnpy 和 Python 的版本、语言环境、时钟、函数、合约和事件。不调用任何会改变状态的函数。有故障时退出码为 1。不写 --timeout 时，每个端口、每次应答最多等 10 秒。',
    examples: ['另一台机器'],
  },
  call: {
    summary: '调用服务器的一个函数，以 JSON 打印结果',
    details:
      '参数可以是 JSON（42、1.0、true、null、"text"、[1, 2]、{"a": 1}），可以是写出类名的 vnpy 请求，也可以是 vnpy 的枚举成员；都不是就当作文本。JSON 里的双引号可以都写成单引号，这样在任何命令行里都不用转义。任何请求都不会发送两次。',
    args: ['函数名', '它的参数'],
    examples: ['文本不用加引号', '写出类名的请求', '关键字参数'],
  },
  listen: {
    summary: '逐行打印收到的事件',
    details:
      '不改变服务器上的任何东西；加了 --ask 才会请它订阅行情。途中出了什么问题（断线、事件无法解码、读取太慢）写到标准错误，监听继续。',
    examples: ['委托和成交', '一个合约的行情，每条一行 JSON'],
  },
  watch: {
    summary: '实时显示行情、活动委托和持仓',
    details:
      '会请服务器订阅这些合约的行情。输出不是终端，或加了 --json 时，每个变化打印一行。在终端上按 q 结束；窗口窄时省去一些列。',
    args: ['合约；不写则为有持仓或活动委托的合约'],
    examples: ['两个合约'],
  },
  orders: { summary: '查询当日委托', examples: ['还可能成交的委托', '全部字段，供电子表格使用'] },
  trades: { summary: '查询当日成交' },
  positions: { summary: '查询持仓' },
  accounts: { summary: '查询资金' },
  contracts: { summary: '查询合约', examples: ['任一字段含有 rb27 的合约'] },
  ticks: { summary: '查询每个合约的最新行情' },
  history: {
    summary: '查询一个合约的 K 线或逐笔行情',
    args: ['合约，例如 rb2705.SHFE'],
    examples: ['小时线', '来自数据服务器'],
  },
  record: {
    summary: '把服务器推送的一切连同时间录制成 MCAP 文件',
    details:
      '每个文件以服务器的快照开头（合约、资金、持仓、委托、成交、行情），每次重连后再取一次。没有用 --symbol 写出合约时，不请求任何行情。文件名里的 {time} 会换成开始的时刻。即使崩溃，此前写入的部分仍可读取。',
    args: ['存到哪里，例如 day.mcap 或 /data/{time}.mcap'],
    examples: ['直到按 Ctrl-C', '作为服务'],
  },
  replay: {
    summary: '作为 vnpy 服务器，回放录制的数据',
    details:
      '按录制时的时间间隔推送事件，并根据录制的快照和此后的事件应答调用。默认拒绝委托；加 --trade 则用录制的行情撮合。枚举成员按名称发送，所以中文服务器的录制也能放给英文客户端。几个文件依次回放。录制里没有历史数据：不加 --history 或 --history-from-ticks 时，合约也这样注明（history_data 为 false）。',
    args: ['录制的文件，按次序'],
    examples: ['策略连上之后，十倍速回放', '只要行情和日志，不要服务器上应用的事件', '一天的几个文件，带模拟撮合'],
  },
  serve: {
    summary: '作为 vnpy 服务器，提供模拟市场',
    details:
      '合约、行情、撮合、持仓和资金都有，不需要 Python；未经修改的 vnpy 客户端可以直接连接。--simulate 表明这不是真实市场，不加就什么也不提供。可以连接时打印一行。',
    examples: [
      '在 vnpy 的默认地址，供 vnpy 4.5 的客户端使用',
      '也供较旧的客户端使用',
      '用另一个 vnpy 服务器的合约',
      '与国内交易所一样',
    ],
  },
  relay: {
    summary: '站在 vnpy 服务器和它的客户端之间',
    details:
      '到 vnpy 服务器只有一个连接，客户端可以有很多：vnpy 的各个版本都行（事件以两种格式推送），服务器没有 CURVE 或 PLAIN 也能加上，并且只开放允许的函数。服务器不在就一直等，它回来就继续。',
    examples: ['只有行情和持仓，不能下单', '供网络上使用，加密'],
  },
  edge: {
    summary: '把 vnpy 服务器接到 NATS，作为账户的一个 edge',
    details:
      '账户的第一个 edge 立即接管；之后的要等：有人下令时接管（cluster takeover），或在前一个正常停止后立即接管。vnpy 服务器不在就一直等。',
    examples: ['在默认地址的 vnpy 服务器', '不需要 vnpy 服务器，先看看效果'],
  },
  web: {
    summary: '在 vnpy 服务器前面提供交易页面和 JSON 接口',
    details:
      '标准输出的第一行是控制台的地址。还没有用户时，第二行是带登录码的地址，只能用一次。加 --simulate 或 --replay 时不需要 vnpy 服务器。接口的说明见 docs/web-api.md。',
    examples: ['不需要 vnpy 服务器，先看看效果', '在默认地址的 vnpy 服务器', '一个页面里有两个 vnpy 服务器'],
  },
  'web-user add': {
    summary: '添加或修改控制台的用户',
    details:
      '会询问密码，至少 12 个字符；标准输入不是终端时，它的第一行就是密码。加 --token 则不询问，而是生成一个给程序用的令牌。已有的用户保留原来的角色，除非写了 --role。',
    args: [USER_NAME],
    examples: ['询问密码', '打印令牌'],
  },
  'web-user list': { summary: '列出控制台的用户' },
  'web-user remove': { summary: '删除控制台的用户，连同密码和令牌', args: [USER_NAME] },
  'web-user totp': {
    summary: '给用户加上动态验证码（六位数字）',
    details: '打印一次密钥和它的 otpauth 地址，供手机上的验证器使用。原来的随即失效。',
    args: [USER_NAME],
  },
  keygen: {
    summary: '生成 CURVE 的密钥对',
    details:
      '私钥写入只有你能读的 NAME.key，公钥写入 NAME.pub，并打印公钥。不写名称时，打印两个密钥，不写文件。已有的文件不会被覆盖。',
    args: ['文件的路径和名称，不带扩展名'],
    examples: ['relay.key 和 relay.pub'],
  },
  'cluster keys': {
    summary: '生成 NATS 用户的密钥对',
    details:
      '种子写入只有你能读的 NAME.nk，公钥写入 NAME.pub，并打印公钥。不写名称时，打印两者，不写文件。已有的文件不会被覆盖。公钥写进风控配置（natsKey）或 --nats-user，种子交给要连接的一方。',
    args: ['文件的路径和名称，不带扩展名'],
    examples: ['edge-1.nk 和 edge-1.pub'],
  },
  'cluster config': {
    summary: '根据集群和风控配置，打印 nats-server 的配置',
    details:
      '风控配置里每个有 natsKey 的主体，只能以自己的名义发布配置允许它的内容。edge 和管理集群的人用 --nats-user 写出。风控配置改了就重新打印，并向服务器发送 SIGHUP。',
    examples: ['一台服务器，一个 edge'],
  },
  'cluster ls': {
    summary: '列出有心跳的 edge',
    details: '监听 1.5 秒。加 --json 则是 { edge, account, state, epoch, ageMs } 的数组。',
    examples: ['所有账户'],
  },
  'cluster status': { summary: '显示每个账户由谁持有，以及暂停了什么' },
  'cluster doctor': { summary: '检查集群有什么问题', details: '不改变任何东西。有故障时退出码为 1。' },
  'cluster logs': {
    summary: '显示集群里的程序发布的日志行',
    details:
      'edge、relay 等程序用 --nats-log 发布。流保留 7 天，最多 1 GiB。用 --json 时每行是一个 { host, program, level, time, text, fields }。',
    examples: ['出了什么问题，随时显示'],
  },
  'cluster takeover': {
    summary: '上一个持有者的租约到期后，把账户交给一个 edge',
    details:
      '上一个持有者是否还在交易，只有人才知道。edge 会等到它不可能再有任何在途的委托，把日志与 vnpy 服务器核对完，然后才接受委托。',
    examples: ['由 edge-2 接管'],
  },
  'cluster hold': {
    summary: '不让任何 edge 开始持有账户',
    details: '正在持有的 edge 继续工作；要移走账户，就停掉它。用 `cluster resume hold` 结束。',
  },
  'cluster halt': {
    summary: '暂停一个账户的交易，不论在哪个 edge',
    details:
      '暂停写在账户的记录里，对每个接管它的 edge 都有效。挂着的委托由持有账户的 edge 撤销，没有的话由下一个接管的撤销。撤单始终放行。是否已执行，用 "cluster status" 查看。',
    examples: ['不接受新委托'],
  },
  'cluster resume': {
    summary: '结束账户的暂停或保留',
    args: ['status 显示的暂停编号；或 hold，或 all'],
  },
  ...guardCommands,
  options: { summary: '列出所有选项，以及环境变量和默认值' },
  completion: {
    summary: '打印补全脚本；bash 中使用：eval "$(vnpy-bridge completion bash)"',
    args: ['哪种 shell'],
  },
};

const groups: Readonly<Record<keyof typeof GROUPS | keyof typeof CLUSTER_GROUP | 'web-user', string>> = {
  guard: '检查风控配置，控制运行中的 guard',
  audit: '验证和查看 guard 写下的审计',
  cluster: '查看、建立和控制 NATS 上的集群',
  'web-user': '控制台的用户',
};

const exitMeanings: typeof EXIT_MEANINGS = {
  0: '完成；也包括被要求结束的服务或监听，以及读者已离开的输出',
  1: '服务器的回答是“不”：函数抛出了异常，或 `doctor` 发现了故障',
  2: '没有人应答，什么也没有发生：没有连接，或请求根本没有发出',
  3: '请求已经发出，但没有应答：服务器可能已经执行了它',
  4: '用法或设置有误，或者文件、地址无法使用，或无法用到最后',
  70: 'vnpy-bridge 自身的故障',
  130: '得到回答之前按了 Ctrl-C',
  143: '得到回答之前收到 SIGTERM',
};

/** The help of `vnpy-bridge`. */
export const bridgeHelp: Translation = {
  description: '查看、录制、回放、模拟和中继 vnpy 服务器。',
  commands,
  groups,
  examples: [],
  exitMeanings,
  options: new Map([
    ...describedOptions(declarations, bridgeOptions),
    ...describedOptions(clusterDeclarations, clusterOptions),
    ...describedOptions(kitDeclarations, kitOptions),
  ]),
};
