/** What must hold of orders and leases, however edges, servers and ways were broken. */
import type { MoneyStage } from './money-stage.js';

/** Between the look at the deadline and the line that tells of it, in ms: a process may be paused there, and nothing can fence it. */
const TOLERANCE = 20;

/** @returns what does not hold, in words. */
export function checkAll(stage: MoneyStage): readonly string[] {
  return [...checkOrders(stage), ...checkDepartures(stage), ...checkTenures(stage)];
}

/** Each order was executed once at most, and as its senders were told. */
function* checkOrders({ told, vnpy }: MoneyStage): Generator<string> {
  const executions = new Map<unknown, number>();
  for (const line of vnpy.journal()) {
    if (line['event'] !== 'order') continue;
    executions.set(line['reference'], (executions.get(line['reference']) ?? 0) + 1);
  }
  for (const [reference, all] of grouped(told, (each) => each.reference)) {
    const count = executions.get(reference) ?? 0;
    const heard = all.map(({ outcome }) => outcome);
    const mayExist = heard.includes('sent') || heard.includes('unknown');
    if (count > 1) yield `${reference} was executed ${count} times (${heard.join()})`;
    if (count === 0 && heard.includes('sent')) yield `${reference} was told to be sent, and was not executed`;
    if (count > 0 && !mayExist) yield `${reference} was executed, and its senders were told: ${heard.join()}`;
    if (new Set(all.map(({ id }) => id).filter((id) => id !== undefined)).size > 1)
      yield `${reference} has two ids: ${all.map(({ id }) => id ?? '-').join()}`;
  }
}

/** No order has left an edge after its deadline, nor under a lease that another one has followed. */
function* checkDepartures({ told, edges }: MoneyStage): Generator<string> {
  const deadlines = new Map<string, number>();
  for (const { reference, deadline } of told)
    deadlines.set(reference, Math.max(deadline, deadlines.get(reference) ?? -Infinity));
  for (const { account, tenures, departures } of edges) {
    for (const { reference, at, epoch = 0, edge } of departures) {
      const late = at - (deadlines.get(reference) ?? Infinity);
      if (late > TOLERANCE) yield `${reference} left ${edge} ${Math.round(late)} ms after its deadline`;
      const later = edges
        .filter((other) => other.account === account && other.tenures !== tenures)
        .flatMap((other) => other.tenures)
        .find((other) => other.epoch > epoch && other.from < at - TOLERANCE);
      if (later !== undefined)
        yield `${reference} left ${edge} in epoch ${epoch}, when ${later.edge} had ${later.epoch}`;
    }
  }
}

/** At no instant two edges act, and epochs only grow. */
function* checkTenures({ edges }: MoneyStage): Generator<string> {
  for (const [account, all] of grouped(edges, (edge) => edge.account)) {
    const tenures = all.flatMap((edge) => edge.tenures).sort((one, other) => one.from - other.from);
    for (const [index, next] of tenures.entries()) {
      for (const before of tenures.slice(0, index)) {
        const overlap = before.to - next.from;
        if (overlap > 0)
          yield `${before.edge} (${before.epoch}) and ${next.edge} (${next.epoch}) held ${account} together for ${Math.round(overlap)} ms`;
        if (next.epoch <= before.epoch) yield `epoch ${next.epoch} of ${account} came after ${before.epoch}`;
      }
    }
  }
}

function grouped<Item>(items: readonly Item[], by: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(by(item), [...(groups.get(by(item)) ?? []), item]);
  return groups;
}
