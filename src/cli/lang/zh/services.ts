/**
 * What services and the commands that steer them print for people, in Chinese.
 *
 * @module
 */
import type { ServiceTexts } from '../en/services.js';
import { inChinese } from './said/index.js';

/** Sentences of the services, of `web-user`, `keygen` and `guard`. */
export const services: ServiceTexts = {
  said: inChinese,

  ready: (request, subscribe) => `就绪：--request ${request} --subscribe ${subscribe}`,
  pairAt: (address) => `（vnpy 3.0 到 4.4 的客户端用 ${address}）`,
  relayCutOff: (detail) => `relay：与 vnpy 服务器断开了（${inChinese(detail)}）：委托发不出去，所有数据都是之前的`,
  relayBack: (count, gone) => `relay：已重新连上 vnpy 服务器：期间漏掉 ${count} 项变化，有 ${gone} 项已不存在`,

  messages: (count) => `${count} 条消息`,
  perSecond: (count) => `每秒 ${count} 条`,
  messagesLost: (count) => `丢失 ${count} 条`,
  recorded: (messages, bytes, where) => `${messages} 条消息，${bytes} 字节，在 ${where}`,
  files: (count) => `${count} 个文件里`,
  andLost: (count) => `；丢失 ${count} 条`,
  played: (events) => `推送了 ${events} 个事件`,
  undecodable: (events) => `，${events} 个无法解码`,
  damaged: (files, all) => `；${all} 个文件中有 ${files} 个损坏，没有放完`,

  consoleAt: (url) => `网页控制台：${url}`,
  loginOnce: (link) => `还没有用户；请在 5 分钟内用这个链接登录一次：${link}`,
  noUsers: (how) => `还没有用户；${how}`,
  noWebUser: '风控配置里没有带 "webUser" 的主体：先在配置里写一个，再用 web-user add 添加用户',
  addBy: (command) => `谁可以登录由风控配置规定：${command}`,
  andGive: (users) => `，并给网页控制台加上 ${users}`,

  userAdded: (name, role) => `已添加 ${name}，角色 ${role}`,
  userChanged: (name, role) => `已修改 ${name}，角色 ${role}`,
  wasRole: (role) => `，原来是 ${role}`,
  roleStays: '（角色不变；用 --role 修改）',
  userRemoved: (name) => `已删除 ${name}`,
  totpSecret: (name, secret) => `${name} 的密钥，只显示这一次：${secret}`,
  users: {
    name: '用户',
    role: '角色',
    password: '密码',
    totp: '两步验证',
    tokens: '令牌',
    created: '创建时间',
  },
  yes: '有',
  no: '无',
  askPassword: '密码：',
  askAgain: '再输入一次：',

  secrets: { 'secret key': '私钥', seed: '种子' },
  keysPrinted: (publicKey, word, secret) => `公钥：${publicKey}\n${word}：${secret}`,
  keysWritten: (word, secretFile, publicFile) => `${word}在 ${secretFile}，公钥在 ${publicFile}`,

  levels: { halt: '暂停交易', reduce: '只减仓' },
  halted: (level, id, scope, who, when, why) => `${level} ${id}（${scope}），由 ${who} 发起，${when}：${why}`,
  ended: (halt) => `已解除：${halt}`,
  noHalt: '没有正在生效的暂停',
  released: (id) => `已释放 ${id}`,
  baseline: (of) => `${of} 的亏损从 0 重新算起`,
  auditGoesOn: '审计已恢复',
  webhook: (webhook, format, outcome) => `${webhook}（${format}）：${outcome}`,
  taken: '已接收',
  wouldCancel: (orders) => `会撤 ${orders} 笔委托`,
  cancelled: (cancelled, filled) => `撤单 ${cancelled} 笔，撤单前成交 ${filled} 笔`,
  reports: {
    drill: (ms, counts) => `演练完成，${ms} 毫秒：${counts}`,
    done: (ms, counts) => `完成，${ms} 毫秒：${counts}`,
    notDone: (ms, counts) => `没有完成，${ms} 毫秒：${counts}`,
  },
  failed: (id, why) => `  失败 ${id}：${why}`,
  unknown: (id) => `  结果未知 ${id}`,
  status: {
    policy: '风控配置',
    audit: '审计',
    connected: '已连接',
    halts: '暂停',
    unknown: '结果未知',
  },
  policyOf: (hash, generation) => `${hash}，第 ${generation} 版`,
  newestRefused: (why) => `；最新的一版被拒绝：${why}`,
  auditOf: (file, line, health) => `${file}，第 ${line} 行：${health}`,
  fine: '正常',
  none: '无',
  nobody: '没有人',
  unknownOrder: (id, who, about) => `${id}，${who}：${about}`,
};
