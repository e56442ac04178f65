/**
 * The routes of vnpy's applications.
 *
 * @module
 */
import * as schema from '../schema/index.js';
import * as algos from './algos.js';
import { route } from './route.js';
import type { Route } from './route.js';
import * as spreads from './spreads.js';
import * as strategies from './strategies.js';

const ofStrategies = { isOfStrategies: true, query: schema.NoQuery } as const;
const reading = { ...ofStrategies, method: 'GET', right: 'view' } as const;
const forms = { ...reading, right: 'trade', isTrading: true } as const;
const changing = { ...ofStrategies, right: 'trade', isTrading: true, answer: schema.StrategyAnswer } as const;
const acting = { ...changing, method: 'POST' } as const;

/** The rows. */
export const STRATEGIES: readonly Route[] = [
  route({
    ...{ ...reading, path: '/strategies', answer: schema.StrategyList },
    summary: "Strategies of vnpy's CTA and spread applications",
    notes:
      'Only with `--web-strategies`. `apps` names the applications whose functions the server has. In addresses `{app}` is ' +
      '`cta`, `spread` or `algo`, and `day:cta` where the console has several servers and this is the one named `day`.',
    problems: ['strategy-refused'],
    handle: strategies.strategies,
  }),
  route({
    ...{ ...forms, path: '/strategy-classes', answer: schema.StrategyClassList },
    summary: 'Classes of strategies, with the defaults of their parameters',
    problems: ['strategy-refused'],
    handle: strategies.classes,
  }),
  route({
    ...{ ...reading, path: '/strategy-logs', answer: schema.AppLogList },
    summary: "The newest lines of the applications' logs, newest last",
    handle: strategies.logs,
  }),
  route({
    ...{ ...acting, path: '/strategies/{app}', body: schema.NewStrategy, status: 201 },
    summary: 'Add a strategy: it does nothing until it is initialised and started',
    problems: ['strategy-busy', 'strategy-refused'],
    handle: strategies.add,
  }),
  route({
    ...{ ...changing, method: 'PUT', path: '/strategies/{app}/{name}/parameters', body: schema.StrategyParameters },
    summary: 'Change parameters of a strategy; those left out stay',
    notes: 'Each value has the type that the parameter has now.',
    problems: ['strategy-busy', 'strategy-refused'],
    handle: strategies.edit,
  }),
  route({
    ...{ ...changing, method: 'DELETE', path: '/strategies/{app}/{name}' },
    summary: 'Remove a strategy that is stopped',
    problems: ['strategy-busy', 'strategy-refused'],
    handle: strategies.remove,
  }),
  route({
    ...{ ...acting, path: '/strategies/{app}/{name}/init', status: 202 },
    summary: 'Initialise a strategy',
    notes: 'The answer waits up to 3 seconds. `running` goes on; the list has `running`, `running_ms` and `failure`.',
    problems: ['strategy-busy', 'strategy-refused'],
    handle: strategies.init,
  }),
  route({
    ...{ ...acting, path: '/strategies/{app}/{name}/start' },
    summary: 'Start a strategy: it may send orders',
    notes: 'After a timeout the strategy may have been started: the list tells.',
    problems: ['strategy-busy', 'strategy-refused', 'halted'],
    handle: strategies.start,
  }),
  route({
    ...{ ...acting, path: '/strategies/{app}/{name}/stop' },
    summary: 'Stop a strategy; vnpy cancels its orders',
    problems: ['strategy-refused'],
    handle: strategies.stop,
  }),
  route({
    ...{ ...reading, path: '/spreads', answer: schema.SpreadList },
    summary: "Spreads of vnpy's SpreadTrading, with price and position",
    problems: ['strategy-refused'],
    handle: spreads.spreads,
  }),
  route({
    ...{ ...acting, path: '/spreads/{app}', body: schema.NewSpread, status: 201 },
    summary: 'Add a spread',
    notes: 'vnpy evaluates the formula as Python: only letters of legs, numbers, `+ - * /` and parentheses pass.',
    problems: ['strategy-refused'],
    handle: spreads.add,
  }),
  route({
    ...{ ...changing, method: 'DELETE', path: '/spreads/{app}/{name}' },
    summary: 'Remove a spread that no strategy and no algorithm trades',
    problems: ['strategy-refused'],
    handle: spreads.remove,
  }),
  route({
    ...{ ...reading, path: '/algos', answer: schema.AlgoList },
    summary: 'Algorithms of AlgoTrading and of spreads, the newest last',
    notes:
      'vnpy forgets those of AlgoTrading when they end. The last 100 that ended since the start of the console are kept.',
    problems: ['strategy-refused'],
    handle: algos.algos,
  }),
  route({
    ...{ ...forms, path: '/algo-templates', answer: schema.AlgoTemplateList },
    summary: 'Kinds of algorithms, with the defaults of their parameters',
    problems: ['strategy-refused'],
    handle: algos.templates,
  }),
  route({
    ...{ ...acting, path: '/algos/{app}', body: schema.NewAlgo, status: 201 },
    summary: 'Start an algorithm, once',
    notes:
      'A second request with the same client_order_id is answered as the first, and starts nothing. The rules and warnings ' +
      'for orders look at it as at one order of its whole volume; at one of a spread they cannot. After a timeout it may run: ' +
      'the list tells.',
    problems: ['duplicate-client-order-id', 'warning-not-confirmed', 'rule', 'halted', 'strategy-refused'],
    handle: algos.start,
  }),
  route({
    ...{ ...acting, path: '/algos/{app}/{name}/pause' },
    summary: 'Pause an algorithm; its orders stay',
    problems: ['strategy-refused'],
    handle: algos.pause,
  }),
  route({
    ...{ ...acting, path: '/algos/{app}/{name}/resume' },
    summary: 'Let a paused algorithm go on',
    problems: ['strategy-refused', 'halted'],
    handle: algos.resume,
  }),
  route({
    ...{ ...acting, path: '/algos/{app}/{name}/stop' },
    summary: 'Stop an algorithm; vnpy cancels its orders',
    problems: ['strategy-refused'],
    handle: algos.stop,
  }),
];
