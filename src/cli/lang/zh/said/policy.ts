/**
 * What is wrong with a policy, or odd about it, in Chinese.
 *
 * @module
 */
import type { Sentence } from '../../phrasebook.js';

/** Ends of sentences, and what several have in common. */
const COMMON: readonly Sentence[] = [
  ['{said}; did you mean {name}?', '{said}；是不是想写 {name}？'],
  ['{said}; there are {names}', '{said}；有 {names}'],
  ['{said}, not {saidValue}', '{said}（现在是{saidValue}）'],
  ['{said}, not {value}', '{said}（现在是 {value}）'],
  ['an object', '对象'],
  ['an array', '列表'],
  ['a string of {count} characters', '{count} 个字符的文本'],
  ['the policy has a fault:', '风控配置有 1 处错误：'],
  ['the policy has {count} faults:', '风控配置有 {count} 处错误：'],
  ['and {count} more', '还有 {count} 处'],
  ['line {number}: {word} {said}', '第 {number} 行：{word} {said}'],
  ['line {number}: {said}', '第 {number} 行：{said}'],
  ['{said}; {said2}', '{said}；{said2}'],
];

/** Its text and its file. */
const FILE: readonly Sentence[] = [
  ['a policy is a text', '风控配置应为文本'],
  ['the policy cannot be read', '风控配置读不了'],
  ['the policy cannot be read: {said}', '风控配置读不了：{said}'],
  ['the policy {path} cannot be read: {said}', '风控配置 {path} 读不了：{said}'],
  ['the policy {path} can be changed by others: {said}', '其他人可以改动风控配置 {path}：{said}'],
  ['the policy {path} does not stop changing', '风控配置 {path} 一直在变'],
  ['the policy {path} is no file', '风控配置 {path} 不是文件'],
  ['the policy {path} is larger than {size} MB', '风控配置 {path} 超过 {size} MB'],
  ['the policy is larger than {size} MB', '风控配置超过 {size} MB'],
  ['the policy {path} is no UTF-8 text', '风控配置 {path} 不是 UTF-8 文本'],
  ['changes of {path} are looked for, not watched: {said}', '无法监视 {path} 的变化，改为定时查看：{said}'],
  ['the listener of {path} failed: {said}', '处理 {path} 的变化时出错：{said}'],
  ['others may write into the folder {path}: chmod go-w {same}', '其他人可以写入目录 {path}：请执行 chmod go-w {same}'],
  ['others may write {path}: chmod go-w {same}', '其他人可以写 {path}：请执行 chmod go-w {same}'],
  [
    '{path} belongs to user {owner}, and this program runs as user {user}',
    '{path} 属于用户 {owner}，而本程序以用户 {user} 运行',
  ],
  ['{saidWho} may write {path}: take that right away by icacls', '{saidWho}可以写 {path}：请用 icacls 收回这个权限'],
  ['every user that has logged in', '所有已登录的用户'],
  ['the group Users', 'Users 组'],
  ['every user at this computer', '本机的所有用户'],
  ['every user of the network', '网络上的所有用户'],
  ['Everyone', '任何人'],
  ['who has not logged in', '没有登录的人'],
  ['every user of the domain', '域里的所有用户'],
  ['guests', '来宾'],
  ['who may change {path} is not checked: {said}', '没能检查谁可以改动 {path}：{said}'],
  ['the policy is empty', '风控配置是空的'],
  ['the policy is no JSON: {said}', '风控配置不是 JSON：{said}'],
  ['no JSON: {said}', '不是 JSON：{said}'],
  ['it cannot be read', '无法解析'],
  ['it has a comment', '里面有注释'],
  [
    'a name in double quotes is missing, or there is a comma too many before "}"',
    '缺少双引号里的名称，或者 "}" 前面多了一个逗号',
  ],
  ['a value is missing, or there is a comma too many', '缺少取值，或者多了一个逗号'],
  ['a ":" is missing behind a name', '名称后面缺少 ":"'],
  ['a "," is missing', '缺少 ","'],
  ['a "}" is missing', '缺少 "}"'],
  ['a "]" is missing', '缺少 "]"'],
  ['something stands behind its end', '结尾之后还有内容'],
  [
    'there is a word that is none of true, false, null, or a name without double quotes',
    '有一个词不是 true、false 或 null，或者名称没有加双引号',
  ],
  ['a number is not written as JSON has them', '数字的写法不符合 JSON'],
  ['a text has a character that must be written with a "\\"', '文本里有必须加 "\\" 的字符'],
  ['a text is not closed', '文本没有结束的引号'],
  ['a text has a "\\" before a character that needs none', '文本里有多余的 "\\"'],
  ['a text has a "\\u" without four digits', '文本里的 "\\u" 后面不是四位数字'],
  ['is nested deeper than {depth}', '嵌套超过 {depth} 层'],
  ['has too many values', '内容太多'],
  ['is there twice', '出现了两次'],
  ['has {digits} digits: {most} at most can be kept', '有 {digits} 位数字，最多能保留 {most} 位'],
  ['is too small a number: {text}', '数字太小：{text}'],
];

