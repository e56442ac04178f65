/**
 * What `doctor` tells.
 *
 * @module
 */
import { DIAGNOSES } from './diagnoses.js';
import type { DiagnosisCode } from './diagnoses.js';

/** How a step came out. `skipped`: an earlier fault makes it impossible. */
export type StepStatus = 'ok' | 'info' | 'warning' | 'fault' | 'skipped';

/** One thing that was looked at. */
export interface Step {
  /** Stable, for programs. */
  readonly id: StepId;
  readonly title: string;
  readonly status: StepStatus;
  /** What was seen. */
  readonly result: string;
  /** What is wrong, when something is. */
  readonly code?: DiagnosisCode;
  /** What to do about it. */
  readonly advice?: string;
  /** How long it took, in ms. */
  readonly time: number;
}

/** The steps, in their order. */
export type StepId =
  | 'address'
  | 'request-port'
  | 'subscribe-port'
  | 'connection'
  | 'call'
  | 'python'
  | 'functions'
  | 'contracts'
  | 'enums'
  | 'queue'
  | 'heartbeat'
  | 'vnpy'
  | 'clock'
  | 'events';

/** What a step found, before it is timed. */
export type Outcome = Pick<Step, 'status' | 'result' | 'code'>;

export const ok = (result: string): Outcome => ({ status: 'ok', result });
export const info = (result: string): Outcome => ({ status: 'info', result });
export const skipped = (result: string): Outcome => ({ status: 'skipped', result });
export const found = (code: DiagnosisCode, result: string): Outcome => ({
  status: DIAGNOSES[code].severity,
  result,
  code,
});

/** A step from its outcome. */
export function makeStep(id: StepId, title: string, outcome: Outcome, began: number): Step {
  const { code } = outcome;
  return {
    id,
    title,
    ...outcome,
    ...(code === undefined ? {} : { advice: DIAGNOSES[code].advice }),
    time: Math.round(performance.now() - began),
  };
}
