/**
 * The subjects of a cluster as the rights of a NATS server name them: with `*` and `>` for what is not told.
 *
 * @module
 */

import { escapeToken } from '../wire/escape.js';
import { BALANCED_FUNCTIONS, CURRENT_FUNCTIONS } from '../wire/routes.js';
import { Subjects } from '../wire/subjects.js';
import type { StreamKind } from '../wire/subjects.js';

/** The streams of a cluster. */
export const STREAMS: readonly StreamKind[] = ['ORDLOG', 'LEASE', 'ACCT', 'LAST', 'LOG'];

/** Where answers to a user come: nobody else may read there. Without a name, to all of them. */
export function inboxOf(name: string | undefined): string {
  return name === undefined ? '_IN.>' : `_IN.${escapeToken(name)}.>`;
}

/** `*` stays what it is. */
const token = (text: string): string => (text === '*' ? '*' : escapeToken(text));

/** The subjects of one cluster; without a name of an account or principal, all of them. */
export class Names {
  readonly #subjects: Subjects;

  constructor(cluster: string) {
    this.#subjects = new Subjects(cluster);
  }

  /** All that is the cluster's. */
  all(): string {
    return `${this.#subjects.prefix}.>`;
  }

  isRead(name: string): boolean {
    return CURRENT_FUNCTIONS.includes(name) || BALANCED_FUNCTIONS.includes(name);
  }

  command(account: string, principal: string | undefined, name: string): string {
    return this.#of('cmd', account, principal ?? '*', name);
  }

  current(account: string, principal: string | undefined, name: string): string {
    return this.#of('q1', account, principal ?? '*', name);
  }

  balanced(account: string, principal: string | undefined, name: string): string {
    return this.#of('q', account, principal ?? '*', name);
  }

  ticks(account: string): string {
    return `${this.#of('md', account)}.>`;
  }

  events(account: string, principal: string | undefined): string {
    return principal === undefined ? `${this.#of('ev', account)}.>` : `${this.#of('ev', account, principal)}.>`;
  }

  beat(account: string, edge: string): string {
    return this.#of('beat', account, edge);
  }

  beats(account: string | undefined): string {
    return this.#of('beat', account ?? '*', '*');
  }

  journal(account: string): string {
    return this.#of('ordlog', account, '*');
  }

  lease(account: string): string {
    return this.#of('lease', account);
  }

  account(account: string): string {
    return this.#of('acct', account);
  }

  /** Lines of one program, on whatever host. */
  log(program: string): string {
    return this.#of('log', '*', program);
  }

  logs(): string {
    return this.#of('log', '*', '*');
  }

  /** The names of all streams. */
  streams(): readonly StreamKind[] {
    return STREAMS;
  }

  /** A call of the streams' API, for a stream or for all. */
  streamApi(call: string, stream?: StreamKind): string {
    return stream === undefined ? `$JS.API.${call}` : `$JS.API.${call}.${this.#subjects.stream(stream)}`;
  }

  /** Reading the last message of a subject. */
  lastOf(stream: StreamKind, subject: string): string {
    return `${this.streamApi('DIRECT.GET', stream)}.${subject}`;
  }

  /** Reading all messages of a subject in their order, by a consumer that the server forgets. */
  reading(stream: StreamKind, subject: string): readonly string[] {
    return [
      `${this.streamApi('CONSUMER.CREATE', stream)}.*.${subject}`,
      ...['CONSUMER.MSG.NEXT', 'CONSUMER.INFO', 'CONSUMER.DELETE'].map((call) => `${this.streamApi(call, stream)}.*`),
    ];
  }

  /** Who is there: ADR-32. */
  asking(): readonly string[] {
    return ['PING', 'INFO', 'STATS'].flatMap((verb) => [`$SRV.${verb}`, `$SRV.${verb}.>`]);
  }

  /** How streams, leases and accounts are. */
  watching(): readonly string[] {
    return [
      this.streamApi('INFO'),
      this.streamApi('STREAM.NAMES'),
      ...STREAMS.map((stream) => this.streamApi('STREAM.INFO', stream)),
      this.lastOf('LEASE', this.lease('*')),
      this.lastOf('ACCT', this.account('*')),
    ];
  }

  #of(...tokens: readonly string[]): string {
    return [this.#subjects.prefix, ...tokens.map(token)].join('.');
  }
}
