/**
 * `pickle-inspect explain`: the manual of opcodes, findings and verdicts, offline.
 *
 * @module
 */
import { opcodeNamed, opcodeOf, OPCODES } from '../../../pickle/index.js';
import type { Opcode } from '../../../pickle/index.js';
import type { OpcodeName } from '../../../pickle/internal.js';
import type { CommandContext } from '../../kit/command.js';
import type { InspectTexts } from '../../lang/en/inspect.js';
import { textsOf } from '../../lang/texts.js';
import { escapeText } from '../../kit/text/escape.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { findingKind, FINDINGS, isFindingCode } from '../findings/codes.js';
import type { FindingCode } from '../findings/codes.js';
import { PROGRAM } from '../options.js';
import { SINCE } from '../render/heading.js';

/** Runs the command. */
export async function explain({ args: names, io, language }: CommandContext): Promise<ExitCode> {
  const texts = await textsOf('inspect', language);
  if (names.length === 0) {
    await io.stdout.write(overview(texts));
    return EXIT.clean;
  }
  let code: ExitCode = EXIT.clean;
  for (const name of names) {
    const text = explanation(name, texts);
    if (text !== undefined) {
      await io.stdout.write(text);
    } else {
      code = EXIT.usage;
      await io.stderr.write(`${PROGRAM}: ${texts.noSuchThing(escapeText(name), PROGRAM)}\n`);
    }
  }
  return code;
}

function overview(texts: InspectTexts): string {
  const opcodes = OPCODES.map(
    ({ name, code, protocol }) => `  ${byteText(code)}  ${name.padEnd(17)} ${protocol}  ${texts.views.docs[name]}\n`,
  );
  const findings = (Object.keys(FINDINGS) as FindingCode[]).map((code) => `  ${code}  ${texts.kinds[code].title}\n`);
  return `${texts.opcodeList}\n${opcodes.join('')}\n${texts.findingList}\n${findings.join('')}`;
}

function byteText(code: number): string {
  return code.toString(16).padStart(2, '0');
}

function explanation(name: string, texts: InspectTexts): string | undefined {
  const upper = name.toUpperCase();
  if (isFindingCode(upper)) {
    const { title, meaning, advice } = texts.kinds[upper];
    return `${upper}  ${title}  ${texts.views.noted(texts.levels[findingKind(upper).level]).trimStart()}\n  ${meaning}\n  ${advice}\n`;
  }
  const opcode = opcodeNamed(upper) ?? opcodeByByte(name);
  return opcode === undefined ? undefined : opcodeText(opcode, texts);
}

function opcodeByByte(text: string): Opcode | undefined {
  const hex = /^(?:0x)?([0-9a-f]{2})$/i.exec(text)?.[1];
  if (hex !== undefined) return opcodeOf(Number.parseInt(hex, 16));
  return text.length === 1 ? opcodeOf(text.charCodeAt(0)) : undefined;
}

function opcodeText({ name, code, protocol, argument, before, after }: Opcode, texts: InspectTexts): string {
  const character = code > 0x20 && code < 0x7f ? ` '${String.fromCharCode(code)}'` : '';
  const stack = `${before.join(' ') || '-'} -> ${after.join(' ') || '-'}`;
  return (
    `${name}  ${texts.opcodeHead(`0x${byteText(code)}${character}`, protocol, SINCE[protocol] ?? '?')}\n` +
    `  ${texts.views.docs[name as OpcodeName]}\n  ${texts.argument(argument)}\n  ${texts.stack(stack)}\n`
  );
}
