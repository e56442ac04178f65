import { describe, expect, test } from 'vitest';
import { ACTIVE_STATUSES, Event, EventType, vnpyRegistry } from 'vnpy-bridge/vnpy';
import type { ClassDefinition, ObjectDefinition } from 'vnpy-bridge/pickle';
import { VERSIONS, classNamed, enumNamed, readSchema, untag } from './schema.js';

function objectDefinition(qualname: string): ObjectDefinition {
  const found = vnpyRegistry.definitions.find(
    (definition: ClassDefinition): definition is ObjectDefinition =>
      definition.kind === 'object' && definition.qualname === qualname,
  );
  if (found === undefined) throw new Error(`${qualname} is not registered`);
  return found;
}

describe.each(VERSIONS)('the classes and enums of vnpy %s', (version) => {
  const schema = readSchema(version);
  // BaseData has no instances of its own: its fields are tested in every class that extends it.
  const classes = Object.entries(schema.classes).filter(([name]) => name !== 'BaseData');

  test('the schema is of this version', () => {
    expect(schema.vnpy).toBe(version);
  });

  test.each(Object.entries(schema.enums))('enum %s: members in order, values of both locales', (name, members) => {
    const ours = enumNamed(name);
    expect(Object.keys(ours)).toEqual(Object.keys(members));
    for (const [memberName, { zh, en }] of Object.entries(members)) {
      const member = ours[memberName];
      expect(member?.value).toBe(zh);
      expect(new Set(member?.values)).toEqual(new Set([zh, en]));
      expect(Object.isFrozen(member)).toBe(true);
    }
    expect(vnpyRegistry.definitions).toContainEqual(
      expect.objectContaining({ kind: 'enum', module: 'vnpy.trader.constant', qualname: name }),
    );
  });

  test.each(classes)('class %s: fields, order, defaults, floats', (name, theirs) => {
    const definition = objectDefinition(name);
    expect(definition.module).toBe('vnpy.trader.object');
    expect(definition.fields.map((field) => field.name)).toEqual([
      ...theirs.fields.map((field) => field.name),
      ...theirs.derived,
    ]);
    const blank = definition.create() as Record<string, unknown>;
    expect(Object.keys(blank)).toEqual(definition.fields.map((field) => field.name));
    for (const { name: field, type, required, default: value } of theirs.fields) {
      const float = definition.fields.find((ours) => ours.name === field)?.float === true;
      expect(`${field} float: ${float}`).toBe(`${field} float: ${type.startsWith('float')}`);
      if (!required) expect([field, blank[field]]).toEqual([field, untag(value)]);
    }
  });

  test.each(classes)('class %s: a sample has the attributes that vnpy gives it', (name, theirs) => {
    const init = Object.fromEntries(Object.entries(theirs.sample.init).map(([key, value]) => [key, untag(value)]));
    const ours = new (classNamed(name))(init);
    const state = Object.fromEntries(Object.entries(theirs.sample.state).map(([key, value]) => [key, untag(value)]));
    // vnpy keeps `extra` in the class until a gateway sets it, and the time of a log line cannot be foreseen.
    expect({ ...ours, extra: undefined, time: undefined }).toEqual({ ...state, extra: undefined, time: undefined });
  });

  test.each(classes)('class %s: required fields are required', (name, theirs) => {
    const init = Object.fromEntries(Object.entries(theirs.sample.init).map(([key, value]) => [key, untag(value)]));
    for (const { name: field, required } of theirs.fields) {
      const without = Object.fromEntries(Object.entries(init).filter(([key]) => key !== field));
      const make = (): unknown => new (classNamed(name))(without);
      if (required) expect(make).toThrow(expect.objectContaining({ code: 'MISSING_FIELD', field }) as Error);
      else expect(make).not.toThrow();
    }
  });

  test.each(classes)('class %s: its methods', (name, theirs) => {
    const ours = Object.getOwnPropertyNames(classNamed(name).prototype).filter((key) => key !== 'constructor');
    const camel = (text: string): string => text.replaceAll(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    expect(ours.sort()).toEqual(theirs.methods.map(camel).sort());
  });

  test('Event', () => {
    const definition = objectDefinition('Event');
    expect(definition.module).toBe(schema.event.module);
    expect(definition.fields.map((field) => field.name)).toEqual(Object.keys(schema.event.state));
    expect(Object.entries(new Event('eTick.', null))).toEqual(Object.entries(schema.event.state));
  });

  test('event types and active statuses', () => {
    const theirs = Object.fromEntries(
      Object.entries(schema.eventTypes).map(([key, value]) => [key.replace('EVENT_', ''), value]),
    );
    expect({ ...EventType }).toEqual(theirs);
    expect([...ACTIVE_STATUSES].map((status) => status.name).sort()).toEqual(schema.activeStatuses);
  });
});
