/**
 * The steps of `doctor`, and how one may come out.
 *
 * @module
 */

/** How a step came out. `skipped`: an earlier fault makes it impossible. */
export type StepStatus = 'ok' | 'info' | 'warning' | 'fault' | 'skipped';

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
