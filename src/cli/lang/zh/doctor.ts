/**
 * What `doctor` says, in Chinese.
 *
 * @module
 */
import type { Counts, DoctorTexts } from '../en/doctor.js';
import { inChinese } from './said/index.js';

const countText = ({ accounts, positions, orders, trades }: Counts): string =>
  `${accounts} 个资金账户，${positions} 个持仓，${orders} 笔委托，${trades} 笔成交`;

/** Sentences by what they say. */
export const doctor: DoctorTexts = {
  advice: {
    BAD_ADDRESS: '请改正地址。',
    SAME_ADDRESS: '请用 --subscribe 给出推送订阅地址：vnpy 服务器有两个地址。',
    ZEROMQ_UNAVAILABLE: '请在能安装或编译原生模块的地方重新安装软件包。',
    HOST_UNKNOWN: '请改正主机名，或者改用 IP 地址。',
    REFUSED:
      '那里没有程序在监听：请启动服务器（VeighNa Trader：功能 → RPC服务 → 启动），或改正地址。监听 127.0.0.1 的服务器只能从它自己的机器上连接。',
    NO_ROUTE: '网络到不了那台主机：请检查 VPN 和路由。',
    CONNECT_TIMEOUT: '没有任何回应：多半是防火墙丢弃了数据包，或者主机没有开机。',
    NOT_PERMITTED: '请换一个有权打开这个套接字的用户来运行。',
    NOT_ZEROMQ: '这个端口被别的程序使用：请改正地址。',
    SILENT_PORT:
      '服务器进程卡住了或被停住了（kill -STOP、调试器、内存交换）：请查看它，并重新启动。另一种可能是，那里的程序从不说话。',
    CLOSED_AT_ONCE: '端口接受连接后立即关闭：是别的程序，是后面没有服务器的代理，或者服务器只允许某些地址。',
    OLD_ZEROMQ: '服务器用的是 ZMTP 2 或更旧的协议（libzmq 4 之前）：请升级那里的 pyzmq。',
    CURVE_EXPECTED: '服务器要求 CURVE：请用 --curve-server-key 给出它的公钥。',
    PLAIN_EXPECTED: '服务器要求 PLAIN：请给出 --plain-username 和密码。',
    SECURITY_NOT_SPOKEN: '服务器没有使用这种安全机制：请去掉安全选项，或在服务器上设置。',
    CREDENTIALS_REFUSED: '请检查密钥或密码，以及服务器是否允许这个客户端连接。',
    PUBLISHER_AT_REQUEST: '这是推送订阅地址：请把 --request 和 --subscribe 对调，或改正 --request。',
    REPLIER_AT_SUBSCRIBE: '这是主动请求地址：请把 --request 和 --subscribe 对调，或改正 --subscribe。',
    OTHER_SOCKET: '这是 ZeroMQ 套接字，但不是 vnpy 服务器的：请改正地址。',
    THREAD_DEAD:
      'TCP 连得上，却没有应答，也没有心跳：服务器的 RPC 线程已经退出，请重新启动服务器。（一条坏消息就会让它退出，而 vnpy 仍显示它在运行。另一种可能是，一次调用一直没有执行完。）',
    NO_REPLY: '有事件，却没有应答：两个地址属于不同的服务器，或者有一次调用正在长时间执行。',
    BAD_REPLY: '应答的不是 vnpy 的 RpcServer：请改正主动请求地址。',
    SLOW_REPLY: '服务器很忙，或者网络很慢：vnpy 一次只应答一个请求。',
    NO_HEARTBEAT: '有应答，却没有心跳：推送订阅地址属于别的程序，或者属于比 vnpy 3.0 更旧的服务器。',
    EVENTS_STUCK:
      '服务器的事件线程已经退出或停住，而 RPC 线程还在运行：不会再有行情、委托或成交。请重新启动服务器。原因在它的日志里：无法序列化的事件会让这个线程退出，OptionMaster 的事件就是这样。另一种可能是，推送订阅地址属于另一个服务器，收到的是它的事件：请改正 --subscribe。',
    OLD_HEARTBEAT: '服务器是 vnpy 2：可以用，但从未与本软件包一起测试过。请升级。',
    UNDECODABLE_EVENTS: '推送的内容与 vnpy 不同，或者来自本软件包还不认识的更新的 vnpy。',
    CLOCK_OFF: '两边的时钟不一致：请都用 NTP 校时。委托和行情的时间以服务器为准。',
    NO_RPC_SERVICE: '应答的是 vnpy 的 RpcServer，但没有 RPC服务 模块的任何函数：要交易，请启动该模块。',
    WEBTRADER:
      '这是 WebTrader 的服务器，为它的网页而设：有行情、委托、成交、持仓和资金，没有日志和合约。要全部内容，请启动 RPC服务 模块。',
    MISSING_FUNCTIONS: 'RPC服务 是旧版本，或者改动过：需要这些函数的命令会失败。',
    NO_CONTRACTS: '没有任何交易接口带来合约：请在 vnpy 里连接交易接口，并查看它的日志。',
  },
  titles: {
    address: '地址',
    'request-port': '主动请求端口',
    'subscribe-port': '推送订阅端口',
    connection: '连接',
    call: '应答调用',
    python: 'Python 版本',
    functions: '函数',
    contracts: '合约',
    enums: '语言环境',
    queue: '事件队列',
    heartbeat: '心跳',
    vnpy: 'vnpy 版本',
    clock: '时钟',
    events: '事件',
  },
  marks: { ok: '正常', info: '信息', warning: '警告', fault: '故障', skipped: '跳过' },
  verdict: (faults, warnings) => `${faults > 0 ? '不可用' : '可用'}：${faults} 个故障，${warnings} 个警告`,
  detail: inChinese,

  addresses: (request, subscribe) => `${request} 和 ${subscribe}`,
  sameAddress: (address) => `${address} 既是主动请求地址，又是推送订阅地址`,
  notFromOutside: '无法从外部检查',
  cannotReach: (address, what) => `连不上 ${address}：${what}`,
  silent: (address, what) => `${address} 接受连接，但不说话：${what}`,
  endsAtOnce: (address, what) => `${address} 接受连接，又立即断开：${what}`,
  noZeromq: (address, what) => `${address} 有应答，但不是 ZeroMQ：${what}`,
  speaks: (address, mechanism) => `${address} 使用带 ${mechanism} 的 ZeroMQ`,
  otherType: (address, type) => `${address} 是 ${type} 类型的 ZeroMQ 套接字`,
  zeromqWith: (mechanism, ms) => `ZeroMQ，${mechanism}，TCP 连接用时 ${ms} 毫秒`,
  zeromqType: (type, ms) => `ZeroMQ，${type}，TCP 连接用时 ${ms} 毫秒`,
  noAnswerWithin: (seconds) => `${seconds} 秒内没有应答`,
  noByteWithin: (seconds) => `${seconds} 秒内没有收到一个字节`,
  says: (program, shown) => `${program === undefined ? '' : `${inChinese(program)}，`}它说 ${shown}`,
  andNoMore: (what) => `${what}，然后没有下文`,
  andHangsUp: (what) => `${what}，然后断开`,
  closedAtOnce: '还没有收到一个字节，连接就被关闭',
  olderZmtp: (what) => `比 3 更旧的 ZMTP，或者是别的协议：${what}`,

  handshakes: '两边的握手都已完成',
  stopped: '已停止',
  answered: (ms) => `${ms} 毫秒后应答`,
  answeredBy: (type, ms) => `${ms} 毫秒后应答（${type}，正该如此）`,
  noHeartbeatEither: (what) => `${what}；也没有心跳`,
  unknown: '不知道',
  python: (range, protocol) => (protocol === undefined ? range : `${range}（pickle 协议 ${protocol}）`),
  thisPackage: '没有：服务器就是本软件包（Node.js）',
  orNewer: (version) => `${version} 或更新`,
  toVersion: (first, last) => `${first} 到 ${last}`,

  noFunctions: '没有 vnpy_rpcservice 的任何函数',
  webtrader: 'WebTrader 的 WebEngine（vnpy_webtrader）的函数',
  missing: (names) => `缺少：${names}`,
  allFunctions: (count) => `${count} 个只查询的函数都有（subscribe、send_order 和 query_history 没有调用）`,
  noContracts: (others) => `没有合约，${countText(others)}`,
  contracts: (count, gateways, others) => `${count} 个合约，来自交易接口 ${gateways.join('、')}；${countText(others)}`,
  noContractsForLocale: '没有合约，无从判断',
  byName: '枚举按名称传输，不受语言环境影响（早期的 Python 3.11，或本软件包）',
  byValue: (language) =>
    `枚举按值传输${language === undefined ? '' : `，语言是${language === 'Chinese' ? '中文' : '英文'}`}`,

  otherAnswers: '无法检查：应答不是 RPC服务 模块的应答',
  comesOut: (ms) => `放进去的事件能出来（${ms} 毫秒）`,
  stuck: (seconds, others) =>
    `调用有应答，放进队列的事件在 ${seconds} 秒内没有出来${others === 0 ? '' : `，期间来了 ${others} 个别的事件`}`,
  cannotLook: (what) => `无法检查：${what}`,
  noneWithin: (seconds) => `${seconds} 秒内没有`,
  noneSoFar: (seconds) => `${seconds} 秒内没有；服务器每 10 秒发一次，加 --wait 12s 才能确定`,
  oldHeartbeat: '收到了，是 vnpy 2 的方式',
  receivedAfter: (seconds) => `${seconds} 秒后收到`,
  nothingToCompare: '没有心跳，无从比较',
  clock: (ms, isBehind) => `服务器的时钟${isBehind ? '慢' : '快'} ${ms} 毫秒，含网络延迟`,
  nothingPublished: '不知道：没有推送任何内容',
  byHeartbeat: '2.0.6 到 2.9（由心跳判断）',
  bothFormats: '不知道：两种格式的事件都有',
  versions: (first, last, format) =>
    `${last === undefined ? `${first} 或更新` : `${first} 到 ${last}`}（${format} 格式的事件）`,
  undecodable: (count, what) => `${count} 个无法解码：${what}`,
  noEvents: (seconds) => `${seconds} 秒内没有：休市时，或没有人订阅合约时，这是正常的`,
  events: (seconds, counts) => `${seconds} 秒内：${counts}`,
};
