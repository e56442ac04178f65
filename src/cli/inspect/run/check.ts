/**
 * `pickle-inspect check`: what loading would do, and whether a policy allows it.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { CliError } from '../../kit/errors.js';
import type { Settings } from '../../kit/settings.js';
import type { CommandContext } from '../../kit/command.js';
import { writeAll } from '../../kit/io.js';
import { assess } from '../check/assess.js';
import type { Assessment } from '../check/assess.js';
import { checkPattern, parsePolicy } from '../check/policy.js';
import type { Policy, PolicyProfile } from '../check/policy.js';
import { damageCode, EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { levelOf } from '../findings/finding.js';
import type { Message } from '../reading/messages.js';
import * as options from '../options.js';
import { analyseOptions } from '../reading/choices.js';
import { Reading } from '../reading/reading.js';
import { jsonString } from '../render/json-writer.js';
import { printing } from '../render/printing.js';
import { textsOf } from '../../lang/texts.js';
import { sarifLog } from '../render/sarif.js';
import type { LocatedFinding } from '../render/sarif.js';
import { renderVerdict } from '../render/verdict.js';

/** The profile when nothing is said. */
const DEFAULT_PROFILE: PolicyProfile = 'vnpy';

async function policyOf(settings: Settings): Promise<Policy> {
  const allow = settings.get(options.allow).map(checkPattern);
  const deny = settings.get(options.deny).map(checkPattern);
  const path = settings.get(options.policy);
  const chosen = settings.get(options.profile);
  if (path === undefined) {
    const profile = chosen ?? DEFAULT_PROFILE;
    const title = allow.length + deny.length === 0 ? profile : `${profile} with options`;
    return { title, profile, allow, deny };
  }
  const file = parsePolicy(await readPolicy(path), path);
  return {
    ...file,
    profile: chosen ?? file.profile,
    allow: [...file.allow, ...allow],
    deny: [...file.deny, ...deny],
  };
}

async function readPolicy(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw CliError.file(path, error);
  }
}

/** The exit code of one judgement: the same in every format. */
export function checkCode(assessment: Assessment): ExitCode {
  const refused = assessment.findings.some((finding) => levelOf(finding) === 'refuse');
  return refused ? EXIT.findings : damageCode(assessment.findings);
}

/** Runs the command. */
export async function check(context: CommandContext): Promise<ExitCode> {
  const { args, settings, io, version } = context;
  const policy = await policyOf(settings);
  const analyse = await analyseOptions(settings);
  const { style, ascii } = printing(context);
  const format = settings.get(options.format);
  const texts = await textsOf('inspect', context.language);
  const reading = new Reading(args, context);
  const hasOptions = settings.get(options.policy) === undefined && policy.allow.length + policy.deny.length > 0;
  const told = hasOptions ? { ...policy, title: texts.withOptions(policy.profile) } : policy;
  const located: LocatedFinding[] = [];
  for await (const message of reading.messages()) {
    const viewer = reading.viewer(message, { ascii });
    const viewers = reading.viewers(message, { ascii });
    const assessment = assess(message.analysis, message.findings, policy, analyse, viewers);
    reading.count(checkCode(assessment));
    if (format === 'text') {
      const escape = (text: string): string => viewer.text(text);
      await writeAll(io.stdout, renderVerdict(message, assessment, told, { escape, style, texts }));
    } else if (format === 'json') {
      await io.stdout.write(`${jsonReport(message, assessment, policy)}\n`);
    } else {
      for (const finding of assessment.findings)
        located.push({ source: message.source, message: message.number, base: message.offset, finding });
    }
  }
  if (format === 'sarif')
    await io.stdout.write(`${JSON.stringify(sarifLog(located, version, reading.failures), null, 2)}\n`);

  return reading.code;
}

function jsonReport(message: Message, assessment: Assessment, policy: Policy): string {
  const { verdict, counts, names, findings } = assessment;
  const described = findings.map((finding) => ({ ...finding, level: levelOf(finding) }));
  const { source, number, wire } = message;
  return jsonString({
    source,
    message: number,
    ...(wire === undefined ? {} : { wire }),
    policy: policy.title,
    verdict,
    counts,
    names,
    findings: described,
  });
}
