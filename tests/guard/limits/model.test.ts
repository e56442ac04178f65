/**
 * Whatever happens, and in whichever order: a decision is what a naive recomputation of the whole history says.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Status } from 'vnpy-bridge/vnpy';
import type { Limits } from '../../../src/guard/policy/policy.js';
import { ACCOUNT, Model, OWN, PRINCIPALS, SYMBOLS, isActive } from './model.js';
import type { Order } from './model.js';
import { HOUR, accountRule } from './support.js';

type Command =
  | { readonly do: 'order' | 'foreign'; readonly order: Order; readonly then: 'sent' | 'notSent' }
  | { readonly do: 'answer' | 'refuse' | 'lie' | 'lose' | 'find' | 'release'; readonly which: number }
  | { readonly do: 'neverArrives' | 'cancel' | 'reject' | 'reopen' | 'vanish' | 'again'; readonly which: number }
  | { readonly do: 'fill'; readonly which: number; readonly part: number; readonly orderFirst: boolean }
  | { readonly do: 'pass'; readonly ms: number }
  | { readonly do: 'setBack' | 'nextDay' | 'restart' | 'down' | 'list' }
  | { readonly do: 'tighten'; readonly by: number };

const order = fc.record({
  principal: fc.nat(1),
  symbol: fc.nat(1),
  sell: fc.boolean(),
  close: fc.boolean(),
  volume: fc.integer({ min: 1, max: 5 }),
  price: fc.constantFrom(3499, 3500, 3501),
});
const which = fc.nat(50);

const command: fc.Arbitrary<Command> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('order' as const),
      order,
      then: fc.constantFrom('sent', 'sent', 'sent', 'notSent'),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('foreign' as const), order, then: fc.constant('sent' as const) }),
  },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('answer' as const), which }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('fill' as const),
      which,
      part: fc.integer({ min: 1, max: 5 }),
      orderFirst: fc.boolean(),
    }),
  },
  {
    weight: 8,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'refuse',
        'lie',
        'lose',
        'find',
        'release',
        'neverArrives',
        'cancel',
        'reject',
        'reopen',
        'vanish',
        'again',
      ),
      which,
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.constantFrom(1, 500, 1000, 2000, 4999, 5000) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constantFrom('setBack', 'nextDay', 'restart', 'down', 'list') }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('tighten' as const), by: fc.integer({ min: 0, max: 2 }) }) },
);

/** The limits with every number smaller by so much. */
function tightened(limits: Limits, by: number): Limits {
  return JSON.parse(
    JSON.stringify(limits, (_, value: unknown) => (typeof value === 'number' ? Math.max(1, value - by) : value)),
  ) as Limits;
}

/** One that fits, of those that there are. */
function pick<T>(items: readonly T[], which: number): T | undefined {
  return items[which % Math.max(1, items.length)];
}

function decide(model: Model, { order: wish, then }: Extract<Command, { do: 'order' | 'foreign' }>): void {
  const { desk } = model;
  const asked = model.ask(wish);
  const naive = model.isUp ? model.refusals(asked) : ['state'];
  const explained = desk.book.explainAll(asked).find(({ ok }) => !ok)?.rule;
  const before = JSON.stringify(desk.book);
  const stricter = desk.book.explainAll({ ...asked, limits: tightened(asked.limits, 1) }).every(({ ok }) => ok);
  const decision = desk.book.decide(asked);
  const rule = decision.ok ? undefined : decision.rule;
  // I1: what is let through is within every limit at the worst, and nothing else is refused.
  if (rule === undefined) expect(naive).toEqual([]);
  else expect(naive).toContain(rule);
  // I11, I7, I9, I10.
  expect(rule).toBe(explained);
  if (stricter) expect(rule).toBeUndefined();
  if (!decision.ok) {
    expect(JSON.stringify(desk.book)).toBe(before);
    const { request } = asked;
    if (!model.isBlind && model.reduces(request, wish.sell))
      expect(['orderVolume', 'selfTrade', 'duplicates', 'messagesPerSecond', 'state']).toContain(decision.rule);
    return;
  }
  if (then === 'notSent') decision.reservation.notSent();
  else model.send(asked, decision.reservation);
}

