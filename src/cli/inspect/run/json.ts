/**
 * `pickle-inspect json`: the value as JSON.
 *
 * @module
 */
import type { CommandContext } from '../../kit/command.js';
import { writeAll } from '../../kit/io.js';
import { damageCode, EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import type { Node } from '../machine/nodes.js';
import type { Message } from '../reading/messages.js';
import * as options from '../options.js';
import { Reading } from '../reading/reading.js';
import { jsonValue, writeJson } from '../render/json-writer.js';
import type { JsonItem, JsonPlan } from '../render/json-writer.js';
import { PlainJson } from '../render/plain-json.js';
import { TypedJson } from '../render/typed-json.js';
import { lostBy } from '../work/lost.js';
import { tellFindings } from '../reading/tell.js';

/** The name of the typed format, for programs that read it. */
export const TYPED_FORMAT = 'pickle-inspect/1';

/** Runs the command. */
export async function json(context: CommandContext): Promise<ExitCode> {
  const { args, settings, io } = context;
  const reading = new Reading(args, context);
  const indent = settings.get(options.ndjson) ? 0 : 2;
  const mode = settings.get(options.mode);
  for await (const message of reading.messages()) {
    if (mode === 'typed') await writeAll(io.stdout, typedDocument(message, reading, indent));
    else await plain(message, reading, indent, context);
  }
  return reading.code;
}

function* typedDocument(message: Message, reading: Reading, indent: number): Generator<string> {
  const { analysis } = message;
  const head: [string, JsonItem<Node>][] = [
    ['format', jsonValue(TYPED_FORMAT)],
    ['source', jsonValue(message.source)],
    ['message', jsonValue(message.number)],
  ];
  if (message.wire !== undefined) head.push(['wire', jsonValue(message.wire)]);
  let planOf: (node: Node) => JsonPlan<Node> = () => ({ kind: 'text', text: 'null' });
  if (analysis !== undefined) {
    const plans = new TypedJson(analysis.value, reading.viewer(message, {}), reading.viewer(message, { raw: true }));
    planOf = plans.plan;
    head.push(['offset', jsonValue(message.offset)], ['bytes', jsonValue(analysis.end)]);
    head.push(['protocol', jsonValue(analysis.facts.protocol ?? analysis.facts.highestOpcode)]);
    const lost = lostBy(analysis);
    if (lost.length > 0) head.push(['lost', jsonValue(lost)]);
    head.push(['complete', jsonValue(damageCode(message.findings) === EXIT.clean)], ['value', { of: analysis.value }]);
  }
  head.push(['findings', jsonValue(message.findings)]);
  yield* writeJson({ plan: { kind: 'object', members: head } }, planOf, indent);
  yield '\n';
}

async function plain(message: Message, reading: Reading, indent: number, context: CommandContext): Promise<void> {
  const { settings, io } = context;
  const { analysis } = message;
  const viewer = reading.viewer(message, {});
  const plans = new PlainJson(viewer, settings.get(options.maxNodes), settings.get(options.arrays));
  if (analysis !== undefined) {
    await writeAll(io.stdout, writeJson({ of: analysis.value }, plans.plan, indent));
    await io.stdout.write('\n');
  }
  reading.count(damageCode(plans.findings));
  const { findings } = message;
  const damage = findings.filter((finding) => damageCode([finding]) !== EXIT.clean);
  const lost = settings.get(options.quiet)
    ? plans.findings.filter((finding) => finding.code !== 'N303')
    : plans.findings;
  await tellFindings(message, [...damage, ...lost], viewer, context);
}
