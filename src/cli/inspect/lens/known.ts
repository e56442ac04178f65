/**
 * Calls that everybody knows: what they make, shown as the value that it is.
 *
 * A recogniser looks at one call, with its arguments and everything done to its result. It says what the call is, or that it is
 * something else. `check` allows exactly what a recogniser takes, so recognisers are strict: the shape that Python writes, and
 * nothing that could do more.
 *
 * @module
 */
import type { CallNode, GlobalNode, Node } from '../machine/nodes.js';
import { views } from '../../lang/en/views.js';
import type { ViewTexts } from '../../lang/en/views.js';
import type { Said } from '../findings/finding.js';
import type { Table, Values } from './cells.js';

/** Which policy profile allows a known call. `none of them`: it is known what it is, and no profile allows it. */
export type Profile = 'data' | 'numpy' | 'pandas' | 'vnpy' | 'none of them';

/** What a value says in words: in English as its text, which JSON has, and in any language. */
export function inWords(said: (words: ViewTexts) => string): Required<Pick<Known, 'text' | 'said'>> {
  return { text: said(views), said };
}

/** One part of a value. */
export interface Part {
  /** The step of a path that leads to it: `.symbol`, `[0]`, `@args`. */
  readonly step: string;
  /** How it is labelled for a person; undefined for items without label. */
  readonly label: string | undefined;
  readonly node: Node;
  /** What it stands under, where that is a key or the name of an attribute. */
  readonly key?: Node;
}

/** What a recognised call makes. */
export interface Known {
  /** Python's name of the type: `datetime.datetime`. */
  readonly type: string;
  readonly profile: Profile;
  /** The value as text, for a value without parts. */
  readonly text?: string;
  /** The same with the words of a language, where it has any. */
  readonly said?: (words: ViewTexts) => string;
  /** `text` is a literal of Python already, such as that of bytes: nothing in it is to be escaped. */
  readonly isLiteral?: boolean;
  /** The value as one piece of JSON, for `json --mode plain`; `text` when not given. */
  readonly plain?: string | number | boolean | null | Readonly<Record<string, unknown>>;
  /** Where the value is a container: its kind and parts. */
  readonly container?: KnownContainer;
  /** Where the value is an array: its values, to be read one at a time. */
  readonly values?: Values;
  /** Where the value is a table, or names the rows of one. */
  readonly table?: Table;
  /** What else there is to know, beside the type: `scikit-learn 1.9.1`. */
  readonly note?: (words: ViewTexts) => string;
  /** Names that this call explains: its callable, and classes among its arguments. */
  readonly names: readonly GlobalNode[];
  /** The value is translated text of one language (an enum of vnpy by value). */
  readonly translated?: boolean;
  /** A class that is known with a member that is not. */
  readonly unknownMember?: boolean;
}

/** A known call that makes a container. */
export type KnownContainer =
  | { readonly kind: 'items'; readonly items: readonly Node[] }
  | { readonly kind: 'entries'; readonly keys: readonly Node[]; readonly values: readonly Node[] }
  | { readonly kind: 'attributes'; readonly keys: readonly Node[]; readonly values: readonly Node[] };

/** A call of a known name whose arguments are none that it takes. */
export interface Invalid {
  readonly invalid: Said;
}

/** What recognisers may ask. */
export interface Context {
  /** The name that a node stands for, with Python 2's names translated where the protocol has them: `builtins.getattr`. */
  nameOf(node: Node): string | undefined;
  /** What another call is. */
  known(node: Node): Known | undefined;
  /**
   * The bytes of a node as Python's `repr` writes them, or a bytearray of them. Made once for each node, which any number of
   * calls can share.
   */
  bytesText(node: Node, type?: 'bytes' | 'bytearray'): string | undefined;
  /** What is made of a node, made once for all who share it; undefined while it is being made. */
  once<Value>(node: Node, make: () => Value | undefined): Value | undefined;
}

/** Looks at a call of one name. Undefined: not the way that Python writes this value. */
export type Recogniser = (call: CallNode, args: readonly Node[], context: Context) => Known | Invalid | undefined;

/** Whether nothing was done to the result of a call. */
export function isBare(call: CallNode): boolean {
  return call.steps.length === 0;
}

/** The names that a call of a plain global explains. */
export function ownNames(call: CallNode, ...more: readonly Node[]): GlobalNode[] {
  return [call.callable, ...more].filter((node) => node.kind === 'global');
}

/** A safe integer of a node, or undefined. */
export function integerOf(node: Node | undefined): number | undefined {
  if (node?.kind === 'bool') return Number(node.value);
  return node?.kind === 'int' && typeof node.value === 'number' ? node.value : undefined;
}

/** The bytes of a node: bytes, a Latin-1 text of Python 2 or protocol 0 to 2, or `_codecs.encode(text, 'latin1')`. */
export function bytesOf(node: Node | undefined, context: Context): Uint8Array | undefined {
  if (node?.kind === 'bytes') return node.value;
  if (node?.kind === 'str') return latin1(node.value);
  if (node?.kind !== 'call' || context.known(node)?.type !== 'bytes') return undefined;
  const [text] = node.args.kind === 'tuple' ? node.args.items : [];
  if (text === undefined) return new Uint8Array();
  return text.kind === 'str' ? latin1(text.value) : undefined;
}

/** The bytes of a text whose characters are all below 256. */
export function latin1(text: string): Uint8Array | undefined {
  const bytes = new Uint8Array(text.length);
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0xff) return undefined;
    bytes[index] = code;
  }
  return bytes;
}
