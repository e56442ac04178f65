/**
 * What the connection to a server, calls, and ZeroMQ say, in Chinese.
 *
 * @module
 */
import type { Sentence } from '../../phrasebook.js';

/** Why there is no connection. */
const CONNECTIONS: readonly Sentence[] = [
  [
    "{address} accepts connections, but no ZeroMQ handshake came within {seconds} s: another program listens there, or the server's process hangs",
    '{address} 接受连接，但 {seconds} 秒内没有 ZeroMQ 握手：那里是别的程序，或者服务器进程卡住了',
  ],
  ['no answer from {address} within {seconds} s', '{address} 在 {seconds} 秒内没有应答'],
  [
    '{address} accepts connections, but its process stands still: nothing comes, and it greets nobody any more',
    '{address} 接受连接，但进程停住了：什么也不来，也不再应答新的连接',
  ],
  [
    'the host name {name} cannot be resolved to an {what} ({said}): is it misspelt, or this machine offline?',
    '主机名 {name} 解析不出 {what}（{said}）：是写错了，还是本机断网了？',
  ],
  ['no answer within {seconds} s', '{seconds} 秒内没有应答'],
  ['nobody accepts connections at {address}', '{address} 没有程序在监听'],
  ['the connection to {address} broke', '与 {address} 的连接断开了'],
  ['the connection to {address} broke: {said}', '与 {address} 的连接断开了：{said}'],
  ['{address} cannot be reached ({said})', '连不上 {address}（{said}）'],
  ['{address}: {said}', '{address}：{said}'],
  [
    'the peer ended the ZeroMQ handshake: it is a socket of another kind; are the request and the subscribe address exchanged?',
    '对方结束了 ZeroMQ 握手：它是另一种套接字；主动请求地址和推送订阅地址写反了吗？',
  ],
  [
    'the peer ended the ZeroMQ handshake: it is a socket of another kind; are the request and the subscribe address exchanged? ({said})',
    '对方结束了 ZeroMQ 握手：它是另一种套接字；主动请求地址和推送订阅地址写反了吗？（{said}）',
  ],
  ["the peer's socket is {type}; a {own} talks to {others}", '对方的套接字是 {type}；{own} 只能与 {others} 通信'],
  [
    "the peer's socket does not say what it is; a {own} talks to {others}",
    '对方没有说明套接字类型；{own} 只能与 {others} 通信',
  ],
  ['the server refused the credentials', '服务器不接受密钥或密码'],
  [
    'the server demands a ZeroMQ security mechanism, CURVE or PLAIN: set the option security as the server has it',
    '服务器要求安全机制 CURVE 或 PLAIN：请按服务器的设置给出 --curve-server-key 或 --plain-username',
  ],
  [
    'the server does not use {mechanism}: set the option security as the server has it',
    '服务器没有使用 {mechanism}：请按服务器的设置给出 --curve-server-key 或 --plain-username，或都不给',
  ],
  [
    'the server ended the CURVE handshake: serverKey is not its public key, or it does not use CURVE',
    '服务器结束了 CURVE 握手：--curve-server-key 不是它的公钥，或者它没有使用 CURVE',
  ],
  [
    'the server ended the PLAIN handshake: wrong user name or password, or it does not use PLAIN',
    '服务器结束了 PLAIN 握手：用户名或密码不对，或者它没有使用 PLAIN',
  ],
  [
    'the peer ended the ZeroMQ handshake: it is no ZeroMQ socket, or demands CURVE or PLAIN',
    '对方结束了 ZeroMQ 握手：它不是 ZeroMQ 套接字，或者要求 CURVE 或 PLAIN',
  ],
  [
    "the connection to {address} stands, but neither a reply nor a heartbeat has come for {seconds} s: the server's RPC thread has died, or is busy with one long call. If this stays so, restart the server",
    '与 {address} 的连接还在，但已有 {seconds} 秒没有应答，也没有心跳：服务器的 RPC 线程已经退出，或者正忙于一次很长的调用。如果一直这样，请重新启动服务器',
  ],
  [
    "the server answers requests, but nothing, not even a heartbeat, has come from {address} for {seconds} s: it is not this server's publish address, or leads over a forwarder that has lost the server",
    '服务器应答请求，但 {address} 已有 {seconds} 秒没有任何推送，连心跳也没有：它不是这个服务器的推送订阅地址，或者中间的转发程序与服务器断开了',
  ],
  ['the server does not answer any more', '服务器不再应答'],
  ['nothing came for too long, not even the answer to a PING', '太久没有收到任何内容，连 PING 也没有应答'],
  ['the peer closed the connection', '对方关闭了连接'],
  ['no handshake within {seconds} s', '{seconds} 秒内没有握手'],
  ['the ZeroMQ handshake failed ({code})', 'ZeroMQ 握手失败（{code}）'],
  ['idle', '未启动'],
  ['connecting', '正在连接'],
  ['connected', '已连接'],
  ['disconnected', '已断开'],
  ['stopped', '已停止'],
  ['disconnected: {said}', '连接断开：{said}'],
  ['the client was stopped', '客户端已停止'],
  ['the client has not been started', '客户端还没有启动'],
];

