/**
 * What loads, but not everywhere or not as it seems.
 *
 * @module
 */
import { python3Name } from '../../../pickle/internal.js';
import { levelOf } from '../findings/finding.js';
import type { Finding } from '../findings/finding.js';
import { KeyTable } from '../lens/keys.js';
import type { Lens } from '../lens/lens.js';
import type { Analysis } from '../machine/analyse.js';
import { allNodes } from './walk.js';

/** Lint of one message: what reading found, and what only the whole value tells. In the order of the bytes. */
export function lint(analysis: Analysis, findings: readonly Finding[], lens: Lens): Finding[] {
  const found = findings.filter((finding) => levelOf(finding) !== 'note');
  found.push(
    ...nameFindings(analysis),
    ...callFindings(analysis, lens),
    ...keyFindings(analysis, lens),
    ...numberFindings(analysis),
    ...handMade(analysis),
  );
  return found.sort((a, b) => (a.offset ?? 0) - (b.offset ?? 0));
}

function* nameFindings({ facts }: Analysis): Generator<Finding> {
  const protocol = facts.protocol ?? 0;
  for (const { module, name, at } of facts.names) {
    if (protocol >= 3 && python3Name(module, name).join() !== `${module},${name}`) {
      const message = `${module}.${name} at byte ${at} is a name of Python 2 in protocol ${protocol}`;
      yield { code: 'L411', message, offset: at, name: `${module}.${name}` };
    }
    if (protocol < 4 && name.includes('.')) {
      const message = `${module}.${name} at byte ${at} has dots, which protocol ${protocol} does not follow`;
      yield { code: 'L411', message, offset: at, name: `${module}.${name}` };
    }
  }
}

function* callFindings({ facts }: Analysis, lens: Lens): Generator<Finding> {
  for (const call of facts.calls) {
    const invalid = lens.invalid(call);
    if (invalid !== undefined) yield { code: 'E041', message: `${invalid} (byte ${call.at})`, offset: call.at };
    const known = lens.known(call);
    if (known?.translated === true) {
      const message = `${known.text ?? known.type} at byte ${call.at} is written by its translated value`;
      yield { code: 'L412', message, offset: call.at, name: known.type };
    }
    if (known?.unknownMember === true) {
      yield {
        code: 'N304',
        message: `${known.text ?? known.type} at byte ${call.at}`,
        offset: call.at,
        name: known.type,
      };
    }
  }
}

function* keyFindings({ value }: Analysis, lens: Lens): Generator<Finding> {
  const table = new KeyTable(lens);
  for (const node of allNodes(value)) {
    if (node.kind !== 'dict' || node.keys.length < 2) continue;
    const seen = new Set<string>();
    for (const key of node.keys) {
      const text = table.keyOf(key);
      if (seen.has(text)) {
        yield {
          code: 'L410',
          message: `the dict at byte ${node.at} gets a key twice (byte ${key.at})`,
          offset: key.at,
        };
      }
      seen.add(text);
    }
  }
}

const ODD_INTEGER = /^(?:0\d|0[xob]|\s|.*[_\s])/i;
const ODD_FLOAT = /_|^\s|\s$|nan|inf/i;
/** CPython reads no longer integers from text (sys.set_int_max_str_digits). */
const MAX_DIGITS = 4300;

/** Numbers written as text that readers disagree about. The text is read again: the token has only the value. */
function* numberFindings({ data, value }: Analysis): Generator<Finding> {
  const text = new TextDecoder('latin1');
  for (const node of allNodes(value)) {
    if (node.kind !== 'int' && node.kind !== 'float') continue;
    const opcode = String.fromCharCode(data[node.at] ?? 0);
    if (opcode !== 'I' && opcode !== 'L' && opcode !== 'F') continue;
    const line = text.decode(data.subarray(node.at + 1, node.end - 1));
    const odd =
      opcode === 'F' ? ODD_FLOAT.test(line) : ODD_INTEGER.test(line.replace(/L$/, '')) || line.length > MAX_DIGITS;
    if (odd) {
      const shown = line.length > 24 ? `${line.slice(0, 24)}…` : line;
      yield { code: 'L405', message: `${JSON.stringify(shown)} at byte ${node.at}`, offset: node.at };
    }
  }
}

/** Signs that no Pickler wrote it: nothing memoized although there are containers, no frame in protocol 4. */
function* handMade({ facts, stopped }: Analysis): Generator<Finding> {
  if (!stopped || facts.opcodes < 8) return;
  const missing: string[] = [];
  if (facts.memoPuts === 0 && facts.names.length > 0) missing.push('no memo');
  if ((facts.protocol ?? 0) >= 4 && facts.frames === 0) missing.push('no frame');
  if (missing.length > 0) yield { code: 'N302', message: missing.join(', '), offset: 0 };
}
