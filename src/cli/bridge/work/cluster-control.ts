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
  return print(
    context,
    record,
    `${to} takes the account ${neededAccount(context)} as soon as nothing of ${record.holder.edge || 'its last holder'} can be under ` +
      'way any more; "cluster status" tells when\n',
  );
}

/** Holds an account back. */
export async function holdBack(context: CommandContext): Promise<ExitCode> {
  const record = await saying(context, (records, said) => hold(records, said));
  return print(
    context,
    record,
    `no edge begins to hold the account ${neededAccount(context)}, until "cluster resume hold"\n`,
  );
}

/** Halts an account. */
export async function haltTrading(context: CommandContext): Promise<ExitCode> {
  const { settings } = context;
  const chosen = settings.get(level) === 'reduce' ? 'reduce' : 'halt';
  const wish = { level: chosen, scope: scopeOf(settings.get(scope)), keepsOrders: settings.get(keepOrders) } as const;
  const halt = await saying(context, (records, said) => haltAccount(records, { ...said, ...wish }));
  return print(context, halt, `${haltText(halt)}\n`);
}

/** Ends halts and holds. */
export async function resumeTrading(context: CommandContext): Promise<ExitCode> {
  const ended = await saying(context, (records) => resume(records, context.args[0] ?? ''));
  const lines = [...ended.halts.map((halt) => `ended: ${haltText(halt)}`), ...(ended.hold ? ['ended: hold'] : [])];
  return print(context, ended, lines.length === 0 ? 'there was no halt\n' : lines.map((line) => `${line}\n`).join(''));
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

function haltText({ id, level: of, scope: what, why: because }: Halt): string {
  return `${of} of ${scopeText(what)}: ${because} (${id})`;
}

async function print({ settings, io }: CommandContext, value: unknown, text: string): Promise<ExitCode> {
  await io.stdout.write(settings.get(json) ? `${JSON.stringify(value)}\n` : text);
  return EXIT.ok;
}