/** Addresses. */
const ADDRESSES: readonly Sentence[] = [
  [
    'cannot connect to {address}: {said}; an address looks like {example} or {other}',
    '无法连接 {address}：{said}；地址写作 {example} 或 {other}',
  ],
  [
    'cannot connect to {address}: {said}; an address looks like {example}',
    '无法连接 {address}：{said}；地址写作 {example}',
  ],
  ['cannot connect to {address}: {said}', '无法连接 {address}：{said}'],
  [
    'cannot bind to {address}: {said}; an address looks like {example} or {other}',
    '无法监听 {address}：{said}；地址写作 {example} 或 {other}',
  ],
  [
    'cannot bind {address}: {said}; an address looks like {example} or {other}',
    '无法监听 {address}：{said}；地址写作 {example} 或 {other}',
  ],
  ['cannot bind {address}: {said}', '无法监听 {address}：{said}'],
  ['the address must be a string', '地址必须是文本'],
  ['it has no scheme', '没有写协议'],
  ['the scheme {scheme} is none of tcp, ipc, inproc', '协议 {scheme} 不是 tcp、ipc 或 inproc'],
  ['the folder {folder} does not exist', '目录 {folder} 不存在'],
  ['a file that is no socket lies there', '那里是一个文件，不是套接字'],
  ['another process is bound to it', '另一个进程已经占用'],
  ['another socket is bound to it', '另一个套接字已经占用'],
  ['it has no port', '没有写端口'],
  ['an IPv6 host must stand in brackets', 'IPv6 地址要写在方括号里'],
  ['the host {host} cannot be one', '{host} 不能作主机名'],
  ['"*" is for servers; name the host', '"*" 只用于服务器；请写主机名'],
  ['a client needs the number of the port', '客户端要写端口号'],
  ['the port {port} is no number from 1 to 65535', '端口 {port} 不是 1 到 65535 的数字'],
  [
    'ipc:// does not work on Windows; use tcp://127.0.0.1 and a port',
    'Windows 上不能用 ipc://；请用 tcp://127.0.0.1 加端口',
  ],
  ['a name after "@" is one of Linux alone; give the path of a file', '"@" 后面加名称只适用于 Linux；请给文件路径'],
  ["the path has {bytes} bytes, a Unix socket's can have {most}", '路径有 {bytes} 字节，Unix 套接字最多 {most} 字节'],
  ['this machine has no such address', '本机没有这个地址'],
  [
    'this machine has no such address or interface; a server binds *, an IP address or the name of an interface, no host name',
    '本机没有这个地址或网卡；服务器监听 *、IP 地址或网卡名称，不能写主机名',
  ],
  [
    'not permitted (ports below 1024 need a privilege; an ipc path needs write access to its folder)',
    '不允许（1024 以下的端口需要特权；ipc 路径需要目录的写权限）',
  ],
  ['its folder does not exist', '它的目录不存在'],
  [
    'that is no valid address, or ZeroMQ does not take the value of an option',
    '地址无效，或者 ZeroMQ 不接受某个选项的取值',
  ],
  ['this build of zeromq does not support the scheme for this kind of socket', '这个版本的 zeromq 不支持这种协议'],
  ['too many open sockets', '打开的套接字太多'],
  [
    "cannot connect to {address}: inproc is for sockets of libzmq in one process; use the transport 'zeromq' for it, or a MemoryTransport",
    '无法连接 {address}：inproc 只用于同一进程里的 libzmq 套接字；请改用 tcp 或 ipc',
  ],
  [
    "cannot bind {address}: inproc is for sockets of libzmq in one process; use the transport 'zeromq' for it, or a MemoryTransport",
    '无法监听 {address}：inproc 只用于同一进程里的 libzmq 套接字；请改用 tcp 或 ipc',
  ],
  [
    '{name} is no CURVE key: a key is Z85 text of 40 characters, as generateCurveKeyPair() makes them',
    '{name} 不是 CURVE 密钥：密钥是 40 个字符的 Z85 文本，由 vnpy-bridge keygen 生成',
  ],
  [
    'publicKey does not belong to secretKey: give the two that were made together',
    '公钥与私钥不是一对：请给出同时生成的那两把',
  ],
  ['{what} is empty: ZeroMQ allows no empty one', '{what} 是空的：ZeroMQ 不允许'],
  ['give both publicKey and secretKey, or neither', '公钥和私钥要么都给，要么都不给'],
  ['allowAddresses: {address} is no IP address', '--serve-allow-address：{address} 不是 IP 地址'],
];

