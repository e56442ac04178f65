/**
 * A server with a simulated market and the functions of examples/app_control.py, without Python: what they do is kept in memory.
 *
 * @module
 */
import { Event, RpcService, SimulatedEngine, Status } from 'vnpy-bridge/vnpy';
import { AlgoItem, AlgoStatus, appsRegistry, SpreadItem } from 'vnpy-bridge/vnpy/apps';
import { PyDateTime } from 'vnpy-bridge/pickle';

/** A KeyError of Python, as vnpy's engines raise one for a name that they do not know. */
function known(all, name) {
  const found = all.get(name);
  if (found !== undefined) return found;
  throw Object.assign(new Error(`'${String(name)}'`), { name: 'KeyError' });
}

const PARAMETERS = { fast_window: 10, slow_window: 20, note: '', live: true };

function strategies(prefix, place, tell) {
  const all = new Map();
  const told = (name) => {
    tell(known(all, name));
    return null;
  };
  const set = (name, values) => {
    Object.assign(known(all, name).variables, values);
    return told(name);
  };
  const functions = {
    strategies: () => [...all.values()],
    classes: () => ({ DoubleMaStrategy: PARAMETERS }),
    add_strategy: (className, name, where, setting) => {
      const variables = { inited: false, trading: false, pos: 0 };
      const head = { strategy_name: name, [place]: where, class_name: className, author: 'vnpy' };
      all.set(name, { ...head, parameters: { ...PARAMETERS, ...setting }, variables });
      return told(name);
    },
    init_strategy: (name) => set(name, { inited: true }),
    init_state: () => 'None',
    start_strategy: (name) => set(name, { trading: known(all, name).variables.inited }),
    stop_strategy: (name) => set(name, { trading: false }),
    edit_strategy: (name, setting) => {
      Object.assign(known(all, name).parameters, setting);
      return told(name);
    },
    remove_strategy: (name) => !known(all, name).variables.trading && all.delete(name),
  };
  return named(prefix, functions);
}

function named(prefix, functions) {
  return Object.entries(functions).map(([name, work]) => [`${prefix}_${name}`, work]);
}

function spreads() {
  const [all, algos] = [new Map(), new Map()];
  const zero = { bid_volume: 0, bid_price: 0, ask_price: 0, ask_volume: 0, net_pos: 0 };
  return named('spread', {
    spreads: () => [...all.values()],
    algos: () => [...algos.values()],
    add_spread: (name, _legs, formula) => {
      const datetime = PyDateTime.fromDate(new Date());
      all.set(name, new SpreadItem({ name, ...zero, datetime, price_formula: formula, trading_formula: '' }));
      return null;
    },
    remove_spread: (name) => (all.delete(name), null),
    start_algo: (name, direction, price, volume, payup, interval) => {
      if (!all.has(name)) return '';
      const algoid = `SpreadTaker_${String(algos.size + 1).padStart(6, '0')}`;
      const terms = { algoid, spread_name: name, direction, price, volume, payup, interval };
      algos.set(
        algoid,
        new AlgoItem({ ...terms, traded_volume: 0, traded_price: 0, count: 0, status: Status.NOTTRADED }),
      );
      return algoid;
    },
    stop_algo: (algoid) => {
      const algo = algos.get(algoid);
      if (algo !== undefined) algos.set(algoid, new AlgoItem(Object.assign({}, algo, { status: Status.CANCELLED })));
      return null;
    },
  });
}

function algos(tell) {
  const all = new Map();
  let count = 0;
  const become = (status, isOver) => (name) => {
    const algo = all.get(name);
    if (algo === undefined) return null;
    algo.status = status;
    if (isOver) all.delete(name);
    tell({ ...algo });
    return null;
  };
  return named('algo', {
    algos: () => [...all.values()],
    templates: () => ({ TwapAlgo: { time: 600, interval: 60 }, SniperAlgo: {} }),
    start_algo: (template, symbol, direction, offset, price, volume, parameters) => {
      const name = `${template}_${++count}`;
      const terms = { algo_name: name, vt_symbol: symbol, direction, offset, price, volume };
      const state = { status: AlgoStatus.RUNNING, traded: 0, left: volume, traded_price: 0, variables: {} };
      all.set(name, { ...terms, ...state, parameters });
      tell(all.get(name));
      return name;
    },
    pause_algo: become(AlgoStatus.PAUSED, false),
    resume_algo: become(AlgoStatus.RUNNING, false),
    stop_algo: become(AlgoStatus.STOPPED, true),
  });
}

/**
 * Starts one at free ports of this machine.
 *
 * @returns Its addresses, and what ends it.
 */
export async function startApplications() {
  const engine = new SimulatedEngine();
  const service = new RpcService(engine, { registry: appsRegistry });
  const tell = (type) => (data) => {
    service.server.publish('', new Event(type, data));
  };
  const functions = [
    ...strategies('cta', 'vt_symbol', tell('eCtaStrategy')),
    ...strategies('spread', 'spread_name', tell('eSpreadStrategy')),
    ...spreads(),
    ...algos(tell('eAlgoUpdate')),
  ];
  for (const [name, work] of functions) service.server.register(name, work);
  await service.start('tcp://127.0.0.1:*', 'tcp://127.0.0.1:*');
  engine.start(5);
  return {
    ...{ request: service.addresses.reply, subscribe: service.addresses.topicFrame },
    end: async () => {
      engine.stop();
      await service.stop();
    },
  };
}
