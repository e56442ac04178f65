/**
 * What loads, but not everywhere or not as it seems.
 *
 * @module
 */
import { python3Name } from '../../../pickle/internal.js';
import { found as finding, levelOf } from '../findings/finding.js';
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
    const full = `${module}.${name}`;
    if (protocol >= 3 && python3Name(module, name).join() !== `${module},${name}`)
      yield finding('L411', (facts) => facts.python2Name(full, at, protocol), { offset: at, name: full });

    if (protocol < 4 && name.includes('.'))
      yield finding('L411', (facts) => facts.dottedName(full, at, protocol), { offset: at, name: full });
  }
}

function* callFindings({ facts }: Analysis, lens: Lens): Generator<Finding> {
  for (const call of facts.calls) {
    const invalid = lens.invalid(call);
    const place = { offset: call.at };
    if (invalid !== undefined) yield finding('E041', (facts) => facts.invalid(invalid(facts), call.at), place);
    const known = lens.known(call);
    if (known?.translated === true) {
      const member = known.text ?? known.type;
      yield finding('L412', (facts) => facts.translated(member, call.at), { ...place, name: known.type });
    }
    if (known?.unknownMember === true) {
      const member = known.text ?? known.type;
      yield finding('N304', (facts) => facts.at(member, call.at), { ...place, name: known.type });
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
      if (seen.has(text)) yield finding('L410', (facts) => facts.keyTwice(node.at, key.at), { offset: key.at });

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
      yield finding('L405', (facts) => facts.at(JSON.stringify(shown), node.at), { offset: node.at });
    }
  }
}

/** Signs that no Pickler wrote it: nothing memoized although there are containers, no frame in protocol 4. */
function* handMade({ facts, stopped }: Analysis): Generator<Finding> {
  if (!stopped || facts.opcodes < 8) return;
  const missing: ('withoutMemo' | 'withoutFrame')[] = [];
  if (facts.memoPuts === 0 && facts.names.length > 0) missing.push('withoutMemo');
  if ((facts.protocol ?? 0) >= 4 && facts.frames === 0) missing.push('withoutFrame');
  if (missing.length === 0) return;
  yield finding('N302', (texts) => texts.listed(missing.map((what) => texts[what])), { offset: 0 });
}
