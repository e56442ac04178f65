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
import { padRight } from '../../kit/text/style.js';
import type { AuditTexts } from '../../lang/en/audit.js';
import { textsOf } from '../../lang/texts.js';
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

/** Ids that stand in a sentence. */
const SOME = 5;

/** Verifies. */
export async function verifyFiles({ args, settings, io, language }: CommandContext): Promise<ExitCode> {
  const key = settings.get(publicKey);
  const verdict = await verifyAudit(args, {
    anchors: settings.get(anchors),
    ...(key === undefined ? {} : { publicKey: await text(key) }),
  });
  const texts = await textsOf('audit', language);
  await io.stdout.write(settings.get(json) ? `${JSON.stringify(verdict)}\n` : verdictText(verdict, texts));
  return RESULTS[verdict.result];
}

/** Prints lines. */
export async function showFiles({ args, settings, io, language }: CommandContext): Promise<ExitCode> {
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
  const texts = await textsOf('audit', language);
  for await (const shown of showAudit(args, filter)) {
    if ('unreadable' in shown) {
      const { file, line, text: bytes } = shown.unreadable;
      await io.stderr.write(`${texts.notALine(`${file}:${line}`, bytes)}\n`);
    } else {
      await io.stdout.write(settings.get(json) ? `${JSON.stringify(shown.line)}\n` : lineText(shown.line, texts));
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
  const texts = await textsOf('audit', context.language);
  await io.stdout.write(settings.get(json) ? `${JSON.stringify(toPlain(report))}\n` : reportText(report, texts));
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

/** A row: what it is about, and what is known of that. */
function row(title: string, text: string): string {
  return `${padRight(title, 11)}${text}`;
}

function verdictText(verdict: AuditVerdict, texts: AuditTexts): string {
  const { result, what, where, checked, lines, completeUpTo, torn, unflushed, unanswered, unknown } = verdict;
  const { rows, said } = texts;
  const place = where === undefined ? '' : texts.at(where.file, where.line, where.byte);
  const some = unanswered.slice(0, SOME).join(', ');
  return [
    `${texts.verdict(texts.results[result], said(what))}${place}`,
    row(rows.checked, texts.checked(said(checked), lines)),
    ...(completeUpTo === undefined ? [] : [row(rows.complete, texts.complete(completeUpTo.seq, completeUpTo.time))]),
    ...(torn === 0 ? [] : [row(rows.torn, texts.torn(torn))]),
    ...(unflushed.length === 0 ? [] : [row(rows.unflushed, texts.unflushed(unflushed.length))]),
    ...(unanswered.length === 0 ? [] : [row(rows.unanswered, texts.unanswered(unanswered.length, some))]),
    row(rows.unknown, said(unknown)),
    '',
  ].join('\n');
}

function lineText(line: AuditLine, { said, word }: AuditTexts): string {
  const { time, kind, principal: who = '-', function: name = '', outcome: what = '', rule: by, reason: why } = line;
  const words = [line['direction'], line['offset']].map((each) => (typeof each === 'string' ? word(each) : each));
  const parts = [line.vt_symbol, ...words, line['volume'], line['price'], line.vt_orderid];
  const about = parts.filter((part) => part !== undefined && part !== '').join(' ');
  const reason = `${by === undefined ? '' : ` [${by}]`}${why === undefined ? '' : ` ${said(why)}`}`;
  return `${time} ${word(kind)} ${who} ${name} ${word(what)} ${about}${reason}\n`.replace(/ {2,}/g, ' ');
}

function reportText(
  { day: of, same, differing, onlyInAudit, foreign, unknown, refused }: AuditReport,
  texts: AuditTexts,
): string {
  const { rows } = texts;
  return [
    texts.alike(of, same),
    ...differing.map(({ server, fields }) => row(rows.differs, texts.differs(server.vt_orderid, fields.join(', ')))),
    ...onlyInAudit.map(({ id, vt_orderid: order }) => row(rows.notThere, order ?? id)),
    ...foreign.map(({ vt_orderid: id, vt_symbol: of }) => row(rows.foreign, `${id} ${of}`)),
    ...unknown.map(({ id, vt_symbol: of }) => row(rows.unknown, `${id} ${of ?? ''}`)),
    ...Object.entries(refused).map(([by, count]) => row(rows.refused, texts.refusedBy(count, by))),
    '',
  ].join('\n');
}
