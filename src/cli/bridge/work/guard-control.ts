/**
 * The work of the commands that control a running guard.
 *
 * @module
 */
import type { HaltOutcome, HaltReport, Halt, GuardStatus } from '../../../guard/index.js';
import { controlRequest, scopeText } from '../../../guard/internal.js';
import type { ControlRequest } from '../../../guard/internal.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import { scopeOf, who, why } from '../arguments/halting.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { acceptUnknown, guardControl, json, keepOrders, level, scope } from '../options.js';

/** Tells how it is. */
export async function guardStatus(context: CommandContext): Promise<ExitCode> {
  const status = (await asked(context, { command: 'status', who: who() })) as GuardStatus;
  return print(context, status, () => statusText(status));
}

/** Halts. */
export async function guardHalt(context: CommandContext): Promise<ExitCode> {
  const { settings } = context;
  const { halt, report } = (await asked(context, {
    command: 'halt',
    who: who(),
    level: settings.get(level) === 'reduce' ? 'reduce' : 'halt',
    scope: scopeOf(settings.get(scope)),
    reason: why(context.settings),
    cancel: !settings.get(keepOrders),
  })) as HaltOutcome;
  const isDone = report?.isDone !== false;
  await print(context, { halt, report }, () => `${haltText(halt)}${report === undefined ? '' : reportText(report)}`);
  return isDone ? EXIT.ok : EXIT.unknown;
}

/** Resumes. */
export async function guardResume(context: CommandContext): Promise<ExitCode> {
  const ended = (await asked(context, {
    command: 'resume',
    who: who(),
    id: context.args[0] ?? '',
    reason: why(context.settings),
    acceptUnknown: context.settings.get(acceptUnknown),
  })) as readonly Halt[];
  return print(context, ended, () => ended.map((halt) => `ended: ${haltText(halt)}`).join('') || 'there was no halt\n');
}

/** Tries. */
export async function guardDrill(context: CommandContext): Promise<ExitCode> {
  const report = (await asked(context, { command: 'drill', who: who() })) as HaltReport;
  return print(context, report, () => reportText(report));
}

/** Releases. */
export async function guardRelease(context: CommandContext): Promise<ExitCode> {
  const [id = ''] = context.args;
  const answer = (await asked(context, { command: 'release', who: who(), id, reason: why(context.settings) })) as {
    readonly released: boolean;
  };
  if (!answer.released) throw new CliError('REFUSED', (texts) => texts.noUnknownOrder(id));
  return print(context, answer, () => `released ${id}\n`);
}

/** States what is true. */
export async function guardBaseline(context: CommandContext): Promise<ExitCode> {
  const [of = '', ...positions] = context.args;
  const values = Object.fromEntries(
    positions.map((text) => {
      const [name = '', lots = ''] = text.split('=');
      if (name === '' || lots === '' || !Number.isFinite(Number(lots)))
        throw new CliError('USAGE', (texts) => texts.wrongPosition(JSON.stringify(text)));
      return [name, Number(lots)];
    }),
  );
  const answer = await asked(context, { command: 'baseline', who: who(), of, values, reason: why(context.settings) });
  return print(context, answer, () => `losses of ${of} begin at 0\n`);
}

/** Goes on in a new file. */
export async function guardRecover(context: CommandContext): Promise<ExitCode> {
  const answer = (await asked(context, { command: 'recover', who: who(), reason: why(context.settings) })) as {
    readonly health: 'ok' | { readonly reason: string };
  };
  const { health } = answer;
  await print(context, answer, () => (health === 'ok' ? 'the audit goes on\n' : `${health.reason}\n`));
  return health === 'ok' ? EXIT.ok : EXIT.refused;
}

async function asked({ settings }: CommandContext, request: ControlRequest): Promise<unknown> {
  const address = settings.get(guardControl);
  if (address === undefined) throw new CliError('USAGE', ({ sayControl }) => sayControl);
  return controlRequest(address, request);
}

async function print({ settings, io }: CommandContext, value: unknown, text: () => string): Promise<ExitCode> {
  await io.stdout.write(settings.get(json) ? `${JSON.stringify(value)}\n` : text());
  return EXIT.ok;
}

function haltText({ id, level: how, scope: of, who: by, why: text, when }: Halt): string {
  return `${how} ${id} (${scopeText(of)}) by ${by}, ${new Date(when).toISOString()}: ${text}\n`;
}

function reportText(report: HaltReport): string {
  const { isDrill, isDone, cancels, cancelled, filled, failed, unknown, ms } = report;
  const counts = isDrill
    ? `${cancels} orders would be cancelled`
    : `${cancelled.length} cancelled, ${filled.length} filled before`;
  return [
    `${isDrill ? 'drill' : isDone ? 'done' : 'NOT done'} in ${Math.round(ms)} ms: ${counts}`,
    ...failed.map(({ vt_orderid: id, reason: text }) => `  failed ${id}: ${text}`),
    ...unknown.map((id) => `  unknown ${id}`),
    '',
  ].join('\n');
}

function statusText({ policy, halts, unknown, connected, audit }: GuardStatus): string {
  const names = Object.entries(connected).map(([name, count]) => `${name} ${count}`);
  const health = audit?.health === undefined || audit.health === 'ok' ? 'ok' : audit.health.reason;
  return [
    `policy     ${policy.hash.slice(0, 12)}, generation ${policy.generation}${policy.error === undefined ? '' : `; the newest is refused: ${policy.error}`}`,
    `audit      ${audit === undefined ? 'none' : `${audit.file}, line ${audit.head.seq}: ${health}`}`,
    `connected  ${names.length === 0 ? 'nobody' : names.join(', ')}`,
    ...(halts.length === 0 ? ['halts      none'] : halts.map((halt) => `halts      ${haltText(halt).trimEnd()}`)),
    ...unknown.map(
      ({ id, principal, vtSymbol, reference }) =>
        `unknown    ${id} of ${principal ?? 'nobody'}: ${vtSymbol} ${reference}`,
    ),
    '',
  ].join('\n');
}