/** Calls, and events. */
const CALLS: readonly Sentence[] = [
  ['{method}: not executed: {said}', '{method}：没有执行：{said}'],
  [
    '{method}: {said} before the answer came; the server may or may not have executed the call',
    '{method}：应答之前{said}；服务器可能执行了，也可能没有',
  ],
  [
    '{method}: not sent: {count} calls are waiting already ({said})',
    '{method}：没有发出：已有 {count} 个调用在等待（{said}）',
  ],
  ['{method}: not sent: {said}', '{method}：没有发出：{said}'],
  ['{method}: {said}; not sent', '{method}：{said}；没有发出'],
  [
    '{method}: {said}; the server may or may not have executed the call',
    '{method}：{said}；服务器可能执行了，也可能没有',
  ],
  [
    '{method}: no answer within {ms} ms; the request was not sent ({said})',
    '{method}：{ms} 毫秒内没有应答；请求没有发出（{said}）',
  ],
  [
    '{method}: no answer within {ms} ms; the request has left, and the server may execute it still',
    '{method}：{ms} 毫秒内没有应答；请求已经发出，服务器仍可能执行它',
  ],
  ['{method}: aborted; the request was not sent', '{method}：已放弃；请求没有发出'],
  ['{method}: aborted; the request has left', '{method}：已放弃；请求已经发出'],
  ['{count} requests before it are on their way and not answered', '前面还有 {count} 个请求没有应答'],
  ['this program was too busy to send it in time', '本程序太忙，没能及时发出'],
  ['the connection has just been lost', '连接刚刚断开'],
  ['{method}: the server answered, but its reply {said}', '{method}：服务器有应答，但{said}'],
  ['cannot be decoded: {said}', '无法解码：{said}'],
  [
    'is not [True, result] or [False, traceback]: is the address that of a vnpy RpcServer?',
    '不是 [True, result] 或 [False, traceback]：这是 vnpy RpcServer 的地址吗？',
  ],
  [
    'an event of topic {topic} cannot be decoded: {said}. Likely causes: the subscribe address is not that of a vnpy publisher, or the publisher uses something that this version does not know',
    '主题 {topic} 的一个事件无法解码：{said}。可能的原因：推送订阅地址不是 vnpy 的，或者推送了这个版本不认识的内容',
  ],
  [
    'an event cannot be decoded: {said}. Likely causes: the subscribe address is not that of a vnpy publisher, or the publisher uses something that this version does not know',
    '一个事件无法解码：{said}。可能的原因：推送订阅地址不是 vnpy 的，或者推送了这个版本不认识的内容',
  ],
  ['{said} (byte {offset})', '{said}（第 {offset} 字节）'],
  ['an event has one or two parts, this message has {count}', '事件有一到两部分，这条消息有 {count} 部分'],
  ['a one-part event must be [topic: str, data]', '一部分的事件必须是 [topic: str, data]'],
  ['the topic of a two-part event must be UTF-8', '两部分的事件，主题必须是 UTF-8'],
  [
    "an iterator's queue of {limit} events was full: {lost} lost, {replaced} replaced",
    '{limit} 个事件的队列满了：丢失 {lost} 个，被新的替换 {replaced} 个',
  ],
  [
    '{count} events were lost: more than receiveHighWaterMark, {limit}, waited for this program, which was busy',
    '丢失了 {count} 个事件：本程序太忙，等待的事件超过 {limit} 个',
  ],
  ['a message could not be handled: {said}', '一条消息无法处理：{said}'],
  ['a listener of "{event}" threw: {said}', '处理 "{event}" 的程序出错：{said}'],
];

