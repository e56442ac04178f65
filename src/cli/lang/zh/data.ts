/**
 * vnpy's data in tables and lines, in Chinese, with VeighNa Trader's names.
 *
 * @module
 */
import type { DataTexts } from '../en/data.js';
import { inChinese } from './said/index.js';

/** The heads of columns and the words of lines. */
export const data: DataTexts = {
  logged: inChinese,
  // vnpy's own values are what a trader says: 多, 开, 限价.
  member: ({ value }) => value,
  columns: {
    vt_orderid: '委托号',
    vt_tradeid: '成交号',
    vt_symbol: '合约',
    vt_accountid: '账号',
    name: '名称',
    product: '合约分类',
    size: '合约乘数',
    pricetick: '价格跳动',
    min_volume: '最小委托量',
    max_volume: '最大委托量',
    direction: '方向',
    offset: '开平',
    type: '类型',
    price: '价格',
    average: '均价',
    volume: '数量',
    turned: '成交量',
    traded: '已成交',
    status: '状态',
    datetime: '时间',
    time: '时间',
    reference: '来源',
    yd_volume: '昨仓',
    frozen: '冻结',
    pnl: '盈亏',
    gateway_name: '接口',
    balance: '余额',
    available: '可用',
    last: '最新价',
    'change %': '涨跌 %',
    bid: '买1价',
    bid_volume: '买1量',
    ask: '卖1价',
    ask_volume: '卖1量',
    open: '开盘价',
    high: '最高价',
    low: '最低价',
    close: '收盘价',
    turnover: '成交额',
    open_interest: '持仓量',
  },
  words: {
    last: '最新',
    bid: '买',
    ask: '卖',
    volume: '成交量',
    frozen: '冻结',
    pnl: '盈亏',
    balance: '余额',
    available: '可用',
    size: '乘数',
    pricetick: '价格跳动',
  },
};
