/**
 * What the commands about a cluster and a policy say, in Chinese. What to do about a finding goes by its code.
 *
 * @module
 */
import type { ClusterFindingCode } from '../../../cluster/internal.js';
import type { ClusterTexts } from '../en/cluster.js';
import { codes } from './codes.js';
import { inChinese } from './said/index.js';

/** What to do about each finding; undefined where that names something, and is known by its form. */
const ACTIONS: Readonly<Record<ClusterFindingCode, string | undefined>> = {
  OK: undefined,
  NO_EDGE: '请启动一个：vnpy-bridge edge。集群和账户的名称对吗？',
  SERVER_OLD: '请升级到 2.11 或更新：更旧的版本里，两个 edge 可能同时得到租约。',
  NO_STREAMS: '请加上 jetstream { sync_interval: always }：没有流就没有人能持有账户。',
  NO_AUTH: '请使用 vnpy-bridge cluster config 打印的配置。',
  SMALL_PAYLOAD: '请把 max_payload 设为 65536 或更大；默认是 1MB。',
  NO_ANSWER: '它是否过载，或已停止？',
  WIDE_RIGHTS: '请给它 vnpy-bridge cluster config 里的权限：那里谁也听不到别人账户的委托。',
  COMMANDS_STORED: undefined,
  STREAMS_UNKNOWN: '请换看板或管理员的密钥来查看。',
  NO_STREAM: '第一个 edge 启动时会建立它。',
  STREAM_IN_MEMORY: '请在没有 edge 运行时删除它：下一个 edge 会在磁盘上重新建立。',
  STREAM_OPEN: '请设置 deny_delete 和 deny_purge。',
  NOT_READ: '请换看板或管理员的密钥来查看。',
  TWO_ACTIVE: '请暂停它，只留一个，其余停掉，并核对挂着的委托：vnpy-bridge cluster halt。',
  NOBODY_HOLDS: undefined,
  HALTED: undefined,
  HELD_BACK: '原因消除后：vnpy-bridge cluster resume hold',
  SAME_NAME: '请停掉一个，或给它另外的名称和状态目录。',
  NO_VNPY: '请在那台机器上用 vnpy-bridge doctor 检查。',
  BEATS_LATE: '机器或网络很忙；期间客户端不发委托。',
  CLOCK_OFF: '请校准时钟（chrony、NTP）。除了给人看的时间，没有什么取决于它。',
  BUSY: '请减少它的使用者，或给它一台单独的机器。',
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
  said: inChinese,
  levels: { ok: '正常', warning: '警告', fault: '故障' },
  finding: ({ code, text, action }) => ({
    text: inChinese(text),
    action: ACTIONS[code] ?? (action && inChinese(action)),
  }),
  verdict: (faults, warnings) => `${faults === 0 ? '可用' : '不可用'}：${faults} 个故障，${warnings} 个警告`,
  noEdgeHeard: (where, ms) => `${ms} 毫秒内没有听到集群 ${where} 的任何 edge`,
  ofAccount: (name, account) => `${name} 账户 ${account}`,
  noEdge: '没有听到任何 edge；用 --account NAME 仍可查看一个账户',
  columns: { edge: '名称', account: '账户', state: '状态', epoch: '任期', age: '多久之前' },
  state: (state) => STATES[state] ?? state,
  age: (ms) => `${ms} 毫秒`,

  account: (name) => `账户 ${name}`,
  neverHeld: '还没有人持有过',
  recordUnread: '它的记录读不了',
  held: (state, edge, epoch, since) => `${state}：${edge === '' ? '没有人' : edge}，任期 ${epoch}，自 ${since}`,
  noLease: '没有租约',
  lease: (state, edge) => `租约：${edge}，${state}`,
  heldBack: (by, why) => `由 ${by} 保留：${why}`,
  given: (by, edge, why) => `${by} 把它交给 ${edge}：${why}`,
  halted: (level, scope, who, why, id) => `${level}（${scope}），由 ${who} 发起：${why}（${id}）`,
  works: { kept: '挂着的委托保留', cancelled: '挂着的委托已撤销', open: '挂着的委托还没有全部撤销' },
  withOrders: (halt, works) => `${halt}；${works}`,
  edge: (name, state, epoch, ms) => `edge ${name}：${state}，任期 ${epoch}，${ms} 毫秒之前`,
  notRead: (what) => `没有读到：${what}`,

  ready: (name, account, state) => `就绪：edge ${name}，账户 ${account}，${state}`,
  takesOver: (edge, account, last) =>
    `等${last === '' ? '上一个持有者' : ` ${last} `}不再可能有在途的请求，就由 ${edge} 接管账户 ${account}；进度用 cluster status 查看`,
  holdsBack: (account) => `不会再有 edge 开始持有账户 ${account}，直到执行 cluster resume hold`,
  haltLevels: { halt: '暂停交易', reduce: '只减仓' },
  haltOf: (level, scope, why, id) => `${level}（${scope}）：${why}（${id}）`,
  ended: (what) => `已解除：${what}`,
  theHold: '保留',
  noHalt: '没有正在生效的暂停',

  linesLeftOut: (count) => `这里略去了 ${count} 行`,
  noLines: (name) => `集群 ${name} 没有日志：集群里的程序加上 --nats-log 才发布日志`,

  outcomes: { allowed: '允许', outside: '不适用', denied: '禁止', refused: '拒绝', open: '未定' },
  verdicts: { allowed: '允许', refused: '拒绝' },
  decided: (verdict, rule, reason) => {
    const said = new Map<string, string>(Object.entries(codes.GuardError)).get(rule);
    return `${verdict}：[${rule}] ${said ?? ''}\n  ${inChinese(reason)}`;
  },
  of: (value, limit) => `（${value}，限额 ${limit}）`,
  warning: (text) => `警告：${text}`,
  holds: (file, roles, principals) => `${file} 有效：${roles} 个角色，${principals} 个主体`,
};
