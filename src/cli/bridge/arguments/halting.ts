/**
 * What a person says who halts or lets go on: who, why, and what.
 *
 * @module
 */
import { userInfo } from 'node:os';
import type { HaltScope } from '../../../guard/index.js';
import { CliError } from '../../kit/errors.js';
import type { Settings } from '../../kit/settings.js';
import { reason } from '../options.js';

/** The person who has the machine. */
export function who(): string {
  return userInfo().username;
}

/** @throws {@link CliError} without a reason. */
export function why(settings: Settings): string {
  const text = settings.get(reason);
  if (text === undefined) throw new CliError('USAGE', ({ sayWhy }) => sayWhy);
  return text;
}

/** `all`, `gateway:CTP`, `symbol:rb*.SHFE` and others. */
export function scopeOf(text: string): HaltScope {
  const [kind = '', ...rest] = text.split(':');
  const name = rest.join(':');
  switch (kind) {
    case 'all':
      return { kind };
    case 'principal':
    case 'role':
    case 'gateway':
    case 'account':
      if (name !== '') return { kind, name };
      break;
    case 'symbol':
      if (name !== '') return { kind, pattern: name };
      break;
  }
  throw new CliError('USAGE', (texts) => texts.wrongScope(JSON.stringify(text)));
}
