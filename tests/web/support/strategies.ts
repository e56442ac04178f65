/** Applications of the tests, without vnpy: they do what they are told, and can be made to take long or to fail. */
import { Offset, Status } from 'vnpy-bridge/vnpy';
import { PyDateTime } from 'vnpy-bridge/pickle';
import { AlgoItem, AlgoStatus, AppControlError, SpreadItem } from 'vnpy-bridge/vnpy/apps';
import type { AlgoData, AlgoEvents, NewAlgo, NewSpread, NewSpreadAlgo } from 'vnpy-bridge/vnpy/apps';
import type { AlgoApp, CtaApp, SpreadApp, StrategyState } from 'vnpy-bridge/web';

/** A strategy to add, of either application. */
interface Added {
  readonly className: string;
  readonly name: string;
  readonly setting: Readonly<Record<string, unknown>>;
  readonly vtSymbol?: string;
  readonly spreadName?: string;
}

const PARAMETERS = { fast_window: 10, slow_window: 20, note: '', live: true };

/** Strategies of the tests. */
export class FakeApp implements CtaApp {
  readonly calls: string[] = [];
  readonly #all = new Map<string, StrategyState>();
  readonly #listeners = new Set<(line: { readonly msg: string }) => void>();
  /** What the next action waits for; it fails where that rejects. */
  before: Promise<void> = Promise.resolve();
  /** Whether the server has no functions for it. */
  isMissing = false;
  /** What a question gets in place of an answer. */
  failure: Error | undefined;

