/**
 * The options of `vnpy-bridge` in Chinese, those about a cluster aside.
 *
 * @module
 */
import type * as declarations from '../../bridge/options.js';
import type { OptionCatalogue } from '../../kit/help-texts.js';

/** By the names of their declarations. */
export const bridgeOptions: OptionCatalogue<typeof declarations> = {
  SERVER: 'vnpy 服务器',
  request: 'vnpy 服务器的主动请求地址；serve 和 replay 本身就是服务器，在此地址监听',
  subscribe: 'vnpy 服务器的推送订阅地址；serve 和 replay 本身就是服务器，在此地址监听（vnpy 4.5 的格式）',
  subscribePair: '另外监听一个推送地址，供 vnpy 3.0 到 4.4 的客户端使用',
  timeout: '连接和每次应答最多等多久',
  transport: 'ZeroMQ 由谁来实现：zmtp 是本程序自带的实现，zeromq 是已安装的 zeromq 软件包里的 libzmq',

  SECURITY: '连接 vnpy 服务器的安全设置',
  curveServerKey: 'CURVE：服务器的公钥，40 个字符',
  curvePublicKey: 'CURVE：本客户端的公钥；公钥和私钥都不给时，每次运行生成一对新的',
  curveSecretKey: 'CURVE：本客户端的私钥',
  curveSecretKeyFile: 'CURVE：存放本客户端私钥的文件',
  plainUsername: 'PLAIN：用户名',
  plainPassword: 'PLAIN：密码',
  plainPasswordFile: 'PLAIN：存放密码的文件',

  json: '输出给程序读的 JSON：一个值，或每项一行；错误也是 JSON',
  csv: '输出逗号分隔的表格，第一行是字段名',
  upColor: '上涨价格的颜色：red 红，green 绿，auto 在 LC_ALL 或 LANG 是中文时为红',

  EVENTS: '事件',
  topic: '只要以此开头的主题；vnpy_rpcservice 的推送主题都是空的',
  type: '只要类型以此开头的事件，例如 eTick.；可重复',
  symbol: '只要这个合约；可重复',
  ask: '先请服务器订阅每个 --symbol 的行情：vnpy 只推送有人订阅过的合约',
  all: '心跳、定时器和每个事件的第二份也显示',
  count: '收到这么多事件后结束',
  forDuration: '运行这么久后结束',
  wait: 'doctor 等心跳（vnpy 每 10 秒一次）和事件等多久',

  CALL: '调用',
  kwargs: '关键字参数，写成一个 JSON 对象；各个值的写法与其他参数相同',

  FILTER: '筛选',
  active: '只要还可能成交的委托',
  find: '只要含有这段文字的行，不分大小写',

  HISTORY: '历史数据',
  interval: 'K 线周期：1m、1h、d 或 w；tick 为逐笔行情（与 --datafeed 一起用）',
  start: '历史数据的起点；不写时区就按本机时区（默认：终点之前一天）',
  end: '历史数据的终点；只写日期表示到当天结束（默认：现在）',
  datafeed: '对方是数据服务器（query_bar_history），不是交易服务器（query_history）',

  RECORDING: '录制',
  rotateSize: '文件达到这个大小就换新文件，例如 1GiB',
  rotateTime: '每过这么久就换新文件，例如 1h',
  flush: '至少每隔这么久写一次磁盘：崩溃时最多丢失这么多',
  fsync: '每次都等数据真正写到磁盘，断电的损失就不会比崩溃多',
  compress: '用 zstd 压缩；录制和读取都需要 Node.js 22.15 或更新版本',
  snapshotCall: '快照里还要包括这个无参数函数的结果；可重复',

  REPLAY: '回放',
  replaySpeed: '1 为实际速度，10 为十倍速，max 为尽可能快',
  loop: '放完后从头再来',
  waitForClient: '等有客户端调用了函数，才开始推送事件',
  stay: '事件放完后继续应答调用，直到按 Ctrl-C',
  from: '跳过这一时刻之前的事件',
  to: '跳过这一时刻之后的事件',
  trade: '接受委托，用录制的行情撮合；不加则拒绝委托',

  SIMULATION: '模拟',
  simulate: '提供模拟市场：合约、行情、撮合、持仓和资金',
  rate: '每个已订阅合约每秒的行情数，最多 1000',
  seed: '随机行情的种子：种子相同，价格就相同',

  SERVING: '对外服务',
  serveRequest: '中继在哪里接受请求（客户端的主动请求地址）',
  serveSubscribe: '中继在哪里推送事件（推送订阅地址），供 vnpy 4.5 及以后的客户端使用',
  serveSubscribePair: '中继在哪里推送事件，供 vnpy 3.0 到 4.4 的客户端使用',
  serveAllow: '只允许调用这些函数；可重复',
  serveReadOnly: '只允许调用不改变任何东西的函数：不能 send_order，也不能 cancel_order',
  serveAllowAddress: '只允许这些 IP 地址的客户端连接；可重复',
  serveOldestClient: '客户端里最旧的 vnpy 版本，例如 4.0：它读不了的数据不再发送，并且计数',
  dropGoneContracts: '服务器上已经没有的合约不再往下发；供连续运行数月的中继使用',

  SERVING_SECURITY: '对外服务的安全设置',
  serveCurve: '要求客户端使用 CURVE；需要私钥',
  serveCurveSecretKey: 'CURVE：本服务器的私钥',
  serveCurveSecretKeyFile: 'CURVE：存放本服务器私钥的文件',
  serveCurveClientKey: 'CURVE：允许连接的客户端公钥（默认：任何知道服务器公钥的客户端）；可重复',
  servePlainUsers: 'PLAIN：一个 JSON 对象，用户名对应密码',
  servePlainUsersFile: 'PLAIN：一个文件，内容是用户名对应密码的 JSON 对象',

  WEB: '控制台',
  webListen: '控制台的监听地址；端口 0 表示任选一个空闲端口',
  webServer:
    '一个页面里有几个 vnpy 服务器时，其中一个的名称和两个地址；可重复（默认：--request 和 --subscribe 的那个）',
  webTrade: '允许下单和撤单；不加则控制台只看不交易',
  webUsers: '用户文件；没有就新建，只有所有者能读。控制台要保存的东西在它旁边的 FILE.data',
  webMaxVolume: '单笔委托最多多少手',
  webOrigin: '浏览器访问控制台的另一个来源，例如 https://desk.example.com；可重复',
  webBehindProxy: '前面有一个本机的代理，由它加上 X-Forwarded-For',
  webTlsCert: '证书，PEM 格式',
  webTlsKey: '证书的私钥，PEM 格式',
  webPlainHttp: '不用 TLS 也在回环以外的地址监听；这时谁也不能交易',
  webRequireTotp: '有权交易的用户必须使用动态验证码',
  webReplay: '不连 vnpy 服务器，而是显示一段录制；加 --web-trade 时用其中的行情撮合委托',
  webRole: '用户的角色：viewer、trader、admin 或 audit；有风控配置时，写配置里的角色',
  webToken: '生成一个给程序用的令牌；它只出现在标准输出的最后一行',

  GUARD: '风控（guard）',
  guard: '风控配置：谁可以做什么，以及限额、暂停和审计（docs/guard.zh-CN.md）',
  guardState: '计数和暂停记录存放在哪里（默认：风控配置旁边的 NAME.state）',
  guardControl: '套接字的路径（Windows 上是 \\\\.\\pipe\\NAME），guard 由此接受暂停、恢复和状态查询',
  guardRefuse: '怎样答复被拒绝的委托：empty 与 vnpy 一样，返回空的委托号并写一行日志',
  guardLook: '这个地址也要检查：客户端能否绕过 guard 直接连到 vnpy 服务器；可重复',
  principal: '风控配置里的一个主体；与 --nats 一起用时，是本程序的身份',
  level: 'halt 拒绝所有委托，reduce 放行确实减仓的委托',
  scope: '暂停的范围：all，或 principal:NAME、role:NAME、gateway:NAME、account:GATEWAY.ID、symbol:PATTERN',
  reason: '原因，记入审计',
  keepOrders: '拒绝新委托，但不撤销已经挂着的委托',
  acceptUnknown: '即使有委托结果未知，也恢复交易',

  ALERTS: '告警',
  alertWebhook: '告警发到哪里：企业微信、钉钉或飞书的机器人，或任何接受 JSON 的地址；可重复',
  alertWebhookFile: '一个文件，内容是 webhook 的 JSON 列表：{"url", "format", "secret"}',
  alertSecret: '发往 --alert-webhook 的消息的签名密钥，钉钉和飞书使用',
  alertSecretFile: '存放签名密钥的文件，用于发往 --alert-webhook 的消息',
  alertFormat: '--alert-webhook 的格式：auto 按主机名判断，不认识的用 json',
  alertLanguage: '告警的语言',
  alertName: '写在每条告警里的来源（默认：本机名和命令）',

  AUDIT: '审计',
  publicKey: '锚点的公钥，保存在别处',
  anchors: '保存在别处的锚点文件；可重复',
  rule: '只要被这条规则拒绝的',
  outcome: '只要这种结果：passed、refused、sent、not-sent 或 unknown',
  order: '只要这笔委托：它的 vt_orderid、reference 或 guard 自己的编号',
  day: '只要这一天，例如 2026-11-29',

  metrics: '在 /metrics 提供 Prometheus 指标，另有 /healthz 和 /readyz',
  logLevel: '写出的日志的最低级别：debug、info、warn、error 或 silent',
  logFormat: '日志给程序读（json）还是给人读（pretty）；auto 在终端上为 pretty，否则为 json',
};