/** The form of its values. */
const FORM: readonly Sentence[] = [
  ['is missing', '缺少'],
  ['is empty', '是空的'],
  ['is empty: it has the members {names}', '是空的：可以写 {names}'],
  ['has an empty name', '有一个空的名称'],
  ['has a name of more than 200 characters', '有一个超过 200 个字符的名称'],
  ['has a name that JavaScript uses itself: take another', '有一个 JavaScript 自己使用的名称：请换一个'],
  ['is no member of a policy', '不是风控配置的字段'],
  ['is no member of this object', '不是这个对象的字段'],
  [
    'is no member of {saidWhat}; what a role allows stands in the role itself',
    '不是{saidWhat}的字段；角色允许什么，直接写在角色里',
  ],
  [
    'is no member of {saidWhat}; limits stand in "limits", and a warning is "warnAt"',
    '不是{saidWhat}的字段；限额写在 "limits" 里，预警写作 "warnAt"',
  ],
  ['is no member of {saidWhat}; trading days are "days"', '不是{saidWhat}的字段；交易日写作 "days"'],
  ['a policy', '风控配置'],
  ['this object', '这个对象'],
  ['must be a text', '必须是文本'],
  ['must not be empty', '不能为空'],
  ['must have at most {most} characters', '最多 {most} 个字符'],
  ['must be a list, with [ and ]', '必须是列表，用 [ 和 ]'],
  ['must be a number above 0', '必须是大于 0 的数字'],
  ['must be a finite number', '必须是有限的数字'],
  ['must be above 0', '必须大于 0'],
  ['must be a whole number', '必须是整数'],
  ['must be at most a day, 86400000 ms', '不能超过一天，即 86400000 毫秒'],
  ['must be at most a day, 86400 s', '不能超过一天，即 86400 秒'],
  ['must be at most 1: 0.02 is 2 %', '不能大于 1：0.02 就是 2 %'],
  ['must be true or false', '只能是 true 或 false'],
  ['must be one of {list}', '只能是其中之一：{list}'],
  ['must be a number above 0, or false where none is allowed', '必须是大于 0 的数字；一个也不允许就写 false'],
  [
    'must be above 0: write false where none is allowed, and leave it out for no limit',
    '必须大于 0：一个也不允许就写 false，不设限额就不写',
  ],
  ['must be an object', '必须是对象'],
  [
    'must be a number above 0, false where none is allowed, or an object of such with total and perSymbol',
    '必须是大于 0 的数字，或 false（一个也不允许），或写有 total 和 perSymbol 的对象',
  ],
  ['must be the name of a currency, CNY for instance', '必须是币种的名称，例如 CNY'],
  ['must be an object of numbers by currency', '必须是按币种写数字的对象'],
  ['must be a number above 0, or an object with aggressive', '必须是大于 0 的数字，或写有 aggressive 的对象'],
  [
    'must be a whole number above 0, or an object with count and within',
    '必须是大于 0 的整数，或写有 count 和 within 的对象',
  ],
  [
    'must be a whole number above 0, or an object with count, within and then',
    '必须是大于 0 的整数，或写有 count、within 和 then 的对象',
  ],
  ['must be a number above 0, or an object with max and then', '必须是大于 0 的数字，或写有 max 和 then 的对象'],
  ['must be an object of limits', '必须是写限额的对象'],
  ['must be an object of roles by name', '必须是按名称写角色的对象'],
  ['must be an object of principals by name', '必须是按名称写主体的对象'],
  ['must be an object by GATEWAY.accountid', '必须是按 交易接口.账号 写的对象'],
  ['must be a text, or a list of two', '必须是文本，或两项的列表'],
  ['may be two keys, not more', '最多两把密钥'],
  ['must be 1', '必须是 1'],
  ['must be 1 or 2', '只能是 1 或 2'],
  ['must be "log" or "file:" and a path', '必须是 "log"，或 "file:" 加路径'],
  [
    'must be the path of a file, an object with file, or false for no audit',
    '必须是文件的路径，或写有 file 的对象；不要审计就写 false',
  ],
  ['must be what JSON can hold', '必须是 JSON 能表示的值'],
  ['is no account: they are written GATEWAY.accountid, or GATEWAY.*', '不是账户：写作 交易接口.账号，或 交易接口.*'],
  ['is no CURVE key: a key is Z85 text of 40 characters', '不是 CURVE 密钥：密钥是 40 个字符的 Z85 文本'],
  [
    "is no public key of a NATS user: one has 56 characters and begins with 'U'",
    "不是 NATS 用户的公钥：公钥有 56 个字符，以 'U' 开头",
  ],
  ['has more than 255 bytes: ZeroMQ takes none', '超过 255 字节：ZeroMQ 不接受'],
  ['is empty: nobody could connect', '是空的：谁也连不上'],
  ['is no time zone that this system knows: one is written Asia/Shanghai', '不是本机认识的时区：写作 Asia/Shanghai'],
  ['looks like {plain}, and is none', '看起来像 {plain}，其实不是'],
  [
    'has the character {code}, which no name has: printable ASCII and Chinese characters are allowed',
    '有字符 {code}，名称里不能用：只能用可见的 ASCII 字符和汉字',
  ],
  ['has the character {code}, which {said}', '有字符 {code}，{said}'],
  ['begins or ends with a space', '开头或结尾有空格'],
];

