/**
 * One table of all data and request classes: how to make a blank one, and its schema.
 *
 * @module
 */
import type { FieldDefinition } from '../../pickle/index.js';
import { assignBarData, assignContractData, assignOrderData, assignTickData, assignTradeData } from './assign.js';
import type { Assign } from './assign.js';
import { BaseData } from './base.js';
import { CancelRequest, cancelRequestSchema } from './cancel-request.js';
import {
  BarData,
  ContractData,
  LogData,
  TickData,
  barDataSchema,
  contractDataSchema,
  logDataSchema,
  tickDataSchema,
} from './market.js';
import {
  HistoryRequest,
  OrderRequest,
  QuoteRequest,
  SubscribeRequest,
  historyRequestSchema,
  orderRequestSchema,
  quoteRequestSchema,
  subscribeRequestSchema,
} from './requests.js';
import { BLANK } from './schema.js';
import type { Clock, DataSchema } from './schema.js';
import {
  AccountData,
  OrderData,
  PositionData,
  QuoteData,
  TradeData,
  accountDataSchema,
  orderDataSchema,
  positionDataSchema,
  quoteDataSchema,
  tradeDataSchema,
} from './trading.js';

/** One of vnpy's classes: its constructor, a maker of blank instances, and the operations of its schema. */
export interface DataClass<T extends object = object> {
  readonly className: string;
  readonly type: abstract new (...args: never[]) => T;
  /** It is sent to a gateway; the others come from one. */
  readonly isRequest: boolean;
  /** An instance with every field at its default, in vnpy's order, unchecked. */
  create(): T;
  /** Assigns all attributes of a received instance, for classes that come in floods. */
  readonly assignAll?: Assign<never>;
  /** The attributes that hold datetimes, and whether vnpy's have a zone there. */
  readonly datetimes: ReadonlyMap<string, Clock>;
  /** What the codec is to know of an attribute. */
  codecField(name: string): FieldDefinition;
  /** Names of the fields that hold members of enums. */
  readonly enumFields: readonly string[];
  /** Checks and sets some fields. */
  assign(target: T, changes: object): void;
  /** Checks all fields as they stand. */
  verify(target: T): void;
  /** Computes the derived attributes again. */
  derive(target: T): void;
}

function dataClass<T extends object, I extends object>(
  type: new (init: I) => T,
  schema: DataSchema<T, I>,
  assignAll?: Assign<T>,
): DataClass<T> {
  const create = (): T => new type(BLANK);
  holdAnything(create());
  return {
    className: schema.className,
    type,
    isRequest: !(type.prototype instanceof BaseData),
    create,
    ...(assignAll === undefined ? {} : { assignAll }),
    datetimes: schema.datetimes,
    codecField: (name) => schema.codecField(name),
    enumFields: schema.enumFields(),
    assign: (target, changes) => {
      // The schema checks every name and value; what it is given needs no type beyond object.
      schema.assign(target, changes as I, false);
    },
    verify: (target) => {
      schema.verify(target);
    },
    derive: (target) => {
      schema.derive(target);
    },
  };
}

/**
 * Has the engine lay out the class's objects with fields for anything, by showing it one whose numbers are text. Fields that it
 * thinks are for floats only would each have a box of their own in every object. The box is made for the default and again for
 * the value. That takes a third of the time and of the memory of a tick with its thirty floats (measured on Node 20).
 */
function holdAnything(sample: object): void {
  for (const [name, value] of Object.entries(sample)) if (value === 0) Reflect.set(sample, name, '');
}

/** All data and request classes of `vnpy.trader.object`. */
export const DATA_CLASSES: readonly DataClass[] = [
  dataClass(TickData, tickDataSchema, assignTickData),
  dataClass(BarData, barDataSchema, assignBarData),
  dataClass(OrderData, orderDataSchema, assignOrderData),
  dataClass(TradeData, tradeDataSchema, assignTradeData),
  dataClass(PositionData, positionDataSchema),
  dataClass(AccountData, accountDataSchema),
  dataClass(LogData, logDataSchema),
  dataClass(ContractData, contractDataSchema, assignContractData),
  dataClass(QuoteData, quoteDataSchema),
  dataClass(SubscribeRequest, subscribeRequestSchema),
  dataClass(OrderRequest, orderRequestSchema),
  dataClass(CancelRequest, cancelRequestSchema),
  dataClass(HistoryRequest, historyRequestSchema),
  dataClass(QuoteRequest, quoteRequestSchema),
];

const datetimesByPrototype = new Map<unknown, ReadonlyMap<string, Clock>>(
  DATA_CLASSES.map(({ type, datetimes }) => [type.prototype, datetimes]),
);

/** The datetimes of one of vnpy's objects, also of a class that extends one of vnpy's; undefined for anything else. */
export function datetimeFieldsOf(value: unknown): ReadonlyMap<string, Clock> | undefined {
  if (typeof value !== 'object') return undefined;
  for (let type: unknown = value; type !== null;) {
    type = Object.getPrototypeOf(type) as unknown;
    const known = datetimesByPrototype.get(type);
    if (known !== undefined) return known;
  }
  return undefined;
}

/** The class of `data`, or `undefined` when it is none of vnpy's. */
export function dataClassOf(data: object): DataClass | undefined {
  return DATA_CLASSES.find((candidate) => data.constructor === candidate.type);
}
