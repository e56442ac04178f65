/**
 * The text of a policy, taken apart: its values, and the line of each. It is strict JSON, with no comments, no commas at the
 * end, and each name once.
 *
 * @module
 */
import { createScanner, findNodeAtLocation, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { Node, ParseError } from 'jsonc-parser';
import { PolicyError } from '../errors.js';
import { IssueList } from './issues.js';
import type { Path } from './issues.js';

/** The longest text of a policy, in bytes. */
export const MAX_POLICY_BYTES = 10_000_000;

/** How deep objects and lists may stand in each other. */
const MAX_DEPTH = 32;

/** A list of ones in 10 MB would take a gigabyte as a tree. */
const MAX_TOKENS = 500_000;

/** JSON.parse keeps that many digits of every number. */
const MAX_DIGITS = 15;

/** jsonc-parser's numbers of kinds of tokens: they are a const enum, which other compilers cannot read. */
const TOKEN = { openBrace: 1, closeBrace: 2, openBracket: 3, closeBracket: 4, end: 17 } as const;

/** A JSON value; objects have no prototype. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json };

/** A text that is JSON. */
export interface Source {
  readonly value: Json;
  /** The line of what stands at a path, or of what it is missing in. */
  lineOf(path: Path): number;
}

/** @throws PolicyError `BAD_POLICY` with every fault of the text. */
export function parseSource(given: string): Source {
  // Editors of Windows write a byte order mark.
  const text = given.startsWith('\uFEFF') ? given.slice(1) : given;
  if (Buffer.byteLength(text) > MAX_POLICY_BYTES)
    throw new PolicyError('BAD_POLICY', `the policy is larger than ${MAX_POLICY_BYTES / 1e6} MB`);

  const lines = lineStarts(text);
  const issues = new IssueList(() => undefined);
  checkSize(text, (offset, message) => {
    issues.addAt(lineAt(lines, offset), [], message);
  });
  issues.throwIfAny();

  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { disallowComments: true, allowTrailingComma: false, allowEmptyContent: false });
  const seen = new Set<number>();
  for (const { error, offset } of errors) {
    const line = lineAt(lines, offset);
    // One slip makes several errors on its line.
    if (!seen.has(line)) issues.addAt(line, [], `no JSON: ${SAID[printParseErrorCode(error)] ?? 'it cannot be read'}`);
    seen.add(line);
  }
  issues.throwIfAny();
  checkAgain(text);
  if (tree === undefined) throw new PolicyError('BAD_POLICY', 'the policy is empty');

  const value = valueOf(tree, text, [], (node, path, message) => {
    issues.addAt(lineAt(lines, node.offset), path, message);
  });
  issues.throwIfAny();
  return { value, lineOf: (path) => lineAt(lines, nodeAt(tree, path).offset) };
}

const SAID: Readonly<Record<string, string>> = {
  InvalidCommentToken: 'it has a comment',
  PropertyNameExpected: 'a name in double quotes is missing, or there is a comma too many before "}"',
  ValueExpected: 'a value is missing, or there is a comma too many',
  ColonExpected: 'a ":" is missing behind a name',
  CommaExpected: 'a "," is missing',
  CloseBraceExpected: 'a "}" is missing',
  CloseBracketExpected: 'a "]" is missing',
  EndOfFileExpected: 'something stands behind its end',
  InvalidSymbol: 'there is a word that is none of true, false, null, or a name without double quotes',
  InvalidNumberFormat: 'a number is not written as JSON has them',
  InvalidCharacter: 'a text has a character that must be written with a "\\"',
  UnexpectedEndOfString: 'a text is not closed',
  UnexpectedEndOfComment: 'it has a comment',
  InvalidEscapeCharacter: 'a text has a "\\" before a character that needs none',
  InvalidUnicode: 'a text has a "\\u" without four digits',
};

/** jsonc-parser calls itself for each level: deep texts must not come to it. */
function checkSize(text: string, report: (offset: number, message: string) => void): void {
  const scanner = createScanner(text, true);
  let depth = 0;
  let tokens = 0;
  for (let token: number = scanner.scan(); token !== TOKEN.end; token = scanner.scan()) {
    tokens++;
    if (token === TOKEN.openBrace || token === TOKEN.openBracket) depth++;

    if (token === TOKEN.closeBrace || token === TOKEN.closeBracket) depth--;

    if (depth > MAX_DEPTH) {
      report(scanner.getTokenOffset(), `is nested deeper than ${MAX_DEPTH}`);
      return;
    }
    if (tokens > MAX_TOKENS) {
      report(scanner.getTokenOffset(), 'has too many values');
      return;
    }
  }
}

/** Two readers must agree that it is JSON. */
function checkAgain(text: string): void {
  try {
    JSON.parse(text);
  } catch (error) {
    throw new PolicyError('BAD_POLICY', `the policy is no JSON: ${error instanceof Error ? error.message : ''}`, [], {
      cause: error,
    });
  }
}

type Report = (node: Node, path: Path, message: string) => void;

function valueOf(node: Node, text: string, path: Path, report: Report): Json {
  switch (node.type) {
    case 'object':
      return objectOf(node, text, path, report);
    case 'array':
      return (node.children ?? []).map((child, index) => valueOf(child, text, [...path, index], report));
    case 'number': {
      const written = text.slice(node.offset, node.offset + node.length);
      const fault = whyImprecise(written);
      if (fault !== undefined) report(node, path, fault);

      return node.value as number;
    }
    default:
      return node.value as Json;
  }
}

function objectOf(node: Node, text: string, path: Path, report: Report): Json {
  const object = Object.create(null) as Record<string, Json>;
  for (const property of node.children ?? []) {
    const [key, value] = property.children ?? [];
    if (key === undefined || value === undefined) continue;

    const name = key.value as string;
    const here = [...path, name];
    if (Object.hasOwn(object, name)) report(property, here, 'is there twice');

    object[name] = valueOf(value, text, here, report);
  }
  return object;
}

/** Why the number of the program is not the one that is written; undefined when it is. */
function whyImprecise(written: string): string | undefined {
  if (!Number.isFinite(Number(written))) return `must be a finite number, not ${written}`;

  const [mantissa = ''] = written.split(/[eE]/);
  const digits = mantissa.replace(/[-.]/g, '').replace(/^0+/, '').replace(/0+$/, '');
  if (digits.length > MAX_DIGITS) return `has ${digits.length} digits: ${MAX_DIGITS} at most can be kept`;

  return digits !== '' && Number(written) === 0 ? `is too small a number: ${written}` : undefined;
}

/** What stands at a path; else the nearest thing around it that is there. */
function nodeAt(tree: Node, path: Path): Node {
  for (let length = path.length; length >= 0; length--) {
    const node = findNodeAtLocation(tree, path.slice(0, length));
    // A member's line is that of its name.
    if (node !== undefined) return node.parent?.type === 'property' ? node.parent : node;
  }
  return tree;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);

  return starts;
}

/** The line of an offset, from 1. */
function lineAt(starts: readonly number[], offset: number): number {
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return low + 1;
}
