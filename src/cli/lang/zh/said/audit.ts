/**
 * What the audit, the halts, the control and the state of the guard say, in Chinese.
 *
 * @module
 */
import type { Sentence } from '../../phrasebook.js';

/** The verdict on an audit. */
const VERDICT: readonly Sentence[] = [
  ['{lines} lines go on from one another', '{lines} 行首尾相接'],
  [
    '{said}; {refused} anchors kept elsewhere are not by the key and were left out',
    '{said}；保存在别处的锚点有 {refused} 个不是这把密钥签名的，没有采用',
  ],
  ['the audit cannot be read: {said}', '审计读不了：{said}'],
  ['no file was given', '没有给出文件'],
  ['there is no line in it', '里面一行也没有'],
  ['nothing was checked', '什么也没有检查'],
  ['chain', '哈希链'],
  ['chain and signatures', '哈希链和签名'],
  ['chain and outside anchors', '哈希链和保存在别处的锚点'],
  ['chain, signatures and outside anchors', '哈希链、签名和保存在别处的锚点'],
  [
    'whether lines were cut off its end cannot be known behind line {line}, the newest with an anchor',
    '最新的锚点在第 {line} 行；它之后有没有行被截掉，无从知道',
  ],
  [
    'whether lines were cut off its end cannot be known, nor whether the whole chain was written anew, without anchors that were kept elsewhere',
    '没有保存在别处的锚点，结尾是否被截掉、整条链是否被重写，都无从知道',
  ],
  [
    'whether lines were cut off its end cannot be known, without anchors that were kept elsewhere',
    '没有保存在别处的锚点，结尾是否被截掉无从知道',
  ],
  ['this line has no end, and other lines follow in the next file', '这一行不完整，而下一个文件里还有后续的行'],
  ['this is no line of an audit', '这不是审计的一行'],
  ['it says to be line {line}, and is line {expected}', '它自称第 {line} 行，实际是第 {expected} 行'],
  ['line {line} is there once more', '第 {line} 行重复出现'],
  [
    'line {line} follows line {before}: it was moved or is there once more',
    '第 {line} 行跟在第 {before} 行之后：它被移动过，或重复出现',
  ],
  ['line {line} stands before line {expected}', '第 {line} 行排在了第 {expected} 行之前'],
  ['line {missing} is missing before this line {line}', '第 {line} 行之前缺少第 {missing} 行'],
  ['lines {first} to {last} are missing before this line {line}', '第 {line} 行之前缺少第 {first} 到 {last} 行'],
  ['it says to be the first line of all, and names one before it', '它自称是第一行，却指向更早的一行'],
  ['line {before} or, behind it, line {line} was changed', '第 {before} 行或其后的第 {line} 行被改动过'],
  ['line {line} was changed', '第 {line} 行被改动过'],
  [
    'line {line} is not the one that an anchor kept elsewhere names: the chain was written anew.',
    '第 {line} 行与保存在别处的锚点不符：整条链被重写过。',
  ],
  [
    'line {line} is not the one that an anchor kept elsewhere names: the chain was written anew. It goes with them up to line {last}.',
    '第 {line} 行与保存在别处的锚点不符：整条链被重写过。到第 {last} 行为止与锚点相符。',
  ],
  [
    'there is no signed anchor since line {line}, and one is due every 1,000 lines',
    '第 {line} 行之后没有签名的锚点，而每 1,000 行应有一个',
  ],
  [
    'an anchor kept elsewhere names line {newest}, and the audit ends with line {last}: its end was cut away',
    '保存在别处的锚点指向第 {newest} 行，而审计到第 {last} 行为止：结尾被截掉了',
  ],
  ['this anchor does not name the line before it, or has other fields', '这个锚点没有指向它的前一行，或字段不对'],
  ['the signature of this anchor is not by the key that was given', '这个锚点不是用给出的密钥签名的'],
];

