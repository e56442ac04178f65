/**
 * What the commands about a cluster and a policy say, in Chinese. A finding of the cluster is told by its code, with the English
 * detail behind it.
 *
 * @module
 */
import type { ClusterFindingCode } from '../../../cluster/internal.js';
import type { ClusterTexts } from '../en/cluster.js';
import { codes } from './codes.js';

/** What each finding means, and what to do. */
const FINDINGS: Readonly<Record<ClusterFindingCode, readonly [text: string, action: string] | undefined>> = {
  OK: undefined,
  NO_EDGE: ['没有 edge 的心跳', '请启动一个：vnpy-bridge edge。集群和账户的名称对吗？'],
  SERVER_OLD: ['nats-server 太旧', '请升级到 2.11 或更新：更旧的版本里，两个 edge 可能同时得到租约。'],
  NO_STREAMS: ['NATS 服务器没有流', '请加上 jetstream { sync_interval: always }：没有流就没有人能持有账户。'],
  NO_AUTH: ['NATS 服务器不问客户端是谁，任何能连上的人都能下单', '请使用 vnpy-bridge cluster config 打印的配置。'],
  SMALL_PAYLOAD: ['max_payload 太小', '请把 max_payload 设为 65536 或更大；默认是 1MB。'],
  NO_ANSWER: ['NATS 服务器没有应答', '它是否过载，或已停止？'],
  WIDE_RIGHTS: [
    '这把密钥可以听到任何账户的委托',
    '请给它 vnpy-bridge cluster config 里的权限：那里谁也听不到别人账户的委托。',
  ],
  COMMANDS_STORED: [
    '有一个流保存了调用：再次读取时，保存的委托会被执行',
    '请把这些主题移出这个流，或删除它：nats stream rm NAME',
  ],
  STREAMS_UNKNOWN: ['这把密钥不能查看流', '请换看板或管理员的密钥来查看。'],
  NO_STREAM: ['没有这个流', '第一个 edge 启动时会建立它。'],
  STREAM_IN_MEMORY: ['服务器结束时它会丢失', '请在没有 edge 运行时删除它：下一个 edge 会在磁盘上重新建立。'],
  STREAM_OPEN: ['日志里的消息可以被删除', '请设置 deny_delete 和 deny_purge。'],
  NOT_READ: ['没能读到全部', '请换看板或管理员的密钥来查看。'],
  TWO_ACTIVE: [
    '不止一个 edge 说自己持有账户',
    '请暂停它，只留一个，其余停掉，并核对挂着的委托：vnpy-bridge cluster halt。',
  ],
  NOBODY_HOLDS: [
    '没有人持有账户',
    '请等几秒，或看 edge 的日志；租约若已到期，先确认上一个持有者不再交易，然后：vnpy-bridge cluster takeover --edge NAME',
  ],
  HALTED: ['账户已暂停', '原因消除后：vnpy-bridge cluster resume ID'],
  HELD_BACK: ['不许任何 edge 开始持有', '原因消除后：vnpy-bridge cluster resume hold'],
  SAME_NAME: ['有两个程序用了这个名称', '请停掉一个，或给它另外的名称和状态目录。'],
  NO_VNPY: ['它的 vnpy 服务器不在', '请在那台机器上用 vnpy-bridge doctor 检查。'],
  BEATS_LATE: ['心跳来得晚', '机器或网络很忙；期间客户端不发委托。'],
  CLOCK_OFF: ['它的时钟不准', '请校准时钟（chrony、NTP）。除了给人看的时间，没有什么取决于它。'],
  BUSY: ['它的事件循环很忙', '请减少它的使用者，或给它一台单独的机器。'],
};

const STATES: Readonly<Record<string, string>> = {
  passive: '待命',
  acquiring: '正在取得',
  recovering: '正在恢复',
  active: '持有中',
  draining: '正在收尾',
  halted: '已暂停',
  held: '持有中',
  released: '已释放',
};

/** Sentences by what they say. */
export const cluster: ClusterTexts = {
  levels: { ok: '正常', warning: '警告', fault: '故障' },
  finding: ({ code, text, action }) => {
    const [said, help] = FINDINGS[code] ?? [];
    return { text: said === undefined ? text : `${said}（${text}）`, action: help ?? action };
  },
  verdict: (faults, warnings) => `${faults === 0 ? '可用' : '不可用'}：${faults} 个故障，${warnings} 个警告`,
  noEdgeHeard: (where, ms) => `${ms} 毫秒内没有听到集群 ${where} 的任何 edge`,
  ofAccount: (name, account) => `${name} 账户 ${account}`,
  noEdge: '没有听到任何 edge；用 --account NAME 仍可查看一个账户',
  columns: { edge: '名称', account: '账户', state: '状态', epoch: '任期', age: '多久之前' },

  account: (name) => `账户 ${name}`,
  neverHeld: '还没有人持有过',
  recordUnread: '它的记录读不了',
  held: (state, edge, epoch, since) =>
    `${STATES[state] ?? state}：${edge === '' ? '没有人' : edge}，任期 ${epoch}，自 ${since}`,
  noLease: '没有租约',
  lease: (state, edge) => `租约${STATES[state] ?? ` ${state}`}：${edge}`,
  heldBack: (by, why) => `由 ${by} 保留：${why}`,
  given: (by, edge, why) => `${by} 把它交给 ${edge}：${why}`,
  halted: (level, scope, who, why, id) => `${level} ${scope}，由 ${who} 暂停：${why}（${id}）`,
  works: { kept: '挂着的委托保留', cancelled: '挂着的委托已撤销', open: '挂着的委托还没有全部撤销' },
  edge: (name, state, epoch, ms) => `edge ${name}：${STATES[state] ?? state}，任期 ${epoch}，${ms} 毫秒之前`,
  notRead: (what) => `没有读到：${what}`,

  outcomes: { allowed: '允许', outside: '不适用', denied: '禁止', refused: '拒绝', open: '未定' },
  verdicts: { allowed: '允许', refused: '拒绝' },
  decided: (verdict, rule, reason) => {
    const said = new Map<string, string>(Object.entries(codes.GuardError)).get(rule);
    return `${verdict}：[${rule}] ${said ?? ''}\n  ${reason}`;
  },
  of: (value, limit) => `（${value}，限额 ${limit}）`,
  warning: (text) => `警告：${text}`,
  holds: (file, roles, principals) => `${file} 有效：${roles} 个角色，${principals} 个主体`,
};
