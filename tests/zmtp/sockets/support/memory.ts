/**
 * Memory that is really held.
 *
 * @module
 */
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Bytes of objects and buffers that somebody still needs. */
export async function heldBytes(): Promise<number> {
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await new Promise((resolve) => setImmediate(resolve)); // Finalizers run in a turn of their own.
  }
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}
