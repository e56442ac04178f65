/**
 * A class of one field for registries.
 *
 * @module
 */
import type { ClassDefinition } from 'vnpy-bridge/pickle';

/** A class that no test has shown to a registry before, and what a registry may say of it. */
export function rowClass(): { readonly make: () => object; readonly row: (hashable?: boolean) => ClassDefinition } {
  class Row {
    id = 0;
  }
  const make = (): Row => new Row();
  const row = (hashable?: boolean): ClassDefinition => ({
    kind: 'object',
    module: 'm',
    qualname: 'Row',
    type: Row,
    create: make,
    fields: [{ name: 'id' }],
    hashable,
  });
  return { make, row };
}
