/**
 * `pickle-inspect repack` and `pack`: pickles written.
 *
 * @module
 */
import { writeFile } from 'node:fs/promises';
import { InvalidArgumentError } from 'commander';
import type { Command } from 'commander';
import { messageOf } from '../../../errors.js';
import { DEFAULT_PROTOCOL, dumps, HIGHEST_PROTOCOL, PickleError } from '../../../pickle/index.js';
import type { Io } from '../../kit/io.js';
import { escapeText } from '../../kit/text/escape.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { levelOf } from '../findings/finding.js';
import { asText } from '../input/detect.js';
import { InputError, nameOf, readInput } from '../input/sources.js';
import type { InputName } from '../input/sources.js';
import { messageBytes } from '../reading/messages.js';
import { PROGRAM, Reading } from '../reading/reading.js';
import { lostText } from '../work/lost.js';
import { lostOf, PackError, valueOfTypedJson } from '../work/pack.js';
import { repack, RepackError } from '../work/repack.js';
import { addInputOptions, analyseOptions, parseSize, UsageError } from '../commands/common.js';
import type { InputFlags } from '../commands/common.js';
import { TYPED_FORMAT } from './json.js';
import type { Session } from '../commands/session.js';

function parseProtocol(text: string): number {
  const protocol = Number(text);
  if (!/^\d$/.test(text) || protocol > HIGHEST_PROTOCOL)
    throw new InvalidArgumentError(`expected 0 to ${HIGHEST_PROTOCOL}`);
  return protocol;
}

interface RepackFlags extends InputFlags {
  readonly protocol?: number;
  readonly optimize?: boolean;
  readonly output?: string;
}

/** Adds the command `repack`. */
export function addRepack(program: Command, session: Session): void {
  const command = program
    .command('repack')
    .description('write pickles again, in another protocol or without unused memo entries, and compare')
    .argument('[input...]', 'files, or - for standard input')
    .optionsGroup('Writing:')
    .option('--protocol <n>', 'protocol 0 to 5 (default: that of the input)', parseProtocol)
    .option('--optimize', 'leave out memo entries that nothing fetches')
    .option('-o, --output <file>', 'where to write (default: standard output, when it is no terminal)');
  addInputOptions(command).action((paths: string[], flags: RepackFlags) =>
    session.run(() => runRepack(paths, flags, session.io)),
  );
}

async function runRepack(paths: readonly string[], flags: RepackFlags, io: Io): Promise<ExitCode> {
  checkOutput(flags.output, io);
  const reading = new Reading(paths, flags, io);
  const { buffers } = await analyseOptions(flags);
  const parts: Uint8Array[] = [];
  for await (const message of reading.messages()) {
    const { analysis } = message;
    if (analysis === undefined) continue;
    const { facts } = analysis;
    if (!analysis.stopped) {
      // What ended the reading counts for the exit code already.
      const why = message.findings.findLast((finding) => levelOf(finding) === 'error' || levelOf(finding) === 'limit');
      const text = `${message.source} #${message.number}: cannot be written again: ${why?.message ?? 'it has no end'}`;
      await io.stderr.write(`${PROGRAM}: ${escapeText(text)}\n`);
      continue;
    }
    try {
      const options = {
        protocol: flags.protocol,
        optimize: flags.optimize ?? false,
        loads: { encoding: flags.encoding, buffers, maxDepth: flags.maxDepth },
      };
      parts.push(repack(messageBytes(message), facts.protocol ?? facts.highestOpcode, options));
    } catch (error) {
      if (!(error instanceof RepackError)) throw error;
      reading.count(EXIT.damaged);
      await io.stderr.write(
        `${PROGRAM}: ${escapeText(message.source)} #${message.number}: ${escapeText(error.message)}\n`,
      );
    }
  }
  if (parts.length > 0) await writeOutput(Buffer.concat(parts), flags.output, io);
  return reading.code;
}

interface PackFlags {
  readonly protocol: number;
  readonly output?: string;
  readonly maxBytes: number;
}

/** Adds the command `pack`. */
export function addPack(program: Command, session: Session): void {
  program
    .command('pack')
    .description('write pickles from typed JSON, as `json --mode typed` prints it')
    .argument('[input...]', 'JSON files, or - for standard input; one document, or one a line')
    .optionsGroup('Writing:')
    .option('--protocol <n>', 'protocol 0 to 5', parseProtocol, DEFAULT_PROTOCOL)
    .option('-o, --output <file>', 'where to write (default: standard output, when it is no terminal)')
    .option('--max-bytes <size>', 'bytes of one input', parseSize, 2 ** 30)
    .action((paths: string[], flags: PackFlags) => session.run(() => runPack(paths, flags, session.io)));
}

async function runPack(paths: readonly string[], flags: PackFlags, io: Io): Promise<ExitCode> {
  checkOutput(flags.output, io);
  const names = (paths.length === 0 ? ['-'] : paths).map((path): InputName =>
    path === '-' ? { kind: 'stdin' } : { kind: 'file', path },
  );
  const parts: Uint8Array[] = [];
  let code: ExitCode = EXIT.clean;
  for (const name of names) {
    const { data, cut } = await readInput(name, io.stdin, flags.maxBytes);
    if (cut) throw new InputError(`${nameOf(name)}: longer than ${flags.maxBytes} bytes (--max-bytes)`);
    const text = asText(data);
    if (text === undefined) throw new InputError(`${nameOf(name)}: no text, so no JSON`);
    try {
      for (const document of documents(text)) {
        const { protocol } = flags;
        const { value, registry } = valueOfTypedJson(document, TYPED_FORMAT, protocol);
        parts.push(dumps(value, { protocol, registry }));
        const lost = lostOf(document, TYPED_FORMAT);
        if (lost.length === 0) continue;
        code = EXIT.damaged;
        const text = `${nameOf(name)}: the pickle is not what it was: ${lostText(lost)}`;
        await io.stderr.write(`${PROGRAM}: ${escapeText(text)}\n`);
      }
    } catch (error) {
      if (!(error instanceof PackError) && !(error instanceof PickleError) && !(error instanceof SyntaxError))
        throw error;
      await io.stderr.write(`${PROGRAM}: ${escapeText(nameOf(name))}: ${escapeText(error.message)}\n`);
      return EXIT.damaged;
    }
  }
  await writeOutput(Buffer.concat(parts), flags.output, io);
  return code;
}

/** One JSON document, or one a line (NDJSON), or several one behind the other as `json` prints them. */
function documents(text: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch (error) {
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const perLine = lines.every((line) => /^[[{"\d\-ntf]/.test(line) && /[\]}"\dle]$/.test(line.trimEnd()));
    if (lines.length > 1 && perLine) return lines.map((line): unknown => JSON.parse(line));
    // Pretty documents: each ends with a brace at the start of a line.
    const chunks = text.split(/^(?<=^\}\n)/m);
    if (chunks.length > 1) return chunks.map((chunk): unknown => JSON.parse(chunk));
    throw error;
  }
}

function checkOutput(output: string | undefined, io: Io): void {
  if (output === undefined && io.stdout.isTTY)
    throw new UsageError('a pickle is no text for a terminal: give --output FILE, or --output - all the same');
}

async function writeOutput(data: Uint8Array, output: string | undefined, io: Io): Promise<void> {
  if (output === undefined || output === '-') {
    await io.stdout.write(data);
    return;
  }
  try {
    await writeFile(output, data);
  } catch (error) {
    throw new InputError(`${output}: ${messageOf(error)}`, { cause: error });
  }
}
