/**
 * What services write into their log, and what the vnpy room and the console say, in Chinese.
 *
 * @module
 */
import type { Sentence } from '../../phrasebook.js';

/** The log of the services. */
const LOG: readonly Sentence[] = [
  ['metrics at {url}', '监控指标在 {url}'],
  [
    'snapshot: {contracts} contracts, {orders} orders, {positions} positions',
    '快照：{contracts} 个合约，{orders} 笔委托，{positions} 个持仓',
  ],
  ['snapshot: {contracts} contracts, {orders} orders', '快照：{contracts} 个合约，{orders} 笔委托'],
  ['{server}: snapshot: {contracts} contracts, {orders} orders', '{server}：快照：{contracts} 个合约，{orders} 笔委托'],
  ['snapshot failed: {said}', '快照失败：{said}'],
  ['snapshot recorded', '快照已录制'],
  ['snapshot recorded in part', '快照只录制了一部分'],
  ['snapshot: {said}', '快照：{said}'],
  ['resynced ({saidWhy}): {count} changes had been missed', '已重新同步（{saidWhy}）：期间漏掉了 {count} 项变化'],
  ['the server was restarted', '服务器重新启动过'],
  ['reconnected', '重新连接'],
  ['recording to {path}', '正在录制到 {path}'],
  [
    'order refused: a recording trades nothing (vnpy-bridge replay --trade matches orders against it)',
    '委托被拒绝：录制的数据不能交易（vnpy-bridge replay --trade 会用它撮合委托）',
  ],
  ['cancel refused: a recording trades nothing', '撤单被拒绝：录制的数据不能交易'],
  [
    'no history: a recording holds none (vnpy-bridge replay --history FILE, or --history-from-ticks)',
    '没有历史：录制的数据里没有（vnpy-bridge replay --history FILE，或 --history-from-ticks）',
  ],
  [
    'no bars {word} of {symbol}, only {list}: --history takes several files',
    '{symbol} 没有周期为 {word} 的 K 线，只有 {list}：--history 可以给几个文件',
  ],
  ['no history of {symbol} for this time', '{symbol} 在这段时间没有历史'],
  ['{count} messages were lost: the disk is slower than the market', '丢失了 {count} 条消息：磁盘比行情慢'],
  ['the server does not know the contract {symbol}', '服务器没有合约 {symbol}'],
  [
    'the recording begins without a snapshot: calls are answered from what the events say',
    '录制的开头没有快照：对调用的应答只能来自事件',
  ],
  ['the recording has ended', '录制的数据已放完'],
  ['all that can be read has been played', '能读的都已放完'],
  ['{path} was not closed; {bytes} bytes at its end are cut off', '{path} 没有正常关闭；去掉了末尾的 {bytes} 字节'],
  ['{path} is {said}: all of it is left out', '{path} {said}：整个文件都没有播放'],
  ['{path} is {said}: what was recorded after {time} is left out', '{path} {said}：{time} 之后录制的没有播放'],
  ['damaged: {said}', '已损坏：{said}'],
  ['{saidWhat} cannot be decoded: {said}', '{saidWhat}无法解码：{said}'],
  ['an event', '一个事件'],
  ['the answer to {method}', '对 {method} 的应答'],
  ['it is no [topic, data]', '它不是 [topic, data]'],
  ['guard: the policy {path} holds for {count} principals', 'guard：风控配置 {path} 已生效，{count} 个主体'],
  [
    'guard: the vnpy server answers at {place}, too: clients can walk around the guard; let it bind 127.0.0.1 alone',
    'guard：vnpy 服务器在 {place} 也能连上：客户端可以绕过 guard；请让它只监听 127.0.0.1',
  ],
  ['guard: {said}', 'guard：{said}'],
  ['audit: {said}', '审计：{said}'],
  ['anchor {text}', '锚点 {text}'],
  ['the audit can be written again', '审计恢复写入'],
  [
    'the audit cannot be written ({said}): orders are refused, cancels pass',
    '审计无法写入（{said}）：委托一律拒绝，撤单照常',
  ],
  ['{who} has ended the halt {id} ({saidScope}): {why}', '{who} 已解除暂停 {id}（{saidScope}）：{why}'],
  ['not all orders of {principal} are cancelled: {said}', '{principal} 的委托没有全部撤掉：{said}'],
  ['halt {id} ({saidScope}) by {who}: {why}', '{who} 暂停交易 {id}（{saidScope}）：{why}'],
  ['reduce {id} ({saidScope}) by {who}: {why}', '{who} 改为只减仓 {id}（{saidScope}）：{why}'],
  ['the counts cannot be written: {said}', '计数无法写盘：{said}'],
  ['an order could not be judged: {said}', '一笔委托无法判断：{said}'],
  ['what became of the order {reference} cannot be told yet: {said}', '委托 {reference} 的结果还不知道：{said}'],
  ['the clock of this machine has jumped by {seconds} s', '本机的时钟跳变了 {seconds} 秒'],
  ['the clock has jumped by {ms} ms', '时钟跳变了 {ms} 毫秒'],
  ['{principal} has used {percent} % of {limit}', '{principal} 已用 {limit} 限额的 {percent} %'],
  ['of {count} orders of the last run it is not known what became of them', '上次运行有 {count} 笔委托结果未知'],
  ['the policy before it stays: {said}', '原来的风控配置继续有效：{said}'],
  ['a new policy holds ({hash})', '新的风控配置已生效（{hash}）'],
  ['a change of "audit" holds after a restart', '"audit" 的改动要重新启动才生效'],
  ['a new address of "listen" is served after a restart', '"listen" 的新地址要重新启动才生效'],
  ['the audit could not be closed: {said}', '审计没能关闭：{said}'],
  ['what takes alerts threw: {said}', '接收告警的程序出错：{said}'],
  ['alerts: {place} takes them again', '告警：{place} 恢复接收'],
  ['alerts: {place} does not take them: {said}', '告警：{place} 没有接收：{said}'],
  ['it does not answer', '它不应答'],
  ['log-in by {user} from {address}: {outcome}', '{user} 从 {address} 登录：{outcome}'],
  ['log-in-by-link by {user} from {address}: {outcome}', '{user} 从 {address} 用链接登录：{outcome}'],
  ['log-out by {user} from {address}: {outcome}', '{user} 从 {address} 退出：{outcome}'],
  ['log-out-everywhere by {user} from {address}: {outcome}', '{user} 从 {address} 在各处退出：{outcome}'],
  ['set-password by {user} from {address}: {outcome}', '{user} 从 {address} 修改密码：{outcome}'],
  ['halt by {user} from {address}: {outcome}', '{user} 从 {address} 暂停交易：{outcome}'],
  ['resume by {user} from {address}: {outcome}', '{user} 从 {address} 恢复交易：{outcome}'],
  ['resolve-order by {user} from {address}: {outcome}', '{user} 从 {address} 了结委托：{outcome}'],
  ['cancel-order by {user} from {address}: {outcome}', '{user} 从 {address} 撤单：{outcome}'],
  ['cancel-all by {user} from {address}: {outcome}', '{user} 从 {address} 全部撤单：{outcome}'],
  ['send-order by {user} from {address}: {outcome}', '{user} 从 {address} 下单：{outcome}'],
  ['open-stream by {user} from {address}: {outcome}', '{user} 从 {address} 打开数据流：{outcome}'],
  ['request by {user} from {address}: {outcome}', '{user} 从 {address} 请求：{outcome}'],
  ['request {id} failed: {said}', '请求 {id} 失败：{said}'],
  ['the audit cannot be written to {path}: {said}', '操作记录无法写入 {path}：{said}'],
  ['a client of the stream could not be told: {said}', '没能通知数据流的一个客户端：{said}'],
  ['a message of the stream could not be handled: {said}', '数据流的一条消息无法处理：{said}'],
  ['a stream of {user} failed: {said}', '{user} 的数据流出错：{said}'],
  ['no status could be told: {said}', '没能通知状态：{said}'],
];