/** Its meaning. */
const MEANING: readonly Sentence[] = [
  [
    'is no time: one is written "2027-01-01" or "2027-01-01T15:00"',
    '不是时间：写作 "2027-01-01" 或 "2027-01-01T15:00"',
  ],
  ['there is no role {word}', '没有角色 {word}'],
  [
    '{limit} differs between the roles {one} and {other}: they must agree',
    '角色 {one} 和 {other} 的 {limit} 不同：必须一致',
  ],
  ['cannot be reached: give it {ways} or {last}', '谁也不会被认作它：请写上 {ways} 或 {last}'],
  [
    '"local" is who comes from this machine without security: give {way} to another name',
    '"local" 指从本机连接、不用密钥的人：{way} 请写给别的名称',
  ],
  ['is that of {name}, too', '与 {name} 的相同'],
  ['{text} could be {name}, too: nothing else tells them apart', '{text} 也可能是 {name}：没有别的办法区分它们'],
  ['is an address of {name}, too', '也是 {name} 的地址'],
  [
    'can be reached from other machines, and nothing says who comes: add curveKey, plainUser or addresses',
    '别的机器也能连到，却看不出来的是谁：请加上 curveKey、plainUser 或 addresses',
  ],
  ['needs the number of a port', '要写端口号'],
  ["is own: an account's limits count the account's positions", '写作 own：账户的限额按账户的持仓计算'],
  ['is {narrow}, and {wide} in what it extends: they must agree', '是 {narrow}，而它继承的角色是 {wide}：必须一致'],
  [
    'is {narrow}, wider than the {wide} of what it extends: limits can only narrow',
    '是 {narrow}，比它继承的角色的 {wide} 宽：限额只能收紧',
  ],
  ['is not in what it extends: it would let more through', '在它继承的角色里没有：这样会放行更多'],
  ['is neither an IP address nor a network like 10.1.0.0/16', '既不是 IP 地址，也不是 10.1.0.0/16 这样的网段'],
  ['has no number from 0 to {most} behind the slash', '斜线后面不是 0 到 {most} 的数字'],
  ['is an address inside a network: the network is {network}', '是网段里的一个地址：网段是 {network}'],
  ['is a circle: {names}', '循环继承：{names}'],
  ['is a chain of more than {most} roles', '继承超过 {most} 层'],
  ['is no time of a day: one is written "18:00"', '不是一天里的时间：写作 "18:00"'],
  ['names no days: they are written "mon-fri" or "{days}"', '不是星期：写作 "mon-fri" 或 "{days}"'],
  [
    'is no contract: they are written symbol.EXCHANGE, "{one}" or "{other}" for instance',
    '不是合约：写作 代码.交易所，例如 "{one}" 或 "{other}"',
  ],
  ['ends in "{exchange}", which is no exchange', '以 "{exchange}" 结尾，这不是交易所'],
  ['is a currency that neither the world nor "contracts" knows', '不是已知的币种，"contracts" 里也没有写'],
  ['matches none of {saidWhat}: {known}', '与 {saidWhat}都不匹配：{known}'],
  ['is none of {saidWhat}', '不是 {saidWhat}之一'],
  ["vnpy's products", 'vnpy 的产品类别'],
  ["vnpy's types of orders", 'vnpy 的委托类型'],
  ["vnpy's exchanges", 'vnpy 的交易所'],
];

