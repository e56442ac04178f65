/**
 * An error as text or JSON.
 *
 * @module
 */
import { BridgeError, messageOf } from '../../../errors.js';
import { RemoteException, RpcCallError } from '../../../rpc/index.js';
import { escapeText } from '../../kit/text/escape.js';
import { isSystemError } from '../../kit/errors.js';
import { EXIT } from '../exit-codes.js';
import type { ErrorView } from '../../kit/command.js';
import { libraryText } from './library-text.js';

/** The text for stderr, with its end of line. */
export function renderError(error: unknown, { command, json, exitCode }: ErrorView): string {
  if (json) return `${JSON.stringify({ error: { ...facts(error), exitCode } })}\n`;
  if (error instanceof RemoteException) return `${lines(error.traceback.trimEnd())}\n`;
  const text = `vnpy-bridge ${command}: ${lines(libraryText(messageOf(error)))}\n`;
  if (exitCode !== EXIT.internal) return text;
  const stack = error instanceof Error && error.stack !== undefined ? `${lines(error.stack)}\n` : '';
  return `${text}This is a fault of vnpy-bridge itself.\n${stack}`;
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
