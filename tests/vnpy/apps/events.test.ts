import { describe, expect, test } from 'vitest';
import { PyObject, dumps, loads } from 'vnpy-bridge/pickle';
import type { ObjectDefinition } from 'vnpy-bridge/pickle';
import { Direction, Event, LogData, Status, TradeData, vnpyRegistry } from 'vnpy-bridge/vnpy';
import {
  APP_EVENT_TYPES,
  AlgoItem,
  AlgoStatus,
  SpreadItem,
  StopOrder,
  StopOrderStatus,
  appsRegistry,
  readAppEvent,
} from 'vnpy-bridge/vnpy/apps';
import type { AlgoItemInit, AppEvent, AppEventType, CtaStrategyData, StopOrderInit } from 'vnpy-bridge/vnpy/apps';
import type { EnumMember } from 'vnpy-bridge/vnpy';
import { VERSIONS } from '../schema.js';
import { eventsOf, readApps } from './support.js';

/** Their data carries the engine, which cannot be pickled: vnpy's publisher dies of them, so they never come. */
const NEVER_SENT = ['eOptionAlgoPricing', 'eOptionAlgoStatus', 'eOptionAlgoTrading'];

/** Nothing happened that they tell of. */
const NOT_RECORDED = ['eOptionAlgoLog', 'eRecorderLog'];

/** The event of one type that is read of the last sample of it. */
function last<Type extends AppEventType>(version: string, type: Type): Extract<AppEvent, { readonly type: Type }> {
  const event = eventsOf(readApps(version), type).at(-1);
  const read = event === undefined ? undefined : readAppEvent(event);
  if (read?.type !== type) throw new Error(`no sample of ${type}`);
  return read as Extract<AppEvent, { readonly type: Type }>;
}

describe.each(VERSIONS)('the applications of vnpy %s', (version) => {
  const fixture = readApps(version);

  test('the fixture is of this version', () => {
    expect(fixture.vnpy).toBe(version);
  });

  test('every type of event is read', () => {
    expect([...APP_EVENT_TYPES, ...NEVER_SENT].sort()).toEqual(Object.keys(fixture.events).sort());
    const recorded = new Set(fixture.samples.map(({ type }) => type));
    expect(APP_EVENT_TYPES.filter((type) => !recorded.has(type)).sort()).toEqual(NOT_RECORDED);
  });

  test.each(fixture.samples.map(({ type }, index) => [type, index] as const))('%s, sample %i', (type, index) => {
    const event = eventsOf(fixture)[index];
    const read = event === undefined ? undefined : readAppEvent(event);
    expect(read?.type).toBe(type);
    expect(read?.data).toBe(event?.data);
    expect(read?.data).not.toBeInstanceOf(PyObject);
  });

  test.each(Object.entries(fixture.enums))('enum %s: values of both locales', (name, members) => {
    const ours = name.endsWith('AlgoStatus') ? AlgoStatus : StopOrderStatus;
    expect(Object.keys(ours)).toEqual(Object.keys(members));
    for (const member of Object.values<EnumMember>(ours)) {
      const theirs = members[member.name];
      expect(member.value).toBe(theirs?.zh);
      expect(new Set(member.values)).toEqual(new Set([theirs?.zh, theirs?.en]));
    }
  });

  test.each(Object.entries(fixture.classes))('class %s: fields, order, defaults, floats', (name, fields) => {
    const definition = appsRegistry.definitions.find(
      (each): each is ObjectDefinition => each.kind === 'object' && `${each.module}.${each.qualname}` === name,
    );
    expect(definition?.fields.map((field) => field.name)).toEqual(fields.map((field) => field.name));
    const blank = definition?.create() as Record<string, unknown>;
    for (const field of fields) {
      const ours = definition?.fields.find((each) => each.name === field.name);
      expect([field.name, ours?.float === true]).toEqual([field.name, field.type === 'float']);
      const value = blank[field.name];
      if (!field.required) expect(field.type === 'StopOrderStatus' ? String(value) : value).toEqual(field.default);
    }
  });

  test('classes and members of enums are this package’s', () => {
    const { data: order } = last(version, 'eCtaStopOrder');
    expect(order).toBeInstanceOf(StopOrder);
    expect(Object.values(Direction)).toContain(order.direction);
    expect(Object.values(StopOrderStatus)).toContain(order.status);
    expect(last(version, 'eSpreadPos').data).toBeInstanceOf(SpreadItem);
    expect(Object.values(Status)).toContain(last(version, 'eSpreadAlgo').data.status);
    expect(Object.values(AlgoStatus)).toContain(last(version, 'eAlgoUpdate').data.status);
    expect(last(version, 'eCtaLog').data).toBeInstanceOf(LogData);
    const trade = last(version, 'ePmTrade').data;
    expect(trade).toBeInstanceOf(TradeData);
    expect(trade).toHaveProperty('reference', expect.any(String));
  });

  test('a strategy has its name, its parameters and its position', () => {
    const { data } = last(version, 'eCtaStrategy');
    expect(data).toMatchObject({ strategy_name: '测试', class_name: 'TestStrategy', vt_symbol: 'rb2705.SHFE' });
    expect(data.parameters).toEqual({ test_trigger: 2 });
    expect(data.variables).toMatchObject({ inited: true, trading: false });
    expect(Number.isInteger(data.variables.pos)).toBe(true);
  });

  test('what is written is what came', () => {
    for (const type of ['eCtaStopOrder', 'eSpreadData', 'eSpreadAlgo'] as const) {
      const [event] = eventsOf(fixture, type);
      expect(loads(dumps(event, { registry: appsRegistry }), { registry: appsRegistry })).toEqual(event);
    }
  });
});

