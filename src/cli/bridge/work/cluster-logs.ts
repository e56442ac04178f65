/**
 * The work of `vnpy-bridge cluster logs`.
 *
 * @module
 */
import { followLines, LOG_LEVELS, recentLines } from '../../../cluster/internal.js';
import type { SeenLine } from '../../../cluster/internal.js';
import type { CommandContext } from '../../kit/command.js';
import { escapeText } from '../../kit/text/escape.js';
import type { Paint, Style } from '../../kit/text/style.js';
import type { ClusterTexts } from '../../lang/en/cluster.js';
import { textsOf } from '../../lang/texts.js';
import * as of from '../cluster-options.js';
import { clusterName, withCluster } from '../connection/cluster.js';
import { endAfter } from '../connection/end-after.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { forDuration, json } from '../options.js';
import { LineWriter } from '../output/line-writer.js';

/** Lines that wait for whoever reads standard output; of more, the oldest are left out, and that is said. */
const MOST_WAITING = 10_000;

/** Shows lines that are kept, and then those that come. */
export async function showLogs(context: CommandContext): Promise<ExitCode> {
  const { settings, io, style } = context;
  const texts = await textsOf('cluster', context.language);
  const query = { cluster: clusterName(settings), host: settings.get(of.host), program: settings.get(of.program) };
  const [follows, least] = [settings.get(of.follow), LOG_LEVELS.indexOf(settings.get(of.least))];
  const isWanted = ({ level }: SeenLine): boolean => LOG_LEVELS.indexOf(level) >= least;
  const lines = new LineWriter(io.stdout);
  const show = (line: SeenLine): Promise<void> | undefined =>
    lines.add(settings.get(json) ? JSON.stringify(line) : lineText(line, style, texts));
  await withCluster(context, async (transport) => {
    const coming = new Coming();
    // What comes while the others are read is not missed.
    const subscription = follows
      ? followLines(transport, query, (line) => {
          if (isWanted(line)) coming.add(line);
        })
      : undefined;
    try {
      if (follows) await transport.flush({ timeout: 5000 });
      const kept = await recentLines(transport, query, { isWanted, most: settings.get(of.last) });
      for (const line of kept) await show(line);
      coming.forget(kept);
      using ending = endAfter(context.signal, settings.get(forDuration));
      if (follows) await coming.each(ending.signal, show, (count) => lines.add(texts.linesLeftOut(count)));
      else if (kept.length === 0) await io.stderr.write(`vnpy-bridge: ${texts.noLines(query.cluster)}\n`);
    } finally {
      subscription?.close();
    }
  });
  await lines.flush();
  return EXIT.ok;
}

/** Lines that come, until somebody takes them. */
class Coming {
  #lines: SeenLine[] = [];
  #leftOut = 0;
  #wake: () => void = () => undefined;

  add(line: SeenLine): void {
    this.#lines.push(line);
    if (this.#lines.length > MOST_WAITING) {
      this.#lines.shift();
      this.#leftOut++;
    }
    this.#wake();
  }

  /** Lines that were shown already, because the stream had them by then. */
  forget(shown: readonly SeenLine[]): void {
    const keys = new Set(shown.map(keyOf));
    this.#lines = this.#lines.filter((line) => !keys.has(keyOf(line)));
  }

  /** Takes each line until the signal fires. */
  async each(
    signal: AbortSignal,
    take: (line: SeenLine) => Promise<void> | undefined,
    missed: (count: number) => Promise<void> | undefined,
  ): Promise<void> {
    const ended = (): void => {
      this.#wake();
    };
    signal.addEventListener('abort', ended, { once: true });
    while (!signal.aborted) {
      const lines = this.#lines;
      this.#lines = [];
      if (this.#leftOut > 0) await missed(this.#leftOut);
      this.#leftOut = 0;
      for (const line of lines) await take(line);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
        // While others were taken, one more came or the signal fired, and woke nobody.
        if (this.#lines.length > 0 || signal.aborted) resolve();
      });
    }
    signal.removeEventListener('abort', ended);
  }
}

function keyOf({ host, program, fields }: SeenLine): string {
  return JSON.stringify([host, program, fields]);
}

const PAINTS: Readonly<Record<SeenLine['level'], Paint>> = {
  debug: 'dim',
  info: 'green',
  warn: 'yellow',
  error: 'red',
};

/** Where a line comes from may be anybody's text: it is escaped, as the line is. */
function lineText(
  { host, program, level, time, text, fields }: SeenLine,
  style: Style,
  { said }: ClusterTexts,
): string {
  const { name } = fields;
  const from = `${program}@${host}${name === 'vnpy' ? ' vnpy' : ''}`;
  const mark = style(PAINTS[level], level.toUpperCase().padEnd(5));
  return `${style('dim', escapeText(time))} ${mark} ${escapeText(from)} ${escapeText(name === 'vnpy' ? text : said(text))}`;
}
