/**
 * The messages that a command works on: inputs read, opened, numbered, chosen; what went wrong on the way is kept for
 * the exit code.
 *
 * @module
 */
import { existsSync } from 'node:fs';
import { suggest } from '../../../options.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import type { Io } from '../../kit/io.js';
import type { Settings } from '../../kit/settings.js';
import { escapeText } from '../../kit/text/escape.js';
import { errors } from '../../lang/en/errors.js';
import type { InspectTexts } from '../../lang/en/inspect.js';
import { views } from '../../lang/en/views.js';
import type { ViewTexts } from '../../lang/en/views.js';
import { textsOf } from '../../lang/texts.js';
import type { Rooms } from '../../lang/texts.js';
import { damageCode, EXIT, worst } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { found } from '../findings/finding.js';
import { openInput } from '../input/open.js';
import type { Payload } from '../input/payload.js';
import { nameOf, readInput } from '../input/sources.js';
import type { InputName } from '../input/sources.js';
import { Lens } from '../lens/lens.js';
import { Viewer } from '../lens/view.js';
import type { ViewerOptions } from '../lens/view.js';
import type { Analysis, AnalyseOptions } from '../machine/analyse.js';
import * as given from '../options.js';
import type { NumberRange } from '../parsers.js';
import { analyseOptions, inputNames } from './choices.js';
import { readPayload } from './messages.js';
import type { Message } from './messages.js';
import { VNPY_CLASSES } from '../lens/vnpy-classes.js';

const SLOW_MS = 1000;

/** Reads the inputs of one command, message by message. */
export class Reading {
  readonly #io: Io;
  readonly #settings: Settings;
  readonly #analyse: Pick<AnalyseOptions, 'trace'>;
  readonly #language: CommandContext['language'];
  readonly #names: readonly InputName[];
  readonly #codes = new Set<ExitCode>();
  readonly #lenses = new WeakMap<Message, Lens>();
  /** Inputs that could not be read: that has been told. */
  readonly #unread = new Set<InputName>();
  readonly #failures: string[] = [];
  readonly #commands: CommandContext['program']['commands'];

  /**
   * @param paths - The inputs that are named, none for standard input.
   * @param analyse - What the command wants of the analysis beyond the options.
   */
  constructor(paths: readonly string[], context: CommandContext, analyse: Pick<AnalyseOptions, 'trace'> = {}) {
    this.#io = context.io;
    this.#language = context.language;
    this.#commands = context.program.commands;
    this.#analyse = analyse;
    this.#settings = context.settings;
    this.#names = inputNames(paths, context);
  }