describe('an event that is not as it should be', () => {
  const [event = new Event('', {})] = eventsOf(readApps(VERSIONS[0]), 'eCtaStrategy');
  const strategy = event.data as CtaStrategyData;
  const read = (data: unknown): unknown => readAppEvent(new Event('eCtaStrategy', data));

  test('a field that is missing is named', () => {
    const rest: Record<string, unknown> = { ...strategy };
    delete rest['vt_symbol'];
    expect(() => read(rest)).toThrow(
      expect.objectContaining({ code: 'MISSING_FIELD', className: 'CtaStrategyData', field: 'vt_symbol' }),
    );
  });

  test('a field of the wrong type is named, inside variables too', () => {
    expect(() => read({ ...strategy, variables: { ...strategy.variables, pos: '1' } })).toThrow(
      'CtaStrategyData.variables.pos must be a number, got "1"',
    );
    expect(() => read('strategy')).toThrow('CtaStrategyData must be a dict, got "strategy"');
  });

  test('a field that is not known passes through', () => {
    expect(readAppEvent(new Event('eCtaStrategy', { ...strategy, colour: 'red' }))?.data).toMatchObject({
      colour: 'red',
      strategy_name: '测试',
    });
  });

  test('without the registry the error says what is missing', () => {
    const sample = readApps(VERSIONS[0]).samples.find(({ type }) => type === 'eCtaStopOrder');
    const inert = loads(Buffer.from(sample?.bytes ?? '', 'base64'), { registry: vnpyRegistry });
    expect(() => readAppEvent(inert as Event)).toThrow('appsRegistry');
  });

  test('other types are none of it', () => {
    expect(readAppEvent(new Event('eTick.', {}))).toBeUndefined();
    expect(readAppEvent(new Event('toString', {}))).toBeUndefined();
  });
});

describe('objects made here', () => {
  test('a stop order checks its fields', () => {
    const [event] = eventsOf(readApps(VERSIONS[0]), 'eCtaStopOrder');
    const received = event?.data as StopOrder;
    const init = Object.fromEntries(Object.entries(received)) as unknown as StopOrderInit;
    expect(new StopOrder(init)).toEqual(received);
    expect(() => new StopOrder({ ...init, status: AlgoStatus.PAUSED as never })).toThrow('StopOrderStatus');
  });

  test('an algo of a spread checks its fields', () => {
    const [event] = eventsOf(readApps(VERSIONS[0]), 'eSpreadAlgo');
    const received = event?.data as AlgoItem;
    const init = Object.fromEntries(Object.entries(received)) as unknown as AlgoItemInit;
    expect(new AlgoItem(init)).toEqual(received);
    expect(() => new AlgoItem({ ...init, count: 'none' as never })).toThrow('AlgoItem.count');
  });
});
