/**
 * Strategies, spreads and algorithms of vnpy's applications: what requests and answers carry.
 *
 * @module
 */
import * as v from 'valibot';
import { OffsetName } from './data.js';
import { ClientOrderId, confirm, short } from './requests.js';

/** A double; null for NaN and the infinities. */
const number = v.nullable(v.number());
/** A moment of this console's own clock: ISO 8601 in UTC, with ms. */
const moment = v.string();
/** Of whatever types. */
const values = v.record(v.string(), v.unknown());
const finite = v.pipe(v.number(), v.finite());

/** Where it is. In addresses `{app}` is `cta`, or `day:cta` where the server is `day`. */
const at = <const App extends string>(...apps: App[]) => ({
  app: v.picklist(apps),
  /** Null where the console has one server. */
  server: v.nullable(v.string()),
});

/** The applications that there are, and what the caller may do. */
const appsOf = <const App extends string, const Action extends string>(apps: App[], actions: Action[]) =>
  v.array(
    v.object({
      ...at(...apps),
      actions: v.array(v.picklist(actions)),
      /** Why nothing of it is listed: its server cannot be asked. */
      problem: v.nullable(v.string()),
    }),
  );

const strategyAction = v.picklist(['init', 'start', 'stop', 'add', 'edit', 'remove']);

/** A strategy of one of vnpy's applications. */
export const Strategy = v.object({
  ...at('cta', 'spread'),
  name: v.string(),
  class_name: v.string(),
  author: v.string(),
  /** The contract or the spread that it trades. */
  symbol: v.string(),
  inited: v.boolean(),
  /** It is started: it may send orders. Where `inited` is false its code has failed, and vnpy gives it nothing more. */
  trading: v.boolean(),
  /** What is being done to it from this console, and since how many ms. */
  running: v.nullable(strategyAction),
  running_ms: v.nullable(v.number()),
  /** Why its last `init` failed, or its code. */
  failure: v.nullable(v.string()),
  parameters: values,
  variables: values,
});

/** GET /strategies */
export const StrategyList = v.object({
  data: v.array(Strategy),
  apps: appsOf(['cta', 'spread'], strategyAction.options),
});

/** A class of strategies, with the defaults of its parameters. */
export const StrategyClass = v.object({ ...at('cta', 'spread'), class_name: v.string(), parameters: values });
export const StrategyClassList = v.object({ data: v.array(StrategyClass) });

/** What became of an action. `running`: the list and the audit tell how it ends. */
export const StrategyAnswer = v.object({ app: v.string(), name: v.string(), outcome: v.picklist(['done', 'running']) });

/** Values that a person sets, by name. Each is of the type that the parameter has. */
const Parameters = v.pipe(
  v.record(
    v.pipe(v.string(), v.maxLength(100)),
    v.union(
      [v.boolean(), finite, v.pipe(v.string(), v.maxLength(1000))],
      'a number, a text, true or false is expected',
    ),
  ),
  v.check((given) => Object.keys(given).length <= 200, 'at most 200 parameters'),
);

/** A name that an address can have: `.` and `..` are steps there. */
const newName = v.pipe(
  v.string(),
  v.maxLength(100),
  v.regex(/^\S(?:.*\S)?$/, 'a name of one line is expected, without spaces around it'),
  v.check((given) => given !== '.' && given !== '..', 'a name cannot be . or ..'),
);

/** POST /strategies/\{app\} */
export const NewStrategy = v.strictObject({
  name: newName,
  class_name: short,
  /** The contract, or the spread. */
  symbol: short,
  /** Those left out have their defaults. */
  parameters: v.optional(Parameters, {}),
});

/** PUT /strategies/\{app\}/\{name\}/parameters: those left out stay. */
export const StrategyParameters = v.strictObject({ parameters: Parameters });

/** A spread. */
export const Spread = v.object({
  ...at('spread'),
  name: v.string(),
  bid_price: number,
  bid_volume: number,
  ask_price: number,
  ask_volume: number,
  /** Position, in spreads; negative when short. */
  net_pos: number,
  price_formula: v.string(),
  trading_formula: v.string(),
});
export const SpreadList = v.object({ data: v.array(Spread), apps: appsOf(['spread'], ['add', 'remove']) });

