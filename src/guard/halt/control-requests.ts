/**
 * What can be asked of a running guard by its local control.
 *
 * @module
 */
import { ControlError } from './errors.js';
import type { HaltLevel, HaltScope } from './halt.js';
import { isLevel, readScope } from './stored.js';

/** A request. `who` is the name of the person or program, for the audit: the file's rights say who may ask. */
export type ControlRequest =
  | {
      readonly command: 'halt';
      readonly who: string;
      readonly level: HaltLevel;
      readonly scope: HaltScope;
      readonly reason: string;
      /** Whether to cancel what works. */
      readonly cancel: boolean;
    }
  /** `id` of a halt, or `all`. `acceptUnknown`: though the outcome of some orders is unknown. */
  | {
      readonly command: 'resume';
      readonly who: string;
      readonly id: string;
      readonly reason: string;
      readonly acceptUnknown: boolean;
    }
  | { readonly command: 'status' | 'drill'; readonly who: string }
  /** Ends what a reservation still holds of an order: `id` is its reference or vt_orderid. */
  | { readonly command: 'release'; readonly who: string; readonly id: string; readonly reason: string }
  /** States the balance or positions from which losses and positions of `of`, a principal or an account, count. */
  | {
      readonly command: 'baseline';
      readonly who: string;
      readonly of: string;
      readonly values: Readonly<Record<string, number>>;
      readonly reason: string;
    }
  /** Closes the positions of `of`: a principal, an account or a vt_symbol; undefined for all. */
  | { readonly command: 'flatten'; readonly who: string; readonly of: string | undefined; readonly reason: string }
  /** Explains how a call of a principal would be decided: `order` and `cancel` are the fields of vnpy's requests. */
  | {
      readonly command: 'explain';
      readonly who: string;
      readonly principal: string;
      readonly function: string;
      readonly gateway: string | undefined;
      readonly order: PlainFields | undefined;
      readonly cancel: PlainFields | undefined;
    }
  /** Goes on with the audit in a new file. */
  | { readonly command: 'recover'; readonly who: string; readonly reason: string };

/** Fields of a request of vnpy's, by name: members of enums by their names. */
export type PlainFields = Readonly<Record<string, string | number>>;

/** The names of requests. */
export const CONTROL_COMMANDS: readonly ControlRequest['command'][] = [
  'halt',
  'resume',
  'status',
  'drill',
  'release',
  'baseline',
  'flatten',
  'explain',
  'recover',
];

/** The longest text in a request, in characters. */
const LONGEST = 1000;
const MOST_VALUES = 100;

/** @throws {@link ControlError} `BAD_REQUEST`, which says what is wrong. */
export function readControlRequest(value: unknown): ControlRequest {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw bad('it is no object');
  const fields = new Fields(value as Readonly<Record<string, unknown>>);
  const command = fields.oneOf('command', CONTROL_COMMANDS);
  const request = read(command, fields);
  fields.checkNames();
  return request;
}

function read(command: ControlRequest['command'], fields: Fields): ControlRequest {
  const who = fields.text('who');
  switch (command) {
    case 'halt':
      return {
        command,
        who,
        level: fields.read('level', isLevelOr('"reduce" or "halt"')),
        scope: fields.read('scope', scopeOr('a scope: {"kind":"all"}, {"kind":"gateway","name":"CTP"}')),
        reason: fields.text('reason'),
        cancel: fields.flag('cancel', true),
      };
    case 'resume':
      return {
        command,
        who,
        id: fields.text('id'),
        reason: fields.text('reason'),
        acceptUnknown: fields.flag('acceptUnknown', false),
      };
    case 'status':
    case 'drill':
      return { command, who };
    case 'release':
      return { command, who, id: fields.text('id'), reason: fields.text('reason') };
    case 'baseline':
      return {
        command,
        who,
        of: fields.text('of'),
        values: fields.read('values', readValues),
        reason: fields.text('reason'),
      };
    case 'flatten':
      return { command, who, of: fields.has('of') ? fields.text('of') : undefined, reason: fields.text('reason') };
    case 'explain':
      return {
        command,
        who,
        principal: fields.text('principal'),
        function: fields.text('function'),
        gateway: fields.has('gateway') ? fields.text('gateway') : undefined,
        order: fields.read('order', readPlain),
        cancel: fields.read('cancel', readPlain),
      };
    case 'recover':
      return { command, who, reason: fields.text('reason') };
  }
}

/** Reads the members of a request, and knows which were read. */
class Fields {
  readonly #value: Readonly<Record<string, unknown>>;
  readonly #read = new Set<string>();

  constructor(value: Readonly<Record<string, unknown>>) {
    this.#value = value;
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#value, name);
  }

  read<Value>(name: string, of: (value: unknown, name: string) => Value): Value {
    this.#read.add(name);
    return of(this.has(name) ? this.#value[name] : undefined, name);
  }

  text(name: string): string {
    return this.read(name, (value) => {
      if (typeof value !== 'string' || value.trim() === '') throw bad(`"${name}" has to be a text that is not empty`);
      if (value.length > LONGEST) throw bad(`"${name}" has ${value.length} characters, and may have ${LONGEST}`);
      return value;
    });
  }

  flag(name: string, byDefault: boolean): boolean {
    return this.read(name, (value) => {
      if (value === undefined) return byDefault;
      if (typeof value !== 'boolean') throw bad(`"${name}" has to be true or false`);
      return value;
    });
  }

  oneOf<Name extends string>(name: string, names: readonly Name[]): Name {
    return this.read(name, (value) => {
      const found = names.find((other) => other === value);
      if (found === undefined) throw bad(`"${name}" has to be one of ${names.join(', ')}`);
      return found;
    });
  }

  checkNames(): void {
    const unknown = Object.keys(this.#value).find((name) => !this.#read.has(name));
    if (unknown !== undefined) throw bad(`it has a member ${JSON.stringify(unknown.slice(0, 50))} that is not known`);
  }
}

function isLevelOr(kind: string): (value: unknown, name: string) => HaltLevel {
  return (value, name) => {
    if (!isLevel(value)) throw bad(`"${name}" has to be ${kind}`);
    return value;
  };
}

function scopeOr(kind: string): (value: unknown, name: string) => HaltScope {
  return (value, name) => {
    const scope = readScope(value);
    if (scope === undefined) throw bad(`"${name}" has to be ${kind}`);
    return scope;
  };
}

function readValues(value: unknown, name: string): Readonly<Record<string, number>> {
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const isWhole =
    entries.length <= MOST_VALUES && entries.every(([key, number]) => key.length <= LONGEST && Number.isFinite(number));
  if (!isWhole) throw bad(`"${name}" has to be an object of up to ${MOST_VALUES} finite numbers`);
  // Own members, whatever their names.
  return Object.fromEntries(entries);
}

function readPlain(value: unknown, name: string): PlainFields | undefined {
  if (value === undefined) return undefined;
  const entries = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  const isPlain = ([key, field]: [string, unknown]): boolean =>
    key.length <= LONGEST && (Number.isFinite(field) || (typeof field === 'string' && field.length <= LONGEST));
  if (entries.length === 0 || entries.length > MOST_VALUES || !entries.every(isPlain))
    throw bad(`"${name}" has to be an object of texts and finite numbers`);
  return Object.fromEntries(entries);
}

function bad(what: string): ControlError {
  return new ControlError('BAD_REQUEST', `the request cannot be read: ${what}`);
}
