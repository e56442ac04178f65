/**
 * `pickle-inspect check`: what loading would do, and whether a policy allows it.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { Option } from 'commander';
import type { Command } from 'commander';
import { messageOf } from '../../../errors.js';
import type { Io } from '../../kit/io.js';
import { writeAll } from '../../kit/io.js';
import { assess } from '../check/assess.js';
import type { Assessment } from '../check/assess.js';
import { checkPattern, parsePolicy, PolicyError, PROFILES } from '../check/policy.js';
import type { Policy, PolicyProfile } from '../check/policy.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { levelOf } from '../findings/finding.js';
import { InputError } from '../input/sources.js';
import type { Message } from '../reading/messages.js';
import { Reading } from '../reading/reading.js';
import { jsonString } from '../render/json-writer.js';
import { sarifLog } from '../render/sarif.js';
import type { LocatedFinding } from '../render/sarif.js';
import { renderVerdict } from '../render/verdict.js';
import {
  addInputOptions,
  addOutputOptions,
  analyseOptions,
  collect,
  damageCode,
  printing,
  UsageError,
} from '../commands/common.js';
import type { InputFlags, OutputFlags } from '../commands/common.js';
import type { Session } from '../commands/session.js';

interface CheckFlags extends InputFlags, OutputFlags {
  readonly profile?: PolicyProfile;
  readonly policy?: string;
  readonly allow?: readonly string[];
  readonly deny?: readonly string[];
  readonly format: 'text' | 'json' | 'sarif';
}

/** Adds the command. */
export function addCheck(program: Command, session: Session, version: string): void {
  const command = program
    .command('check')
    .description('say what loading would import, call and write, and whether a policy allows it; never says "safe"')
    .argument('[input...]', 'files, or - for standard input')
    .optionsGroup('Policy:')
    .addOption(
      new Option(
        '--profile <name>',
        'what is allowed: no names, plain values, numpy too, vnpy too (default: "vnpy")',
      ).choices(PROFILES),
    )
    .option('--policy <file>', 'JSON: {"profile": "vnpy", "allow": ["my.module.Class"], "deny": []}')
    .option('--allow <name>', 'allow a name too: module.Class, package.*, persid, ext:7 (repeatable)', collect(String))
    .option('--deny <name>', 'refuse a name whatever allows it (repeatable)', collect(String))
    .addOption(
      new Option('--format <format>', 'text, json or sarif').choices(['text', 'json', 'sarif']).default('text'),
    );
  addOutputOptions(addInputOptions(command)).action((paths: string[], flags: CheckFlags) =>
    session.run(() => check(paths, flags, session.io, version)),
  );
}

/** The profile when nothing is said. */
const DEFAULT_PROFILE: PolicyProfile = 'vnpy';

async function policyOf(flags: CheckFlags): Promise<Policy> {
  try {
    const allow = (flags.allow ?? []).map(checkPattern);
    const deny = (flags.deny ?? []).map(checkPattern);
    if (flags.policy === undefined) {
      const profile = flags.profile ?? DEFAULT_PROFILE;
      const title = allow.length + deny.length === 0 ? profile : `${profile} with options`;
      return { title, profile, allow, deny };
    }
    const file = parsePolicy(await readPolicy(flags.policy), flags.policy);
    return {
      ...file,
      profile: flags.profile ?? file.profile,
      allow: [...file.allow, ...allow],
      deny: [...file.deny, ...deny],
    };
  } catch (error) {
    if (error instanceof PolicyError) throw new UsageError(error.message);
    throw error;
  }
}

async function readPolicy(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw new InputError(`${path}: ${messageOf(error)}`, { cause: error });
  }
}

/** The exit code of one judgement: the same in every format. */
export function checkCode(assessment: Assessment): ExitCode {
  const refused = assessment.findings.some((finding) => levelOf(finding) === 'refuse');
  return refused ? EXIT.findings : damageCode(assessment.findings);
}

async function check(paths: readonly string[], flags: CheckFlags, io: Io, version: string): Promise<ExitCode> {
  const policy = await policyOf(flags);
  const options = await analyseOptions(flags);
  const { style, ascii } = printing(flags, io);
  const reading = new Reading(paths, flags, io);
  const located: LocatedFinding[] = [];
  for await (const message of reading.messages()) {
    const viewer = reading.viewer(message, { ascii });
    const viewers = reading.viewers(message, { ascii });
    const assessment = assess(message.analysis, message.findings, policy, options, viewers);
    reading.count(checkCode(assessment));
    if (flags.format === 'text') {
      const escape = (text: string): string => viewer.text(text);
      await writeAll(io.stdout, renderVerdict(message, assessment, policy, escape, style));
    } else if (flags.format === 'json') {
      await io.stdout.write(`${jsonReport(message, assessment, policy)}\n`);
    } else {
      for (const finding of assessment.findings)
        located.push({ source: message.source, message: message.number, base: message.offset, finding });
    }
  }
  if (flags.format === 'sarif')
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
