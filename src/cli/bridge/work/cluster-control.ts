/**
 * The work of `vnpy-bridge cluster takeover`, `hold`, `halt` and `resume`.
 *
 * @module
 */
import { haltAccount, hold, recordsOf, resume, takeover } from '../../../cluster/internal.js';
import type { Halt } from '../../../guard/index.js';
import { scopeText } from '../../../guard/internal.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import type { ClusterTexts } from '../../lang/en/cluster.js';
import { textsOf } from '../../lang/texts.js';
import { scopeOf, who, why } from '../arguments/halting.js';
import { acceptLoss, edge } from '../cluster-options.js';
import { clusterName, withCluster } from '../connection/cluster.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { json, keepOrders, level, scope } from '../options.js';
import { neededAccount } from './cluster-look.js';

type Records = ReturnType<typeof recordsOf>;

/** Gives an account to an edge. */
export async function takeOver(context: CommandContext): Promise<ExitCode> {
  const to = context.settings.get(edge);
  if (to === undefined) throw new CliError('USAGE', ({ sayTaker }) => sayTaker);
  const acceptsLoss = context.settings.get(acceptLoss);
  const record = await saying(context, (records, said) => takeover(records, { ...said, edge: to, acceptsLoss }));
  return print(context, record, (texts) => texts.takesOver(to, neededAccount(context), record.holder.edge));
}

/** Holds an account back. */
export async function holdBack(context: CommandContext): Promise<ExitCode> {
  const record = await saying(context, (records, said) => hold(records, said));
  return print(context, record, (texts) => texts.holdsBack(neededAccount(context)));
}

/** Halts an account. */
export async function haltTrading(context: CommandContext): Promise<ExitCode> {
  const { settings } = context;
  const chosen = settings.get(level) === 'reduce' ? 'reduce' : 'halt';
  const wish = { level: chosen, scope: scopeOf(settings.get(scope)), keepsOrders: settings.get(keepOrders) } as const;
  const halt = await saying(context, (records, said) => haltAccount(records, { ...said, ...wish }));
  return print(context, halt, (texts) => haltText(halt, texts));
}

/** Ends halts and holds. */
export async function resumeTrading(context: CommandContext): Promise<ExitCode> {
  const ended = await saying(context, (records) => resume(records, context.args[0] ?? ''));
  return print(context, ended, (texts) => {
    const lines = [
      ...ended.halts.map((halt) => texts.ended(haltText(halt, texts))),
      ...(ended.hold ? [texts.ended(texts.theHold)] : []),
    ];
    return lines.length === 0 ? texts.noHalt : lines.join('\n');
  });
}

/** Says something to the account of the settings. */
async function saying<T>(
  context: CommandContext,
  say: (records: Records, said: { readonly by: string; readonly why: string; readonly at: number }) => Promise<T>,
): Promise<T> {
  // Before anything is connected: what is missing is told at once.
  const said = { by: who(), why: why(context.settings), at: Date.now() };
  const name = neededAccount(context);
  const cluster = clusterName(context.settings);
  return withCluster(context, (transport) => say(recordsOf(transport, cluster, name), said));
}

function haltText({ id, level: of, scope: what, why: because }: Halt, texts: ClusterTexts): string {
  return texts.haltOf(texts.haltLevels[of], texts.said(scopeText(what)), texts.said(because), id);
}

async function print(
  { settings, io, language }: CommandContext,
  value: unknown,
  text: (texts: ClusterTexts) => string,
): Promise<ExitCode> {
  const shown = settings.get(json) ? JSON.stringify(value) : text(await textsOf('cluster', language));
  await io.stdout.write(`${shown}\n`);
  return EXIT.ok;
}
