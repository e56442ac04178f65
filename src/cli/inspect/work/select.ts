/**
 * Finds a part of a value by its path.
 *
 * @module
 */
import { pythonString } from '../../kit/text/escape.js';
import type { Table } from '../lens/cells.js';
import type { Viewer } from '../lens/view.js';
import type { Node } from '../machine/nodes.js';
import { columnSteps, selectInTable } from './select-table.js';
import type { TablePart } from './select-table.js';

/** A path that leads nowhere: how far it led, and what is there. */
export interface PathMiss {
  readonly found: string;
  readonly rest: string;
  /** The first steps that would have led on, and how many there are. */
  readonly choices: readonly string[];
  readonly count: number;
}

/** What a path leads to: a value, or a part of a table. */
export type Selected = { readonly node: Node } | TablePart;

const CHOICES = 8;

/**
 * Follows a path such as `$[1].data.last_price`; the `$` may be left out.
 * @param raw - Sees known calls as calls: for `@args[0]` of a date.
 */
export function select(root: Node, path: string, viewer: Viewer, raw: Viewer): Selected | PathMiss {
  let rest = path.trim().replace(/^\$/, '');
  if (/^[\p{L}_]/u.test(rest)) rest = `.${rest}`;
  let node = root;
  let found = '$';
  while (rest !== '') {
    const next = follow(node, rest, viewer) ?? follow(node, rest, raw) ?? special(node, rest);
    if (next === undefined) {
      const table = tableOf(node, viewer);
      const part = table && selectInTable(table, rest, viewer);
      return part ?? { found, rest, ...choicesOf(node, viewer) };
    }
    found += rest.slice(0, next.length);
    rest = rest.slice(next.length);
    node = next.node;
  }
  return { node };
}

/** The table that a value is; records are one, too. */
function tableOf(node: Node, viewer: Viewer): Table | undefined {
  const { known } = viewer.view(node);
  return known?.table ?? known?.values?.records;
}

interface Next {
  readonly node: Node;
  /** Characters of the path that were used. */
  readonly length: number;
}

function follow(node: Node, rest: string, viewer: Viewer): Next | undefined {
  const view = viewer.view(node);
  const index = /^\[(-?\d+)\]/.exec(rest);
  if (index?.[1] !== undefined && view.shape === 'sequence') {
    const given = Number(index[1]);
    const at = given < 0 ? view.count + given : given;
    return at >= 0 && at < view.count ? { node: view.part(at).node, length: index[0].length } : undefined;
  }
  let best: Next | undefined;
  for (let at = 0; at < view.count; at++) {
    const { step, node: part, key } = view.part(at);
    for (const written of key?.kind === 'str' ? [step, `[${pythonString(key.value)}]`] : [step]) {
      // `.ask` must not lead to `.ask_price_1`, nor the other way round; of equal keys the last counts.
      const isWhole = rest.startsWith(written) && /^(?:[.[@]|$)/.test(rest.slice(written.length));
      if (isWhole && written.length >= (best?.length ?? 1)) best = { node: part, length: written.length };
    }
  }
  return best;
}

/** Parts of a call that no view has a place for. */
function special(node: Node, rest: string): Next | undefined {
  if (node.kind !== 'call') return undefined;
  if (rest.startsWith('@callable')) return { node: node.callable, length: 9 };
  const state = node.steps.find((step) => step.kind === 'state');
  if (rest.startsWith('@state') && state?.kind === 'state') return { node: state.state, length: 6 };
  return /^@args(?![[\w])/.test(rest) ? { node: node.args, length: 5 } : undefined;
}

function choicesOf(node: Node, viewer: Viewer): Pick<PathMiss, 'choices' | 'count'> {
  const view = viewer.view(node);
  const table = tableOf(node, viewer);
  if (table !== undefined && view.count === 0)
    return { choices: columnSteps(table, viewer, CHOICES), count: table.columnCount };
  const choices: string[] = [];
  for (let at = 0; at < Math.min(view.count, CHOICES); at++) choices.push(view.part(at).step);
  return { choices, count: view.count };
}
