/**
 * `pickle-inspect lint`: what loads, but not everywhere or not as it seems.
 *
 * @module
 */
import type { Command } from 'commander';
import type { Io } from '../../kit/io.js';
import { writeAll } from '../../kit/io.js';
import { escapeText } from '../../kit/text/escape.js';
import type { Style } from '../../kit/text/style.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { findingKind } from '../findings/codes.js';
import { levelOf } from '../findings/finding.js';
import type { Finding } from '../findings/finding.js';
import { Reading } from '../reading/reading.js';
import { findingLine } from '../render/findings.js';
import { jsonString } from '../render/json-writer.js';
import { lint } from '../work/lint.js';
import { addInputOptions, addOutputOptions, damageCode, parseLimit, printing } from '../commands/common.js';
import type { InputFlags, OutputFlags } from '../commands/common.js';
import type { Session } from '../commands/session.js';

interface LintFlags extends InputFlags, OutputFlags {
  readonly strict?: boolean;
  readonly json?: boolean;
  readonly maxSame: number;
}

/** Adds the command. */
export function addLint(program: Command, session: Session): void {
  const command = program
    .command('lint')
    .description('list what loads, but not in every Python or not as it seems')
    .argument('[input...]', 'files, or - for standard input')
    .optionsGroup('Lint:')
    .option('--strict', 'exit with 1 when there is anything to list')
    .option('--json', 'one JSON object a message')
    .option('--max-same <n>', 'findings of one code that are listed (0: all)', parseLimit, 10);
  addOutputOptions(addInputOptions(command)).action((paths: string[], flags: LintFlags) =>
    session.run(() => run(paths, flags, session.io)),
  );
}

async function run(paths: readonly string[], flags: LintFlags, io: Io): Promise<ExitCode> {
  const { style, ascii } = printing(flags, io);
  const reading = new Reading(paths, flags, io);
  for await (const message of reading.messages()) {
    const { analysis, source, number } = message;
    const viewer = reading.viewer(message, { ascii });
    const findings = analysis === undefined ? [...message.findings] : lint(analysis, message.findings, viewer.lens);
    reading.count(damageCode(findings));
    if (flags.strict === true && findings.some((finding) => levelOf(finding) === 'lint')) reading.count(EXIT.findings);
    if (flags.json === true) {
      await io.stdout.write(`${jsonString({ source, message: number, findings })}\n`);
      continue;
    }
    const title = findings.length === 0 ? 'nothing to list' : `${findings.length} to list`;
    await io.stdout.write(`${style('bold', escapeText(source, { ascii }))} #${number}: ${title}\n`);
    await writeAll(
      io.stdout,
      lines(findings, flags.maxSame, (text) => escapeText(text, { ascii }), style),
    );
  }
  return reading.code;
}

function* lines(
  findings: readonly Finding[],
  maxSame: number,
  escape: (text: string) => string,
  style: Style,
): Generator<string> {
  const counts = new Map<Finding['code'], number>();
  for (const finding of findings) {
    const count = (counts.get(finding.code) ?? 0) + 1;
    counts.set(finding.code, count);
    if (count <= maxSame) yield `  ${findingLine(finding, escape, style)}`;
  }
  for (const [code, count] of counts)
    if (count > maxSame) yield `  … ${count - maxSame} more ${code} (${findingKind(code).title})\n`;
}