/** vnpy's data at a server or in a gateway. */
const VNPY: readonly Sentence[] = [
  [
    '{address} is not served: that needs the security {mechanisms}',
    '{address} 没有提供服务：需要安全机制 {mechanisms}',
  ],
  ['Event {type} was not published: {said}', '事件 {type} 没有推送：{said}'],
  [
    '{what} is not given to clients: vnpy {version} does not know {member}; more of the kind are only counted',
    '{what} 没有交给客户端：vnpy {version} 不认识 {member}；以后的只计数',
  ],
  [
    '{what} is not given to clients, which have nothing but vnpy; more are only counted',
    '{what} 没有交给只装了 vnpy 的客户端；以后的只计数',
  ],
  [
    "{saidWhat}: its data must be {wanted}, not {found}, of which a Python client's event thread dies; more of the kind are only counted",
    '{saidWhat}：数据必须是 {wanted}，而不是 {found}，否则 Python 客户端的事件线程会退出；以后的只计数',
  ],
  ['an event of type {type} was not published', '一个 {type} 类型的事件没有推送'],
  ['a part of the answer to {name} was left out', '对 {name} 的应答略去了一部分'],
  [
    "An event of type {type} has data that is not of vnpy's class for it, but {name}: it is not in the state, and nobody who waits for its {kind} is told. Register the class with vnpyRegistry.with(...)",
    '{type} 类型的事件，数据不是 vnpy 的类，而是 {name}：不计入状态',
  ],
  ['The first snapshot failed, and is taken again: {said}', '第一次快照失败，正在重试：{said}'],
  ['The gateway was closed', '接口已关闭'],
  ['Not connected yet: await connect() first', '还没有连接'],
  ['{symbol} could not be subscribed again: {said}', '{symbol} 没能重新订阅：{said}'],
  [
    "{name} returned {count} objects that are not of vnpy's class, {what} for instance; they are not in the state. Register the class with vnpyRegistry.with(...)",
    '{name} 返回了 {count} 个不是 vnpy 类的对象，例如 {what}；不计入状态',
  ],
  [
    "The server answered {name} with {value}, not with what vnpy's {same} returns. Is it a vnpy RpcService, and were its classes given to the registry?",
    '服务器对 {name} 的应答是 {value}，与 vnpy 的 {same} 返回的不同。它是 vnpy 的 RpcService 吗？',
  ],
  [
    'Order {id} ({symbol}, {status}) is known no longer, another order has its id: {said}',
    '委托 {id}（{symbol}，{status}）已不存在，另一笔委托用了它的编号：{said}',
  ],
  ['the server gave its id to an order that was sent later', '服务器把它的编号给了后来的委托'],
  [
    'What the server lists does not fit together, also after a comparison: {said}',
    '核对之后，服务器列出的数据仍然对不上：{said}',
  ],
  ['the fills of {id} add up to {sum}, and it has {traded} traded', '{id} 的成交合计 {sum}，而它的已成交是 {traded}'],
  ['there are fills of {id}, and no order', '有 {id} 的成交，却没有委托'],
  ['{id} was sent here and is not listed', '{id} 由这里发出，服务器却没有列出'],
  ['zone must be a time zone, {example}: {said}', '时区不对，应写作 {example}：{said}'],
];

