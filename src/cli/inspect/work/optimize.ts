/**
 * A pickle without the memo entries that nobody fetches, in fresh frames: what `pickletools.optimize` does.
 *
 * @module
 */
import { tokens } from '../../../pickle/index.js';
import type { Token } from '../../../pickle/index.js';

/** CPython's `_Framer._FRAME_SIZE_TARGET`: a frame ends behind the opcode that reaches it. */
const FRAME_TARGET = 64 * 1024;
/** CPython writes no frame for fewer bytes. */
const FRAME_MIN = 4;

function isPut(name: string): boolean {
  return name === 'PUT' || name === 'BINPUT' || name === 'LONG_BINPUT' || name === 'MEMOIZE';
}

function isGet(name: string): boolean {
  return name === 'GET' || name === 'BINGET' || name === 'LONG_BINGET';
}

/** The memo entries that are fetched, with their new numbers. Stores are numbered as CPython does: in order. */
function usedEntries(data: Uint8Array): ReadonlyMap<number, number> {
  const fetched = new Set<number>();
  for (const { opcode, argument } of tokens(data)) if (isGet(opcode.name)) fetched.add(Number(argument));
  const numbers = new Map<number, number>();
  let stored = 0;
  const seen = new Set<number>();
  for (const { opcode, argument } of tokens(data)) {
    if (!isPut(opcode.name)) continue;
    const index = opcode.name === 'MEMOIZE' ? seen.size : Number(argument);
    seen.add(index);
    if (fetched.has(index) && !numbers.has(index)) numbers.set(index, stored++);
  }
  return numbers;
}

function fetchBytes(number: number, protocol: number): Uint8Array {
  if (protocol === 0) return new TextEncoder().encode(`g${number}\n`);
  if (number < 256) return Uint8Array.of(0x68, number);
  const bytes = new Uint8Array(5);
  bytes[0] = 0x6a;
  new DataView(bytes.buffer).setUint32(1, number, true);
  return bytes;
}

function storeBytes(number: number, protocol: number): Uint8Array {
  if (protocol >= 4) return Uint8Array.of(0x94);
  if (protocol === 0) return new TextEncoder().encode(`p${number}\n`);
  if (number < 256) return Uint8Array.of(0x71, number);
  const bytes = new Uint8Array(5);
  bytes[0] = 0x72;
  new DataView(bytes.buffer).setUint32(1, number, true);
  return bytes;
}

/**
 * Optimises one pickle that `loads` accepts.
 * @param protocol - What PROTO names, or 0 or 1 by the opcodes.
 * @throws UnpicklingError when the bytes are no pickle.
 */
export function optimize(data: Uint8Array, protocol: number): Uint8Array {
  const numbers = usedEntries(data);
  const output = new FramedOutput(protocol >= 4);
  let stored = 0;
  for (const token of tokens(data)) {
    const { opcode, argument } = token;
    if (opcode.name === 'FRAME') continue;
    if (isGet(opcode.name)) {
      output.add(fetchBytes(numbers.get(Number(argument)) ?? 0, protocol));
    } else if (isPut(opcode.name)) {
      const index = opcode.name === 'MEMOIZE' ? stored : Number(argument);
      stored++;
      const number = numbers.get(index);
      if (number !== undefined) output.add(storeBytes(number, protocol));
    } else if (opcode.name === 'PROTO') {
      output.addBare(bytesOf(data, token));
    } else {
      output.add(bytesOf(data, token));
    }
  }
  return output.finish();
}

function bytesOf(data: Uint8Array, token: Token): Uint8Array {
  return data.subarray(token.offset, token.end);
}

/** Gathers opcodes into frames as CPython's pickler does: large arguments stand outside of any frame. */
class FramedOutput {
  readonly #framed: boolean;
  readonly #parts: Uint8Array[] = [];
  #frame: Uint8Array[] = [];
  #frameLength = 0;

  constructor(framed: boolean) {
    this.#framed = framed;
  }

  add(bytes: Uint8Array): void {
    if (!this.#framed) {
      this.#parts.push(bytes);
    } else if (bytes.length >= FRAME_TARGET) {
      this.addBare(bytes);
    } else {
      this.#frame.push(bytes);
      this.#frameLength += bytes.length;
      if (this.#frameLength >= FRAME_TARGET) this.#endFrame();
    }
  }

  addBare(bytes: Uint8Array): void {
    this.#endFrame();
    this.#parts.push(bytes);
  }

  finish(): Uint8Array {
    this.#endFrame();
    return Buffer.concat(this.#parts);
  }

  #endFrame(): void {
    if (this.#frameLength >= FRAME_MIN) {
      const header = new Uint8Array(9);
      header[0] = 0x95;
      new DataView(header.buffer).setBigUint64(1, BigInt(this.#frameLength), true);
      this.#parts.push(header);
    }
    for (const part of this.#frame) this.#parts.push(part);
    this.#frame = [];
    this.#frameLength = 0;
  }
}
