/**
 * What the guard says of a request, in Chinese: its reasons, and the steps of an explanation.
 *
 * @module
 */
import type { Sentence } from '../../phrasebook.js';

/** Reasons of the rights: who asks, and what it may do. */
const RIGHTS: readonly Sentence[] = [
  ['there is no principal {name}', '没有主体 {name}'],
  ['{name} has no natsKey', '{name} 没有 natsKey'],
  ['{name} has no role', '{name} 没有角色'],
  ['no principal has this web user', '没有主体对应这个网页用户'],
  ['no principal has this NATS key', '没有主体使用这把 NATS 密钥'],
  ['no principal has the key {id}', '没有主体使用密钥 {id}'],
  ['no principal has the user name {name}', '没有主体使用用户名 {name}'],
  ['its mechanism is unknown', '不认识它的安全机制'],
  ['this address served a principal that has it no more', '这个地址原属一个主体，现在已不属于它'],
  ['this address serves another principal alone', '这个地址只供另一个主体使用'],
  ['this address asks for a key or a user name', '这个地址要求密钥或用户名'],
  [
    'it shows neither a key nor a user name, and no principal has its address',
    '它没有出示密钥或用户名，它的地址也不属于任何主体',
  ],
  ['{name} may not come from this machine', '{name} 不能从本机连接'],
  ['{name} may not come from {address}', '{name} 不能从 {address} 连接'],
  ['the rights of {name} ended at {time}', '{name} 的权限已于 {time} 到期'],
  ['{principal} is not, or not any more, in the policy', '{principal} 不在风控配置里，或已被移出'],
  ['{principal} is not let in any more: {said}', '不再允许 {principal} 连接：{said}'],
  ['{principal} is {other} by the new policy', '按新的风控配置，{principal} 现在是 {other}'],
  ['{principal} may not call {name}', '{principal} 不能调用 {name}'],
  ['{principal} may not call {name}: the role {role} denies it', '{principal} 不能调用 {name}：角色 {role} 禁止'],
  ['{principal} may not trade by gateway {name}', '{principal} 不能用交易接口 {name} 交易'],
  [
    '{principal} may not trade by gateway {name}: the role {role} denies it',
    '{principal} 不能用交易接口 {name} 交易：角色 {role} 禁止',
  ],
  ['{principal} may not trade on account {name}', '{principal} 不能在账户 {name} 上交易'],
  [
    '{principal} may not trade on account {name}: the role {role} denies it',
    '{principal} 不能在账户 {name} 上交易：角色 {role} 禁止',
  ],
  ['{principal} may not trade {name}', '{principal} 不能交易 {name}'],
  ['{principal} may not trade {name}: the role {role} denies it', '{principal} 不能交易 {name}：角色 {role} 禁止'],
  ['{principal} may not trade products of class {name}', '{principal} 不能交易 {name} 类产品'],
  [
    '{principal} may not trade products of class {name}: the role {role} denies it',
    '{principal} 不能交易 {name} 类产品：角色 {role} 禁止',
  ],
  ['{principal} may not send orders of type {name}', '{principal} 不能发送 {name} 类型的委托'],
  [
    '{principal} may not send orders of type {name}: the role {role} denies it',
    '{principal} 不能发送 {name} 类型的委托：角色 {role} 禁止',
  ],
  [
    "{saidWhat} is not known, so {principal}'s right to it cannot be decided",
    '不知道{saidWhat}，无法判断 {principal} 是否有权限',
  ],
  ['the function', '函数'],
  ['the gateway', '交易接口'],
  ['the account of the gateway', '交易接口的账户'],
  ['the contract', '合约'],
  ['the class of the product', '产品类别'],
  ['the type of the order', '委托类型'],
  [
    '{principal} may cancel its own orders only, and this is none that it sent by this guard',
    '{principal} 只能撤自己的委托，而这一笔不是它经本 guard 发出的',
  ],
  ['{who} has not the right "{right}"', '{who} 没有权利 "{right}"'],
];

