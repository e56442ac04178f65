/**
 * Text and names on the stack.
 *
 * @module
 */
import type { Token } from '../../../pickle/index.js';
import type { Machine } from './machine.js';
import { mayHoldPickleText } from './suspects.js';

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

const SURROGATE = /[\ud800-\udfff]/;
const LONE_SURROGATE = /\p{Cs}/u;

/** UNICODE, BINUNICODE and their kin. */
export function pushText(machine: Machine, token: Token): void {
  const value = String(token.argument);
  if (SURROGATE.test(value) && (LONE_SURROGATE.test(value) || holdsPairOf3(machine.data, token)))
    machine.note('L408', (facts) => facts.surrogates(token.offset), token);

  const node = { kind: 'str' as const, at: token.offset, end: token.end, value, python2: false };
  if (mayHoldPickleText(value)) machine.facts.suspects.push(node);
  machine.push(node, token.offset);
}

/** Whether UTF-8 bytes hold a surrogate of three bytes (ED A0 to ED BF): half of what looks like one character. */
function holdsPairOf3(data: Uint8Array, token: Token): boolean {
  for (let at = data.indexOf(0xed, token.offset); at >= 0 && at < token.end; at = data.indexOf(0xed, at + 1))
    if ((data[at + 1] ?? 0) >= 0xa0) return true;

  return false;
}

/** STRING, BINSTRING and SHORT_BINSTRING: text or bytes, by the encoding chosen. The token has it as Latin-1. */
export function pushPython2String(machine: Machine, token: Token): void {
  const text = String(token.argument);
  const { encoding } = machine.options;
  const base = { at: token.offset, end: token.end };
  // The opcode, a single quote, the end of the line: `pickletools` lists it, and CPython's unpickler raises.
  if (token.opcode.name === 'STRING' && token.end - token.offset === 3)
    machine.errorAt('E022', (facts) => facts.oneQuote, token);

  if (machine.facts.python2Strings++ === 0) machine.noteAt('L407', (facts) => facts.python2, token);

  if (encoding === 'bytes') {
    const value = Uint8Array.from(text, (character) => character.charCodeAt(0));
    machine.push({ kind: 'bytes', ...base, value }, token.offset);
    return;
  }
  // eslint-disable-next-line no-control-regex -- the question is just whether all characters are ASCII
  const ascii = /^[\x00-\x7f]*$/.test(text);
  let value = text;
  if (!ascii && encoding === 'ascii') {
    machine.errorAt('E023', (facts) => facts.notAscii, token);
  } else if (!ascii && encoding === 'utf8') {
    try {
      value = utf8.decode(Uint8Array.from(text, (character) => character.charCodeAt(0)));
    } catch {
      machine.errorAt('E023', (facts) => facts.notUtf8, token);
    }
  }
  const node = { kind: 'str' as const, ...base, value, python2: true };
  if (mayHoldPickleText(value)) machine.facts.suspects.push(node);
  machine.push(node, token.offset);
}

/** Module and name of GLOBAL and INST: two lines, exactly as they stand, for either may hold spaces. */
export function splitNames(data: Uint8Array, token: Token): readonly [module: string, name: string] {
  const lineEnd = data.indexOf(0x0a, token.offset + 1);
  const decode = (start: number, end: number): string => utf8.decode(data.subarray(start, end));
  return [decode(token.offset + 1, lineEnd), decode(lineEnd + 1, token.end - 1)];
}

/** Pushes a name whose bytes begin at `start`, and lists it. */
export function globalFrom(machine: Machine, token: Token, module: string, name: string, start: number): void {
  if (module === '' || name === '') machine.errorAt('E037', (facts) => facts.namesNothing, token);

  const node = { kind: 'global' as const, at: token.offset, end: token.end, start, module, name };
  machine.facts.names.push(node);
  machine.push(node, start);
}