/** A server's log: who comes, and who is refused. */
const SERVER: readonly Sentence[] = [
  ['serving requests at {address}', '请求服务在 {address}'],
  ['publishing events at {address}', '事件推送在 {address}'],
  [
    'publishing events for clients of vnpy 4.5 and later at {address} and for clients of vnpy 3.0 to 4.4 at {pair}',
    '事件推送：vnpy 4.5 及以后的客户端在 {address}，vnpy 3.0 到 4.4 的在 {pair}',
  ],
  [
    'publishing events for clients of vnpy 4.5 and later at {address}; clients of vnpy 3.0 to 4.4 get no events',
    '事件推送：vnpy 4.5 及以后的客户端在 {address}；vnpy 3.0 到 4.4 的客户端收不到事件',
  ],
  [
    'publishing events for clients of vnpy 3.0 to 4.4 at {address}; clients of vnpy 4.5 and later get no events',
    '事件推送：vnpy 3.0 到 4.4 的客户端在 {address}；vnpy 4.5 及以后的客户端收不到事件',
  ],
  [
    '{address} is open to the whole network without security: whoever reaches it can call every function and read every event',
    '{address} 没有安全机制，对整个网络开放：能连上的人都能调用任何函数、看到任何事件',
  ],
  ['the server has stopped', '服务器已停止'],
  ['the server is stopping', '服务器正在停止'],
  ['the server was stopped meanwhile', '服务器已被停止'],
  ['connection from {address} refused: {said}', '拒绝来自 {address} 的连接：{said}'],
  ['connection from this machine refused: {said}', '拒绝来自本机的连接：{said}'],
  ['its address is not among the allowed ones', '它的地址不在允许之列'],
  ['its key {key} is not among the allowed ones', '它的密钥 {key} 不在允许之列'],
  ['wrong user name or password for {name}', '{name} 的用户名或密码不对'],
  ['a connection of {name} from {address} was ended: {said}', '断开了 {name} 从 {address} 的连接：{said}'],
  ['a connection of {name} from this machine was ended: {said}', '断开了 {name} 从本机的连接：{said}'],
  ['a connection from {address} was ended: {said}', '断开了来自 {address} 的连接：{said}'],
  ['a connection from this machine was ended: {said}', '断开了来自本机的连接：{said}'],
  ['the access control failed ({said})', '权限检查出错（{said}）'],
  ['the access control failed at a request of {name}: {said}', '检查 {name} 的请求时，权限检查出错：{said}'],
  ['the access control failed at the end of a connection: {said}', '连接结束时，权限检查出错：{said}'],
  ['whether {name} gets an event could not be decided: {said}', '无法判断 {name} 能否收到一个事件：{said}'],
  ['the server could not decide about this request', '服务器无法对这个请求作出判断'],
  ['the server has {count} requests waiting already', '服务器已有 {count} 个请求在等待'],
  ['this client has {count} requests waiting already', '这个客户端已有 {count} 个请求在等待'],
  ['the server failed at this request', '服务器处理这个请求时出错'],
  ['it came to its turn {ms} ms after its deadline', '轮到它时已超过截止时间 {ms} 毫秒'],
  ['the request has {bytes} bytes, {most} are allowed', '请求有 {bytes} 字节，最多允许 {most} 字节'],
  ['a request could not be handled: {said}', '一个请求无法处理：{said}'],
  ['no security', '没有安全机制'],
  ['the peer wants {saidOne}, and this side {saidOther}', '对方要求 {saidOne}，这边是 {saidOther}'],
  ['the peer does not speak ZeroMQ: it began with {begin}', '对方不是 ZeroMQ：它开头发的是 {begin}'],
  [
    'the peer does not speak ZeroMQ 4: what it sent looks like {saidWhat} ({begin})',
    '对方不是 ZeroMQ 4：它发的像是{saidWhat}（{begin}）',
  ],
  ['an HTTP server', 'HTTP 服务器'],
  ['an HTTP/2 client', 'HTTP/2 客户端'],
  ['an HTTP client', 'HTTP 客户端'],
  ['an SSH server', 'SSH 服务器'],
  ['Redis', 'Redis'],
  ['a mail or FTP server', '邮件或 FTP 服务器'],
  ['an AMQP broker', 'AMQP 消息服务器'],
  ['TLS', 'TLS'],
  ['ZMTP 1.0, of ZeroMQ 2', 'ZeroMQ 2 的 ZMTP 1.0'],
  [
    'the peer speaks ZMTP 1.0, of ZeroMQ 2; this needs ZeroMQ 4 or newer',
    '对方用的是 ZMTP 1.0（ZeroMQ 2）；这里需要 ZeroMQ 4 或更新',
  ],
  [
    'the peer speaks ZMTP {version}; this needs ZeroMQ 4 or newer',
    '对方用的是 ZMTP {version}；这里需要 ZeroMQ 4 或更新',
  ],
  ['the peer ended the connection with the reason "{why}"', '对方断开了连接，原因 "{why}"'],
  ['the peer refused the connection with the reason "{why}"', '对方拒绝了连接，原因 "{why}"'],
  ['the peer refused the connection', '对方拒绝了连接'],
  ['{said} (byte {offset} of the connection)', '{said}（连接的第 {offset} 字节）'],
  ['wrong password, or no such user: {name}', '密码不对，或没有这个用户：{name}'],
  ['no client with the public key {key} may connect', '不允许公钥为 {key} 的客户端连接'],
  ['the client has the public key of another server', '客户端用的是另一个服务器的公钥'],
  ['too many handshakes of CURVE from this address in a short time', '这个地址短时间内 CURVE 握手太多'],
  ['a frame of {bytes} is above the limit of {limit}', '一帧有 {bytes} 字节，超过上限 {limit}'],
  ['a message above the limit of {bytes} bytes', '消息超过上限 {bytes} 字节'],
  ['a message of more than {count} parts', '消息超过 {count} 部分'],
  ['a subscription of {bytes} bytes, of at most {most}', '一个订阅有 {bytes} 字节，最多 {most} 字节'],
  ['more than {count} subscriptions', '订阅超过 {count} 个'],
  ['subscriptions of more than {bytes} bytes', '订阅合计超过 {bytes} 字节'],
  ['another connection has the same identity', '另一个连接用了同样的身份'],
  ['the peer sent {name} in its handshake instead of {expected}', '对方在握手中发了 {name}，而不是 {expected}'],
  ['a WELCOME that the server with this key did not make', 'WELCOME 不是持有这把密钥的服务器发的'],
  ['a READY that was changed on its way', 'READY 在途中被改动过'],
  ['a HELLO of CURVE of the wrong size', 'CURVE 的 HELLO 长度不对'],
  ['an INITIATE without the cookie of its WELCOME', 'INITIATE 没有带上 WELCOME 的 cookie'],
  ['an INITIATE that was changed on its way', 'INITIATE 在途中被改动过'],
  ['an INITIATE without proof that the client has its secret key', 'INITIATE 没能证明客户端持有私钥'],
  ['as many messages were encrypted as one connection can have', '一个连接能加密的消息数已用完'],
  ['an encrypted message that repeats an earlier one, or comes out of order', '加密消息重复，或次序不对'],
  ['a frame that is not encrypted on an encrypted connection', '加密连接上出现了没有加密的帧'],
  ['a part that is not encrypted on an encrypted connection', '加密连接上出现了没有加密的部分'],
  ['an encrypted message that was changed on its way', '加密消息在途中被改动过'],
  ['a HELLO of PLAIN that is not a user name and a password', 'PLAIN 的 HELLO 里不是用户名和密码'],
  [
    'the {what} for PLAIN has {bytes} bytes as UTF-8, of at most {most}',
    'PLAIN 的 {what} 按 UTF-8 有 {bytes} 字节，最多 {most} 字节',
  ],
  ['it does not use CURVE', '它没有使用 CURVE'],
  ['it does not use PLAIN', '它没有使用 PLAIN'],
  ['the server demands a mechanism that does not exist', '服务器要求的安全机制不存在'],
  [
    "the package zeromq cannot be loaded on {system} with Node {version}: {said}, or use the transport 'zmtp', which needs no package ({why})",
    '在 {system}、Node {version} 上无法加载软件包 zeromq：{said}，或改用 --transport zmtp，它不需要软件包（{why}）',
  ],
  ['it is not installed: run "npm install zeromq"', '还没有安装：请执行 npm install zeromq'],
  ['this build of zeromq has no CURVE', '这个版本的 zeromq 没有 CURVE'],
  ['{address} takes nothing now', '{address} 现在不接收'],
  ['no connection to {address} could be begun', '没能开始与 {address} 的连接'],
  ['there is no connection to {address}', '没有与 {address} 的连接'],
  ['there are {count} connections already', '已有 {count} 个连接'],
  ['there are {count} connections in their handshake already', '已有 {count} 个连接正在握手'],
  ['there are {count} connections from this address already', '这个地址已有 {count} 个连接'],
  ['there are {count} connections from this address in their handshake already', '这个地址已有 {count} 个连接正在握手'],
];

/** All of them. */
export const LINK_SENTENCES: readonly Sentence[] = [...CONNECTIONS, ...ADDRESSES, ...CALLS, ...SERVER];