/** Steps of an explanation. */
const STEPS: readonly Sentence[] = [
  [
    'a sign of life, or a question for the end of the event queue: it passes for every principal',
    '只是确认服务器在运行，或询问事件队列是否到头：任何主体都可以',
  ],
  ['the role {role} allows every {saidWhat}', '角色 {role} 允许任何{saidWhat}'],
  ['the role {word} allows {value}', '角色 {word} 允许 {value}'],
  ['the role {role} does not allow every {saidWhat}', '角色 {role} 不是任何{saidWhat}都允许'],
  ['the role {role} does not allow {value}', '角色 {role} 不允许 {value}'],
  ['function', '函数'],
  ['gateway', '交易接口'],
  ['account', '账户'],
  ['symbol', '合约'],
  ['product', '产品类别'],
  ['orderType', '委托类型'],
  ["the order is {name}'s own", '这是 {name} 自己的委托'],
  ['the role {role} cancels all orders', '角色 {role} 可以撤任何委托'],
  ['the role {role}: {said}', '角色 {role}：{said}'],
  ['{name} has the right to {function}', '{name} 有权调用 {function}'],
  ['{said}; by the right "flatten" an order that reduces passes', '{said}；凭 "flatten" 权利，减仓的委托可以通过'],
  ['no halt holds for it', '没有针对它的暂停'],
  ['the order reduces a position, and so passes: {said}', '这笔委托减仓，所以通过：{said}'],
  ['{said}: orders are refused, cancels pass', '{said}：委托一律拒绝，撤单照常'],
  ['it can be written', '可以写入'],
  ['a cancel passes every halt', '撤单不受任何暂停影响'],
  ['a cancel waits for no disk', '撤单不等写盘'],
  ['a cancel waits for no disk: {said}', '撤单不等写盘：{said}'],
  ['it fits', '符合合约'],
  ['{number} of {number2}', '{number}，限额 {number2}'],
  ['whether trading is halted, the running guard knows', '是否暂停交易，只有运行中的 guard 知道'],
  ['whether the audit can be written, the running guard knows', '审计能否写入，只有运行中的 guard 知道'],
  ['whether the order fits its contract, the running guard knows', '委托是否符合合约，只有运行中的 guard 知道'],
  ['order volume {volume} of {limit}', '委托数量 {volume}，限额 {limit}'],
  ['order volume {number} is more than {number2}', '委托数量 {number} 超过限额 {number2}'],
  ['{limit}: it depends on what the running guard knows', '{limit}：取决于运行中的 guard 掌握的情况'],
  ['the order provably reduces a position: it is not asked', '这笔委托确定减仓，不受此限'],
];

/** Halts, audit and state. */
const OBSTACLES: readonly Sentence[] = [
  [
    'trading is halted ({saidScope}) since {time} by {who}: {why}',
    '交易已暂停（{saidScope}），自 {time}，由 {who}：{why}',
  ],
  [
    'only orders that reduce a position are taken ({saidScope}) since {time} by {who}: {why}',
    '只接受减仓的委托（{saidScope}），自 {time}，由 {who}：{why}',
  ],
  ['halt {word}: {why}', '暂停 {word}：{why}'],
  ['all', '全部'],
  ['principal {word}', '主体 {word}'],
  ['role {word}', '角色 {word}'],
  ['gateway {word}', '交易接口 {word}'],
  ['account {word}', '账户 {word}'],
  ['symbol {word}', '合约 {word}'],
  ['the audit file cannot be written ({said})', '审计文件无法写入（{said}）'],
  [
    'the policy names no audit file ("audit": "audit.jsonl", or false for none)',
    '风控配置没有写明审计文件（"audit": "audit.jsonl"，不要审计就写 false）',
  ],
  ['the state of the server is not known yet: {said}', '还不知道服务器的状态：{said}'],
  ['the guard failed at this order: {said}', 'guard 处理这笔委托时出错：{said}'],
  ['the connection to the server was lost before the order left', '委托发出之前，与服务器的连接断开了'],
  ['orderid is neither a text nor a number', 'orderid 既不是文本，也不是数字'],
  ['the guard is closed: nothing leaves any more', 'guard 已关闭：不再发出任何请求'],
  ['the answer is {type}, and no id of an order', '应答是 {type}，不是委托号'],
  ['{name} {text} is not known', '不认识 {name} {text}'],
  ['{principal} was away for {seconds} s', '{principal} 已离线 {seconds} 秒'],
  ['the guard has not reached a server yet', 'guard 还没有连上服务器'],
  ['a rule failed: {said}', '一条规则出错：{said}'],
  ['the server has not listed its orders since the restart', '重启之后，服务器还没有给出委托列表'],
  ['{said}, so {rule} cannot be decided', '{said}，无法判断 {rule}'],
  ['the {saidList} are not known, because the server has not listed them yet', '服务器还没有给出{saidList}'],
  [
    'the {saidList} are not known, because the server has been away for {age} s',
    '服务器已断开 {age} 秒，不知道现在的{saidList}',
  ],
  ['the {saidList} that are known are {age} s old', '已知的{saidList}是 {age} 秒前的'],
  ['orders', '委托'],
  ['positions', '持仓'],
  ['accounts', '资金'],
  ['trades', '成交'],
  ['contracts', '合约'],
  ['no balance of {id} is known', '不知道 {id} 的资金'],
  [
    'the balance of {id} went from {from} to {to} at once, which no trading does: a baseline must be set',
    '{id} 的资金从 {from} 突变为 {to}，交易不会造成这种变化：要先用 guard baseline 确认',
  ],
  [
    'the balance of {id} is {balance}, which no trading does: a baseline must be set',
    '{id} 的资金为 {balance}，交易不会造成这种变化：要先用 guard baseline 确认',
  ],
  ['the contract {symbol} is not known', '不知道合约 {symbol}'],
  ['no price of {symbol} is known for the beginning of the day', '不知道 {symbol} 当日开始时的价格'],
  ['{symbol} has no last price', '{symbol} 没有最新价'],
  ['no tick of {symbol} has come', '还没有 {symbol} 的行情'],
  ['no tick of {symbol} has come since it was subscribed', '订阅之后还没有收到 {symbol} 的行情'],
  ['no tick of {symbol} for {age} s', '{symbol} 已有 {age} 秒没有行情'],
  ['the last tick of {symbol} is of an earlier day', '{symbol} 的最新行情不是当日的'],
  ['no tick of {symbol} is known', '没有 {symbol} 的行情'],
  ['{symbol} has not traded today', '{symbol} 当日没有成交'],
  ['the position in {symbol} that {gateway} tells is no number', '{gateway} 报来的 {symbol} 持仓不是数字'],
  [
    'the position in {symbol} that {gateway} tells has differed from its fills for {age} s',
    '{gateway} 报来的 {symbol} 持仓与成交不符，已有 {age} 秒',
  ],
  ['how many messages left before the restart is not known for 1 s', '重启后 1 秒内，不知道重启前发出了多少消息'],
];

