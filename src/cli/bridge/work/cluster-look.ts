/**
 * The work of `vnpy-bridge cluster ls`, `status` and `doctor`.
 *
 * @module
 */
import { edgeRow, examineCluster, viewAccount, watchEdges } from '../../../cluster/internal.js';
import type { AccountView, ClusterFinding, EdgeRow } from '../../../cluster/internal.js';
import { scopeText } from '../../../guard/internal.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import { escapeText } from '../../kit/text/escape.js';
import { account } from '../cluster-options.js';
import { clusterName, withCluster } from '../connection/cluster.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { json } from '../options.js';

/** An edge beats two to five times a second: whoever was not heard in this time, in ms, is away. */
const LISTEN = 1500;

/** For beats that are late, and two programs of one name. */
const LISTEN_LONG = 3000;

/** Lists the edges. */
export async function listEdges(context: CommandContext): Promise<ExitCode> {
  const { settings, io, signal } = context;
  const [cluster, only] = [clusterName(settings), settings.get(account)];
  const rows = await withCluster(context, async (transport) =>
    (await watchEdges(transport, { cluster, account: only, wait: LISTEN, signal })).map((seen) => edgeRow(seen)),
  );
  await io.stdout.write(settings.get(json) ? `${JSON.stringify(rows)}\n` : table(rows));
  if (rows.length === 0) {
    const where = only === undefined ? cluster : `${cluster}, account ${only}`;
    await io.stderr.write(`vnpy-bridge: no edge of the cluster ${where} was heard in ${LISTEN} ms\n`);
  }
  return EXIT.ok;
}

/** Tells how accounts are. */
export async function clusterStatus(context: CommandContext): Promise<ExitCode> {
  const { settings, io, signal } = context;
  const [cluster, only] = [clusterName(settings), settings.get(account)];
  const found = await withCluster(context, async (transport) => {
    const edges = (await watchEdges(transport, { cluster, account: only, wait: LISTEN, signal })).map((seen) =>
      edgeRow(seen),
    );
    const names = only === undefined ? [...new Set(edges.map((row) => row.account))] : [only];
    return Promise.all(
      names.map(async (name) => ({
        ...(await viewAccount(transport, cluster, name)),
        edges: edges.filter((row) => row.account === name),
      })),
    );
  });
  await io.stdout.write(settings.get(json) ? `${JSON.stringify(found)}\n` : found.map(accountText).join('\n'));
  if (found.length === 0)
    await io.stderr.write('vnpy-bridge: no edge was heard; --account NAME looks at one all the same\n');
  return EXIT.ok;
}

/** Looks for faults. */
export async function clusterDoctor(context: CommandContext): Promise<ExitCode> {
  const { settings, io, signal } = context;
  const cluster = clusterName(settings);
  const findings = await withCluster(context, (transport) =>
    examineCluster(transport, { cluster, account: settings.get(account), wait: LISTEN_LONG, signal }),
  );
  const count = (level: ClusterFinding['level']): number => findings.filter((found) => found.level === level).length;
  const [faults, warnings] = [count('fault'), count('warning')];
  await io.stdout.write(
    settings.get(json)
      ? `${JSON.stringify({ usable: faults === 0, findings })}\n`
      : `${findings.map(findingText).join('')}${faults === 0 ? 'usable' : 'not usable'}: ${faults} faults, ${warnings} warnings\n`,
  );
  return faults === 0 ? EXIT.ok : EXIT.refused;
}

function findingText({ level, about, text, action }: ClusterFinding): string {
  const line = `${level.padEnd(8)} ${escapeText(about).padEnd(20)} ${escapeText(text)}\n`;
  return action === undefined ? line : `${line}${' '.repeat(9)}${escapeText(action)}\n`;
}

function table(rows: readonly EdgeRow[]): string {
  const cells = [
    ['edge', 'account', 'state', 'epoch', 'age'],
    ...rows.map(({ edge, account: of, state, epoch, ageMs }) => [
      escapeText(edge),
      escapeText(of),
      state,
      String(epoch),
      `${ageMs} ms`,
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  return rows.length === 0
    ? ''
    : cells
        .map(
          (row) =>
            `${row
              .map((cell, column) => cell.padEnd(widths[column] ?? 0))
              .join('  ')
              .trimEnd()}\n`,
        )
        .join('');
}

function accountText({
  account: name,
  record,
  lease,
  trouble,
  edges,
}: AccountView & { readonly edges: readonly EdgeRow[] }): string {
  const lines = [`account ${name}`];
  if (record === undefined) {
    lines.push(trouble === undefined ? 'nobody has held it yet' : 'its record could not be read');
  } else {
    const since = new Date(record.since).toISOString();
    lines.push(`${record.state} by ${record.holder.edge || 'nobody'}, epoch ${record.epoch}, since ${since}`);
  }
  lines.push(lease === undefined ? 'no lease' : `lease ${lease.state} by ${lease.edge}`);
  if (record?.hold !== undefined) lines.push(`held back by ${record.hold.by}: ${record.hold.why}`);
  if (record?.takeover !== undefined)
    lines.push(`${record.takeover.by} gives it to ${record.takeover.edge}: ${record.takeover.why}`);
  for (const { id, level, scope, who, why } of record?.halts ?? [])
    lines.push(`${level} of ${scopeText(scope)} by ${who}: ${why} (${id})`);
  for (const { edge, state, epoch, ageMs } of edges)
    lines.push(`edge ${edge}: ${state}, epoch ${epoch}, ${ageMs} ms ago`);
  if (trouble !== undefined) lines.push(`not read: ${trouble}`);
  return lines.map((line, index) => `${index === 0 ? '' : '  '}${escapeText(line)}\n`).join('');
}

/** The account that a command needs. */
export function neededAccount({ settings }: CommandContext): string {
  const name = settings.get(account);
  if (name === undefined) throw new CliError('USAGE', ({ sayAccount }) => sayAccount);
  return name;
}
