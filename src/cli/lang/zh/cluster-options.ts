/**
 * The options of `vnpy-bridge` about a cluster, in Chinese.
 *
 * @module
 */
import type * as declarations from '../../bridge/cluster-options.js';
import type { OptionCatalogue } from '../../kit/help-texts.js';

/** By the names of their declarations. */
export const clusterOptions: OptionCatalogue<typeof declarations> = {
  CLUSTER: '集群',
  nats: '集群的一台 NATS 服务器，用它代替 vnpy 服务器；几台组成一个集群时可重复',
  cluster: '集群的名称',
  account: '账户：它的各个 edge 所到达的东西，例如在一家期货公司的一个登录',
  natsKeyFile: '存放 NATS 密钥种子的文件，服务器凭它认出本程序（由 cluster keys 生成）',
  natsTlsCa: '为服务器证书签名的 CA 证书，PEM 格式',
  natsTlsCert: '证书，PEM 格式',
  natsTlsKey: '证书的私钥，PEM 格式',
  beatTimeout: '这么久没有 edge 的消息，客户端就认为它不在了：什么也不再发出',
  renewInterval: '客户端每隔多久告诉 edge 自己还在；须小于 edge 的 --client-timeout 的一半',
  natsLog: '同时把日志行发布到 NATS，由 cluster logs 读取；edge 也发布它的 vnpy 的日志',

  LOGS: '集群的日志行',
  follow: '继续显示新来的日志行，直到 Ctrl-C',
  last: '显示多少条已保存的日志行',
  host: '只显示这台主机上的程序的日志行',
  program: '只显示这个程序的日志行：edge 或主体的名称',
  least: '显示的最低级别：debug、info、warn 或 error',

  EDGE: 'edge',
  edge: 'edge 的名称，在账户内唯一；一直不变',
  state: 'edge 把自己的身份和见过的最大任期存放在哪里（默认：edge-NAME.state）',
  noJournal: '委托不先写入日志就发出：重复的委托会执行两次',
  natsReplicas: '缺少的流由 edge 建立；每个流保存在几台服务器上：1、3 或 5',
  lastTickReplicas: '每个合约的最新行情在几台服务器的内存里各存一份：1、3 或 5；0 表示不保存',
  leaseTtl: '账户的租约不续约时有效多久；持有者只在其中 80 % 的时间内行动',
  leaseRenew: '每隔多久续约一次',
  leaseGrace: '租约到期后，接管的 edge 还要等多久：可能还有发往 vnpy 的委托在途',
  leaseTimeout: '关于租约、日志和记录的每次应答最多等多久',
  beatInterval: 'edge 每隔多久发一次心跳',
  clientTimeout: '这么久没有消息，edge 就忘掉一个客户端',
  acceptLoss: '即使日志或记录有丢失也接管账户：你已经核对过挂着的委托和持仓',

  NATS: 'nats-server 的配置',
  natsUser:
    '风控配置里没有的用户和它的公钥：edge:ACCOUNT:EDGE=KEY、dashboard:NAME=KEY、admin:NAME=KEY 或 leaf:NAME=KEY；可重复',
  natsListen: '客户端连接的地址',
  natsStore: '流存放在哪里（默认：/var/lib/nats；叶子节点没有）',
  natsMonitor: '服务器用 HTTP 报告自身状态的地址，谁来问都会回答',
  natsName: '这台服务器的名称',
  natsRoute: '集群的另一台服务器，例如 nats://10.0.0.2:6222；可重复',
  natsRouteListen: '其他服务器连接的地址',
  natsLeafListen: '叶子节点（其他机房的服务器）连接的地址',
  natsLeafOf: '配置为这台服务器的叶子节点，例如 tls://hub.example.com:7422；种子取自 NATS_LEAF_SEED；可重复',
};