  /** Puts a strategy there. */
  put(name: string, more: Partial<StrategyState> = {}): void {
    this.#all.set(name, {
      ...{ strategy_name: name, class_name: 'DoubleMaStrategy', author: '用Python的交易员' },
      parameters: { fast_window: 10, slow_window: 20 },
      variables: { inited: false, trading: false, pos: 0 },
      ...more,
    });
  }

  set(name: string, variables: Readonly<Record<string, unknown>>): void {
    const state = this.#known(name);
    this.#all.set(name, { ...state, variables: { ...state.variables, ...variables } });
  }

  /** Writes a line into its log. */
  log(msg: string): void {
    for (const listener of this.#listeners) listener({ msg });
  }

  on(_name: 'log', listener: (line: { readonly msg: string }) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async strategies(): Promise<readonly StrategyState[]> {
    this.calls.push('list');
    if (this.failure !== undefined) throw this.failure;
    if (this.isMissing) throw new AppControlError('NOT_REGISTERED', 'the server has no such function');
    return Promise.resolve([...this.#all.values()]);
  }

  classes(): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>> {
    return Promise.resolve({ DoubleMaStrategy: PARAMETERS });
  }

  async add({ className, name, setting, vtSymbol, spreadName }: Added): Promise<void> {
    this.calls.push(`add ${name} ${JSON.stringify(setting)}`);
    await this.before;
    if (this.#all.has(name)) throw new AppControlError('NOT_DONE', `add: there is a strategy ${name} already`);
    this.put(name, {
      class_name: className,
      parameters: { ...PARAMETERS, ...setting },
      ...(vtSymbol === undefined ? {} : { vt_symbol: vtSymbol }),
      ...(spreadName === undefined ? {} : { spread_name: spreadName }),
    });
  }

  async edit(name: string, setting: Readonly<Record<string, unknown>>): Promise<void> {
    this.calls.push(`edit ${name} ${JSON.stringify(setting)}`);
    await this.before;
    const state = this.#known(name);
    this.#all.set(name, { ...state, parameters: { ...state.parameters, ...setting } });
  }

  async remove(name: string): Promise<void> {
    this.calls.push(`remove ${name}`);
    await this.before;
    if (this.#known(name).variables.trading) {
      const logs = [`策略${name}移除失败，请先停止`];
      throw new AppControlError('NOT_DONE', `remove of ${name} was not done`, { logs });
    }
    this.#all.delete(name);
  }

  init(name: string): Promise<void> {
    return this.#act(name, 'init', { inited: true });
  }

  start(name: string): Promise<void> {
    return this.#act(name, 'start', { trading: true });
  }

  stop(name: string): Promise<void> {
    return this.#act(name, 'stop', { trading: false });
  }

  async #act(name: string, action: string, variables: Readonly<Record<string, unknown>>): Promise<void> {
    this.calls.push(`${action} ${name}`);
    const state = this.#known(name);
    await this.before;
    if (action === 'start' && !state.variables.inited) {
      const logs = [`策略${name}启动失败，请先初始化`];
      throw new AppControlError('NOT_DONE', `start of ${name} was not done`, { logs });
    }
    this.set(name, variables);
  }

  #known(name: string): StrategyState {
    const state = this.#all.get(name);
    if (state === undefined) throw new AppControlError('UNKNOWN_NAME', `there is no ${name}`);
    return state;
  }
}

const NOW = PyDateTime.fromDate(new Date('2026-11-30T01:00:00Z'));

/** Spreads of the tests, with their strategies. */
export class FakeSpread extends FakeApp implements SpreadApp {
  readonly #spreads = new Map<string, SpreadItem>();
  readonly #algos = new Map<string, AlgoItem>();

  spreads(): Promise<readonly SpreadItem[]> {
    return Promise.resolve([...this.#spreads.values()]);
  }

  addSpread({ name, priceFormula }: NewSpread): Promise<void> {
    this.calls.push(`addSpread ${name}`);
    const prices = { bid_volume: 1, bid_price: -3, ask_price: -2, ask_volume: 2, net_pos: 0, datetime: NOW };
    this.#spreads.set(name, new SpreadItem({ name, ...prices, price_formula: priceFormula, trading_formula: '' }));
    return Promise.resolve();
  }

  removeSpread(name: string): Promise<void> {
    this.calls.push(`removeSpread ${name}`);
    this.#spreads.delete(name);
    return Promise.resolve();
  }

  algos(): Promise<readonly AlgoItem[]> {
    return Promise.resolve([...this.#algos.values()]);
  }

  startAlgo({ spreadName, direction, price, volume, payup = 5, interval = 5 }: NewSpreadAlgo): Promise<string> {
    const algoid = `SpreadTaker_${String(this.#algos.size + 1).padStart(6, '0')}`;
    this.calls.push(`startAlgo ${algoid}`);
    const terms = { algoid, spread_name: spreadName, direction, price, volume, payup, interval, count: 0 };
    const state = { traded_volume: 0, traded_price: 0, status: Status.NOTTRADED };
    this.#algos.set(algoid, new AlgoItem({ ...terms, ...state }));
    return Promise.resolve(algoid);
  }

  stopAlgo(algoid: string): Promise<void> {
    this.calls.push(`stopAlgo ${algoid}`);
    const algo = this.#algos.get(algoid);
    if (algo !== undefined)
      this.#algos.set(algoid, new AlgoItem(Object.assign({}, algo, { status: Status.CANCELLED })));
    return Promise.resolve();
  }
}

/** Execution algorithms of the tests. */
export class FakeAlgo implements AlgoApp {
  readonly calls: string[] = [];
  readonly #all = new Map<string, AlgoData>();
  readonly #listeners = new Map<string, Set<(data: never) => void>>();
  #count = 0;
  /** What the next start waits for; it fails where that rejects. */
  before: Promise<void> = Promise.resolve();

  on<Name extends keyof AlgoEvents>(name: Name, listener: (data: AlgoEvents[Name]) => void): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  algos(): Promise<AlgoData[]> {
    this.calls.push('list');
    return Promise.resolve([...this.#all.values()]);
  }

  templates(): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>> {
    return Promise.resolve({ TwapAlgo: { time: 600, interval: 60 }, SniperAlgo: {} });
  }

  async start({
    templateName,
    vtSymbol,
    direction,
    offset = Offset.NONE,
    price,
    volume,
    setting,
  }: NewAlgo): Promise<string> {
    this.#count++;
    const name = `${templateName}_${this.#count}`;
    this.calls.push(`start ${name} ${JSON.stringify(setting)}`);
    await this.before;
    const terms = { algo_name: name, vt_symbol: vtSymbol, direction, offset, price, volume };
    const state = { traded: 0, left: volume, traded_price: 0, status: AlgoStatus.RUNNING };
    this.#tell({ ...terms, ...state, parameters: { time: 600, ...setting }, variables: { timer_count: 0 } });
    return name;
  }

  pause(name: string): Promise<void> {
    return this.#become(name, 'pause', AlgoStatus.PAUSED);
  }

  resume(name: string): Promise<void> {
    return this.#become(name, 'resume', AlgoStatus.RUNNING);
  }

  stop(name: string): Promise<void> {
    return this.#become(name, 'stop', AlgoStatus.STOPPED);
  }

  /** Trades all of it. */
  finish(name: string): void {
    const algo = this.#all.get(name);
    if (algo === undefined) throw new Error(`there is no ${name}`);
    this.#tell({ ...algo, status: AlgoStatus.FINISHED, traded: algo.volume, left: 0, traded_price: algo.price });
  }

  async #become(name: string, action: string, status: AlgoStatus): Promise<void> {
    this.calls.push(`${action} ${name}`);
    const algo = this.#all.get(name);
    if (algo === undefined) throw new AppControlError('UNKNOWN_NAME', `no algo ${name} is running or paused`);
    this.#tell({ ...algo, status });
    await Promise.resolve();
  }

  #tell(algo: AlgoData): void {
    const isOver = algo.status === AlgoStatus.STOPPED || algo.status === AlgoStatus.FINISHED;
    if (isOver) this.#all.delete(algo.algo_name);
    else this.#all.set(algo.algo_name, algo);
    for (const listener of this.#listeners.get('algo') ?? []) listener(algo as never);
  }
}
