/**
 * From method and path to a route.
 *
 * @module
 */
import type { Route } from './route.js';

/** A route that fits. */
export interface Found {
  readonly route: Route;
  readonly params: Readonly<Record<string, string>>;
}

interface Compiled {
  readonly route: Route;
  readonly segments: readonly string[];
}

/** Finds routes. The first that fits holds. */
export class Router {
  readonly #compiled: readonly Compiled[];

  constructor(routes: readonly Route[]) {
    this.#compiled = routes.map((route) => ({ route, segments: route.path.split('/') }));
  }

  /** @returns The route, or the methods that there are at this path: none where there is no such path. */
  find(method: string, path: string): Found | readonly string[] {
    const given = path.split('/');
    const methods: string[] = [];
    let isFixed = false;
    for (const { route, segments } of this.#compiled) {
      const params = match(segments, given);
      // A fixed path is not the variable one of another method: /orders/preview is no order.
      if (params === undefined || (isFixed && segments.some(isVariable))) continue;
      if (route.method === method) return { route, params };
      methods.push(route.method);
      isFixed ||= !segments.some(isVariable);
    }
    return methods;
  }
}

function match(segments: readonly string[], given: readonly string[]): Record<string, string> | undefined {
  if (segments.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = given[index] ?? '';
    const name = /^\{(\w+)\}$/.exec(segment)?.[1];
    if (name === undefined) {
      if (segment !== part) return undefined;
      continue;
    }
    const value = decoded(part);
    if (value === undefined || value === '' || value.length > 200) return undefined;
    params[name] = value;
  }
  return params;
}

function isVariable(segment: string): boolean {
  return segment.startsWith('{');
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}