/** POST /spreads/\{app\} */
export const NewSpread = v.strictObject({
  name: newName,
  legs: v.pipe(
    v.array(
      v.strictObject({
        /** Its letter in the formula. */
        variable: v.pipe(v.string(), v.regex(/^[A-E]$/)),
        vt_symbol: short,
        /** 1 where a higher price of the leg makes the spread dearer, else -1. */
        direction: v.picklist([1, -1]),
        /** How many lots one spread trades; negative where it sells them. */
        multiplier: v.pipe(
          v.number(),
          v.safeInteger(),
          v.check((lots) => lots !== 0, 'a multiplier is not 0'),
        ),
      }),
    ),
    v.minLength(2),
    v.maxLength(5),
  ),
  /** The price by the letters of the legs: numbers, + - * / and parentheses, no other Python. */
  price_formula: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  /** The contract of the leg that is traded first. */
  active_symbol: short,
  min_volume: v.optional(v.pipe(finite, v.gtValue(0)), 1),
});

const algoAction = v.picklist(['start', 'pause', 'resume', 'stop']);

/** An algorithm. vnpy forgets those of AlgoTrading when they end: the console keeps the last that it saw end. */
export const Algo = v.object({
  ...at('algo', 'spread'),
  name: v.string(),
  template: v.string(),
  /** The contract or the spread that it trades. */
  symbol: v.string(),
  direction: v.string(),
  offset: v.nullable(v.string()),
  price: number,
  volume: number,
  traded: number,
  traded_price: number,
  /** `RUNNING`, `PAUSED`, `STOPPED`, `FINISHED`; one of a newer vnpy as it came. */
  status: v.string(),
  is_active: v.boolean(),
  parameters: values,
  variables: values,
});
export const AlgoList = v.object({ data: v.array(Algo), apps: appsOf(['algo', 'spread'], algoAction.options) });

/** A kind of algorithms, with the defaults of its parameters. */
export const AlgoTemplate = v.object({ ...at('algo', 'spread'), template: v.string(), parameters: values });
export const AlgoTemplateList = v.object({ data: v.array(AlgoTemplate) });

/** POST /algos/\{app\}: one `client_order_id` starts one algorithm, whatever comes twice. */
export const NewAlgo = v.strictObject({
  client_order_id: ClientOrderId,
  template: short,
  /** The contract, or the spread. */
  symbol: short,
  direction: v.picklist(['LONG', 'SHORT']),
  /** Of AlgoTrading only. */
  offset: v.optional(OffsetName, 'NONE'),
  price: finite,
  volume: v.pipe(finite, v.gtValue(0)),
  /** Those left out have their defaults. */
  parameters: v.optional(Parameters, {}),
  confirm,
});

/** One line of an application's log. */
export const AppLog = v.object({ ...at('cta', 'spread', 'algo'), time: moment, message: v.string() });
export const AppLogList = v.object({ data: v.array(AppLog) });

export type Strategy = v.InferOutput<typeof Strategy>;
export type StrategyAction = v.InferOutput<typeof strategyAction>;
export type StrategyList = v.InferOutput<typeof StrategyList>;
export type StrategyClass = v.InferOutput<typeof StrategyClass>;
export type StrategyClassList = v.InferOutput<typeof StrategyClassList>;
export type StrategyAnswer = v.InferOutput<typeof StrategyAnswer>;
export type StrategyParameters = v.InferOutput<typeof StrategyParameters>;
export type NewStrategy = v.InferOutput<typeof NewStrategy>;
export type NewStrategyInput = v.InferInput<typeof NewStrategy>;
export type Spread = v.InferOutput<typeof Spread>;
export type SpreadList = v.InferOutput<typeof SpreadList>;
export type NewSpread = v.InferOutput<typeof NewSpread>;
export type NewSpreadInput = v.InferInput<typeof NewSpread>;
export type Algo = v.InferOutput<typeof Algo>;
export type AlgoAction = v.InferOutput<typeof algoAction>;
export type AlgoList = v.InferOutput<typeof AlgoList>;
export type AlgoTemplate = v.InferOutput<typeof AlgoTemplate>;
export type AlgoTemplateList = v.InferOutput<typeof AlgoTemplateList>;
export type NewAlgo = v.InferOutput<typeof NewAlgo>;
export type NewAlgoInput = v.InferInput<typeof NewAlgo>;
export type AppLog = v.InferOutput<typeof AppLog>;
export type AppLogList = v.InferOutput<typeof AppLogList>;