/** What is right, and odd. */
const WARNINGS: readonly Sentence[] = [
  ['audit is false: nothing shows afterwards who did what', 'audit 为 false：事后看不出谁做过什么'],
  [
    'there is no audit: orders of {roles} are refused until it has one, or says "audit": false',
    '没有审计：角色 {roles} 的委托都会被拒绝，直到写上审计，或写明 "audit": false',
  ],
  [
    'local may call {functions}: that is every program of every user of this machine',
    'local 可以调用 {functions}：也就是本机任何用户的任何程序',
  ],
  [
    '{name} may call {functions}, and is known by an address that every program of this machine reaches',
    '{name} 可以调用 {functions}，而它只凭地址识别，本机任何程序都能连到那个地址',
  ],
  ['{name} has no role: it may do nothing', '{name} 没有角色：它什么也不能做'],
  ['{name} may come from everywhere: {address}', '{name} 可以从任何地方连接：{address}'],
  [
    'the role {role}: {pattern} allows {saidFunctions}, and what is registered later',
    '角色 {role}：{pattern} 允许 {saidFunctions}，以及以后注册的函数',
  ],
  ['the role {role}: {pattern} allows nothing now', '角色 {role}：{pattern} 现在不匹配任何函数'],
  ['the role {role}: {pattern} allows {functions}', '角色 {role}：{pattern} 允许 {functions}'],
  ['nothing now', '（现在没有匹配的函数）'],
  ['the role {role}: there is no function {name} now', '角色 {role}：现在没有函数 {name}'],
  ['the role {role} may send orders without {limits}', '角色 {role} 可以发委托，却没有限额 {limits}'],
  [
    'the role {role} has limits, and may call {functions}: orders that these send pass no limit',
    '角色 {role} 有限额，又可以调用 {functions}：它们发出的委托不经过任何限额',
  ],
];

/** All of them. */
export const POLICY_SENTENCES: readonly Sentence[] = [...COMMON, ...FILE, ...FORM, ...MEANING, ...WARNINGS];
