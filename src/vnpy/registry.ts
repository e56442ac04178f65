/**
 * All of vnpy's classes for the codec.
 *
 * @module
 */
import { ClassRegistry } from '../pickle/index.js';
import type { EnumDefinition, ObjectDefinition } from '../pickle/index.js';
import { DATA_CLASSES } from './data/classes.js';
import type { DataClass } from './data/classes.js';
import { markReceived } from './data/received.js';
import type { EnumClass } from './enums/enum.js';
import { ENUMS } from './enums/all.js';
import { Event } from './event.js';

const CONSTANT_MODULE = 'vnpy.trader.constant';
const OBJECT_MODULE = 'vnpy.trader.object';

function enumDefinition(qualname: string, enumClass: EnumClass): EnumDefinition {
  return {
    kind: 'enum',
    module: CONSTANT_MODULE,
    qualname,
    members: Object.values(enumClass).map((member) => ({ name: member.name, values: member.values, member })),
  };
}

function objectDefinition(dataClass: DataClass): ObjectDefinition {
  return {
    kind: 'object',
    module: OBJECT_MODULE,
    qualname: dataClass.className,
    type: dataClass.type,
    // Data is never sent back; a request is, by a relay. Noting it for each tick would cost as much as a field.
    create: dataClass.isRequest ? () => markReceived(dataClass.create()) : () => dataClass.create(),
    // Made by @dataclass with its defaults, `eq=True` among them, which takes the hash away.
    hashable: false,
    ...(dataClass.assignAll === undefined ? {} : { assign: dataClass.assignAll }),
    // The order of a blank instance's properties is the order in which vnpy's __init__ and __post_init__ assign them.
    fields: Object.keys(dataClass.create()).map((name) => dataClass.codecField(name)),
  };
}

const eventDefinition: ObjectDefinition<Event> = {
  kind: 'object',
  module: 'vnpy.event.engine',
  qualname: 'Event',
  type: Event,
  create: () => new Event<unknown>('', null),
  fields: [{ name: 'type' }, { name: 'data' }],
  assign: (event, values, from, count) => {
    if (count !== 2) return false;
    const received: { -readonly [K in keyof Event]: unknown } = event;
    received.type = values[from];
    received.data = values[from + 2];
    return true;
  },
};

/**
 * Every enum of `vnpy.trader.constant`, every class of `vnpy.trader.object`, and `vnpy.event.engine.Event`.
 *
 * Add classes of your own or of other vnpy applications with `vnpyRegistry.with(...)`, and give the result to
 * `RpcGateway`, `RpcClient` or `RpcServer` as `registry`. What nobody registered is inert data.
 */
export const vnpyRegistry: ClassRegistry = ClassRegistry.of(
  ...Object.entries(ENUMS).map(([name, enumClass]) => enumDefinition(name, enumClass)),
  ...DATA_CLASSES.map(objectDefinition),
  eventDefinition,
);
