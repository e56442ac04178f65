/**
 * Where applications are: each at its server, and each with the name that addresses have for it.
 *
 * @module
 */
import { ProblemError } from '../errors.js';
import { APP_NAMES } from './apps.js';
import type { AppName, ServerApps, StrategyApps } from './apps.js';

/** One application of one server. */
export interface Place<App extends AppName = AppName> {
  readonly app: App;
  /** Null where the console has one server. */
  readonly server: string | null;
  /** In addresses: `cta`, or `day:cta` for that of the server `day`. */
  readonly key: string;
  readonly control: NonNullable<ServerApps[App]>;
}

/** All applications of a console. */
export class Places {
  readonly all: readonly Place[];

  constructor({ servers, ...own }: StrategyApps) {
    const given = servers === undefined ? [[null, own] as const] : Object.entries(servers);
    this.all = given.flatMap(([server, apps]) => APP_NAMES.flatMap((app) => placeOf(server, app, apps)));
  }

  /** Those of some applications. */
  of<App extends AppName>(...apps: readonly App[]): readonly Place<App>[] {
    return this.all.filter((place): place is Place<App> => apps.some((app) => app === place.app));
  }

  /** @throws ProblemError `not-found`. */
  find<App extends AppName>(key: string, ...apps: readonly App[]): Place<App> {
    const places = this.of(...apps);
    const found = places.find((place) => place.key === key);
    if (found !== undefined) return found;
    const there = places.map((place) => place.key).join(', ');
    throw new ProblemError('not-found', `there is no ${key} here${there === '' ? '' : `; there is ${there}`}`);
  }
}

function placeOf(server: string | null, app: AppName, apps: ServerApps): Place[] {
  const control = apps[app];
  return control === undefined ? [] : [{ app, server, key: server === null ? app : `${server}:${app}`, control }];
}
