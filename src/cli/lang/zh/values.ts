/**
 * What is wrong with a value that somebody gave, in Chinese. Each completes the sentence "<where> <value>：…".
 *
 * @module
 */
import type { ErrorTexts } from '../en/errors.js';

/** By what was expected. */
export const values: ErrorTexts['values'] = {
  yesOrNo: '只能是 true 或 false',
  oneValue: '只能有一个值',
  noDuration: (value) => `时间要写单位；请写 ${value === '' ? '500ms、5s、10m、1h 或 1d' : `${value}ms 或 ${value}s`}`,
  nothing: '必须大于零',
  noSize: '不是大小；请写 4096、500MB 或 2GiB',
  sizeRange: (least) => `不能小于 ${least} 字节，也不能大于 8191 TiB`,
  whole: (least, most) => `必须是整数，${most === undefined ? `不小于 ${least}` : `${least} 到 ${most}`}`,
  noSpeed: '不是速度；1 为实际速度，10 为十倍速，max 为尽可能快',
  choice: (words) => `只能是其中之一：${words}`,
  noServer:
    '不是服务器；请写 NAME=REQUEST,SUBSCRIBE，例如 night=tcp://10.0.0.5:2014,tcp://10.0.0.5:4102；名称为 1 到 32 个字母、数字、_ 和 -',
  noHostPort: '不是 HOST:PORT；请写 127.0.0.1:9464',
  noVtSymbol: '不是 vt_symbol；请写 代码.交易所，例如 rb2705.SHFE',
  noMoment: '不是时间；请写 2025-01-31、2025-01-31T09:30 或 2025-01-31T09:30:00+08:00',
  noVersion: '不是 vnpy 的版本；请写 4.0 或 3.9.4',
  noNats: '不是 NATS 的地址；请写 nats://10.0.0.5:4222 或 tls://nats.example.com:4222，其中不写用户名或密钥',
  noName: '必须是 1 到 100 个字符的名称',
  noRange: '应为数字或范围，例如 3 或 2-5',
  endsFirst: (text) => `${text} 的终点在起点之前`,
  fromOne: '消息从 1 开始编号',
  notNegative: '必须是不小于零的数字',
  noPython: '必须是 3.10 到 3.14 的 CPython，例如 3.11 或 3.13.0',
  replicas: (numbers, last) => `只能是 ${numbers} 或 ${last}`,
};
