/**
 * Findings on standard error, for commands whose output has no place for them.
 *
 * @module
 */
import type { CommandContext } from '../../kit/command.js';
import { writeAll } from '../../kit/io.js';
import { textsOf } from '../../lang/texts.js';
import { plainStyle } from '../../kit/text/style.js';
import type { Finding } from '../findings/finding.js';
import type { Viewer } from '../lens/view.js';
import type { Message } from './messages.js';
import { PROGRAM } from '../options.js';
import { renderFindings } from '../render/findings.js';

/** Tells findings of a message; nothing when there are none. */
export async function tellFindings(
  { source, number, analysis }: Message,
  findings: readonly Finding[],
  viewer: Viewer,
  { io: { stderr }, language }: Pick<CommandContext, 'io' | 'language'>,
): Promise<void> {
  if (findings.length === 0) return;
  const texts = await textsOf('inspect', language);
  await stderr.write(`${PROGRAM}: ${viewer.text(source)} #${number}:\n`);
  await writeAll(
    stderr,
    renderFindings(findings, analysis?.data, { escape: (text) => viewer.text(text), style: plainStyle, texts }),
  );
}
