/**
 * `pickle-inspect json`: the value as JSON.
 *
 * @module
 */
import { Option } from 'commander';
import type { Command } from 'commander';
import type { Io } from '../../kit/io.js';
import { writeAll } from '../../kit/io.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import type { Node } from '../machine/nodes.js';
import type { Message } from '../reading/messages.js';
import { Reading } from '../reading/reading.js';
import { jsonValue, writeJson } from '../render/json-writer.js';
import type { JsonItem, JsonPlan } from '../render/json-writer.js';
import { PlainJson } from '../render/plain-json.js';
import { TypedJson } from '../render/typed-json.js';
import { lostBy } from '../work/lost.js';
import { addInputOptions, addOutputOptions, damageCode, parseLimit } from '../commands/common.js';
import type { InputFlags, OutputFlags } from '../commands/common.js';
import type { Session } from '../commands/session.js';
import { tellFindings } from '../reading/tell.js';

interface JsonFlags extends InputFlags, OutputFlags {
  readonly mode: 'plain' | 'typed';
  readonly ndjson?: boolean;
  readonly maxNodes: number;
}

/** The name of the typed format, for programs that read it. */
export const TYPED_FORMAT = 'pickle-inspect/1';

/** Adds the command. */
export function addJson(program: Command, session: Session): void {
  const command = program
    .command('json')
    .description('print the value as JSON: plain for jq, or typed, which loses nothing and which `pack` turns back')
    .argument('[input...]', 'files, or - for standard input')
    .optionsGroup('JSON:')
    .addOption(new Option('--mode <mode>', 'plain or typed').choices(['plain', 'typed']).default('plain'))
    .option('--ndjson', 'one line a message')
    .option(
      '--max-nodes <n>',
      'with plain: parts that are written, shared ones each time (0: all)',
      parseLimit,
      1_000_000,
    );
  addOutputOptions(addInputOptions(command)).action((paths: string[], flags: JsonFlags) =>
    session.run(() => json(paths, flags, session.io)),
  );
}

async function json(paths: readonly string[], flags: JsonFlags, io: Io): Promise<ExitCode> {
  const reading = new Reading(paths, flags, io);
  const indent = flags.ndjson === true ? 0 : 2;
  for await (const message of reading.messages()) {
    if (flags.mode === 'typed') await writeAll(io.stdout, typedDocument(message, reading, indent));
    else await plain(message, reading, indent, flags, io);
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

async function plain(message: Message, reading: Reading, indent: number, flags: JsonFlags, io: Io): Promise<void> {
  const { analysis } = message;
  const viewer = reading.viewer(message, {});
  const plans = new PlainJson(viewer, flags.maxNodes);
  if (analysis !== undefined) {
    await writeAll(io.stdout, writeJson({ of: analysis.value }, plans.plan, indent));
    await io.stdout.write('\n');
  }
  reading.count(damageCode(plans.findings));
  const { findings } = message;
  const damage = findings.filter((finding) => damageCode([finding]) !== EXIT.clean);
  const lost = flags.quiet === true ? plans.findings.filter((finding) => finding.code !== 'N303') : plans.findings;
  await tellFindings(message, [...damage, ...lost], viewer, io);
}
