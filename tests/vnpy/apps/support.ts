import { readFileSync } from 'node:fs';
import { loads } from 'vnpy-bridge/pickle';
import { Event } from 'vnpy-bridge/vnpy';
import { appsRegistry } from 'vnpy-bridge/vnpy/apps';

/** What `python-fixtures/dump_apps.py` printed for one version of vnpy. */
export interface AppsFixture {
  readonly vnpy: string;
  readonly events: Readonly<Record<string, string>>;
  readonly enums: Readonly<Record<string, Readonly<Record<string, { readonly zh: string; readonly en: string }>>>>;
  readonly classes: Readonly<Record<string, readonly FieldFixture[]>>;
  readonly samples: readonly { readonly type: string; readonly bytes: string }[];
}

interface FieldFixture {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly default?: unknown;
}

export function readApps(version: string): AppsFixture {
  const path = new URL(`../../../python-fixtures/data/vnpy-apps-${version}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as AppsFixture;
}

/** The events that the real applications sent. */
export function eventsOf(fixture: AppsFixture, type?: string): Event[] {
  return fixture.samples
    .filter((sample) => type === undefined || sample.type === type)
    .map(({ bytes }) => {
      const event = loads(Buffer.from(bytes, 'base64'), { registry: appsRegistry });
      if (!(event instanceof Event)) throw new Error('a sample is no Event');
      return event;
    });
}
