/**
 * numpy's element types.
 *
 * @module
 */
import { pythonKey } from './keys.js';

const DTYPE =
  /^(?:[<>]([iuf][248]|c8|c16|U(\d+)|[Mm]8(?:\[(\d*)(?:Y|M|W|D|h|m|s|ms|us|ns|ps|fs|as|generic)\])?)|\|([iub]1|S(\d+)|O))$/;

/** What numpy keeps sizes of elements and counts of units in: a C int. */
const MAX_INT = 2_147_483_647;

/**
 * An element type of numpy, by numpy's own text for it (`dtype.str`): `<f8`, `>i4`, `|b1`, `|S5`, `<U5`, `<M8[ns]`, `|O`.
 * Structured types are inert data.
 */
export class NumpyDType {
  readonly text: string;

  /** @throws RangeError for a type that is not of those. */
  constructor(text: string) {
    const [known, , characters = 0, units = '', , bytes = 0] = DTYPE.exec(text) ?? [];
    const isSized = 4 * Number(characters) <= MAX_INT && Number(bytes) <= MAX_INT;
    if (known === undefined || !isSized || (units !== '' && !(Number(units) >= 1 && Number(units) <= MAX_INT)))
      throw new RangeError(`${JSON.stringify(text)} is no element type that is known here`);

    this.text = text;
  }

  /** `i`, `u`, `f`, `c`, `b`, `S`, `U`, `M`, `m`, `O`. */
  get kind(): string {
    return this.text.charAt(1);
  }

  /** Bytes of one element; 8 for `O`. */
  get itemSize(): number {
    if (this.kind === 'O') return 8;
    const size = Number.parseInt(this.text.slice(2), 10);
    return this.kind === 'U' ? 4 * size : size;
  }

  /** Whether the bytes of an item begin with the highest. */
  get bigEndian(): boolean {
    return this.text.startsWith('>');
  }

  /** As numpy writes it: `<f8`. */
  toString(): string {
    return this.text;
  }

  /** @internal */
  [pythonKey](): string {
    return `dtype ${this.text}`;
  }
}