/** The files of a simulated market, and a line of its log. */
const SIMULATION: readonly Sentence[] = [
  ['all events before {marker} are told', '{marker} 之前的事件都已推送'],
  ['fees must be an object of fees, {example} for instance', '手续费必须是一个对象，例如 {example}'],
  ['fees has {name}, which is no rb2705.SHFE and no rb.SHFE', '手续费里的 {name} 不对：应写作 rb2705.SHFE 或 rb.SHFE'],
  [
    'fees of {name} must be an object with perVolume, ofTurnover or both',
    '{name} 的手续费必须是对象，写 perVolume、ofTurnover 或两者都写',
  ],
  [
    'fees of {name} have no {part}; there are perVolume and ofTurnover',
    '{name} 的手续费没有 {part} 这一项，只有 perVolume 和 ofTurnover',
  ],
  [
    'fees of {name}: {part} must be a finite number of 0 or more, not {value}',
    '{name} 的手续费：{part} 必须是不小于 0 的数，而不是 {value}',
  ],
  ['holidays must be an array of days, {example} for instance', '休市日必须是日期的列表，例如 {example}'],
  [
    'holidays has {value} as entry {number}, which is no day: write {day}, or {days}',
    '休市日第 {number} 项 {value} 不是日期：应写作 {day} 或 {days}',
  ],
  [
    'holidays has {value} as entry {number}, which ends before it begins',
    '休市日第 {number} 项 {value}：结束日期早于开始日期',
  ],
  [
    'holidays has {value} as entry {number}, which is longer than {most} days',
    '休市日第 {number} 项 {value}：超过 {most} 天',
  ],
];

