/**
 * The work of `vnpy-bridge keygen` and `cluster keys`.
 *
 * @module
 */
import { rm, writeFile } from 'node:fs/promises';
import { OWN_FILE } from '../../../file-rights.js';
import { generateCurveKeyPair } from '../../../rpc/index.js';
import type { CommandContext } from '../../kit/command.js';
import { CliError, tell } from '../../kit/errors.js';
import { textsOf } from '../../lang/texts.js';
import { EXIT } from '../exit-codes.js';
import type { ExitCode } from '../exit-codes.js';
import { json } from '../options.js';

/** A pair, and where its halves are written. */
interface Pair {
  readonly publicKey: string;
  readonly secret: string;
  /** What the secret is called. */
  readonly word: 'secret key' | 'seed';
  /** Of its file. */
  readonly ending: string;
}

/** Makes a pair for CURVE and writes or prints it. */
export async function makeKeys(context: CommandContext): Promise<ExitCode> {
  const { publicKey, secretKey } = await generateCurveKeyPair();
  return hand(context, { publicKey, secret: secretKey, word: 'secret key', ending: 'key' });
}

/** Makes a pair of a NATS user and writes or prints it. */
export async function makeNatsKeys(context: CommandContext): Promise<ExitCode> {
  const { makeUserKey } = await import('../../../cluster/internal.js');
  const { publicKey, seed } = makeUserKey();
  return hand(context, { publicKey, secret: seed, word: 'seed', ending: 'nk' });
}

async function hand({ args: [name], settings, io, language }: CommandContext, pair: Pair): Promise<ExitCode> {
  const texts = await textsOf('services', language);
  const { publicKey, secret, word } = pair;
  if (name === undefined) {
    const asJson = word === 'seed' ? { publicKey, seed: secret } : { publicKey, secretKey: secret };
    await io.stdout.write(
      settings.get(json)
        ? `${JSON.stringify(asJson)}\n`
        : `${texts.keysPrinted(publicKey, texts.secrets[word], secret)}\n`,
    );
    return EXIT.ok;
  }
  const [secretFile, publicFile] = [`${name}.${pair.ending}`, `${name}.pub`];
  await writeNew(secretFile, `${secret}\n`, OWN_FILE);
  try {
    await writeNew(publicFile, `${publicKey}\n`, 0o644);
  } catch (error) {
    // Half of a pair is of no use, and would be in the way of the next attempt.
    await rm(secretFile, { force: true });
    throw error;
  }
  const asJson = { publicKey, publicFile, ...(word === 'seed' ? { seedFile: secretFile } : { secretFile }) };
  await io.stdout.write(
    settings.get(json)
      ? `${JSON.stringify(asJson)}\n`
      : `${publicKey}\n${texts.keysWritten(texts.secrets[word], secretFile, publicFile)}\n`,
  );
  return EXIT.ok;
}

async function writeNew(path: string, content: string, mode: number): Promise<void> {
  try {
    await writeFile(path, content, { mode, flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') {
      throw new CliError('FILE', (texts) => texts.keyExists(path), {
        cause: error,
      });
    }
    throw new CliError('FILE', (texts) => texts.cannotWrite(path, tell(error, texts)), { cause: error });
  }
}
