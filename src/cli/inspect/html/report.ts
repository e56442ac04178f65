/**
 * The data of an HTML report: bounded, flat, and text only.
 *
 * @module
 */
import type { InspectTexts } from '../../lang/en/inspect.js';
import { findingKind } from '../findings/codes.js';
import { envelopeOf, envelopeText } from '../lens/envelope.js';
import type { PathIndex } from '../lens/paths.js';
import { Anchors, sharedNodes } from '../lens/sharing.js';
import type { View, Viewer } from '../lens/view.js';
import { advance } from '../machine/analyse.js';
import type { AnalyseOptions } from '../machine/analyse.js';
import { Machine } from '../machine/machine.js';
import { isContainer } from '../machine/nodes.js';
import type { Node } from '../machine/nodes.js';
import type { Message } from '../reading/messages.js';
import { wireText } from '../render/heading.js';
import { ROWS_SHOWN, tableLines } from '../render/table.js';
import { plainStyle } from '../../kit/text/style.js';
import { argumentBrief, brief, paintOfOpcode } from '../render/listing.js';

/** Bounds on a report, so that a bomb does not freeze the page. */
export interface ReportLimits {
  /** Rows of the tree, and of the listing, of one message. */
  readonly maxRows: number;
  /** Bytes in the hex view of one message. */
  readonly maxBytes: number;
  readonly texts: InspectTexts;
}

/** A row of the tree: depth, label, value, type, and the bytes that it stands for. */
export type TreeRow = readonly [depth: number, label: string, value: string, type: string, start: number, end: number];

/** A row of the listing, with the top of the stack after it. */
export type OpRow = readonly [
  offset: number,
  end: number,
  name: string,
  argument: string,
  path: string,
  paint: string,
  stackLength: number,
  stackTop: readonly string[],
];

/** A finding of the report. */
export interface ReportFinding {
  readonly code: string;
  readonly level: string;
  /** The level in words. */
  readonly label: string;
  readonly title: string;
  readonly message: string;
  readonly offset: number | undefined;
}

/** One message of a report. */
export interface ReportMessage {
  readonly title: string;
  readonly about: string;
  readonly tree: readonly TreeRow[];
  readonly treeCut: boolean;
  readonly ops: readonly OpRow[];
  /** Opcodes that are not shown. */
  readonly opsHidden: number;
  /** The bytes that are shown, in hex. */
  readonly bytes: string;
  readonly bytesHidden: number;
  readonly findings: readonly ReportFinding[];
}

const MAX_DEPTH = 200;
const STACK_SHOWN = 6;
const TABLE_WIDTH = 100;

function spanStart(node: Node): number {
  return 'start' in node ? node.start : node.at;
}

/** The rows of the tree; depth first, shared values once. */
function treeRows(root: Node, viewer: Viewer, limit: number): { readonly rows: TreeRow[]; readonly cut: boolean } {
  const rows: TreeRow[] = [];
  const anchors = new Anchors(sharedNodes(root, viewer));
  const stack: { readonly view: View; next: number }[] = [];
  let cut = false;
  const add = (node: Node, label: string): void => {
    const view = viewer.view(node);
    const anchor = isContainer(node) ? anchors.meet(node) : undefined;
    const mark = anchor === undefined ? '' : anchor.again ? `*${anchor.number}` : `&${anchor.number} `;
    const counted = view.text ?? `${view.open}${viewer.words.parts(view.count)}${view.close}`;
    const value = anchor?.again === true ? mark : mark + counted;
    rows.push([Math.min(stack.length, MAX_DEPTH), label, value, viewer.typeName(view.type), spanStart(node), node.end]);
    const table = anchor?.again === true ? undefined : view.known?.table;
    if (table !== undefined) {
      const options = { style: plainStyle, ascii: false, width: TABLE_WIDTH, rows: ROWS_SHOWN };
      for (const line of tableLines(table, viewer, options))
        rows.push([Math.min(stack.length + 1, MAX_DEPTH), '', line, '', spanStart(node), node.end]);
    }
    if (view.count > 0 && anchor?.again !== true) stack.push({ view, next: 0 });
  };
  add(root, '$');
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    if (top.next >= top.view.count) {
      stack.pop();
      continue;
    }
    if (rows.length >= limit) {
      cut = true;
      break;
    }
    const part = top.view.part(top.next++);
    add(part.node, part.label ?? '');
  }
  return { rows, cut };
}

function opRows(data: Uint8Array, analyse: AnalyseOptions, paths: PathIndex, viewer: Viewer, limit: number): OpRow[] {
  const rows: OpRow[] = [];
  const machine = new Machine(data, analyse);
  let offset = 0;
  while (machine.result === undefined && rows.length < limit) {
    const token = advance(machine, analyse, offset);
    if ('message' in token) break;
    offset = token.end;
    const { name } = token.opcode;
    const argument = viewer.text((argumentBrief(token) ?? '').slice(0, 120));
    const top = machine.stack.slice(-STACK_SHOWN).map((node) => viewer.text(brief(node, viewer.words)));
    const path = viewer.text(paths.pathAt(token.offset) ?? '');
    rows.push([token.offset, token.end, name, argument, path, paintOfOpcode(name) ?? '', machine.stack.length, top]);
  }
  return rows;
}

/** The report of one message. */
export function reportMessage(
  message: Message,
  viewer: Viewer,
  paths: PathIndex | undefined,
  analyse: AnalyseOptions,
  limits: ReportLimits,
): ReportMessage {
  const { analysis, wire } = message;
  const findings = message.findings.map(({ code, said, offset }): ReportFinding => {
    const { level } = findingKind(code);
    const { levels, kinds } = limits.texts;
    return {
      code,
      level,
      label: levels[level],
      title: kinds[code].title,
      message: viewer.text(said(limits.texts.of)),
      offset,
    };
  });
  const { views: words } = limits.texts;
  const wired = wire === undefined ? '' : wireText(wire, {}, words);
  const base = { title: `${viewer.text(message.source)} #${message.number}`, findings };
  if (analysis === undefined || paths === undefined)
    return { ...base, about: wired, tree: [], treeCut: false, ops: [], opsHidden: 0, bytes: '', bytesHidden: 0 };

  const { facts } = analysis;
  const envelope = envelopeOf(analysis.value, wire, viewer);
  const about = [words.bytes(analysis.end), words.protocol(facts.protocol ?? facts.highestOpcode), wired];
  if (envelope !== undefined) about.push(envelopeText(envelope, viewer, words));
  const tree = treeRows(analysis.value, viewer, limits.maxRows);
  const ops = opRows(analysis.data, analyse, paths, viewer, limits.maxRows);
  const shown = analysis.data.subarray(0, Math.min(analysis.end, limits.maxBytes));
  return {
    ...base,
    about: about.filter((part) => part !== '').join(' · '),
    tree: tree.rows,
    treeCut: tree.cut,
    ops,
    opsHidden: facts.opcodes - ops.length,
    bytes: Buffer.from(shown.buffer, shown.byteOffset, shown.byteLength).toString('hex'),
    bytesHidden: analysis.end - shown.length,
  };
}
