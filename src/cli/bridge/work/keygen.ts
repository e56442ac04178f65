/**
 * The work of `vnpy-bridge keygen`.
 *
 * @module
 */
import { rm, writeFile } from 'node:fs/promises';
import { messageOf } from '../../../errors.js';
import { generateCurveKeyPair } from '../../../rpc/index.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError } from '../../kit/errors.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { json } from '../options.js';

/** Makes a key pair and writes or prints it. */
export async function makeKeys({ args: [name], settings, io }: CommandContext): Promise<ExitCode> {
  const { publicKey, secretKey } = await generateCurveKeyPair();
  if (name === undefined) {
    await io.stdout.write(
      settings.get(json)
        ? `${JSON.stringify({ publicKey, secretKey })}\n`
        : `public key: ${publicKey}\nsecret key: ${secretKey}\n`,
    );
    return EXIT.ok;
  }
  const [secretFile, publicFile] = [`${name}.key`, `${name}.pub`];
  await writeNew(secretFile, `${secretKey}\n`, 0o600);
  try {
    await writeNew(publicFile, `${publicKey}\n`, 0o644);
  } catch (error) {
    // Half of a pair is of no use, and would be in the way of the next attempt.
    await rm(secretFile, { force: true });
    throw error;
  }
  await io.stdout.write(
    settings.get(json)
      ? `${JSON.stringify({ publicKey, publicFile, secretFile })}\n`
      : `${publicKey}\nsecret key in ${secretFile}, public key in ${publicFile}\n`,
  );
  return EXIT.ok;
}

async function writeNew(path: string, content: string, mode: number): Promise<void> {
  try {
    await writeFile(path, content, { mode, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new CliError(
        'FILE',
        `${path} exists: give another name, or move it away when nobody uses that key any more`,
        {
          cause: error,
        },
      );
    }
    throw new CliError('FILE', `cannot write ${path}: ${messageOf(error)}`, { cause: error });
  }
}