/** Its file and its disk. */
const DISK: readonly Sentence[] = [
  ["the key of the audit's anchors, {path}, cannot be used: {said}", '审计锚点的密钥 {path} 不能用：{said}'],
  [
    "others may read the key of the audit's anchors, {path} (mode {mode}): chmod 600 it, or make a new one",
    '其他人可以读审计锚点的密钥 {path}（权限 {mode}）：请执行 chmod 600，或换一把新的',
  ],
  ['it is not of the type ed25519', '它不是 ed25519 类型'],
  ['{name} does not keep up', '{name} 跟不上'],
  ['the folder of {path} is not there', '{path} 所在的目录不存在'],
  ['{path} was replaced by another file', '{path} 被另一个文件替换了'],
  ['{path} was deleted or moved', '{path} 被删除或移走了'],
  [
    '{path} has {size} bytes, and {written} were written: another program changed it',
    '{path} 有 {size} 字节，而写入的是 {written} 字节：别的程序改动了它',
  ],
  ['the file takes no more bytes', '文件写不进更多内容'],
  [
    'the audit {path} cannot be written, because there is no space ({said}): orders are refused until there is',
    '磁盘空间不足，审计 {path} 无法写入（{said}）：腾出空间之前，委托一律拒绝',
  ],
  [
    'the disk of the audit {path} does not answer ({said}): orders are refused until it does',
    '审计 {path} 所在的磁盘没有响应（{said}）：恢复之前，委托一律拒绝',
  ],
  [
    'the disk refused to flush the audit {path} ({said}): orders are refused until a person recovers it or starts anew',
    '磁盘没能把审计 {path} 落盘（{said}）：由人执行 guard recover 或重新启动之前，委托一律拒绝',
  ],
  [
    'the audit {path} cannot be written ({said}): orders are refused until a person recovers it or starts anew',
    '审计 {path} 无法写入（{said}）：由人执行 guard recover 或重新启动之前，委托一律拒绝',
  ],
  [
    '{said}: orders are refused until a person recovers the audit or starts anew',
    '{said}：由人执行 guard recover 或重新启动之前，委托一律拒绝',
  ],
  ['the audit was closed', '审计已经关闭'],
  ['too many lines wait for the disk of the audit', '等待写盘的审计行太多'],
  ['that the audit failed cannot be written beside it: {said}', '审计出错一事也没能写在它旁边：{said}'],
  ['a write takes more than {ms} ms', '一次写入超过 {ms} 毫秒'],
  ['lines for {name}, where anchors of the audit go, cannot be written: {said}', '审计的锚点写不进 {name}：{said}'],
  ['a listener of the audit threw: {said}', '处理审计消息的程序出错：{said}'],
  [
    '{path} has no line of an audit to go on from. Move it away to begin a new audit',
    '{path} 里没有可以接着写的审计行。要开始新的审计，请把它移走',
  ],
  ['the audit {path} is no regular file', '审计 {path} 不是普通文件'],
  [
    'the audit {path} has {links} names (hard links): give it a name of its own',
    '审计 {path} 有 {links} 个名称（硬链接）：请给它单独的名称',
  ],
  [
    'others may write the audit {path} (mode {mode}): chmod 600 it',
    '其他人可以写审计 {path}（权限 {mode}）：请执行 chmod 600',
  ],
  ['the audit {path} belongs to another user ({owner})', '审计 {path} 属于另一个用户（{owner}）'],
  [
    'the end of {path} is no line of an audit. "vnpy-bridge audit verify" tells more; move the file away to begin a new one',
    '{path} 的结尾不是审计的一行。可用 vnpy-bridge audit verify 详细检查；要开始新的审计，请把它移走',
  ],
  ['this guard has no audit', '这个 guard 没有审计'],
];

/** Halts, and who ends them. */
const HALTS: readonly Sentence[] = [
  ['there is no halt {id}', '没有暂停 {id}'],
  ['the halt stays, because its end cannot be written: {said}', '解除没能写盘，暂停继续有效：{said}'],
  [
    '{who} is stopped by {id} ({saidScope}): another one has to end it',
    '{who} 正被 {id}（{saidScope}）暂停：要由别人来恢复',
  ],
  ['to resume, say why', '要恢复，请写明原因'],
  [
    '{who} has said so, and by the policy two persons have to: another one resumes within {minutes} minutes',
    '{who} 已经确认；按风控配置要两个人：请另一个人在 {minutes} 分钟内恢复',
  ],
  [
    'the file of halts is missing, though the guard has run here before',
    '暂停记录的文件不见了，而 guard 曾在这里运行过',
  ],
  ['the file of halts does not hold halts', '暂停记录的文件里不是暂停'],
  [
    'there are {most} halts already; the next was for {saidScope}: {why}',
    '已有 {most} 个暂停；下一个是对{saidScope}的：{why}',
  ],
  [
    'halts hold, but cannot be written, and a restart would not know of them: {said}',
    '暂停有效，但没能写盘，重启之后就不知道了：{said}',
  ],
  ['the halts are not read yet', '还没有读完暂停记录'],
  ['the file {path} lies there: remove it first', '那里有文件 {path}：请先删掉它'],
  ['there is a file {path}', '那里有文件 {path}'],
  ['there is a file {path}: {why}', '那里有文件 {path}：{why}'],
  [
    'the outcome of {count} orders is unknown: find out first, or accept it',
    '{count} 笔委托结果未知：请先查明，或用 --accept-unknown 接受',
  ],
  ['the file {path}', '文件 {path}'],
  ['a principal with the right "flatten" sends closing orders itself', '有 "flatten" 权利的主体自己发平仓委托'],
  ['what waits could not be withdrawn: {said}', '等待中的委托没能收回：{said}'],
  ['it still works', '仍然挂着'],
  ['orders could not be listed: {said}', '没能取得委托列表：{said}'],
  ['whether orders are under way cannot be told: {said}', '无法知道有没有委托在途：{said}'],
  ['there was no answer within {ms} ms', '{ms} 毫秒内没有应答'],
  ['there is no principal and no gateway {name}', '没有主体，也没有交易接口叫 {name}'],
  [
    '{name}: {lots} is no position, which CTP.rb2705.SHFE.long: 3 is',
    '{name}: {lots} 不是持仓；应如 CTP.rb2705.SHFE.long: 3',
  ],
];

