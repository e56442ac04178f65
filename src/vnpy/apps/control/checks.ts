/**
 * Checks of what sends orders.
 *
 * @module
 */
import { describe } from '../../data/describe.js';
import { isEnumMember } from '../../enums/enum.js';
import { InvalidDataError } from '../../errors.js';

/** @throws InvalidDataError naming the term that an order cannot have: vnpy's applications take anything. */
export function checkTerms(
  name: string,
  { direction, price, volume }: { readonly direction: unknown; readonly price: unknown; readonly volume: unknown },
): void {
  if (!isEnumMember(direction, 'Direction'))
    throw new InvalidDataError('WRONG_TYPE', name, 'direction', `${name}.direction must be a member of Direction`);

  if (!Number.isFinite(price)) throw outOfRange(name, 'price', 'a finite number', price);
  if (!Number.isFinite(volume) || Number(volume) <= 0)
    throw outOfRange(name, 'volume', 'a finite number above 0', volume);
}

function outOfRange(name: string, field: string, wanted: string, value: unknown): InvalidDataError {
  const message = `${name}.${field} must be ${wanted}, got ${describe(value)}`;
  return new InvalidDataError('OUT_OF_RANGE', name, field, message);
}
