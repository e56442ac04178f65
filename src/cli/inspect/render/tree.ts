/**
 * A value as a tree of lines.
 *
 * @module
 */
import { displayWidth, padRight } from '../../kit/text/style.js';
import type { Paint, Style } from '../../kit/text/style.js';
import type { ViewTexts } from '../../lang/en/views.js';
import { Anchors, sharedNodes } from '../lens/sharing.js';
import type { View, Viewer } from '../lens/view.js';
import { isContainer } from '../machine/nodes.js';
import type { Node } from '../machine/nodes.js';
import { tableLines } from './table.js';

/** How much of a value is shown, and how. */
export interface TreeOptions {
  readonly style: Style;
  /** Columns of the output. */
  readonly width: number;
  /** Levels of containers that are opened. */
  readonly depth: number;
  /** Parts of one container that are shown. */
  readonly maxItems: number;
  /** Lines altogether. */
  readonly maxLines: number;
  readonly types: boolean;
  readonly offsets: boolean;
  readonly refs: boolean;
  /** Rows of a table that are shown. */
  readonly rows: number;
  readonly ascii: boolean;
  readonly words: ViewTexts;
}

interface Open {
  readonly view: View;
  readonly level: number;
  /** Labels are names in a column, not keys before a colon. */
  readonly attributes: boolean;
  readonly labelWidth: number;
  next: number;
}

const INDENT = 2;
/** Columns for type and offset on the right. */
const RIGHT = 38;
const MIN_LEFT = 40;
const MAX_LABEL = 24;
const MIN_TABLE = 24;

function* lines(root: Node, viewer: Viewer, options: TreeOptions): Generator<string> {
  const { style, words } = options;
  const anchors = new Anchors(options.refs ? sharedNodes(root, viewer) : new Set());
  const stack: Open[] = [];
  const left = Math.max(MIN_LEFT, options.width - RIGHT);

  /** One line; widths are those of the plain text, so colours do not move the right column. */
  const line = (level: number, label: string, value: string, right: Right = NOTHING, paint?: Paint): string => {
    const plain = ' '.repeat(level * INDENT) + label + value;
    const text =
      ' '.repeat(level * INDENT) + style('cyan', label) + (paint === undefined ? value : style(paint, value));
    const used = displayWidth(plain);
    const shown = fitted(right, options.width - Math.max(left, used) - 1, options.ascii);
    return shown === '' ? `${text}\n` : `${text}${' '.repeat(Math.max(0, left - used))} ${style('dim', shown)}\n`;
  };
  const rightText = (node: Node, view: View): Right => {
    const counted = view.shape === 'sequence' || view.shape === 'mapping' ? `[${view.count}]` : '';
    return {
      type: options.types ? viewer.typeName(view.type) : '',
      more: options.types ? counted + (view.note === undefined || view.shape === 'object' ? '' : `, ${view.note}`) : '',
      offset: options.offsets && node.at >= 0 ? `@${node.at}` : '',
    };
  };

  const open = function* (node: Node, label: string, level: number): Generator<string> {
    const anchor = isContainer(node) ? anchors.meet(node) : undefined;
    if (anchor?.again === true) {
      yield line(level, label, `*${anchor.number}`, rightText(node, viewer.view(node)), 'magenta');
      return;
    }
    const view = viewer.view(node);
    const mark = anchor === undefined ? '' : `&${anchor.number} `;
    const right = rightText(node, view);
    if (view.text !== undefined) {
      yield line(level, label, mark + view.text, right, paintOf(node));
      const table = view.known?.table ?? view.known?.values?.records;
      if (table === undefined) return;
      const indent = ' '.repeat((level + 1) * INDENT);
      const room = Math.max(MIN_TABLE, options.width - indent.length);
      for (const row of tableLines(table, viewer, { ...options, width: room })) yield `${indent}${row}\n`;
    } else if (view.count === 0) {
      yield line(level, label, mark + view.open + view.close, right);
    } else if (stack.length >= options.depth) {
      yield line(level, label, `${mark}${view.open}${words.more(view.count)}${view.close}`, right);
    } else {
      // What else there is to know of an object belongs to its name.
      const note = view.shape === 'object' && view.note !== undefined ? words.noted(view.note) : '';
      yield line(level, label, mark + view.open + note, right, 'bold');
      const attributes = view.shape === 'object';
      stack.push({ view, level, attributes, labelWidth: attributes ? labelWidth(view) : 0, next: 0 });
    }
  };

  yield* open(root, '', 0);
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const { view, level, next } = top;
    if (next >= view.count || next >= options.maxItems) {
      if (next < view.count) yield line(level + 1, '', words.more(view.count - next), NOTHING, 'dim');
      if (view.close !== '') yield line(level, '', view.close);
      stack.pop();
      continue;
    }
    top.next++;
    const part = view.part(next);
    const label =
      part.label === undefined ? '' : top.attributes ? `${padRight(part.label, top.labelWidth)}  ` : `${part.label}: `;
    yield* open(part.node, label, level + 1);
  }
}

/** What stands in the right column. */
interface Right {
  /** With its module. */
  readonly type: string;
  /** Its size, and what else there is to know. */
  readonly more: string;
  readonly offset: string;
}

const NOTHING: Right = { type: '', more: '', offset: '' };

/** The right column in so many columns of the terminal: of a long type the module is left out first. */
function fitted({ type, more, offset }: Right, room: number, ascii: boolean): string {
  const whole = [type + more, offset].filter((part) => part !== '').join(' ');
  if (displayWidth(whole) <= room) return whole;
  const dot = type.lastIndexOf('.');
  const short = dot < 0 ? type : `${ascii ? '...' : '…'}${type.slice(dot + 1)}`;
  for (const parts of [[short + more, offset], [short, offset], [offset]]) {
    const text = parts.filter((part) => part !== '').join(' ');
    if (displayWidth(text) <= room) return text;
  }
  // The value alone is wider than the terminal: the line is broken anyway.
  return [short, offset].filter((part) => part !== '').join(' ');
}

function labelWidth(view: View): number {
  let width = 0;
  for (let index = 0; index < Math.min(view.count, 200); index++)
    width = Math.max(width, view.part(index).label?.length ?? 0);

  return Math.min(width, MAX_LABEL);
}

function paintOf(node: Node): Paint {
  switch (node.kind) {
    case 'str':
    case 'bytes':
    case 'bytearray':
      return 'green';
    case 'int':
    case 'float':
    case 'bool':
    case 'none':
      return 'yellow';
    case 'hole':
      return 'red';
    default:
      return 'blue';
  }
}

/** The lines of a value, up to `maxLines`, each with its line end. */
export function* renderTree(root: Node, viewer: Viewer, options: TreeOptions): Generator<string> {
  let count = 0;
  for (const line of lines(root, viewer, options)) {
    if (count >= options.maxLines) {
      yield `${options.style('dim', options.words.cutAfter(options.maxLines))}\n`;
      return;
    }
    yield line;
    count++;
  }
}
