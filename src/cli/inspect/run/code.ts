/**
 * `pickle-inspect py` and `js`: the value as source code.
 *
 * @module
 */
import type { Command } from 'commander';
import type { Io } from '../../kit/io.js';
import { writeAll } from '../../kit/io.js';
import { escapeText } from '../../kit/text/escape.js';
import { plainStyle } from '../../kit/text/style.js';
import type { ExitCode } from '../exit-codes.js';
import { levelOf } from '../findings/finding.js';
import type { Message } from '../reading/messages.js';
import { PROGRAM, Reading } from '../reading/reading.js';
import { CodeWriter } from '../render/code.js';
import { renderFindings } from '../render/findings.js';
import { JavaScriptDialect } from '../render/javascript.js';
import { BUILD_FUNCTION, CALL_OR_NEW_FUNCTION, PythonDialect } from '../render/python.js';
import { addInputOptions, addOutputOptions } from '../commands/common.js';
import type { InputFlags, OutputFlags } from '../commands/common.js';
import type { Session } from '../commands/session.js';

type CodeFlags = InputFlags & OutputFlags;

/** Adds the command `py`. */
export function addPy(program: Command, session: Session): void {
  const command = program
    .command('py')
    .description('write the value as Python code that makes it, with every call that loading would make')
    .argument('[input...]', 'files, or - for standard input');
  addOutputOptions(addInputOptions(command)).action((paths: string[], flags: CodeFlags) =>
    session.run(() => run(paths, flags, session.io, pythonLines)),
  );
}

/** Adds the command `js`. */
export function addJs(program: Command, session: Session): void {
  const command = program
    .command('js')
    .description('write the value as JavaScript code that makes it with the classes of this package')
    .argument('[input...]', 'files, or - for standard input');
  addOutputOptions(addInputOptions(command)).action((paths: string[], flags: CodeFlags) =>
    session.run(() => run(paths, flags, session.io, javascriptLines)),
  );
}

type Lines = (message: Message, reading: Reading) => Iterable<string>;

async function run(paths: readonly string[], flags: CodeFlags, io: Io, lines: Lines): Promise<ExitCode> {
  const reading = new Reading(paths, flags, io);
  for await (const message of reading.messages()) {
    if (message.analysis !== undefined) await writeAll(io.stdout, lines(message, reading));
    const told = message.findings.filter((finding) => levelOf(finding) !== 'lint' && levelOf(finding) !== 'note');
    if (told.length === 0) continue;
    await io.stderr.write(`${PROGRAM}: ${escapeText(message.source)} #${message.number}:\n`);
    const data = message.analysis?.data;
    await writeAll(
      io.stderr,
      renderFindings(told, data, (text) => escapeText(text), plainStyle),
    );
  }
  return reading.code;
}

function* pythonLines(message: Message, reading: Reading): Generator<string> {
  if (message.analysis === undefined) return;
  const { value } = message.analysis;
  const viewer = reading.viewer(message, { raw: true });
  const dialect = new PythonDialect(viewer.lens);
  // The imports stand first and are known last.
  const body = [...new CodeWriter(value, viewer, dialect).write(value)];
  yield `# ${escapeText(message.source)} #${message.number}: what loading this pickle would do. To read, not to run.\n`;
  for (const module of [...dialect.modules].sort()) yield `import ${module}\n`;
  if (dialect.builds) yield BUILD_FUNCTION;
  if (dialect.instantiates) yield CALL_OR_NEW_FUNCTION;
  yield* body;
}

function* javascriptLines(message: Message, reading: Reading): Generator<string> {
  if (message.analysis === undefined) return;
  const { value } = message.analysis;
  const viewer = reading.viewer(message, { raw: true });
  const dialect = new JavaScriptDialect(viewer.lens);
  const body = [...new CodeWriter(value, viewer, dialect).write(value)];
  yield `// ${escapeText(message.source)} #${message.number}\n`;
  const imported = (names: ReadonlySet<string>, from: string): string => {
    // Parts of known calls were written too, and thrown away: their names may not occur.
    const used = [...names].filter((name) => body.some((line) => line.includes(name))).sort();
    return used.length === 0 ? '' : `import { ${used.join(', ')} } from '${from}';\n`;
  };
  yield imported(dialect.pickleNames, 'vnpy-bridge/pickle') + imported(dialect.vnpyNames, 'vnpy-bridge/vnpy');
  yield* body;
}
