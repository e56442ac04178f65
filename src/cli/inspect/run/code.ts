/**
 * `pickle-inspect py` and `js`: the value as source code.
 *
 * @module
 */
import type { CommandContext } from '../../kit/command.js';
import { writeAll } from '../../kit/io.js';
import { escapeText } from '../../kit/text/escape.js';
import type { ViewTexts } from '../../lang/en/views.js';
import { textsOf } from '../../lang/texts.js';
import type { ExitCode } from '../exit-codes.js';
import { levelOf } from '../findings/finding.js';
import type { Message } from '../reading/messages.js';
import { Reading } from '../reading/reading.js';
import { tellFindings } from '../reading/tell.js';
import { CodeWriter } from '../render/code.js';
import { JavaScriptDialect } from '../render/javascript.js';
import { BUILD_FUNCTION, CALL_OR_NEW_FUNCTION, PythonDialect } from '../render/python.js';

type Lines = (message: Message, reading: Reading, words: ViewTexts) => Iterable<string>;

/** Runs the command `py`. */
export function py(context: CommandContext): Promise<ExitCode> {
  return write(context, pythonLines);
}

/** Runs the command `js`. */
export function js(context: CommandContext): Promise<ExitCode> {
  return write(context, javascriptLines);
}

async function write(context: CommandContext, lines: Lines): Promise<ExitCode> {
  const { args, io } = context;
  const { views: words } = await textsOf('inspect', context.language);
  const reading = new Reading(args, context);
  for await (const message of reading.messages()) {
    if (message.analysis !== undefined) await writeAll(io.stdout, lines(message, reading, words));
    const told = message.findings.filter((finding) => levelOf(finding) !== 'lint' && levelOf(finding) !== 'note');
    await tellFindings(message, told, reading.viewer(message, {}), context);
  }
  return reading.code;
}

function* pythonLines(message: Message, reading: Reading, words: ViewTexts): Generator<string> {
  if (message.analysis === undefined) return;
  const { value } = message.analysis;
  const viewer = reading.viewer(message, { raw: true });
  const dialect = new PythonDialect(viewer.lens);
  // The imports stand first and are known last.
  const body = [...new CodeWriter(value, viewer, dialect).write(value)];
  yield `# ${words.toRead(`${escapeText(message.source)} #${message.number}`)}\n`;
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
