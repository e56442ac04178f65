/**
 * Whether bytes are a pickle, or would act as one.
 *
 * @module
 */
import { HIGHEST_PROTOCOL } from '../../../pickle/index.js';
import { analyse, stateOf } from '../machine/analyse.js';

/** The opcode with which a pickle of protocol 2 and later begins. */
export const PROTO = 0x80;

/** A protocol that some Python might have one day. */
const LATEST = 15;

/** Whether bytes start a pickle: with PROTO, or (protocols 0 and 1 have none) by reading without an error to STOP. */
export function looksLikePickle(data: Uint8Array): boolean {
  if (data[0] === PROTO) return (data[1] ?? 0xff) <= HIGHEST_PROTOCOL;
  if (data.length < 2) return false;
  const { stopped, findings } = analyse(data);
  return stopped && stateOf(findings) === 'whole';
}

/**
 * Whether an unpickler would do something with bytes before it fails: they are then a pickle whatever else they look
 * like. Without this, a damaged pickle could pass as another format.
 */
export function actsAsPickle(data: Uint8Array): boolean {
  // Every Python refuses a protocol that it does not know before it does anything. Numbers of a tensor begin so: 80 3f is 1.0.
  if (data[0] === PROTO && data.length > 1) return (data[1] ?? 0) <= LATEST;
  const { stopped, findings, facts } = analyse(data);
  return facts.names.length > 0 || (data.length > 1 && stopped && stateOf(findings) === 'whole');
}
