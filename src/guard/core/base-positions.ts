/**
 * Reads the positions that a person states.
 *
 * @module
 */
import { GuardError } from '../errors.js';
import type { BaselinePosition } from '../limits/index.js';

/** @throws GuardError for a name that is none: `CTP.rb2705.SHFE.long`. */
export function basePositions(positions: Readonly<Record<string, number>>): readonly BaselinePosition[] {
  const found = new Map<string, BaselinePosition>();
  for (const [name, lots] of Object.entries(positions)) {
    const match = /^([^.]+)\.(.+\.[A-Z]+)\.(long|short)$/.exec(name);
    const [, gatewayName, vtSymbol, side] = match ?? [];
    if (gatewayName === undefined || vtSymbol === undefined || !(lots >= 0)) {
      throw new GuardError(
        'shape',
        `${JSON.stringify(name)}: ${lots} is no position, which CTP.rb2705.SHFE.long: 3 is`,
      );
    }
    const key = `${gatewayName}.${vtSymbol}`;
    const known = found.get(key) ?? { gatewayName, vtSymbol, long: 0, short: 0 };
    found.set(key, side === 'long' ? { ...known, long: lots } : { ...known, short: lots });
  }
  return [...found.values()];
}
