/**
 * What the commands that show a running market say beside its data, in Chinese.
 *
 * @module
 */
import type { LiveTexts } from '../en/live.js';
import { inChinese } from './said/index.js';

const closed = '市场休市，或者服务器的交易接口没有连接';
const without = (what: string): string => `服务器没有${what}：多半是它的交易接口没有连接，请在服务器程序里连接`;

/** Sentences of `watch`, `listen`, `history`, the lists, and of what waits for events. */
export const live: LiveTexts = {
  closed,
  noAccount: without('资金账户'),
  noContract: without('合约'),
  noTick: `服务器没有行情：启动以来没有人订阅过合约（可用 vnpy-bridge listen --symbol rb2705.SHFE --ask 订阅），或者${closed}`,

  more: (rows) => `… 还有 ${rows} 行`,
  unknownContracts: (symbols) => `没有这个合约：${symbols}`,
  unknownContract: (symbol) => `服务器没有合约 ${symbol}`,
  noTickYet: (symbols) => `还没有行情：${symbols}`,
  nothingHeld: '没有持仓，也没有活动委托：写出合约就能看行情',
  noAnswerFor: (seconds) => `${seconds} 秒没有应答`,
  lastMessage: (seconds) => `${seconds} 秒前收到最后一条消息`,
  quit: '按 q 结束',
  states: { idle: '未启动', connecting: '正在连接', connected: '已连接', disconnected: '已断开', stopped: '已停止' },

  nothingYet: '已连接，还没有可显示的内容',
  hangs: '服务器也不应答调用：它卡住了（可用 vnpy-bridge doctor 进一步检查）',
  leftOut: (types) => `收到了被选项排除的事件：${types}`,
  emptyTopic: 'vnpy_rpcservice 的推送主题都是空的：去掉 --topic，改用 --type 选择',
  whenSomething: (types) => `${types} 在服务器上有委托、成交或变动时才会来`,
  noTickCame: `已订阅，但没有行情：${closed}（vnpy-bridge ticks 显示最后的行情）`,
  askFor: (how) => `有人订阅过的合约，vnpy 才推送它的行情：可用 ${how} 订阅`,

  noType: (type) => `vnpy 没有 --type ${type} 这种事件`,
  typesAre: (types) => `；vnpy 有 ${types}`,
  didYouMean: (name) => `；是不是想写 ${name}？`,

  said: inChinese,
  disconnected: (detail) => `连接断开：${inChinese(detail)}`,
  connectedAgain: '已重新连接；期间的事件可能丢失',
  lost: (events) => `丢失了 ${events} 个事件：事件来得比读取快`,

  noBars: (why) => `没有 K 线；${why}`,
  noReason: '服务器的日志没有写原因',
  noLog: '--subscribe 的地址没有人应答，看不到它的日志',
  logged: (message) => `服务器的日志：${inChinese(message)}`,
};
