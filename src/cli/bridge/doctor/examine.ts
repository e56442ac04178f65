/**
 * The steps of `doctor`.
 *
 * @module
 */
import { messageOf } from '../../../errors.js';
import { parseAddress } from '../../../rpc/internal.js';
import type { Address } from '../../../rpc/internal.js';
import { RpcTransportError } from '../../../rpc/index.js';
import type { ClientSecurity } from '../../../rpc/index.js';
import type { DiagnosisCode } from './diagnoses.js';
import { probePort } from './probe.js';
import type { ProbeResult } from './probe.js';
import type { Examination } from './examination.js';
import { found, makeStep, ok, quoted, skipped } from './report.js';
import type { Outcome, Seen, Step } from './report.js';
import { talk } from './talk.js';

/**
 * Examines a server, step by step. Calls nothing that changes anything there.
 *
 * Steps that an earlier fault makes impossible are skipped.
 */
export async function* examine(examination: Examination): AsyncGenerator<Step> {
  const { request, subscribe } = examination;
  const began = performance.now();
  const addresses = checkAddresses(request, subscribe);
  if ('outcome' in addresses) {
    yield makeStep('address', addresses.outcome, began);
    return;
  }
  yield makeStep(
    'address',
    ok((texts) => texts.addresses(request, subscribe)),
    began,
  );

  // At the same time: a hung server costs one timeout, not two.
  const ports = await Promise.all([
    examinePort(addresses.request, 'request', examination),
    examinePort(addresses.subscribe, 'subscribe', examination),
  ]);
  yield* ports;
  if (ports.some(({ status }) => status === 'fault')) return;
  yield* talk(examination);
}

function checkAddresses(
  request: string,
  subscribe: string,
): { readonly request: Address; readonly subscribe: Address } | { readonly outcome: Outcome } {
  try {
    const parsed = { request: parseAddress(request, 'connect'), subscribe: parseAddress(subscribe, 'connect') };
    if (request === subscribe) return { outcome: found('SAME_ADDRESS', (texts) => texts.sameAddress(request)) };

    return parsed;
  } catch (error) {
    if (!(error instanceof RpcTransportError)) throw error;
    return { outcome: found('BAD_ADDRESS', quoted(messageOf(error))) };
  }
}

async function examinePort(address: Address, use: 'request' | 'subscribe', examination: Examination): Promise<Step> {
  const began = performance.now();
  const { security, timeout } = examination;
  const role = use === 'request' ? 'DEALER' : 'SUB';
  const result = await probePort(address, role, timeout);
  const outcome =
    result === undefined
      ? skipped(({ notFromOutside }) => notFromOutside)
      : judgePort(result, use, security, address.text);
  return makeStep(`${use}-port`, outcome, began);
}

function whatHappens({ kind, code, detail }: Exclude<ProbeResult, { kind: 'zeromq' }>, address: string): Seen {
  if (kind === 'closed') return (texts) => texts.cannotReach(address, detail(texts));
  if (code === 'SILENT_PORT') return (texts) => texts.silent(address, detail(texts));
  if (code === 'CLOSED_AT_ONCE') return (texts) => texts.endsAtOnce(address, detail(texts));
  return (texts) => texts.noZeromq(address, detail(texts));
}

const PUBLISHERS: readonly string[] = ['PUB', 'XPUB'];
const REPLIERS: readonly string[] = ['REP', 'ROUTER'];

function judgePort(
  result: ProbeResult,
  use: 'request' | 'subscribe',
  security: ClientSecurity | undefined,
  address: string,
): Outcome {
  if (result.kind !== 'zeromq') return found(result.code, whatHappens(result, address));

  const { mechanism, socketType, connectTime } = result;
  const mismatch = securityMismatch(mechanism, security);
  if (mismatch !== undefined) return found(mismatch, (texts) => texts.speaks(address, mechanism));
  const wrong = socketType === undefined ? undefined : wrongSocket(socketType, use);
  if (wrong !== undefined) return found(wrong, (texts) => texts.otherType(address, socketType ?? ''));
  const ms = connectTime.toFixed(1);
  return ok((texts) => (socketType === undefined ? texts.zeromqWith(mechanism, ms) : texts.zeromqType(socketType, ms)));
}

function securityMismatch(mechanism: string, security: ClientSecurity | undefined): DiagnosisCode | undefined {
  const ours = security?.mechanism.toUpperCase() ?? 'NULL';
  if (mechanism === ours) return undefined;
  if (mechanism === 'CURVE') return 'CURVE_EXPECTED';
  if (mechanism === 'PLAIN') return 'PLAIN_EXPECTED';
  return 'SECURITY_NOT_SPOKEN';
}

function wrongSocket(socketType: string, use: 'request' | 'subscribe'): DiagnosisCode | undefined {
  const [right, other] = use === 'request' ? [REPLIERS, PUBLISHERS] : [PUBLISHERS, REPLIERS];
  if (right.includes(socketType)) return undefined;
  if (!other.includes(socketType)) return 'OTHER_SOCKET';
  return use === 'request' ? 'PUBLISHER_AT_REQUEST' : 'REPLIER_AT_SUBSCRIBE';
}