/** The console, as commands tell it. */
const CONSOLE: readonly Sentence[] = [
  [
    'at {host} passwords and orders would go over the network in the clear: give a certificate and its key, or stay on 127.0.0.1 behind a proxy with TLS and name its https origin',
    '在 {host} 上，密码和委托会以明文经过网络：请给出证书和私钥，或留在 127.0.0.1，由带 TLS 的代理转接，并写明它的 https 来源',
  ],
  ['others may read {path}: chmod 600 {same}', '其他人可以读 {path}：请执行 chmod 600 {same}'],
  ['cannot read {path}: {said}', '无法读取 {path}：{said}'],
  ['cannot write {path}: {said}', '无法写入 {path}：{said}'],
  [
    'a user name is 1 to 64 letters, digits, ".", "_", "@" and "-"',
    '用户名为 1 到 64 个字母、数字、"."、"_"、"@" 和 "-"',
  ],
  ['there is no user {name}', '没有用户 {name}'],
  ['{path} is no JSON: {said}', '{path} 不是 JSON：{said}'],
  ['cannot listen at {place}: {said}', '无法在 {place} 监听：{said}'],
  ['the certificate or its key cannot be used: {said}', '证书或私钥不能用：{said}'],
  ['cannot read the halts in {path}: {said}', '读不了 {path} 里的暂停：{said}'],
  ['{path} holds no halts ({said}): {said2}', '{path} 里不是暂停（{said}）：{said2}'],
  ['mend or remove it; nothing is halted then', '请改好或删掉它；删掉之后就没有暂停'],
  ['cannot use {path} for the ids of orders: {said}', '{path} 不能用来保存委托的编号：{said}'],
];

/** The system, as Node.js tells what it says. */
const SYSTEM: readonly Sentence[] = [
  ['ENOENT: no such file or directory, {call}', '没有这个文件或目录（ENOENT: {call}）'],
  ['EACCES: permission denied, {call}', '没有权限（EACCES: {call}）'],
  ['EPERM: operation not permitted, {call}', '系统不允许这样做（EPERM: {call}）'],
  ['EEXIST: file already exists, {call}', '文件已经存在（EEXIST: {call}）'],
  ['EISDIR: illegal operation on a directory, {call}', '这是一个目录（EISDIR: {call}）'],
  ['ENOTDIR: not a directory, {call}', '路径中有一段不是目录（ENOTDIR: {call}）'],
  ['ENOSPC: no space left on device, {call}', '磁盘已满（ENOSPC: {call}）'],
  ['EROFS: read-only file system, {call}', '文件系统是只读的（EROFS: {call}）'],
  ['EMFILE: too many open files, {call}', '打开的文件太多（EMFILE: {call}）'],
  ['connect ECONNREFUSED {place}', '{place} 拒绝连接，多半是程序没有启动（ECONNREFUSED）'],
  ['connect ENOENT {path}', '没有套接字 {path}（ENOENT）'],
  ['connect EACCES {path}', '没有权限使用 {path}（EACCES）'],
  ['connect ETIMEDOUT {place}', '连接 {place} 超时（ETIMEDOUT）'],
  ['connect EHOSTUNREACH {place}', '网络到不了 {place}（EHOSTUNREACH）'],
  ['connect ENETUNREACH {place}', '网络到不了 {place}（ENETUNREACH）'],
  ['listen EADDRINUSE: address already in use {place}', '{place} 已被另一个程序占用（EADDRINUSE）'],
  ['listen EADDRNOTAVAIL: address not available {place}', '本机没有地址 {place}（EADDRNOTAVAIL）'],
  ['listen EACCES: permission denied {place}', '没有权限监听 {place}（EACCES）'],
  ['getaddrinfo ENOTFOUND {host}', '没有主机 {host}（ENOTFOUND）'],
  ['getaddrinfo EAI_AGAIN {host}', '暂时解析不了主机名 {host}（EAI_AGAIN）'],
  ['read ECONNRESET', '对方断开了连接（ECONNRESET）'],
  ['Unexpected token {token}, {text} is not valid JSON', '有意外的字符 {token}'],
  ['Unexpected end of JSON input', 'JSON 没有写完'],
  ['Unexpected non-whitespace character after JSON at position {number}', 'JSON 之后还有内容（位置 {number}）'],
  ['fetch failed: {said}', '请求没有成功：{said}'],
  ['bad port', '不能使用这个端口'],
  ['fetch failed', '请求没有成功'],
];

/** All of them. */
export const SERVICE_SENTENCES: readonly Sentence[] = [...LOG, ...VNPY, ...SIMULATION, ...CONSOLE, ...SYSTEM];