function settle(model: Model, { do: what, which: n }: { readonly do: string; readonly which: number }): void {
  const { book } = model.desk;
  const one = pick(
    what === 'find' || what === 'release'
      ? model.real.filter((each) => each.isUnknown && !each.over)
      : model.real.filter(({ answer }) => answer === 'waiting'),
    n,
  );
  if (one === undefined) return;
  const reservation = book.reservation(one.id);
  if (reservation === undefined) return;
  const answered = (): void => {
    model.bind(one);
    reservation.answered(`CTP.${one.orderid}`);
  };
  if (what === 'answer' && one.atServer) {
    answered();
  } else if (what === 'refuse' || what === 'lie') {
    // What the server has told of, it does not refuse.
    if (one.early.length > 0 || one.trades.length > 0 || one.status !== Status.SUBMITTING) return;
    one.over = true;
    one.answer = 'given';
    one.atServer = one.isLied = what === 'lie';
    reservation.refused();
  } else if (what === 'lose' || what === 'neverArrives') {
    if (what === 'neverArrives') {
      if (one.trades.length > 0 || one.early.length > 0 || one.status !== Status.SUBMITTING) return;
      one.atServer = false;
    }
    model.lose(one);
    // News that came before are recognised by the reference.
    if (one.early.length > 0 && one.isBoundBefore) model.bind(one);
    reservation.unknown();
  } else if (what === 'find' && model.isUp) {
    if (one.atServer) {
      model.bind(one);
      const found = model.data(one);
      one.early = [];
      reservation.found(found);
      model.tellOrder(one);
    } else {
      one.over = true;
      one.isUnknown = false;
      reservation.absent();
    }
  } else if (what === 'release' && !one.atServer) {
    one.over = true;
    one.isUnknown = false;
    expect(book.release(one.id)).toBe(true);
  }
}

function happen(model: Model, { do: what, which: n }: { readonly do: string; readonly which: number }): void {
  const { desk } = model;
  const there = model.real.filter(({ atServer }) => atServer);
  const active = there.filter(({ status }) => isActive(status));
  if (what === 'reopen') {
    const one = pick(
      there.filter(({ status, filled }) => status === Status.REJECTED && filled === 0),
      n,
    );
    if (one === undefined) return;
    one.status = Status.NOTTRADED;
    model.tellOrder(one);
  } else if (what === 'again') {
    const one = pick(there, n);
    if (one === undefined) return;
    model.tellOrder(one);
    for (const trade of one.trades) model.tellTrade(one, trade);
  } else if (what === 'vanish') {
    const one = pick(
      active.filter((each) => each.isBound && each.owner !== undefined && each.trades.every(({ told }) => told)),
      n,
    );
    if (one !== undefined) one.atServer = false;
  } else if (what === 'cancel') {
    const one = pick(
      active.filter(({ owner }) => owner !== undefined),
      n,
    );
    if (one?.owner === undefined) return;
    const asked = { principal: one.owner, limits: model.limits, warnAt: undefined, gatewayName: 'CTP' };
    expect(desk.book.cancelling({ ...asked, order: model.data(one) }).ok).toBe(true);
    model.cancels.push({ owner: one.owner, at: desk.clock.mono, day: model.day });
    one.status = Status.CANCELLED;
    model.tellOrder(one);
  } else {
    const one = pick(
      active.filter(({ filled }) => filled === 0),
      n,
    );
    if (one === undefined) return;
    one.status = Status.REJECTED;
    model.tellOrder(one);
  }
}

