/**
 * The events of vnpy's applications, with the type of their data.
 *
 * @module
 */
import { CancelRequest, LogData, OrderData, QuoteData, TradeData } from '../data/index.js';
import { describe } from '../data/describe.js';
import { InvalidDataError } from '../errors.js';
import type { Event } from '../event.js';
import { AlgoItem, SpreadItem, StopOrder } from './classes.js';
import { checkDict } from './dicts.js';
import type { AppDicts } from './dicts.js';

/** Reads the data of an event, or throws. */
type Reader<Data> = (type: string, data: unknown) => Data;

function instance<Data>(kind: abstract new (...args: never[]) => Data): Reader<Data> {
  return (type, data) => {
    if (data instanceof kind) return data;
    const hint = 'does the client have `registry: appsRegistry`?';
    throw new InvalidDataError(
      'WRONG_TYPE',
      type,
      '',
      `${type} must carry a ${kind.name}, got ${describe(data)}: ${hint}`,
    );
  };
}

function dict<Name extends keyof AppDicts>(name: Name): Reader<AppDicts[Name]> {
  return (_type, data) => checkDict(name, data);
}

const text: Reader<string> = (type, data) => {
  if (typeof data === 'string') return data;
  throw new InvalidDataError('WRONG_TYPE', type, '', `${type} must carry a string, got ${describe(data)}`);
};

/** As they are in the modules `base` and `engine` of the packages. */
const READERS = {
  // vnpy_ctastrategy
  eCtaStrategy: dict('CtaStrategyData'),
  eCtaStopOrder: instance(StopOrder),
  eCtaLog: instance(LogData),
  // vnpy_portfoliostrategy
  ePortfolioStrategy: dict('PortfolioStrategyData'),
  ePortfolioLog: instance(LogData),
  // vnpy_spreadtrading
  eSpreadData: instance(SpreadItem),
  eSpreadPos: instance(SpreadItem),
  eSpreadAlgo: instance(AlgoItem),
  eSpreadStrategy: dict('SpreadStrategyData'),
  eSpreadLog: instance(LogData),
  // vnpy_algotrading
  eAlgoUpdate: dict('AlgoData'),
  eAlgoLog: instance(LogData),
  // vnpy_optionmaster. What carries an algo carries its engine, which cannot be pickled: those types never come.
  eOptionNewPortfolio: text,
  eOptionRiskNotice: dict('OptionRiskData'),
  eOptionAlgoLog: instance(LogData),
  // vnpy_riskmanager
  eRiskRule: dict('RiskRuleData'),
  eRiskNotify: text,
  // vnpy_scripttrader
  eScriptLog: instance(LogData),
  // vnpy_paperaccount
  ePaperNewOrder: instance(OrderData),
  ePaperCancelOrder: instance(CancelRequest),
  ePaperNewQuote: instance(QuoteData),
  ePaperCancelQuote: instance(CancelRequest),
  // vnpy_portfoliomanager
  ePmContract: dict('PmContractData'),
  ePmPortfolio: dict('PmPortfolioData'),
  ePmTrade: instance(TradeData),
  // vnpy_datarecorder
  eRecorderUpdate: dict('RecorderData'),
  eRecorderLog: instance(LogData),
} as const;

/** A type of event of vnpy's applications, `'eCtaStrategy'` for instance. */
export type AppEventType = keyof typeof READERS;

/** The data of each type of event. */
export type AppEventData = { readonly [Type in AppEventType]: ReturnType<(typeof READERS)[Type]> };

/** An event of one of vnpy's applications: a union, so that `switch (event.type)` knows the type of `event.data`. */
export type AppEvent = {
  readonly [Type in AppEventType]: { readonly type: Type; readonly data: AppEventData[Type] };
}[AppEventType];

/** Every type of event that {@link readAppEvent} reads. */
export const APP_EVENT_TYPES: readonly AppEventType[] = Object.freeze(Object.keys(READERS) as AppEventType[]);

/** Whether a type is of one of vnpy's applications. */
function isAppEventType(type: string): type is AppEventType {
  return Object.hasOwn(READERS, type);
}

/**
 * An event as what one of vnpy's applications says by it. Fields of a dict that are not known here stay in it, as they came.
 *
 * @example
 * ```ts
 * gateway.on('event', (event) => {
 *   const told = readAppEvent(event);
 *   if (told?.type === 'eCtaStrategy') console.log(told.data.strategy_name, told.data.variables.pos);
 * });
 * ```
 *
 * @param event - An event of a client with `registry: appsRegistry`.
 * @returns `undefined` for the types of vnpy itself and of applications that are not known here.
 * @throws InvalidDataError when the data is not what the application sends: its message names the field.
 */
export function readAppEvent(event: Event): AppEvent | undefined {
  const { type, data } = event;
  if (!isAppEventType(type)) return undefined;
  // The table pairs each type with its data, which the compiler cannot follow through a union.
  return { type, data: READERS[type](type, data) } as AppEvent;
}