/** The control and the files of the state. */
const CONTROL: readonly Sentence[] = [
  ['the folder of the control, {folder}, belongs to another user', '控制地址所在的目录 {folder} 属于另一个用户'],
  [
    'others may use the folder of the control, {folder} (mode {mode}): chmod 700 it',
    '其他人可以使用控制地址所在的目录 {folder}（权限 {mode}）：请执行 chmod 700',
  ],
  ['{path} is no socket: the control does not take its place', '{path} 不是套接字：不会覆盖它'],
  [
    'the guard at {address} did not answer within {ms} ms: what was asked may have happened',
    '{address} 的 guard 在 {ms} 毫秒内没有应答：所要求的可能已经执行',
  ],
  [
    'no guard answers at {address}: {said}. Is it running, and are you its user?',
    '{address} 没有 guard 应答：{said}。它在运行吗？你是启动它的用户吗？',
  ],
  ['the guard at {address} closed the connection without an answer', '{address} 的 guard 没有应答就关闭了连接'],
  ['what answers at {address} is no guard', '{address} 应答的不是 guard'],
  ['no reason was given', '没有说明原因'],
  ['the request cannot be read: {said}', '请求读不了：{said}'],
  ['it is no object', '不是对象'],
  ['it is no line of JSON', '不是一行 JSON'],
  ['a request may have {most} characters', '请求最多 {most} 个字符'],
  ['"{name}" has to be a text that is not empty', '"{name}" 必须是非空的文本'],
  ['"{name}" has {count} characters, and may have {most}', '"{name}" 有 {count} 个字符，最多 {most} 个'],
  ['"{name}" has to be true or false', '"{name}" 必须是 true 或 false'],
  ['"{name}" has to be an object of up to {most} finite numbers', '"{name}" 必须是对象，最多 {most} 个有限的数字'],
  ['"{name}" has to be an object of texts and finite numbers', '"{name}" 必须是由文本和有限的数字组成的对象'],
  ['"{name}" has to be {kind}', '"{name}" 必须是 {kind}'],
  ['it has a member {name} that is not known', '它有不认识的字段 {name}'],
  [
    "{folder} is in use by {saidWho}: one process at a time has the guard's state ({path}). Stop it, or give a folder of its own",
    '{folder} 正被{saidWho}使用：guard 的状态一次只能由一个进程使用（{path}）。请停掉它，或另给一个目录',
  ],
  ['this process', '本进程'],
  ['process {pid}', '进程 {pid}'],
  ['the lock in {folder} cannot be taken: too many processes try', '没能取得 {folder} 里的锁：争用的进程太多'],
  ['{path} is too long for a socket', '{path} 作为套接字的路径太长'],
  ['{path} cannot be removed: {said}', '{path} 无法删除：{said}'],
  ['it is no regular file', '不是普通文件'],
  ['it has {size} bytes, and {most} at most are read', '有 {size} 字节，最多读取 {most} 字节'],
  ['{path} cannot be read: {said}', '{path} 读不了：{said}'],
  [
    '{path} holds no counts of a guard: put the right one there, or remove it',
    '{path} 里不是 guard 的计数：请放回正确的文件，或删掉它',
  ],
  ['the counts of the guard cannot be written', 'guard 的计数无法写盘'],
  [
    'a webhook is no address: it must begin with https:// (it is not shown, because it is secret)',
    '有一个 webhook 不是地址：必须以 https:// 开头（它是秘密，所以不显示）',
  ],
  [
    'the webhook at {place} has a user name in its address, which HTTP clients refuse',
    '{place} 的 webhook 地址里有用户名，HTTP 客户端不接受',
  ],
  [
    'the webhook at {place} has a secret, and the form {form} signs nothing',
    '{place} 的 webhook 有密钥，而 {form} 格式不签名',
  ],
  ['no answer within {seconds} s', '{seconds} 秒内没有应答'],
  ['HTTP status {status}', 'HTTP 状态 {status}'],
];

/** All of them. */
export const AUDIT_SENTENCES: readonly Sentence[] = [...VERDICT, ...DISK, ...HALTS, ...CONTROL];
