/**
 * The enums of vnpy's applications that travel.
 *
 * @module
 */
import { defineEnum } from '../enums/enum.js';

/** What became of a stop order that the CTA engine keeps itself. (`vnpy_ctastrategy.base.StopOrderStatus`) */
export const StopOrderStatus = defineEnum('StopOrderStatus', {
  /** The price has not been reached. */
  WAITING: ['等待中', 'Waiting'],
  /** The strategy has cancelled it. */
  CANCELLED: ['已撤销', 'Cancelled'],
  /** The price was reached, and orders were sent. */
  TRIGGERED: ['已触发', 'Triggered'],
});
/** A member of {@link StopOrderStatus}. */
export type StopOrderStatus = (typeof StopOrderStatus)[keyof typeof StopOrderStatus];

/** What an execution algorithm does. (`vnpy_algotrading.base.AlgoStatus`) */
export const AlgoStatus = defineEnum('AlgoStatus', {
  /** It sends orders. */
  RUNNING: ['运行'],
  /** It sends none, until it is resumed. */
  PAUSED: ['暂停'],
  /** A person has stopped it. */
  STOPPED: ['停止'],
  /** It has traded what it was to trade. */
  FINISHED: ['结束'],
});
/** A member of {@link AlgoStatus}. */
export type AlgoStatus = (typeof AlgoStatus)[keyof typeof AlgoStatus];
