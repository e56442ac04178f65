/**
 * What a line of the audit says.
 *
 * @module
 */
import type { OrderRequest } from '../../vnpy/index.js';

/**
 * What a line tells of.
 * - `decided`: what the guard decided on a request, before anything leaves. `result`: what became of it.
 * - `withdrawn`: it was let through and then not sent. `reconciled`: an unknown outcome is known now. `released`: a person ended one.
 * - `halt`, `resume`, `flatten`, `baseline`, `policy`: what a person or a rule did to the guard.
 * - `start`, `stop`: of the guard. `anchor`, `torn`, `rotated`, `continued`, `recovered`, `lost`: of the audit itself.
 */
export type AuditKind =
  | 'decided'
  | 'result'
  | 'withdrawn'
  | 'reconciled'
  | 'released'
  | 'halt'
  | 'resume'
  | 'flatten'
  | 'baseline'
  | 'policy'
  | 'start'
  | 'stop'
  | 'anchor'
  | 'torn'
  | 'rotated'
  | 'continued'
  | 'recovered'
  | 'lost';

/**
 * What is to be written. `seq`, `time`, `prev` are the audit's own; further fields are kept as they are.
 * bigint, bytes and numbers that JSON has not are written as `{"$bigint":"…"}`, `{"$bytes":"base64"}`, `{"$float":"NaN"}`.
 */
export interface AuditEntry {
  readonly kind: AuditKind;
  /** Joins the lines of one request: `decided` and its `result`. The guard's own number of it. */
  readonly id?: string;
  readonly principal?: string;
  /** The function: `send_order`. */
  readonly function?: string;
  /**
   * A line of `decided` has `passed` or `refused`. One of `result` or `reconciled` has `sent`, `refused`, `not-sent` or
   * `unknown`.
   */
  readonly outcome?: 'passed' | 'refused' | 'sent' | 'not-sent' | 'unknown';
  /** The rule that refused. */
  readonly rule?: string;
  readonly reason?: string;
  readonly vt_symbol?: string;
  /** `gateway_name.orderid`: in `result` that of the order, in the `decided` of a cancel that of the order to cancel. */
  readonly vt_orderid?: string;
  readonly [field: string]: unknown;
}

/** A line as it is read: with what the audit added. */
export interface AuditLine extends AuditEntry {
  readonly seq: number;
  /** `2026-11-29T20:57:55.123456Z`. */
  readonly time: string;
  /** SHA-256 of the line before, as hexadecimal. */
  readonly prev: string;
}

/** The fields of an order request in a `decided` line. Takes also what a hostile client sends: fields of any type. */
export function orderFields(request: OrderRequest, gatewayName: string): Readonly<Record<string, unknown>> {
  return {
    gateway: gatewayName,
    vt_symbol: request.vt_symbol,
    direction: memberName(request.direction),
    offset: memberName(request.offset),
    type: memberName(request.type),
    price: request.price,
    volume: request.volume,
    reference: request.reference,
  };
}

function memberName(member: unknown): unknown {
  return typeof member === 'object' && member !== null && 'name' in member ? member.name : member;
}
