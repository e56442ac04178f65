/**
 * What `doctor` tells.
 *
 * @module
 */
import { doctor } from '../../lang/en/doctor.js';
import type { DoctorTexts } from '../../lang/en/doctor.js';
import { DIAGNOSES } from './diagnoses.js';
import type { DiagnosisCode } from './diagnoses.js';
import type { StepId, StepStatus } from './steps.js';

/** What was seen, in the words of a language. */
export type Seen = (texts: DoctorTexts) => string;

/** One thing that was looked at. As JSON it is English in every language. */
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
  /** The result in any language; JSON leaves functions out. */
  readonly seen: Seen;
}

/** What a step found, before it is timed. */
export interface Outcome extends Pick<Step, 'status' | 'code'> {
  readonly seen: Seen;
}

export const ok = (seen: Seen): Outcome => ({ status: 'ok', seen });
export const info = (seen: Seen): Outcome => ({ status: 'info', seen });
export const skipped = (seen: Seen): Outcome => ({ status: 'skipped', seen });
export const found = (code: DiagnosisCode, seen: Seen): Outcome => ({ status: DIAGNOSES[code], seen, code });

/** What somebody else says: a library, the system, a server. */
export const quoted =
  (text: string): Seen =>
  ({ detail }) =>
    detail(text);

/** A step from its outcome. */
export function makeStep(id: StepId, { status, code, seen }: Outcome, began: number): Step {
  return {
    id,
    title: doctor.titles[id],
    status,
    result: seen(doctor),
    ...(code === undefined ? {} : { code, advice: doctor.advice[code] }),
    time: Math.round(performance.now() - began),
    seen,
  };
}
