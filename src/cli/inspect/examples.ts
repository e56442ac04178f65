/**
 * The examples in the help of `pickle-inspect`.
 *
 * @module
 */
import type { Example } from '../kit/command.js';

/** Of the whole program. */
export const EXAMPLES = [
  { line: 'tick.pkl', comment: 'what is in it' },
  { line: 'check model.pkl', comment: 'what loading it would import, call and write' },
  { line: 'ops --only GLOBAL,STACK_GLOBAL,REDUCE model.pkl', comment: 'only these opcodes' },
  { line: "select '$[1].last_price' --json tick.pkl", comment: 'one part of it' },
  { line: '--repr "b\'\\x80\\x04K\\x2a.\'"', comment: 'what a Python program printed' },
  { line: 'stats wire.pcapng', comment: 'messages of a ZeroMQ capture by kind' },
  { line: 'json --mode typed a.pkl | pickle-inspect pack -o b.pkl', comment: 'there and back' },
] as const satisfies readonly Example[];