/** Reasons of the limits. The first number is that of the order, and the limit stands at the end, as in English: programs read them. */
const LIMITS: readonly Sentence[] = [
  ["{name}'s limit of {limit}", ' {name} 的限额 {limit}'],
  ["the account's limit of {limit}", '账户的限额 {limit}'],
  ['price {price}, reference {reference}', '价格 {price}，参考价 {reference}'],
  ['no price of its own; the day has price limits', '没有自己的价格；当日有涨跌停价'],
  ['a {type} order has no price, and {symbol} no price limits', '{type} 委托没有价格，而 {symbol} 没有涨跌停价'],
  ["price {price} is above the day's limit {limit}", '价格 {price} 高于涨停价 {limit}'],
  ["price {price} is below the day's limit {limit}", '价格 {price} 低于跌停价 {limit}'],
  [
    'price {price} is higher than the band around {reference} allows a buy',
    '买入价 {price} 高于参考价 {reference} 允许的范围',
  ],
  [
    'price {price} is lower than the band around {reference} allows a buy',
    '买入价 {price} 低于参考价 {reference} 允许的范围',
  ],
  [
    'price {price} is higher than the band around {reference} allows a sell',
    '卖出价 {price} 高于参考价 {reference} 允许的范围',
  ],
  [
    'price {price} is lower than the band around {reference} allows a sell',
    '卖出价 {price} 低于参考价 {reference} 允许的范围',
  ],
  [
    'the reference {reference} is not above 0, and the band has no ticks',
    '参考价 {reference} 不大于 0，而 priceBand 没有写 ticks',
  ],
  [
    "would trade with your account's own {saidSide} order {id} at {price}",
    '会与本账户自己的{saidSide}单 {id}（{price}）成交',
  ],
  ["would trade with your account's own {saidSide} order {id}", '会与本账户自己的{saidSide}单 {id} 成交'],
  ["would trade with your account's own {saidSide} order at {price}", '会与本账户自己的{saidSide}单（{price}）成交'],
  ["would trade with your account's own {saidSide} order", '会与本账户自己的{saidSide}单成交'],
  ['buy', '买'],
  ['sell', '卖'],
  ['unknown', '未知'],
  [
    '{others} open orders of the contract on the account, of which none crosses',
    '账户在这个合约上有 {others} 笔活动委托，都不会与它成交',
  ],
  [
    'the same order for the {times}th time within {ms} ms is more than {said}',
    '第 {times} 次发送同样的委托（{ms} 毫秒内），超过{said}',
  ],
  ['a loss of {lost} today is more than {said}', '当日亏损 {lost}，超过{said}'],
  [
    'the account may only reduce positions, and this order does not provably do so',
    '账户只能减仓，而这笔委托不能确定是减仓',
  ],
  [
    '{who} may only reduce positions, and this order does not provably do so',
    '{who} 只能减仓，而这笔委托不能确定是减仓',
  ],
  [
    'a position of {lots} in {symbol}, if all is filled, is more than {said}',
    '全部成交后持仓 {lots} 手（{symbol}），超过{said}',
  ],
  ['positions of {lots} in all symbols are more than {said}', '全部合约持仓 {lots} 手，超过{said}'],
  ['{open} open orders are more than {said}', '活动委托 {open} 笔，超过{said}'],
  ['{open} open orders of {symbol} are more than {said}', '活动委托 {open} 笔（{symbol}），超过{said}'],
  ['{messages} messages within 1 s are more than {said}', '一秒内报单和撤单 {messages} 次，超过{said}'],
  ['{sum} orders today are more than {said}', '当日委托 {sum} 笔，超过{said}'],
  ['{sum} orders of {symbol} today are more than {said}', '当日委托 {sum} 笔（{symbol}），超过{said}'],
  ['{sum} messages today are more than {said}', '当日报单和撤单 {sum} 次，超过{said}'],
  ['{sum} messages of {symbol} today are more than {said}', '当日报单和撤单 {sum} 次（{symbol}），超过{said}'],
  ['{sum} cancels today are more than {said}', '当日撤单 {sum} 笔，超过{said}'],
  ['{sum} cancels, with one for this order, today are more than {said}', '连这笔在内，当日撤单 {sum} 笔，超过{said}'],
  [
    '{sum} cancels, with one for this order, of {symbol} today are more than {said}',
    '连这笔在内，当日撤单 {sum} 笔（{symbol}），超过{said}',
  ],
  ['{sum} lots opened today are more than {said}', '当日开仓 {sum} 手，超过{said}'],
  ['{sum} lots opened of {symbol} today are more than {said}', '当日开仓 {sum} 手（{symbol}），超过{said}'],
  [
    '{cancels} cancels of {lots} lots or more of {symbol} today, with one for this order, are more than {said}',
    '连这笔在内，当日大额撤单 {cancels} 笔（{symbol}，每笔 {lots} 手以上），超过{said}',
  ],
  ['order volume {volume} is more than {said}', '委托数量 {volume} 超过{said}'],
  ['order value {value} {currency} is more than {said}', '委托金额 {value} {currency} 超过{said}'],
  ['the value is in {currency}, for which there is no limit', '金额的币种是 {currency}，没有写它的限额'],
  ['the currency of {symbol} is not known: name it in contracts', '不知道 {symbol} 的币种：请写进 contracts'],
  ['the contract {symbol} has no {field}', '合约 {symbol} 没有 {field}'],
  ['{symbol} has no limit_up, and there is no priceBand', '{symbol} 没有涨停价，也没有写 priceBand'],
  ['{symbol} has no price', '{symbol} 没有价格'],
  ['the legs of {symbol} are not known', '不知道 {symbol} 的各腿'],
  ['the contract {leg}, a leg of {symbol}, is not known', '不知道合约 {leg}，它是 {symbol} 的一腿'],
  [
    'an order of {symbol} that the guard has not sent is on the account',
    '账户上有一笔 {symbol} 的委托不是经 guard 发出的',
  ],
  ['{refused} orders were refused within {ms} ms', '{ms} 毫秒内被拒绝 {refused} 笔委托'],
];

