/**
 * How this package represents a Python enum: one frozen object a member, compared with `===`.
 *
 * @module
 */

/** One member of one of vnpy's enums. There is exactly one object a member, so `order.status === Status.ALLTRADED` holds. */
export interface EnumMember<Class extends string = string, Name extends string = string> {
  /** Name of the Python class, `Direction`. */
  readonly enum: Class;
  /** Name of the member, `LONG`: the same in every locale and version. Prefer it to {@link EnumMember.value}. */
  readonly name: Name;
  /** The value as vnpy's source has it, `多`. A vnpy process under an English locale shows `Long` instead. */
  readonly value: string;
  /** Every value that a vnpy process may use for this member: Chinese first, then English where it differs. */
  readonly values: readonly string[];
  /** As Python prints it: `Direction.LONG`. */
  toString(): string;
  /** A member appears in JSON as its name. */
  toJSON(): string;
}

/** The object that stands for an enum class: its members by name. */
export type EnumClass<M extends EnumMember = EnumMember> = Readonly<Record<string, M>>;

class Member<Class extends string, Name extends string> implements EnumMember<Class, Name> {
  readonly enum: Class;
  readonly name: Name;
  readonly value: string;
  readonly values: readonly string[];

  constructor(enumName: Class, name: Name, values: readonly [string, ...string[]]) {
    this.enum = enumName;
    this.name = name;
    this.value = values[0];
    this.values = Object.freeze([...values]);
    Object.freeze(this);
  }

  /** As Python prints it: `Direction.LONG`. */
  toString(): string {
    return `${this.enum}.${this.name}`;
  }

  toJSON(): string {
    return this.name;
  }

  /** What `console.log` shows: `Direction.LONG`, not the object's insides. */
  [Symbol.for('nodejs.util.inspect.custom')](): string {
    return this.toString();
  }
}

/**
 * Defines an enum. The mapped type keeps the documentation of each member, so that an editor shows it.
 *
 * @param enumName - Name of the Python class.
 * @param table - For each member its values: the source's first, then its translations.
 */
export function defineEnum<
  const Class extends string,
  const Table extends Readonly<Record<string, readonly [string, ...string[]]>>,
>(enumName: Class, table: Table): { readonly [Name in keyof Table]: EnumMember<Class, Name & string> } {
  const members: Record<string, EnumMember> = {};
  for (const [name, values] of Object.entries(table)) members[name] = new Member(enumName, name, values);
  // The loop above has made exactly one member for each key of the table.
  return Object.freeze(members) as { readonly [Name in keyof Table]: EnumMember<Class, Name & string> };
}

/** Whether `value` is a member of an enum made by this package (of the one named, when `enumName` is given). */
export function isEnumMember(value: unknown, enumName?: string): value is EnumMember {
  return value instanceof Member && (enumName === undefined || value.enum === enumName);
}

/**
 * The member with this name, or with this value in either locale.
 *
 * @example parseEnum(Direction, 'LONG') === parseEnum(Direction, '多') // also 'Long'
 * @returns `undefined` when there is none.
 */
export function parseEnum<M extends EnumMember>(enumClass: EnumClass<M>, text: string): M | undefined {
  if (Object.hasOwn(enumClass, text)) return enumClass[text];
  return Object.values(enumClass).find((member) => member.values.includes(text));
}