function fill(model: Model, { which: n, part, orderFirst }: Extract<Command, { do: 'fill' }>): void {
  const one = pick(
    model.real.filter(({ atServer, status }) => atServer && isActive(status)),
    n,
  );
  if (one === undefined) return;
  const { volume = 0, offset } = one.wish;
  const closable = offset?.name === 'OPEN' ? Infinity : model.closable(one);
  const lots = Math.min(part, volume - one.filled, closable);
  if (lots <= 0) return;
  const trade = { id: `${one.orderid}-${one.trades.length}`, volume: lots, told: false };
  one.trades.push(trade);
  one.filled += lots;
  one.status = one.filled === volume ? Status.ALLTRADED : Status.PARTTRADED;
  // A stranger is known by its order first; so is one that the server has denied.
  const isFirst = orderFirst || one.isLied || one.owner === undefined;
  if (isFirst) model.tellOrder(one);
  model.tellTrade(one, trade);
  if (!isFirst) model.tellOrder(one);
}

function pass(model: Model, ms: number): void {
  model.desk.clock.pass(ms);
  model.desk.book.tick();
  model.look();
}

function run(model: Model, step: Command): void {
  const { desk } = model;
  switch (step.do) {
    case 'order':
      decide(model, step);
      break;
    case 'foreign':
      model.foreign(model.ask(step.order));
      break;
    case 'fill':
      fill(model, step);
      break;
    case 'pass':
      pass(model, step.ms);
      break;
    case 'nextDay':
      // What was missed is listed on the day in which it was.
      if (model.isUp) model.nextDay();
      break;
    case 'setBack':
      desk.clock.wall -= HOUR;
      pass(model, 0);
      break;
    case 'restart':
      model.restart();
      break;
    case 'down':
      if (model.isBlind) break;
      desk.book.onLink('down');
      model.isUp = false;
      break;
    case 'list':
      model.list();
      break;
    case 'tighten':
      model.limits = tightened(OWN, step.by);
      desk.reload({ accounts: [accountRule(ACCOUNT)] });
      break;
    case 'answer':
    case 'refuse':
    case 'lie':
    case 'lose':
    case 'find':
    case 'release':
    case 'neverArrives':
      settle(model, step);
      break;
    default:
      happen(model, step);
  }
}

/** I2, I3, I8: what is reserved, and what has become a position. */
function compare(model: Model): void {
  const { lots, slots } = model.desk.book.held();
  const open = model.real.filter((one) => model.isOpen(one)).length;
  expect({ lots, slots }).toEqual({ lots: model.real.reduce((sum, one) => sum + model.underWay(one), 0), slots: open });
  const stored = new Map(model.desk.book.toJSON().positions);
  for (const { vt_symbol: vtSymbol, direction, volume } of model.positions()) {
    const [lt = 0, ly = 0, st = 0, sy = 0] = stored.get(`CTP\n${vtSymbol}`)?.byFills ?? [];
    expect([vtSymbol, direction.name === 'LONG' ? lt + ly : st + sy]).toEqual([vtSymbol, volume]);
  }
}

test('the decision is what the history says, and what is reserved is what may still come', () => {
  let [passed, runs] = [0, 0];
  fc.assert(
    fc.property(fc.array(command, { minLength: 1, maxLength: 120, size: 'max' }), (steps) => {
      const model = new Model();
      for (const step of steps) {
        run(model, step);
        if (model.isUp && !model.isBlind) model.tellPositions();
        compare(model);
      }
      // Everything comes to its end: nothing stays reserved.
      for (const one of model.real) {
        if (isActive(one.status)) one.status = Status.CANCELLED;
        if (one.answer !== 'waiting') continue;
        const waiting = model.real.filter(({ answer }) => answer === 'waiting');
        settle(model, { do: one.atServer ? 'answer' : 'lose', which: waiting.indexOf(one) });
      }
      model.list();
      for (const { id } of model.desk.book.unknowns()) model.desk.book.release(id);
      pass(model, 5000);
      expect(model.desk.book.held()).toMatchObject({ lots: 0, slots: 0 });
      passed += model.real.length;
      runs++;
    }),
    { numRuns: 200, seed: 18 },
  );
  // The commands lead somewhere.
  expect(passed).toBeGreaterThan(runs * 3);
  expect([PRINCIPALS.length, SYMBOLS.length]).toEqual([2, 2]);
});
