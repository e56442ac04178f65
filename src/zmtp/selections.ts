/**
 * Which of the messages that leave together go to whom: subscribers that get the same ones share their bytes.
 *
 * @module
 */
import { messageBytes, unfilled, writeMessage } from './frames.js';
import type { PrefixSet } from './prefixes.js';

/** The parts of a message. */
export type Message = readonly Uint8Array[];

/** Messages that lie one behind the other in one piece of memory. */
export interface Batch {
  readonly bytes: Uint8Array;
  /** Where each message ends. */
  readonly ends: readonly number[];
}

/** Some of the messages, in order; at least one. */
export class Selection {
  readonly messages: readonly Message[];
  /** Where each of them stands among all; undefined where these are all, or nobody will ask. */
  readonly indexes: readonly number[] | undefined;
  #batch: Batch | undefined;

  constructor(messages: readonly Message[], indexes?: readonly number[]) {
    this.messages = messages;
    this.indexes = indexes;
  }

  /** Joined, once for all who get these. */
  get batch(): Batch {
    return (this.#batch ??= join(this.messages));
  }
}

/** The selections of one flush. */
export class Selections {
  readonly #all: Selection;
  /** The principals that may get a message, by its index. Where there are none, everybody may. */
  readonly #audiences: readonly (ReadonlySet<string> | undefined)[];
  readonly #isShared: boolean;
  readonly #known = new Map<string, Selection>();

  /**
   * @param audiences - empty when no message is for some only.
   * @param isShared - whether subscribers ask for different things. Only then, and where messages are for some only, two of them
   * can get the same messages in different ways.
   */
  constructor(
    messages: readonly Message[],
    audiences: readonly (ReadonlySet<string> | undefined)[],
    isShared: boolean,
  ) {
    this.#all = new Selection(messages);
    this.#audiences = audiences;
    this.#isShared = isShared || audiences.length > 0;
  }

  /** The messages that begin with one of the prefixes; undefined when there are none. */
  matching(prefixes: PrefixSet): Selection | undefined {
    return this.#of(this.#all, (_, { 0: first }) => first !== undefined && prefixes.matches(first));
  }

  /** Those of them that a principal may get. */
  visible(selection: Selection, principal: string | undefined): Selection | undefined {
    if (this.#audiences.length === 0) return selection;
    return this.#of(selection, (index) => {
      const audience = this.#audiences[index];
      return audience === undefined || (principal !== undefined && audience.has(principal));
    });
  }

  #of({ messages, indexes }: Selection, isChosen: (index: number, message: Message) => boolean): Selection | undefined {
    const at: number[] | undefined = this.#isShared ? [] : undefined;
    const chosen = messages.filter((message, place) => {
      const index = indexes?.[place] ?? place;
      if (!isChosen(index, message)) return false;
      at?.push(index);
      return true;
    });
    if (chosen.length === 0) return undefined;
    if (chosen.length === this.#all.messages.length) return this.#all;
    if (at === undefined) return new Selection(chosen);
    const name = at.join();
    let known = this.#known.get(name);
    if (known === undefined) this.#known.set(name, (known = new Selection(chosen, at)));
    return known;
  }
}

function join(messages: readonly Message[]): Batch {
  const bytes = unfilled(messages.reduce((sum, parts) => sum + messageBytes(parts), 0));
  const ends: number[] = [];
  let at = 0;
  for (const parts of messages) ends.push((at = writeMessage(bytes, at, parts)));
  return { bytes, ends };
}