  /** The worst of what happened so far. */
  get code(): ExitCode {
    return worst(this.#codes);
  }

  /** What was asked for and could not be done, in English. */
  get failures(): readonly string[] {
    return this.#failures;
  }

  /** Counts an outcome of the command's own. */
  count(code: ExitCode): void {
    this.#codes.add(code);
  }

  /**
   * All chosen messages. An input that cannot be read is told on standard error, and the next one read. So is a choice that
   * chooses nothing, with the same exit code. A command that has looked at nothing must not look like one that has found
   * nothing.
   * @param countDamage - Damage of the pickles counts for the exit code.
   */
  async *messages(countDamage = true): AsyncGenerator<Message> {
    const options = await this.#options();
    const grep = this.#settings.get(given.grep);
    let chosen = 0;
    for (const name of this.#names) {
      let count = 0;
      let damaged = false;
      for await (const payload of this.#payloads(name)) {
        for (const message of readPayload(payload, count + 1, options)) {
          count = message.number;
          damaged ||= damageCode(message.findings) !== EXIT.clean;
          if (!this.#chosen(message)) continue;
          chosen++;
          if (countDamage) this.#codes.add(damageCode(message.findings));
          yield message;
        }
      }
      if (this.#unread.has(name)) continue;
      for (const range of this.#settings.get(given.message)) {
        if (range.first <= count) continue;
        await this.#failed(({ views }) => views.noMessage(nameOf(name), rangeText(range), count, damaged));
      }
    }
    if (grep !== undefined && chosen === 0 && this.#unread.size < this.#names.length)
      await this.#failed(({ views }) => views.noTopic(JSON.stringify(grep)));
  }

  /** A viewer for a message, with vnpy's classes. */
  viewer(message: Message, options: ViewerOptions): Viewer {
    // One lens a message: each call is looked at once, however many views there are.
    let lens = this.#lenses.get(message);
    if (lens === undefined) {
      lens = new Lens(VNPY_CLASSES, message.analysis?.facts.protocol);
      this.#lenses.set(message, lens);
    }
    return new Viewer(lens, options);
  }

  /** Viewers for a message and for the pickles inside of its values, which may be of another protocol. */
  viewers(message: Message, options: ViewerOptions): (analysis: Analysis) => Viewer {
    return (analysis) =>
      analysis === message.analysis
        ? this.viewer(message, options)
        : new Viewer(new Lens(VNPY_CLASSES, analysis.facts.protocol), options);
  }

  /** All payloads of all inputs, as they are. Nothing is chosen among them, and only what cannot be read is counted. */
  async *payloads(): AsyncGenerator<Payload> {
    for (const name of this.#names) yield* this.#payloads(name);
  }

  async *#payloads(name: InputName): AsyncGenerator<Payload> {
    const maxBytes = this.#settings.get(given.maxBytes);
    const maxInflate = this.#settings.get(given.maxInflate);
    try {
      const bytes = await readInput(name, this.#io.stdin, maxBytes);
      const format = bytes.from ?? this.#settings.get(given.from);
      let first = bytes.cut;
      for await (const payload of openInput(bytes.name, bytes.data, { from: format, maxInflate })) {
        if (!first) {
          yield payload;
        } else {
          const cut = found('I001', (facts) => facts.longerInput(maxBytes), { hint: '--max-bytes' });
          yield { ...payload, findings: [cut, ...payload.findings] };
          first = false;
        }
      }
    } catch (error) {
      if (!(error instanceof CliError)) throw error;
      this.#unread.add(name);
      const near = this.#meant(name);
      await this.#failed(
        (texts) => error.said(texts.errors) + (near === undefined ? '' : texts.views.meantCommand(near)),
      );
    }
  }

  /** A file that is not there, and has nearly the name of a command. */
  #meant(name: InputName): string | undefined {
    if (name.kind !== 'file' || this.#names[0] !== name || existsSync(name.path)) return undefined;
    return suggest(
      name.path,
      this.#commands.map(({ name: command }) => command),
    );
  }

  /** What was asked for could not be done. */
  async #failed(why: (texts: Pick<Rooms, 'errors'> & Pick<InspectTexts, 'views'>) => string): Promise<void> {
    this.#codes.add(EXIT.usage);
    this.#failures.push(why({ errors, views }));
    const told = why({ errors: await textsOf('errors', this.#language), views: await this.#words() });
    await this.#io.stderr.write(`${given.PROGRAM}: ${escapeText(told)}\n`);
  }

  async #words(): Promise<ViewTexts> {
    return (await textsOf('inspect', this.#language)).views;
  }

  #chosen(message: Message): boolean {
    const ranges = this.#settings.get(given.message);
    const grep = this.#settings.get(given.grep);
    if (ranges.length > 0 && !ranges.some(({ first, last }) => message.number >= first && message.number <= last))
      return false;

    return grep === undefined || message.wire?.topic?.includes(grep) === true;
  }

  async #options(): Promise<AnalyseOptions> {
    const options = { ...(await analyseOptions(this.#settings)), ...this.#analyse };
    const { stderr } = this.#io;
    if (!stderr.isTTY) return options;
    const words = await this.#words();
    const start = performance.now();
    let last = start;
    // A terminal is written to synchronously, so the line appears although the reading does not pause.
    const progress = (bytes: number): void => {
      const now = performance.now();
      if (now - start < SLOW_MS || now - last < SLOW_MS / 4) return;
      last = now;
      void stderr.write(`\r${words.read((bytes / 1e6).toFixed(1))}\r`).catch(() => undefined);
    };
    return { ...options, progress };
  }
}

function rangeText({ first, last }: NumberRange): string {
  if (first === last) return String(first);
  return `${first}-${Number.isFinite(last) ? last : ''}`;
}
