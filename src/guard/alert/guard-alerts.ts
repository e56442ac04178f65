/**
 * The alerts of a guard, in words.
 *
 * @module
 */
import { scopeText } from '../halt/halt.js';
import type { Halt } from '../halt/halt.js';
import type { Alert } from './alert.js';

/** Trading was stopped. @param again - at a start: it had been stopped before. */
export function haltAlert({ id, level, scope, who, why, source }: Halt, again = false): Alert {
  const of = scopeText(scope);
  const [en, zh] =
    level === 'halt' ? ['trading is halted', '交易已暂停'] : ['only reducing orders are taken', '只接受减仓委托'];
  return {
    kind: 'halt',
    severity: 'critical',
    key: `halt ${id}`,
    text: {
      en: `${again ? 'still in force: ' : ''}${en} (${of}) by ${who}: ${why}`,
      zh: `${again ? '仍然有效：' : ''}${zh}（${of}），${who}：${why}`,
    },
    details: { id, level, scope: of, who, reason: why, source },
  };
}

/** A halt could not cancel all that works. */
export function haltIncompleteAlert(id: string, failed: number, unknown: number): Alert {
  return {
    kind: 'halt-incomplete',
    severity: 'critical',
    key: `halt-incomplete ${id}`,
    text: {
      en: `the halt ${id} is not done: ${failed} cancels failed, the outcome of ${unknown} orders is unknown`,
      zh: `暂停 ${id} 尚未完成：${failed} 笔撤单失败，${unknown} 笔委托结果未知`,
    },
    details: { id, failed, unknown },
  };
}

/** A halt was ended. */
export function resumeAlert({ id, scope }: Halt, by: string, reason: string): Alert {
  const of = scopeText(scope);
  return {
    kind: 'resume',
    severity: 'info',
    key: `resume ${id}`,
    text: { en: `${by} has ended the halt ${id} (${of}): ${reason}`, zh: `${by} 已恢复暂停 ${id}（${of}）：${reason}` },
    details: { id, scope: of, who: by, reason },
  };
}

/** The audit cannot be written. */
export function auditDownAlert(failed: string, reason: string): Alert {
  return {
    kind: 'audit-down',
    severity: 'critical',
    key: 'audit-down',
    ends: ['audit-up'],
    text: {
      en: `the audit cannot be written (${reason}): orders are refused, cancels pass`,
      zh: `审计无法写入（${reason}）：委托一律拒绝，撤单照常`,
    },
    details: { failed, reason },
  };
}

/** It can again. */
export function auditUpAlert(): Alert {
  return {
    kind: 'audit-up',
    severity: 'info',
    key: 'audit-up',
    ends: ['audit-down'],
    text: { en: 'the audit can be written again', zh: '审计恢复写入' },
    details: {},
  };
}

/** An order uses nearly all of a limit. */
export function nearLimitAlert(principal: string, rule: string, used: number): Alert {
  const percent = Math.round(used * 100);
  return {
    kind: 'near-limit',
    severity: 'warning',
    key: `near-limit ${principal} ${rule}`,
    text: { en: `${principal} has used ${percent} % of ${rule}`, zh: `${principal} 已用 ${rule} 限额的 ${percent}%` },
    details: { principal, rule, used },
  };
}

/** A principal is refused again and again. @param within - in ms. */
export function refusedOftenAlert(principal: string, rule: string, count: number, within: number): Alert {
  const seconds = within / 1000;
  return {
    kind: 'refused-often',
    severity: 'warning',
    key: `refused-often ${principal}`,
    text: {
      en: `${principal} was refused ${count} times within ${seconds} s, the last time by ${rule}`,
      zh: `${principal} 在 ${seconds} 秒内被拒绝 ${count} 次，最近一次：${rule}`,
    },
    details: { principal, rule, count, within },
  };
}

/** A new text of the policy has faults. */
export function policyRefusedAlert(reason: string): Alert {
  return {
    kind: 'policy-refused',
    severity: 'warning',
    key: 'policy-refused',
    ends: ['policy-taken'],
    text: {
      en: `the new policy is refused, and the one before it stays: ${reason}`,
      zh: `新的风控配置被拒绝，原配置继续有效：${reason}`,
    },
    details: { reason },
  };
}

/** Another policy holds. */
export function policyTakenAlert(hash: string): Alert {
  const short = hash.slice(0, 12);
  return {
    kind: 'policy-taken',
    severity: 'info',
    key: 'policy-taken',
    ends: ['policy-refused'],
    text: { en: `a new policy holds (${short})`, zh: `新的风控配置已生效（${short}）` },
    details: { policy: hash },
  };
}

/** Somebody else sends orders to the account. */
export function foreignOrderAlert(gateway: string, vtSymbol: string): Alert {
  return {
    kind: 'foreign-order',
    severity: 'warning',
    key: `foreign-order ${gateway}`,
    text: {
      en: `an order of ${vtSymbol} that the guard has not sent is on the account of ${gateway}`,
      zh: `${gateway} 账户上出现了不是经 guard 发出的委托：${vtSymbol}`,
    },
    details: { gateway, vt_symbol: vtSymbol },
  };
}

/** Nobody knows what became of orders. */
export function unknownOrdersAlert(count: number, id: string): Alert {
  return {
    kind: 'unknown-orders',
    severity: 'critical',
    key: 'unknown-orders',
    ends: ['unknown-over'],
    text: {
      en: `the outcome of ${count} orders is unknown, ${id} for instance: see guard status`,
      zh: `${count} 笔委托结果未知（例如 ${id}）：请看 guard status`,
    },
    details: { count, id },
  };
}

/** It is known of all of them. */
export function unknownOverAlert(): Alert {
  return {
    kind: 'unknown-over',
    severity: 'info',
    key: 'unknown-over',
    ends: ['unknown-orders'],
    text: { en: 'no outcome is unknown any more', zh: '已没有结果未知的委托' },
    details: {},
  };
}

/** The clock was set. @param jump - in ms. */
export function clockJumpAlert(jump: number): Alert {
  const seconds = Math.round(jump / 1000);
  return {
    kind: 'clock-jump',
    severity: 'critical',
    key: 'clock-jump',
    text: {
      en: `the clock of this machine has jumped by ${seconds} s`,
      zh: `本机时钟跳变了 ${seconds} 秒`,
    },
    details: { jump },
  };
}
