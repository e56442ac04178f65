/**
 * The commands of the groups `guard` and `audit` in Chinese.
 *
 * @module
 */
import type { GUARD_COMMANDS } from '../../bridge/commands/guard.js';
import type { CommandCatalogue } from '../../kit/help-texts.js';

const POLICY = '风控配置';

/** By their names. */
export const guardCommands: CommandCatalogue<(typeof GUARD_COMMANDS)[number]> = {
  'guard check': {
    summary: '检查风控配置，一次说出所有错误',
    details: '警告针对有效但可疑的内容，例如有交易权限却没有密钥。只有警告时退出码为 0。',
    args: [POLICY],
    examples: ['放到位之前'],
  },
  'guard explain': {
    summary: '说明一次调用由风控配置的哪条规则决定',
    details:
      '参数的写法与 `call` 相同。按判定的次序显示每条规则，> 标出作出决定的那条。加 --guard-control 时，由运行中的 guard 按自己的配置和当前掌握的情况说明；不加时，取决于这些情况的规则显示为“未定”。',
    args: [POLICY, '函数名', '它的参数'],
    examples: ['desk-1 可以发出这笔委托吗？'],
  },
  'guard schema': { summary: '打印风控配置的 JSON Schema，供编辑器使用' },
  'guard status': { summary: '显示运行中的 guard 的状态', examples: ['暂停、结果未知的委托、审计'] },
  'guard halt': { summary: '暂停交易：先拒绝新委托，再撤销挂着的委托', examples: ['一个交易接口'] },
  'guard resume': { summary: '结束暂停', args: ['status 显示的暂停编号，或 all'] },
  'guard drill': { summary: '演练暂停：除了停止和发送，其余都做一遍' },
  'guard release': {
    summary: '宣布一笔结果未知的委托已经了结',
    args: ['它的编号、reference 或 vt_orderid，见 status'],
  },
  'guard baseline': {
    summary: '确认一个交易接口的资金无误，或一个主体的持仓是多少',
    details: '亏损从此由 0 算起。不确认的话，资金突变的账户会被拒绝，因为没有人知道它为什么变。',
    args: ['交易接口或主体', '主体的持仓，例如 CTP.rb2705.SHFE.long=3'],
    examples: ['入金之后'],
  },
  'guard recover': { summary: '磁盘故障之后，用新文件继续审计' },
  'guard alert': {
    summary: '向每个 webhook 发一条消息，看告警能否送达',
    details: '有一条没有被接受时，退出码为 1，并说明原因。',
    examples: ['在有人依靠它之前'],
  },
  'audit verify': {
    summary: '检查审计是否被改动过，并说明检查了什么',
    details: '没有问题时退出码为 0，有问题为 1，文件读不了为 4。没有保存在别处的锚点，就没有人能知道结尾是否被截掉。',
    args: ['同一份审计的各个文件，次序不限'],
    examples: ['锚点保存在别处'],
  },
  'audit show': {
    summary: '打印审计的内容',
    args: ['同一份审计的各个文件，次序不限'],
    examples: ['desk-1 被拒绝了什么'],
  },
  'audit report': {
    summary: '把审计里的委托与服务器的逐笔核对',
    details: '有委托只在一边，或两边不一致时，退出码为 1。',
    args: ['同一份审计的各个文件，次序不限'],
    examples: ['一天结束时'],
  },
};
