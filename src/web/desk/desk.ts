/**
 * What the console needs of whoever decides rights and limits: the built-in roles, or a guard.
 *
 * @module
 */
import { BridgeError } from '../../errors.js';
import type { Awaitable, OrderRequest, TradingEngine } from '../../vnpy/index.js';
import type { CancelOutcome, HaltScope, HaltState, Right } from '../schema/index.js';

/** Somebody who is logged in. */
export interface Principal {
  /** As logs and the audit have it. */
  readonly name: string;
  readonly role: string;
  /** The principal of the policy that this user is; undefined for the user itself. */
  readonly actsAs?: string;
}

/** A user of the console. */
export interface WebUser {
  readonly name: string;
  readonly role: string;
}

/** A halt that is asked for. */
export interface HaltCommand {
  readonly level: 'halt' | 'reduce';
  readonly scope: HaltScope;
  readonly reason: string;
  /** Also cancel what it is for. */
  readonly cancel: boolean;
  readonly by: Principal;
}

/** A halt that is to end. */
export interface ResumeCommand {
  readonly scope: HaltScope;
  readonly reason: string | undefined;
  readonly by: Principal;
}

/** A rule that would refuse an order now. */
export interface Refusal {
  /** Name of the rule: `orderVolume`. */
  readonly rule: string;
  /** Why, for a person. */
  readonly message: string;
  /** What the rule allows, in its unit; null where it has no number. */
  readonly limit: number | null;
  /** What the order came to, in the same unit; null where the rule has no number. */
  readonly value: number | null;
}

/** Decides who may do what. */
export interface Desk {
  /** As whom a user acts; undefined for one whose role is none here. */
  principalOf(user: WebUser): Principal | undefined;
  /** What this principal sees, and what it sends its requests to. The same object each time. */
  engineFor(principal: Principal): TradingEngine;
  /** Whether a principal has a right, whatever it is used for. */
  may(principal: Principal, right: Right): boolean;
  /** Whether a principal may call a function of the server, where that is decided one by one. Default: its rights decide. */
  mayCall?(principal: Principal, name: string): boolean;
  /**
   * Holds at once, and after a restart.
   *
   * @returns What became of the orders; undefined: whoever asks cancels them.
   */
  halt(command: HaltCommand): Awaitable<readonly CancelOutcome[] | undefined>;
  /** Ends the halts of a scope. */
  resume(command: ResumeCommand): Awaitable<void>;
  /** Whether halts hold after a restart. */
  readonly keepsHalts: boolean;
  /** The halts that hold now. */
  halts(): readonly HaltState[];
  /** What would refuse an order, without sending it. */
  preview?(principal: Principal, request: OrderRequest, gatewayName: string): Awaitable<readonly Refusal[]>;
  /** Told when a halt begins or ends. @returns Takes the listener away. */
  onHalt(listener: () => void): () => void;
  /** The console ends. */
  close?(): Awaitable<void>;
}

/** A rule refused an order. The guard's own error has the same properties. */
export class DeskRefusal extends BridgeError {
  readonly rule: string;
  readonly limit: number | undefined;
  readonly value: number | undefined;

  constructor(rule: string, reason: string, numbers: { readonly limit?: number; readonly value?: number } = {}) {
    super(rule, `[${rule}] ${reason}`);
    this.rule = rule;
    this.limit = numbers.limit;
    this.value = numbers.value;
  }
}
