/**
 * What the commands that look at a cluster, steer it and set it up say, in Chinese.
 *
 * @module
 */
import type { Sentence } from '../../phrasebook.js';

/** What the commands of a cluster look at. */
const LOOKS: readonly Sentence[] = [
  // Whose key it is.
  ['edge {word} of the account {word2}', '账户 {word2} 的 edge {word} '],
  ['leaf node {word}', '叶节点 {word} '],
  ['the record: {said}; the lease: {said2}', '记录：{said}；租约：{said2}'],
  ['the record: {said}', '记录：{said}'],
  ['the lease: {said}', '租约：{said}'],
  [
    'the account has no record: nobody has held it, and the first edge takes it by itself. Where it was lost, look at what is open at the broker, and then say --accept-loss',
    '账户没有记录：还没有人持有过，第一个 edge 会自行取得。如果是记录丢失了，请先在券商或期货公司查清挂单，再加上 --accept-loss',
  ],
  [
    'the account has no record: no edge has held it yet. Is its name right?',
    '账户没有记录：还没有 edge 持有过它。名称对吗？',
  ],
  ['there is no hold: "cluster status" tells what there is', '没有保留：用 cluster status 查看现有的'],
  ['there is no halt {id}: "cluster status" tells what there is', '没有暂停 {id}：用 cluster status 查看现有的'],
  ['nats-server {version} at {address}', '{address} 的 nats-server {version}'],
  ['When the reason is gone: vnpy-bridge cluster resume {id}', '原因消除后：vnpy-bridge cluster resume {id}'],
  [
    'Take these subjects out of it, or delete it: nats stream rm {name}',
    '请把这些主题移出这个流，或删除它：nats stream rm {name}',
  ],
  [
    'The lease of {edge} has expired. Make sure that it does not trade any more, then: vnpy-bridge cluster takeover --edge NAME',
    '{edge} 的租约已到期。请先确认它不再交易，然后：vnpy-bridge cluster takeover --edge NAME',
  ],
  ['Wait some seconds, or read the log of the edges.', '请等几秒，或看各 edge 的日志。'],
  ['no edge of the cluster {cluster} beats', '集群 {cluster} 没有任何 edge 有心跳'],
  ['is there', '有'],
  ['the server asks who a client is', '服务器会问客户端是谁'],
  ['the server asks nobody who he is: whoever reaches it sends orders', '服务器不问客户端是谁：能连上的人都能下单'],
  ['{bytes} bytes; larger answers come in pieces', '{bytes} 字节；更大的应答分块传输'],
  ['{bytes} bytes', '{bytes} 字节'],
  ['the server does not answer: {said}', '服务器没有应答：{said}'],
  ['there are none: the server asks nobody who he is', '没有设权限：服务器不问客户端是谁'],
  ['this key hears no orders', '这把密钥听不到委托'],
  ['this key may hear orders of any account', '这把密钥可以听到任何账户的委托'],
  [
    'the stream {name} keeps calls ({kind}): a stored order is executed when it is read again',
    '流 {name} 保存了调用（{kind}）：再次读取时，保存的委托会被执行',
  ],
  ['this key cannot look at the streams: {said}', '这把密钥不能查看流：{said}'],
  ['is not there', '没有'],
  ['is lost when the server ends', '服务器结束时会丢失'],
  ['messages of the journal can be deleted', '日志里的消息可以被删除'],
  ['{count} message, {bytes} bytes, on {servers} server', '{count} 条消息，{bytes} 字节，在 {servers} 台服务器上'],
  ['{count} messages, {bytes} bytes, on {servers} server', '{count} 条消息，{bytes} 字节，在 {servers} 台服务器上'],
  ['{count} message, {bytes} bytes, on {servers} servers', '{count} 条消息，{bytes} 字节，在 {servers} 台服务器上'],
  ['{count} messages, {bytes} bytes, on {servers} servers', '{count} 条消息，{bytes} 字节，在 {servers} 台服务器上'],
  ['none of its edges beats', '它的 edge 都没有心跳'],
  ['{edges} say that they hold it', '{edges} 都说自己持有它'],
  ['nobody holds it: {saidStates}', '没有人持有它：{saidStates}'],
  ['{edge} holds it, epoch {epoch}', '由 {edge} 持有，任期 {epoch}'],
  ['halt by {who}: {why}', '由 {who} 暂停交易：{why}'],
  ['reduce by {who}: {why}', '由 {who} 改为只减仓：{why}'],
  ['held back by {who}: {why}', '由 {who} 保留：{why}'],
  ['two programs run by this name', '有两个程序用了这个名称'],
  ['its vnpy server is not there', '它的 vnpy 服务器不在'],
  ['a beat came {ms} ms after the one before', '有一次心跳比前一次晚了 {ms} 毫秒'],
  ['its clock is {ms} ms ahead, the way here included', '它的时钟快 {ms} 毫秒，含传输时间'],
  ['its clock is {ms} ms behind, the way here included', '它的时钟慢 {ms} 毫秒，含传输时间'],
  ['its event loop is busy {percent} % of the time', '它的事件循环有 {percent} % 的时间在忙'],
  ['beats, {saidState}, clock within {ms} ms', '有心跳，{saidState}，时钟误差在 {ms} 毫秒以内'],
  ['server', '服务器'],
  ['users', '用户'],
  ['rights', '权限'],
  ['streams', '流'],
  ['edges', 'edge'],
  ['stream {word}', '流 {word}'],
  ['account {word}', '账户 {word}'],
  ['edge {word}', 'edge {word}'],
  [
    'there is no edge: give --nats-user edge:ACCOUNT:EDGE=KEY for each',
    '没有 edge：请为每个 edge 给出 --nats-user edge:ACCOUNT:EDGE=KEY',
  ],
  [
    'the key of {saidTitle} is no public key of a NATS user: its checksum is wrong, or it is a seed',
    '{saidTitle}的密钥不是 NATS 用户的公钥：校验和不对，或者那是种子',
  ],
  ['{saidOne} and {saidOther} have the same key: make one for each', '{saidOne}和 {saidOther}的密钥相同：请各生成一把'],
  ["{one} and {other} have one name: each could read the other's answers", '{one} 和 {other} 同名：会读到彼此的应答'],
  [
    "whoever reaches {address} would be one of the servers: give certificate, key and the CA's certificate (--nats-tls-…)",
    '能连到 {address} 的都会被当作集群里的服务器：请给出证书、私钥和 CA 证书（--nats-tls-…）',
  ],
  [
    'nobody is a leaf node that could connect to {address}: give --nats-user leaf:NAME=KEY',
    '没有叶节点可以连到 {address}：请给出 --nats-user leaf:NAME=KEY',
  ],
  [
    'orders would pass the network in the clear at {address}: give --nats-tls-cert and --nats-tls-key, or listen at 127.0.0.1',
    '委托会在 {address} 以明文经过网络：请给出 --nats-tls-cert 和 --nats-tls-key，或只监听 127.0.0.1',
  ],
];

/** All of them. */
export const CLUSTER_LOOK_SENTENCES: readonly Sentence[] = LOOKS;
