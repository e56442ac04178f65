/**
 * What `pickle-inspect` says beside the value, in English: the shape that every other language has to fill.
 *
 * @module
 */
import type { Counts, Verdict } from '../../inspect/check/assess.js';
import { facts } from './facts.js';
import { views } from './views.js';
import { FINDINGS } from '../../inspect/findings/codes.js';
import type { FindingCode, FindingKind, FindingLevel } from '../../inspect/findings/codes.js';

/** What is said about a code. */
export type FindingTexts = Pick<FindingKind, 'title' | 'meaning' | 'advice'>;

const kinds: Readonly<Record<FindingCode, FindingTexts>> = FINDINGS;

const levels: Readonly<Record<FindingLevel, string>> = {
  error: 'error',
  limit: 'limit',
  refuse: 'refuse',
  lint: 'lint',
  note: 'note',
};

const verdicts: Readonly<Record<Verdict, string>> = {
  'DATA-ONLY': 'proven: no name, call or write; loading can run nothing',
  'ALLOWED TYPES': 'every name is allowed, in the way in which it is used',
  'UNKNOWN TYPES': 'names that the policy does not allow',
  REFUSE: 'loading would do something dangerous',
  INCONCLUSIVE: 'not all could be read; nothing forbidden in what was',
  'NO PICKLE': 'there is no pickle in the input',
};

const counts: Readonly<Record<keyof Counts, string>> = {
  names: 'names',
  calls: 'calls',
  attributeWrites: 'attribute writes',
  persistentIds: 'persistent ids',
  extensionCodes: 'extension codes',
  buffers: 'out-of-band buffers',
  trailingBytes: 'trailing bytes',
  nested: 'pickles inside values',
};

const plural = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;

/** What the script of a report says; `{n}` and others stand for values. */
export interface PageWords {
  readonly moreValues: string;
  readonly moreOpcodes: string;
  readonly moreBytes: string;
  readonly moreMessages: string;
  readonly none: string;
  readonly stack: string;
}

/** What the page of a report says. */
export interface PageTexts {
  readonly message: string;
  readonly filter: string;
  readonly replay: string;
  readonly opcode: string;
  readonly value: string;
  readonly opcodes: string;
  readonly bytes: string;
  readonly findings: string;
  readonly needsScript: string;
  readonly words: PageWords;
}

const page: PageTexts = {
  message: 'message',
  filter: 'filter',
  replay: 'replay',
  opcode: 'opcode',
  value: 'value',
  opcodes: 'opcodes',
  bytes: 'bytes',
  findings: 'findings',
  needsScript: 'This report needs the script that it carries.',
  words: {
    moreValues: '… more values, not in this report',
    moreOpcodes: '… {n} more opcodes',
    moreBytes: '… {n} more bytes',
    moreMessages: '{n} more messages are not in this report',
    none: 'none',
    stack: 'after {name} @{at}: stack of {n}  … {top}',
  },
};

/** Sentences by what they say. */
export const inspect = {
  /** What HTML calls the language. */
  locale: 'en',
  kinds,
  levels,
  /** What findings say of their places. */
  of: facts,
  /** What stands around values. */
  views,

  // --- findings
  titled: (title: string, message: string): string => `${title}: ${message}`,
  here: '^^ here',
  hint: (text: string): string => `hint: ${text}`,
  moreErrors: (count: number): string => `… ${count} more errors after these`,
  moreOf: (count: number, code: string): string => `… ${count} more ${code}`,
  moreTitled: (count: number, code: string, title: string): string => `… ${count} more ${code} (${title})`,
  nothingToList: 'nothing to list',
  toList: (count: number): string => `${count} to list`,

  // --- check
  verdicts,
  verdict: (painted: string, policy: string): string => `VERDICT: ${painted} (policy ${policy})`,
  tally: (findings: number, notes: number): string =>
    `${plural(findings, 'finding')}${notes === 0 ? '' : `, ${plural(notes, 'note')}`}`,
  canBeAllowed: (options: string): string => `what you know can be allowed: ${options}`,
  facts: (numbers: Counts): string =>
    `Facts: ${Object.entries(counts)
      .map(([key, label]) => `${label} ${numbers[key as keyof Counts]}`)
      .join(', ')}`,
  withOptions: (profile: string): string => `${profile} with options`,
  names: 'Names:',
  allowed: 'allowed',
  notAllowed: 'not allowed',

  // --- show
  danger: (what: string, inside: string): string => `danger: loading ${what}${inside === '' ? '' : ` (${inside})`}`,
  dangers: (count: number): string => `; ${count} such findings, see check`,
  allInProfile: (count: number, profile: string): string => `names: ${count}, all in the profile ${profile}`,
  outsideProfile: (profile: string, names: string): string => `names outside of the profile ${profile}: ${names}`,
  andMore: (count: number): string => ` and ${count} more`,

  // --- explain
  opcodeList: 'Opcodes (byte, name, first protocol):',
  findingList: 'Findings:',
  noSuchThing: (name: string, program: string): string =>
    `${name} is no opcode and no finding (${program} explain lists what there is)`,
  opcodeHead: (byte: string, protocol: number, python: string): string =>
    `byte ${byte}  protocol ${protocol} (Python >= ${python})`,
  argument: (text: string): string => `argument: ${text}`,
  stack: (text: string): string => `stack: ${text}`,

  // --- the report
  page,
};

/** What every language has to say. */
export type InspectTexts = typeof inspect;
