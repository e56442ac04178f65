/**
 * The work of `vnpy-bridge audit`.
 *
 * @module
 */
import { readFile } from 'node:fs/promises';
import { auditLines, auditReport, showAudit, verifyAudit } from '../../../guard/internal.js';
import type { AuditFilter, AuditLine, AuditReport, AuditVerdict } from '../../../guard/internal.js';
import { OrderData, vnpyRegistry } from '../../../vnpy/index.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import { withClient } from '../connection/connection.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { anchors, day, json, order, outcome, principal, publicKey, rule, symbol } from '../options.js';
import { toPlain } from '../output/plain.js';

const RESULTS: Readonly<Record<AuditVerdict['result'], ExitCode>> = {
  ok: EXIT.ok,
  broken: EXIT.refused,
  unreadable: EXIT.usage,
};

/** Verifies. */
export async function verifyFiles({ args, settings, io }: CommandContext): Promise<ExitCode> {
  const key = settings.get(publicKey);
  const verdict = await verifyAudit(args, {
    anchors: settings.get(anchors),
    ...(key === undefined ? {} : { publicKey: await text(key) }),
  });
  await io.stdout.write(settings.get(json) ? `${JSON.stringify(verdict)}\n` : verdictText(verdict));
  return RESULTS[verdict.result];
}

/** Prints lines. */
export async function showFiles({ args, settings, io }: CommandContext): Promise<ExitCode> {
  const wanted: Readonly<Record<keyof AuditFilter, unknown>> = {
    kind: undefined,
    principal: settings.get(principal),
    rule: settings.get(rule),
    outcome: settings.get(outcome),
    symbol: settings.get(symbol)[0],
    order: settings.get(order),
    day: settings.get(day),
    since: undefined,
    until: undefined,
  };
  const filter = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
  for await (const shown of showAudit(args, filter)) {
    if ('unreadable' in shown) {
      const { file, line, text: bytes } = shown.unreadable;
      await io.stderr.write(`${file}:${line}: no line of an audit: ${bytes}\n`);
    } else {
      await io.stdout.write(settings.get(json) ? `${JSON.stringify(shown.line)}\n` : lineText(shown.line));
    }
  }
  return EXIT.ok;
}

/** Compares. */
export async function reportFiles(context: CommandContext): Promise<ExitCode> {
  const { args, settings, io, signal } = context;
  const of = settings.get(day) ?? new Date().toISOString().slice(0, 10);
  const orders = await withClient(context, (client) => client.call('get_all_orders', [], { signal }), {
    options: { registry: vnpyRegistry },
  });
  if (!Array.isArray(orders)) throw new CliError('REFUSED', ({ noOrderList }) => noOrderList);
  const known = orders.filter((each): each is OrderData => each instanceof OrderData);
  const report = await auditReport(auditLines(args, { day: of }), known, of);
  await io.stdout.write(settings.get(json) ? `${JSON.stringify(toPlain(report))}\n` : reportText(report));
  const isClean =
    report.differing.length + report.onlyInAudit.length + report.foreign.length + report.unknown.length === 0;
  return isClean ? EXIT.ok : EXIT.refused;
}

async function text(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw CliError.file(path, error);
  }
}

function verdictText(verdict: AuditVerdict): string {
  const { result, what, where, checked, lines, completeUpTo, torn, unflushed, unanswered, unknown } = verdict;
  return [
    `${result}: ${what}${where === undefined ? '' : ` (${where.file}:${where.line}, byte ${where.byte})`}`,
    `checked    ${checked}, ${lines} lines`,
    ...(completeUpTo === undefined ? [] : [`complete   up to line ${completeUpTo.seq}, ${completeUpTo.time}`]),
    ...(torn === 0 ? [] : [`torn       ${torn} lines that a crash left half are kept`]),
    ...(unflushed.length === 0 ? [] : [`unflushed  ${unflushed.length} gaps of lines that nothing waited for`]),
    ...(unanswered.length === 0
      ? []
      : [`unanswered ${unanswered.length} orders have no result: ${unanswered.slice(0, 5).join(', ')}`]),
    `unknown    ${unknown}`,
    '',
  ].join('\n');
}

function lineText(line: AuditLine): string {
  const { time, kind, principal: who = '-', function: name = '', outcome: what = '', rule: by, reason: why } = line;
  const parts = [line.vt_symbol, line['direction'], line['offset'], line['volume'], line['price'], line.vt_orderid];
  const about = parts.filter((part) => part !== undefined && part !== '').join(' ');
  return `${time} ${kind} ${who} ${name} ${what} ${about}${by === undefined ? '' : ` [${by}]`}${why === undefined ? '' : ` ${why}`}\n`.replace(
    / {2,}/g,
    ' ',
  );
}

function reportText({ day: of, same, differing, onlyInAudit, foreign, unknown, refused }: AuditReport): string {
  return [
    `${of}: ${same} orders alike`,
    ...differing.map(({ server, fields }) => `differs    ${server.vt_orderid}: ${fields.join(', ')}`),
    ...onlyInAudit.map(({ id, vt_orderid: order }) => `not there  ${order ?? id}`),
    ...foreign.map(({ vt_orderid: id, vt_symbol: of }) => `foreign    ${id} ${of}`),
    ...unknown.map(({ id, vt_symbol: of }) => `unknown    ${id} ${of ?? ''}`),
    ...Object.entries(refused).map(([by, count]) => `refused    ${count} by ${by}`),
    '',
  ].join('\n');
}
