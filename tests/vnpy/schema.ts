import { readFileSync } from 'node:fs';
import { PyDateTime, PyTimeZone } from 'vnpy-bridge/pickle';
import * as vnpy from 'vnpy-bridge/vnpy';
import type { EnumMember } from 'vnpy-bridge/vnpy';

/** What `python-fixtures/dump_vnpy_schema.py` printed for one version of vnpy. */
export interface VnpySchema {
  readonly vnpy: string;
  readonly enums: Readonly<Record<string, Readonly<Record<string, { readonly zh: string; readonly en: string }>>>>;
  readonly classes: Readonly<Record<string, ClassSchema>>;
  readonly event: { readonly module: string; readonly state: Readonly<Record<string, unknown>> };
  readonly eventTypes: Readonly<Record<string, string>>;
  readonly activeStatuses: readonly string[];
  readonly functions: Readonly<Record<string, readonly string[]>>;
  readonly gatewaySetting: Readonly<Record<string, string>>;
}

export interface ClassSchema {
  readonly fields: readonly {
    readonly name: string;
    readonly type: string;
    readonly required: boolean;
    readonly default?: unknown;
  }[];
  readonly derived: readonly string[];
  readonly sample: {
    readonly init: Readonly<Record<string, unknown>>;
    readonly state: Readonly<Record<string, unknown>>;
  };
  readonly methods: readonly string[];
}

export const VERSIONS = ['4.5.0', '4.4.0'] as const;

export function readSchema(version: string): VnpySchema {
  const path = new URL(`../../python-fixtures/data/vnpy-schema-${version}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as VnpySchema;
}

/** An enum of ours by its name. */
export function enumNamed(name: string): Readonly<Record<string, EnumMember>> {
  return (vnpy as unknown as Record<string, Readonly<Record<string, EnumMember>>>)[name] ?? {};
}

/** A class of ours by its name. */
export function classNamed(name: string): new (init: Record<string, unknown>) => Record<string, unknown> {
  const found = (vnpy as unknown as Record<string, new (init: Record<string, unknown>) => Record<string, unknown>>)[
    name
  ];
  if (found === undefined) throw new Error(`no class ${name}`);
  return found;
}

/** The value that `dump_vnpy_schema.py` tagged. */
export function untag(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const tagged = value as { enum?: string; datetime?: string; float?: number };
  if (tagged.enum !== undefined) {
    const [enumName = '', name = ''] = tagged.enum.split('.');
    return enumNamed(enumName)[name];
  }
  if (tagged.datetime !== undefined) {
    const date = new Date(tagged.datetime);
    const micro = Number(tagged.datetime.slice(20, 26));
    return PyDateTime.fromEpochMicroseconds(
      BigInt(Math.floor(date.getTime() / 1000)) * 1_000_000n + BigInt(micro),
      PyTimeZone.utc,
    );
  }
  return tagged.float ?? value;
}
