/**
 * Sentences of the library in another language, known by their form. The library speaks English alone. Much of what it says
 * comes over a wire or out of a file, where nothing but the text is left.
 *
 * @module
 */

/**
 * A sentence and its translation. `{name}` stands for a value, which stays as it is. A name that begins with `number` stands for
 * a number, one with `word` for a value without a space outside of quotes. One with `list` stands for several of these, and one
 * with `text` may have several lines. One with `said` stands for a sentence in the sentence, which is translated as well. One with
 * `why` is what somebody has said, a person or the library: it is translated where it is known.
 */
export type Sentence = readonly [english: string, other: string];

/** A longer text is no sentence. */
const LONGEST = 20_000;

/** Sentences stand in sentences no deeper than this. */
const DEEPEST = 6;

/** A form of fewer letters fits too much: it counts only where all that stands in it is known. */
const FEW_LETTERS = 5;

const WORD = /^(?:"[^"\n]*"|[^\s"])+$/;
const LIST = /^(?:"[^"\n]*"|[^\s,"])+(?:, (?:"[^"\n]*"|[^\s,"])+)*$/;
const NUMBER = /^-?\d[\d.,]*$/;

/** No value, but the beginning of another sentence, whose end is the same. */
const BEGINNING = /^(?:an?|its|the) |: |(?:\b[a-z]+ ){2}[a-z]/;

interface Form {
  /** What stands before, between and behind the values. */
  readonly literals: readonly string[];
  readonly names: readonly string[];
  readonly letters: number;
  /** All that stands in it for sure. */
  readonly signs: number;
  readonly other: string;
}

interface Found {
  readonly text: string;
  /** Whether every sentence in it is known. */
  readonly isWhole: boolean;
}

/** What was found for parts of one text: many forms split it at the same places. */
type Seen = Map<string, Found | undefined>;

/** Translates sentences. */
export class Phrasebook {
  readonly #forms: readonly Form[];

  constructor(sentences: readonly Sentence[]) {
    // The form that says most is the one that is meant.
    this.#forms = sentences.map(formOf).sort((one, other) => other.letters - one.letters || other.signs - one.signs);
  }

  /** A text in the other language. What is not known stays as it is: a line, or a part of one. */
  readonly say = (text: string): string => {
    if (text.length > LONGEST) return text;
    const seen: Seen = new Map();
    const line = (each: string): string => {
      const [, indent = '', rest = ''] = /^(\s*)(.*)$/.exec(each) ?? [];
      return indent + (this.#find(rest, seen)?.text ?? rest);
    };
    return this.#find(text, seen)?.text ?? text.split('\n').map(line).join('\n');
  };

  #find(text: string, seen: Seen, depth = 0): Found | undefined {
    if (text === '' || depth > DEEPEST) return undefined;
    if (seen.has(text)) return seen.get(text);
    const found = this.#look(text, seen, depth);
    seen.set(text, found);
    return found;
  }

  #look(text: string, seen: Seen, depth: number): Found | undefined {
    let best: (Found & { readonly letters: number }) | undefined;
    for (const form of this.#forms) {
      const { letters } = form;
      if (best !== undefined && letters < best.letters) break;
      const values = valuesIn(text, form);
      if (values === undefined) continue;
      const found = this.#fill(form, values, seen, depth);
      // Of forms that say equally much, the one in which all is known.
      if (found.isWhole) return found;
      if (letters >= FEW_LETTERS) best ??= { ...found, letters };
    }
    return best;
  }

  #fill({ names, other }: Form, values: readonly string[], seen: Seen, depth: number): Found {
    let isWhole = true;
    const filled = new Map<string, string>();
    for (const [index, name] of names.entries()) {
      const value = values[index] ?? '';
      const isSaid = name.startsWith('said');
      const found = isSaid || name.startsWith('why') ? this.#find(value, seen, depth + 1) : undefined;
      if (isSaid && found?.isWhole !== true) isWhole = false;
      filled.set(name, found === undefined || !(isSaid || found.isWhole) ? value : found.text);
    }
    return { text: other.replace(/\{(\w+)\}/g, (mark, name: string) => filled.get(name) ?? mark), isWhole };
  }
}

function formOf([english, other]: Sentence): Form {
  const parts = english.split(/\{(\w+)\}/);
  const literals = parts.filter((_part, index) => index % 2 === 0);
  const names = parts.filter((_part, index) => index % 2 === 1);
  const sure = literals.join('');
  return { literals, names, letters: sure.replace(/[^a-z]/gi, '').length, signs: sure.length, other };
}

/** The values of a text that has the form. Each ends where the next words of the form begin. */
function valuesIn(text: string, { literals, names }: Form): readonly string[] | undefined {
  const [first = ''] = literals;
  const last = literals.at(-1) ?? '';
  if (names.length === 0) return text === first ? [] : undefined;
  if (!text.startsWith(first) || !text.endsWith(last)) return undefined;
  const values: string[] = [];
  let at = first.length;
  const end = text.length - last.length;
  for (const [index, literal] of literals.slice(1, -1).entries()) {
    const name = names[index] ?? '';
    // A value has one character at least.
    let next = text.indexOf(literal, at + 1);
    while (next >= 0 && next + literal.length <= end && !isOfItsKind(text.slice(at, next), name))
      next = text.indexOf(literal, next + 1);
    if (next < 0 || next + literal.length > end) return undefined;
    values.push(text.slice(at, next));
    at = next + literal.length;
  }
  if (at >= end) return undefined;
  values.push(text.slice(at, end));
  if (first === '' && names[0]?.startsWith('said') === false && BEGINNING.test(values[0] ?? '')) return undefined;
  return isOfItsKind(values.at(-1) ?? '', names.at(-1) ?? '') ? values : undefined;
}

function isOfItsKind(value: string, name: string): boolean {
  if (name.startsWith('number')) return NUMBER.test(value);
  if (name.startsWith('word')) return WORD.test(value);
  if (name.startsWith('list')) return LIST.test(value);
  return name.startsWith('text') || !value.includes('\n');
}
