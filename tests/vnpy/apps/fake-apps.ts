import { MemoryTransport, RpcClient, RpcServer } from 'vnpy-bridge/rpc';
import { Event, LogData, Status } from 'vnpy-bridge/vnpy';
import type { Direction } from 'vnpy-bridge/vnpy';
import { AlgoItem, AlgoStatus, SpreadItem, appsRegistry } from 'vnpy-bridge/vnpy/apps';
import { PyDateTime } from 'vnpy-bridge/pickle';

/** A KeyError of Python, as a server tells of it. */
function keyError(key: string): Error {
  return Object.assign(new Error(`'${key}'`), { name: 'KeyError' });
}

interface Strategy {
  readonly strategy_name: string;
  readonly class_name: string;
  readonly author: string;
  readonly place: string;
  parameters: Record<string, unknown>;
  inited: boolean;
  trading: boolean;
}

/** The functions of examples/app_control.py, with what the engines of vnpy_ctastrategy and vnpy_spreadtrading do behind them. */
class FakeStrategies {
  readonly all = new Map<string, Strategy>();
  /** What `init_state` answers, call by call. */
  readonly initStates: (string | false)[] = [];
  /** The exception that the strategy's code raises next. */
  failure: string | undefined;

  constructor(
    readonly tell: (type: string, data: unknown) => void,
    readonly names: { readonly event: string; readonly log: string; readonly place: string },
  ) {}

  data(strategy: Strategy): Record<string, unknown> {
    const { inited, trading, place, strategy_name, class_name, author, parameters } = strategy;
    const placed = { [this.names.place]: place };
    return { strategy_name, ...placed, class_name, author, parameters, variables: { inited, trading, pos: 0 } };
  }

  functions(prefix: string): Record<string, (...args: never[]) => unknown> {
    const functions: Record<string, (...args: never[]) => unknown> = {
      strategies: () => [...this.all.values()].map((strategy) => this.data(strategy)),
      classes: () => ({ DoubleMaStrategy: { fast_window: 10, slow_window: 20 } }),
      add_strategy: (className: string, name: string, place: string, setting: Record<string, unknown>) => {
        if (className !== 'DoubleMaStrategy') {
          this.#log(`创建策略失败，找不到策略类${className}`);
          return null;
        }
        const parameters = { fast_window: 10, slow_window: 20, ...setting };
        const state = { inited: false, trading: false, author: 'vnpy', parameters };
        this.all.set(name, { strategy_name: name, class_name: className, place, ...state });
        return this.#told(name);
      },
      init_strategy: (name: string) => {
        this.#get(name);
        return null;
      },
      init_state: (name: string) => {
        const state = this.initStates.shift();
        if (state !== undefined) return state;
        this.#run(name);
        this.#get(name).inited = true;
        this.#told(name);
        return 'None';
      },
      start_strategy: (name: string) => {
        if (!this.#get(name).inited) {
          this.#log(`策略${name}启动失败，请先初始化`);
          return null;
        }
        this.#run(name);
        this.#get(name).trading = true;
        return this.#told(name);
      },
      stop_strategy: (name: string) => {
        this.#get(name).trading = false;
        return this.#told(name);
      },
      edit_strategy: (name: string, setting: Record<string, unknown>) => {
        this.#get(name).parameters = setting;
        return this.#told(name);
      },
      remove_strategy: (name: string) => {
        if (this.#get(name).trading) {
          this.#log(`策略${name}移除失败，请先停止`);
          return false;
        }
        return this.all.delete(name);
      },
    };
    return Object.fromEntries(Object.entries(functions).map(([name, work]) => [`${prefix}_${name}`, work]));
  }

  #get(name: string): Strategy {
    const found = this.all.get(name);
    if (found === undefined) throw keyError(name);
    return found;
  }

  #run(name: string): void {
    if (this.failure === undefined) return;
    // As `call_strategy_func`: logged, and the strategy is said to go on.
    this.#log(`[${name}]  触发异常已停止\nTraceback (most recent call last):\n  File "s.py"\n${this.failure}`);
    this.failure = undefined;
  }

  #told(name: string): null {
    this.tell(this.names.event, this.data(this.#get(name)));
    return null;
  }

  #log(msg: string): void {
    this.tell(this.names.log, new LogData({ gateway_name: 'App', msg }));
  }
}

const now = PyDateTime.fromDate(new Date('2026-11-30T01:00:00Z'));

