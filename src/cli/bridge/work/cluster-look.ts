/**
 * The work of `vnpy-bridge cluster ls`, `status` and `doctor`.
 *
 * @module
 */
import { edgeRow, examineCluster, viewAccount, watchEdges } from '../../../cluster/internal.js';
import type { AccountView, ClusterFinding, EdgeRow } from '../../../cluster/internal.js';
import type { Halt } from '../../../guard/index.js';
import { scopeText } from '../../../guard/internal.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import { escapeText } from '../../kit/text/escape.js';
import { account } from '../cluster-options.js';
import { displayWidth, padRight } from '../../kit/text/style.js';
import type { ClusterTexts } from '../../lang/en/cluster.js';
import { textsOf } from '../../lang/texts.js';
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
  const texts = await textsOf('cluster', context.language);
  const [cluster, only] = [clusterName(settings), settings.get(account)];
  const rows = await withCluster(context, async (transport) =>
    (await watchEdges(transport, { cluster, account: only, wait: LISTEN, signal })).map((seen) => edgeRow(seen)),
  );
  await io.stdout.write(settings.get(json) ? `${JSON.stringify(rows)}\n` : table(rows, texts));
  if (rows.length === 0) {
    const where = only === undefined ? cluster : texts.ofAccount(cluster, only);
    await io.stderr.write(`vnpy-bridge: ${texts.noEdgeHeard(where, LISTEN)}\n`);
  }
  return EXIT.ok;
}

/** Tells how accounts are. */
export async function clusterStatus(context: CommandContext): Promise<ExitCode> {
  const { settings, io, signal } = context;
  const texts = await textsOf('cluster', context.language);
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
  await io.stdout.write(
    settings.get(json) ? `${JSON.stringify(found)}\n` : found.map((each) => accountText(each, texts)).join('\n'),
  );
  if (found.length === 0) await io.stderr.write(`vnpy-bridge: ${texts.noEdge}\n`);
  return EXIT.ok;
}

/** Looks for faults. */
export async function clusterDoctor(context: CommandContext): Promise<ExitCode> {
  const { settings, io, signal } = context;
  const texts = await textsOf('cluster', context.language);
  const cluster = clusterName(settings);
  const findings = await withCluster(context, (transport) =>
    examineCluster(transport, { cluster, account: settings.get(account), wait: LISTEN_LONG, signal }),
  );
  const count = (level: ClusterFinding['level']): number => findings.filter((found) => found.level === level).length;
  const [faults, warnings] = [count('fault'), count('warning')];
  await io.stdout.write(
    settings.get(json)
      ? `${JSON.stringify({ usable: faults === 0, findings })}\n`
      : `${findings.map((each) => findingText(each, texts)).join('')}${texts.verdict(faults, warnings)}\n`,
  );
  return faults === 0 ? EXIT.ok : EXIT.refused;
}

function findingText(finding: ClusterFinding, texts: ClusterTexts): string {
  const { text, action } = texts.finding(finding);
  const line = `${padRight(texts.levels[finding.level], 8)} ${padRight(escapeText(texts.said(finding.about)), 20)} ${escapeText(text)}\n`;
  return action === undefined ? line : `${line}${' '.repeat(9)}${escapeText(action)}\n`;
}

function table(rows: readonly EdgeRow[], texts: ClusterTexts): string {
  const { columns } = texts;
  const cells = [
    [columns.edge, columns.account, columns.state, columns.epoch, columns.age],
    ...rows.map(({ edge, account: of, state, epoch, ageMs }) => [
      escapeText(edge),
      escapeText(of),
      texts.state(state),
      String(epoch),
      texts.age(ageMs),
    ]),
  ];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...cells.map((row) => displayWidth(row[column] ?? ''))));
  return rows.length === 0
    ? ''
    : cells
        .map(
          (row) =>
            `${row
              .map((cell, column) => padRight(cell, widths[column] ?? 0))
              .join('  ')
              .trimEnd()}\n`,
        )
        .join('');
}

function accountText(
  { account: name, record, lease, trouble, edges }: AccountView & { readonly edges: readonly EdgeRow[] },
  texts: ClusterTexts,
): string {
  const lines = [texts.account(name)];
  if (record === undefined) {
    lines.push(trouble === undefined ? texts.neverHeld : texts.recordUnread);
  } else {
    const since = new Date(record.since).toISOString();
    lines.push(texts.held(texts.state(record.state), record.holder.edge, record.epoch, since));
  }
  lines.push(lease === undefined ? texts.noLease : texts.lease(texts.state(lease.state), lease.edge));
  if (record?.hold !== undefined) lines.push(texts.heldBack(record.hold.by, record.hold.why));
  if (record?.takeover !== undefined) {
    const { by, edge, why } = record.takeover;
    lines.push(texts.given(by, edge, why));
  }
  for (const halt of record?.halts ?? []) {
    const { id, level, scope, who, why } = halt;
    const said = texts.halted(texts.haltLevels[level], texts.said(scopeText(scope)), who, texts.said(why), id);
    lines.push(texts.withOrders(said, texts.works[ordersUnder(halt, record)]));
  }
  for (const { edge, state, epoch, ageMs } of edges) lines.push(texts.edge(edge, texts.state(state), epoch, ageMs));
  if (trouble !== undefined) lines.push(texts.notRead(texts.said(trouble)));
  return lines.map((line, index) => `${index === 0 ? '' : '  '}${escapeText(line)}\n`).join('');
}

/** What has become of the orders that worked when a halt came. */
function ordersUnder({ id, keepsOrders }: Halt, record: AccountView['record']): keyof ClusterTexts['works'] {
  if (keepsOrders === true) return 'kept';
  return record?.carriedOut.includes(id) === true ? 'cancelled' : 'open';
}

/** The account that a command needs. */
export function neededAccount({ settings }: CommandContext): string {
  const name = settings.get(account);
  if (name === undefined) throw new CliError('USAGE', ({ sayAccount }) => sayAccount);
  return name;
}
