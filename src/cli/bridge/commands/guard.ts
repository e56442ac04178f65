/**
 * The commands of the groups `guard` and `audit`.
 *
 * @module
 */
import { commands, workOf } from '../../kit/command.js';
import {
  acceptUnknown,
  ALERTING,
  anchors,
  CLIENT,
  COMMON,
  day,
  guardControl,
  keepOrders,
  kwargs,
  level,
  order,
  outcome,
  principal,
  publicKey,
  reason,
  rule,
  scope,
  symbol,
} from '../options.js';

const FILES = [{ syntax: '<file...>', description: 'the files of one audit, in any order' }] as const;

/** One line for each group. */
export const GROUPS = {
  guard: 'Check a policy, and control a running guard',
  audit: 'Verify and read what a guard has written',
};

/** All of them. */
export const GUARD_COMMANDS = commands([
  {
    name: 'guard check',
    summary: 'Check a policy, and tell all of its faults',
    details:
      'Warnings are about what is valid and doubtful: trading rights without a key, for instance. They end with 0.',
    args: [{ syntax: '<file>', description: 'the policy' }],
    options: COMMON,
    examples: [{ line: 'guard check guard.json', comment: 'before it is put in its place' }],
    run: workOf(() => import('../work/guard-policy.js'), 'checkPolicy'),
  },
  {
    name: 'guard explain',
    summary: 'Tell which rule of a policy decides about a call',
    details:
      'Takes the arguments as `call` does, and shows every rule in the order of decision; > marks the one that decides. With ' +
      '--guard-control a running guard explains, by its own policy and with what it knows now. Without it, what depends on that ' +
      'is shown as open.',
    args: [
      { syntax: '<file>', description: 'the policy' },
      { syntax: '<name>', description: 'the function' },
      { syntax: '[args...]', description: 'its arguments' },
    ],
    options: [principal, kwargs, guardControl, ...COMMON],
    examples: [
      {
        line: `guard explain guard.json --principal desk-1 send_order "OrderRequest{'symbol': 'rb2705', 'exchange': 'SHFE', 'direction': 'LONG', 'type': 'LIMIT', 'volume': 12, 'price': 3500, 'offset': 'OPEN'}" CTP`,
        comment: 'may desk-1 send this order?',
      },
    ],
    run: workOf(() => import('../work/guard-policy.js'), 'explainPolicy'),
  },
  {
    name: 'guard schema',
    summary: 'Print the JSON Schema of policies, for editors',
    options: COMMON,
    run: workOf(() => import('../work/guard-policy.js'), 'printSchema'),
  },
  {
    name: 'guard status',
    summary: 'Tell how a running guard is',
    options: [guardControl, ...COMMON],
    examples: [{ line: 'guard status --guard-control /run/vnpy/guard.sock', comment: 'halts, unknown orders, audit' }],
    run: workOf(() => import('../work/guard-control.js'), 'guardStatus'),
  },
  {
    name: 'guard halt',
    summary: 'Stop trading: refuse new orders, then cancel what works',
    options: [level, scope, keepOrders, reason, guardControl, ...COMMON],
    examples: [{ line: 'guard halt --scope gateway:CTP --reason "wrong prices"', comment: 'one gateway' }],
    run: workOf(() => import('../work/guard-control.js'), 'guardHalt'),
  },
  {
    name: 'guard resume',
    summary: 'End a halt',
    args: [{ syntax: '<id>', description: 'of the halt, as status tells it, or all' }],
    options: [reason, acceptUnknown, guardControl, ...COMMON],
    run: workOf(() => import('../work/guard-control.js'), 'guardResume'),
  },
  {
    name: 'guard drill',
    summary: 'Try what a halt would do: everything but stop and send',
    options: [guardControl, ...COMMON],
    run: workOf(() => import('../work/guard-control.js'), 'guardDrill'),
  },
  {
    name: 'guard release',
    summary: 'Say that an order whose outcome is unknown is over',
    args: [{ syntax: '<id>', description: 'its number, reference or vt_orderid, as status tells it' }],
    options: [reason, guardControl, ...COMMON],
    run: workOf(() => import('../work/guard-control.js'), 'guardRelease'),
  },
  {
    name: 'guard baseline',
    summary: "Say that a gateway's balance is right, or what a principal's positions are",
    details:
      'Losses begin at 0 then. Without it, an account whose balance jumps is refused, because nobody knows why it did.',
    args: [
      { syntax: '<of>', description: 'a gateway or a principal' },
      { syntax: '[positions...]', description: "a principal's positions: CTP.rb2705.SHFE.long=3" },
    ],
    options: [reason, guardControl, ...COMMON],
    examples: [{ line: 'guard baseline CTP --reason "deposit of the morning"', comment: 'after money came in' }],
    run: workOf(() => import('../work/guard-control.js'), 'guardBaseline'),
  },
  {
    name: 'guard recover',
    summary: 'Go on with the audit in a new file, after a failure of the disk',
    options: [reason, guardControl, ...COMMON],
    run: workOf(() => import('../work/guard-control.js'), 'guardRecover'),
  },
  {
    name: 'guard alert',
    summary: 'Send one message to each webhook, to see whether alerts arrive',
    details: 'Ends with 1 when one was not taken, and says why.',
    options: [...ALERTING, ...COMMON],
    examples: [{ line: 'guard alert --alert-webhook-file alerts.json', comment: 'before somebody relies on them' }],
    run: workOf(() => import('../work/guard-alert.js'), 'testAlerts'),
  },
  {
    name: 'audit verify',
    summary: 'Look whether an audit was changed, and tell what was checked',
    details:
      'Ends with 0 when nothing is broken, with 1 when something is, and with 4 when a file cannot be read. Without anchors that ' +
      'were kept elsewhere, nobody can tell whether its end was cut off.',
    args: FILES,
    options: [publicKey, anchors, ...COMMON],
    examples: [
      { line: 'audit verify audit.jsonl --anchors /mnt/other/anchors', comment: 'with anchors kept elsewhere' },
    ],
    run: workOf(() => import('../work/audit.js'), 'verifyFiles'),
  },
  {
    name: 'audit show',
    summary: 'Print lines of an audit',
    args: FILES,
    options: [principal, rule, outcome, symbol, order, day, ...COMMON],
    examples: [
      { line: 'audit show audit.jsonl --principal desk-1 --outcome refused', comment: 'what desk-1 may not do' },
    ],
    run: workOf(() => import('../work/audit.js'), 'showFiles'),
  },
  {
    name: 'audit report',
    summary: "Set an audit's orders beside the server's",
    details: 'Ends with 1 when an order is at one of them only, or differs.',
    args: FILES,
    options: [day, ...CLIENT, ...COMMON],
    examples: [{ line: 'audit report audit.jsonl --day 2026-11-29', comment: 'at the end of a day' }],
    run: workOf(() => import('../work/audit.js'), 'reportFiles'),
  },
]);