/** A server with the functions of examples/app_control.py, and a client of it. */
export async function startApps(registered?: readonly string[]): Promise<{
  readonly client: RpcClient;
  readonly cta: FakeStrategies;
  readonly spread: FakeStrategies;
  readonly calls: { readonly name: string; readonly args: readonly unknown[] }[];
  readonly stop: () => Promise<void>;
  readonly tell: (type: string, data: unknown) => void;
}> {
  const transport = new MemoryTransport();
  const server = new RpcServer({ transport, registry: appsRegistry });
  const tell = (type: string, data: unknown): void => {
    server.publish('', new Event(type, data));
  };
  const cta = new FakeStrategies(tell, { event: 'eCtaStrategy', log: 'eCtaLog', place: 'vt_symbol' });
  const spread = new FakeStrategies(tell, { event: 'eSpreadStrategy', log: 'eSpreadLog', place: 'spread_name' });
  const calls: { name: string; args: readonly unknown[] }[] = [];
  const functions = { ...cta.functions('cta'), ...spread.functions('spread'), ...spreads(), ...algos(tell) };
  for (const [name, work] of Object.entries(functions)) {
    if (registered?.includes(name) === false) continue;
    server.register(name, (...args: never[]) => {
      calls.push({ name, args });
      return work(...args);
    });
  }
  await server.start('requests', 'events');
  const client = new RpcClient({ transport, registry: appsRegistry });
  client.subscribe('');
  await client.start('requests', 'events');
  await client.ready();
  return {
    client,
    cta,
    spread,
    calls,
    tell,
    stop: () => Promise.all([client.stop(), server.stop()]).then(() => undefined),
  };
}

function spreads(): Record<string, (...args: never[]) => unknown> {
  const all = new Map<string, SpreadItem>();
  const running = new Map<string, AlgoItem>();
  const zero = { bid_volume: 0, bid_price: 0, ask_price: 0, ask_volume: 0, net_pos: 0, datetime: now };
  return {
    spread_spreads: () => [...all.values()],
    spread_algos: () => [...running.values()],
    spread_add_spread: (name: string, _legs: unknown, formula: string) => {
      all.set(name, new SpreadItem({ name, ...zero, price_formula: formula, trading_formula: '' }));
      return null;
    },
    spread_remove_spread: (name: string) => (all.delete(name), null),
    spread_start_algo: (spreadName: string, direction: Direction, price: number, volume: number) => {
      if (!all.has(spreadName)) return '';
      const algoid = `SpreadTaker_${String(running.size + 1).padStart(6, '0')}`;
      const terms = { spread_name: spreadName, direction, price, volume, payup: 5, interval: 5 };
      const state = { traded_volume: 0, traded_price: 0, count: 0, status: Status.NOTTRADED };
      running.set(algoid, new AlgoItem({ algoid, ...terms, ...state }));
      return algoid;
    },
    spread_stop_algo: () => null,
  };
}

function algos(tell: (type: string, data: unknown) => void): Record<string, (...args: never[]) => unknown> {
  const all = new Map<string, Record<string, unknown>>();
  const set = (name: string, status: AlgoStatus): null => {
    const algo = all.get(name);
    if (algo !== undefined) algo['status'] = status;
    return null;
  };
  return {
    algo_algos: () => [...all.values()],
    algo_templates: () => ({
      TwapAlgo: { time: 600, interval: 60 },
      BestLimitAlgo: { min_volume: 0, max_volume: 0 },
    }),
    algo_start_algo: (
      template: string,
      symbol: string,
      direction: Direction,
      offset: unknown,
      price: number,
      volume: number,
      parameters: unknown,
    ) => {
      if (symbol !== 'rb2705.SHFE') return '';
      const name = `${template}_${all.size + 1}`;
      const terms = { algo_name: name, vt_symbol: symbol, direction, offset, price, volume, parameters, variables: {} };
      const algo = { ...terms, status: AlgoStatus.RUNNING, traded: 0, left: volume, traded_price: 0 };
      all.set(name, algo);
      // In vnpy's order, and each may come after the answer, which has a socket of its own.
      setImmediate(() => {
        tell('eAlgoUpdate', { ...algo, status: AlgoStatus.PAUSED });
        setImmediate(() => {
          // As BestLimitAlgo does with its defaults: it says so, and is started all the same.
          const msg = `${name}：最小挂单量必须大于0，算法启动失败`;
          if (template === 'BestLimitAlgo') tell('eAlgoLog', new LogData({ gateway_name: 'AlgoTrading', msg }));
          tell('eAlgoUpdate', { ...algo, status: AlgoStatus.RUNNING });
        });
      });
      return name;
    },
    algo_pause_algo: (name: string) => set(name, AlgoStatus.PAUSED),
    algo_resume_algo: (name: string) => set(name, AlgoStatus.RUNNING),
    algo_stop_algo: (name: string) => (all.delete(name), null),
  };
}
