/**
 * An error as text or JSON.
 *
 * @module
 */
import { BridgeError, messageOf } from '../../../errors.js';
import { RemoteException, RpcCallError } from '../../../rpc/index.js';
import { escapeText } from '../../kit/text/escape.js';
import { isSystemError, tell } from '../../kit/errors.js';
import type { ErrorTexts, RefusedError } from '../../lang/en/errors.js';
import { EXIT } from '../exit-codes.js';
import type { ErrorView } from '../../kit/command.js';
import { libraryText } from './library-text.js';

/** The text for stderr, with its end of line. */
export function renderError(error: unknown, { command, json, exitCode, texts }: ErrorView): string {
  if (json) return `${JSON.stringify({ error: { ...facts(error), exitCode } })}\n`;
  if (error instanceof RemoteException) {
    const raised = lines(texts.raised(error.traceback.trimEnd(), refusalIn(error)));
    return isUnknown(error) ? `${raised}\n${lines(texts.noFunction(error.method))}\n` : `${raised}\n`;
  }

  const text = `vnpy-bridge ${command}: ${lines(libraryText(sentence(error, texts)))}\n`;
  if (exitCode !== EXIT.internal) return text;
  const stack = error instanceof Error && error.stack !== undefined ? `${lines(error.stack)}\n` : '';
  return `${text}${texts.ownFault}\n${stack}`;
}

/** A call has one name for its errors, and says what is known about it. */
function sentence(error: unknown, texts: ErrorTexts): string {
  if (!(error instanceof RpcCallError)) return tell(error, texts);
  const { code, message, outcome } = error as RpcCallError;
  return texts.ofLibrary({ kind: RpcCallError.name, code, message, outcome });
}

/** What a guard or a cluster has refused: `GuardError: [orderVolume] order volume 5 is more than …`. */
function refusalIn({ type, remoteMessage }: RemoteException): RefusedError | undefined {
  const [, code, reason] = /^\[(\w+)\] ?(.*)$/s.exec(remoteMessage) ?? [];
  if (code === undefined || reason === undefined) return undefined;
  return { kind: type.slice(type.lastIndexOf('.') + 1), code, reason };
}

/** vnpy looks a function up in a dict: what it does not find there is a KeyError of that name. */
function isUnknown({ type, method, remoteMessage }: RemoteException): boolean {
  return type === 'KeyError' && remoteMessage === `'${method}'`;
}

function facts(error: unknown): Record<string, unknown> {
  const code =
    error instanceof BridgeError ? (error as BridgeError).code : isSystemError(error) ? error.code : 'INTERNAL';
  return {
    code,
    message: libraryText(messageOf(error)),
    ...(error instanceof RpcCallError ? { method: error.method, outcome: error.outcome } : {}),
    ...(error instanceof RemoteException ? { method: error.method, type: error.type, traceback: error.traceback } : {}),
  };
}

/** A server's text may hold anything: nothing of it but line ends reaches the terminal unescaped. */
function lines(text: string): string {
  return text
    .split('\n')
    .map((line) => escapeText(line))
    .join('\n');
}