/** Whether an order fits its contract. */
const SHAPES: readonly Sentence[] = [
  ['there is no gateway {name}', '没有交易接口 {name}'],
  ['there is no contract {name}', '没有合约 {name}'],
  ['the name of the gateway is missing', '没有写交易接口的名称'],
  ['{name} is no text', '{name} 不是文本'],
  ['{name} is no finite number', '{name} 不是有限的数字'],
  ['the direction is neither LONG nor SHORT', '方向既不是多也不是空'],
  ['the offset is not known', '不认识这种开平'],
  ['the type of the order is not known', '不认识这种委托类型'],
  ['the exchange is not known', '不认识这个交易所'],
  ['symbol and exchange are not those of {symbol}', 'symbol 和 exchange 与 {symbol} 不符'],
  ['it has a field {name} that orders do not have', '它有字段 {name}，委托没有这个字段'],
  ['the min_volume {step} of {symbol} is too small to be counted', '{symbol} 的最小委托量 {step} 太小，无法计数'],
  ['order volume {volume} is not above 0', '委托数量 {volume} 不大于 0'],
  [
    "order volume {volume} is no multiple of the contract's {step}",
    '委托数量 {volume} 不是合约最小委托量 {step} 的整数倍',
  ],
  ["order volume {volume} is more than the contract's {most}", '委托数量 {volume} 超过合约的最大委托量 {most}'],
  ["price {price} is no multiple of the contract's {tick}", '价格 {price} 不是最小变动价位 {tick} 的整数倍'],
  ['price {price} is not above 0', '价格 {price} 不大于 0'],
];

/** A reason behind its rule. */
const RULED: readonly Sentence[] = [
  ['[{word}] {said}', '[{word}] {said}'],
  ['send_order: [{word}] {said}', 'send_order：[{word}] {said}'],
  ['cancel_order: [{word}] {said}', 'cancel_order：[{word}] {said}'],
];

/** All of them. */
export const GUARD_SENTENCES: readonly Sentence[] = [...RIGHTS, ...STEPS, ...OBSTACLES, ...LIMITS, ...SHAPES, ...RULED];
