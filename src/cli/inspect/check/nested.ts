/**
 * Pickles inside of bytes and texts.
 *
 * @module
 */
import { looksLikePickle } from '../input/looks-like-pickle.js';
import { decodeBase64, decodeHex, TextFormError } from '../input/text-forms.js';
import { latin1 } from '../lens/known.js';
import type { BytesNode, StrNode } from '../machine/nodes.js';
import { analyse, stateOf } from '../machine/analyse.js';

/** The bytes of the pickle that a value holds; undefined when it holds none after all. */
export function nestedPickle(node: BytesNode | StrNode): Uint8Array | undefined {
  if (node.kind !== 'str') return isPickle(node.value) ? node.value : undefined;
  const plain = latin1(node.value);
  if (plain !== undefined && isPickle(plain)) return plain;
  for (const decode of [decodeBase64, decodeHex]) {
    try {
      const data = decode(node.value);
      if (isPickle(data)) return data;
    } catch (error) {
      if (!(error instanceof TextFormError)) throw error;
    }
  }
  return undefined;
}

/** Starts as one and does something or ends as one: two bytes alone prove little in the middle of other data. */
function isPickle(data: Uint8Array): boolean {
  if (!looksLikePickle(data)) return false;
  const { stopped, findings, facts } = analyse(data);
  return facts.names.length > 0 || (stopped && stateOf(findings) === 'whole');
}
