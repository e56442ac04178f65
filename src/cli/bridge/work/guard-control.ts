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
import { padRight } from '../../kit/text/style.js';
import type { ServiceTexts } from '../../lang/en/services.js';
import { textsOf } from '../../lang/texts.js';
import { scopeOf, who, why } from '../arguments/halting.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { acceptUnknown, guardControl, json, keepOrders, level, scope } from '../options.js';

/** Tells how it is. */
export async function guardStatus(context: CommandContext): Promise<ExitCode> {
  const status = (await asked(context, { command: 'status', who: who() })) as GuardStatus;
  return print(context, status, (texts) => statusText(texts, status));
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
  await print(
    context,
    { halt, report },
    (texts) => `${haltText(texts, halt)}\n${report === undefined ? '' : reportText(texts, report)}`,
  );
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
  return print(context, ended, (texts) =>
    ended.length === 0 ? `${texts.noHalt}\n` : ended.map((halt) => `${texts.ended(haltText(texts, halt))}\n`).join(''),
  );
}

/** Tries. */
export async function guardDrill(context: CommandContext): Promise<ExitCode> {
  const report = (await asked(context, { command: 'drill', who: who() })) as HaltReport;
  return print(context, report, (texts) => reportText(texts, report));
}

/** Releases. */
export async function guardRelease(context: CommandContext): Promise<ExitCode> {
  const [id = ''] = context.args;
  const answer = (await asked(context, { command: 'release', who: who(), id, reason: why(context.settings) })) as {
    readonly released: boolean;
  };
  if (!answer.released) throw new CliError('REFUSED', (texts) => texts.noUnknownOrder(id));
  return print(context, answer, ({ released }) => `${released(id)}\n`);
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
  return print(context, answer, ({ baseline }) => `${baseline(of)}\n`);
}

/** Goes on in a new file. */
export async function guardRecover(context: CommandContext): Promise<ExitCode> {
  const answer = (await asked(context, { command: 'recover', who: who(), reason: why(context.settings) })) as {
    readonly health: 'ok' | { readonly reason: string };
  };
  const { health } = answer;
  await print(context, answer, ({ auditGoesOn, said }) => `${health === 'ok' ? auditGoesOn : said(health.reason)}\n`);
  return health === 'ok' ? EXIT.ok : EXIT.refused;
}

async function asked({ settings }: CommandContext, request: ControlRequest): Promise<unknown> {
  const address = settings.get(guardControl);
  if (address === undefined) throw new CliError('USAGE', ({ sayControl }) => sayControl);
  return controlRequest(address, request);
}

async function print(
  { settings, io, language }: CommandContext,
  value: unknown,
  text: (texts: ServiceTexts) => string,
): Promise<ExitCode> {
  const shown = settings.get(json) ? `${JSON.stringify(value)}\n` : text(await textsOf('services', language));
  await io.stdout.write(shown);
  return EXIT.ok;
}

function haltText(texts: ServiceTexts, { id, level: how, scope: of, who: by, why: text, when }: Halt): string {
  return texts.halted(
    texts.levels[how],
    id,
    texts.said(scopeText(of)),
    by,
    new Date(when).toISOString(),
    texts.said(text),
  );
}

function reportText(texts: ServiceTexts, report: HaltReport): string {
  const { isDrill, isDone, cancels, cancelled, filled, failed, unknown, ms } = report;
  const counts = isDrill ? texts.wouldCancel(cancels) : texts.cancelled(cancelled.length, filled.length);
  const how = texts.reports[isDrill ? 'drill' : isDone ? 'done' : 'notDone'];
  return [
    how(Math.round(ms), counts),
    ...failed.map(({ vt_orderid: id, reason: text }) => texts.failed(id, texts.said(text))),
    ...unknown.map((id) => texts.unknown(id)),
    '',
  ].join('\n');
}

function statusText(texts: ServiceTexts, { policy, halts, unknown, connected, audit }: GuardStatus): string {
  const { status, none, nobody } = texts;
  const names = Object.entries(connected).map(([name, count]) => `${name} ${count}`);
  const health = audit?.health === undefined || audit.health === 'ok' ? texts.fine : texts.said(audit.health.reason);
  const newest = policy.error === undefined ? '' : texts.newestRefused(texts.said(policy.error));
  const rows: readonly (readonly [title: string, text: string])[] = [
    [status.policy, `${texts.policyOf(policy.hash.slice(0, 12), policy.generation)}${newest}`],
    [status.audit, audit === undefined ? none : texts.auditOf(audit.file, audit.head.seq, health)],
    [status.connected, names.length === 0 ? nobody : names.join(', ')],
    ...(halts.length === 0 ? [[status.halts, none] as const] : []),
    ...halts.map((halt) => [status.halts, haltText(texts, halt)] as const),
    ...unknown.map(
      ({ id, principal, vtSymbol, reference }) =>
        [status.unknown, texts.unknownOrder(id, principal ?? nobody, `${vtSymbol} ${reference}`)] as const,
    ),
  ];
  return rows.map(([title, text]) => `${padRight(title, 11)}${text}\n`).join('');
}
