/**
 * What the refusal of an application is to whoever asked.
 *
 * @module
 */
import { BridgeError } from '../../errors.js';
import type { RemoteException } from '../../rpc/index.js';
import { AppControlError } from '../../vnpy/apps/index.js';
import { InvalidDataError } from '../../vnpy/index.js';
import { ProblemError } from '../errors.js';
import type { ProblemDetails } from '../errors.js';

/** As a problem; anything else as it is. */
export function problemOf(error: unknown): unknown {
  if (isRemote(error)) {
    const { method, type, remoteMessage } = error;
    const said = `${type}: ${remoteMessage}`;
    return new ProblemError(
      'strategy-refused',
      `${method} raised ${said}`,
      { reason: 'raised', server_log: [said] },
      { cause: error },
    );
  }
  // What was asked has been checked: it is what the server told that is of another form.
  if (error instanceof InvalidDataError)
    return new ProblemError('strategy-refused', error.message, { reason: 'not-done' }, { cause: error });

  if (!(error instanceof AppControlError)) return error;
  const { code, message, logs } = error;
  switch (code) {
    case 'NOT_REGISTERED':
    case 'UNKNOWN_NAME':
      return new ProblemError('not-found', message, {}, { cause: error });
    case 'TIMEOUT':
      return new ProblemError('timeout', message, {}, { cause: error });
    default: {
      const reason = code === 'STRATEGY_FAILED' ? 'strategy-failed' : 'not-done';
      const details = { reason, ...(logs.length === 0 ? {} : { server_log: [...logs] }) } satisfies ProblemDetails;
      return new ProblemError('strategy-refused', message, details, { cause: error });
    }
  }
}

/** @throws ProblemError for what an application refuses. */
export async function refusing<Result>(work: () => Promise<Result>): Promise<Result> {
  try {
    return await work();
  } catch (error) {
    throw problemOf(error);
  }
}

/** Whether the server has no function of this name. */
export function isNotRegistered(error: unknown): boolean {
  return error instanceof AppControlError && error.code === 'NOT_REGISTERED';
}

function isRemote(error: unknown): error is RemoteException {
  return error instanceof BridgeError && error.code === 'REMOTE_EXCEPTION';
}
