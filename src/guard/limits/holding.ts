/**
 * A position in one symbol, moved by fills.
 *
 * @module
 */
import { exact } from './exact.js';
import type { Facts } from './facts.js';

/** One side of a position. */
export interface Side {
  today: number;
  yesterday: number;
}

/** A position as plain data: long today, long yesterday, short today, short yesterday, net. */
export type StoredHolding = readonly [number, number, number, number, number];

/** How the contract's positions are kept. */
export interface Style {
  /** One position for both directions. */
  readonly isNet: boolean;
  /** CLOSE means yesterday's position. */
  readonly closesByDay: boolean;
}

/** What is held, on two sides or as one number, which is below 0 for short. */
export class Holding {
  readonly long: Side = { today: 0, yesterday: 0 };
  readonly short: Side = { today: 0, yesterday: 0 };
  net = 0;

  get longTotal(): number {
    return exact(this.long.today + this.long.yesterday);
  }

  get shortTotal(): number {
    return exact(this.short.today + this.short.yesterday);
  }

  /** As one number, whichever way it is kept. */
  get asNet(): number {
    return exact(this.longTotal - this.shortTotal + this.net);
  }

  /** A fill. A close of what others opened makes no side less than nothing. */
  fill({ side, kind }: Pick<Facts, 'side' | 'kind'>, lots: number, { isNet, closesByDay }: Style): void {
    if (side === undefined) return;
    if (isNet) {
      this.net = exact(this.net + (side === 'buy' ? lots : -lots));
      return;
    }
    const [opened, closed] = side === 'buy' ? [this.long, this.short] : [this.short, this.long];
    if (kind === 'open') {
      opened.today = exact(opened.today + lots);
    } else if (kind === 'none') {
      const left = take(closed, lots, 'todayFirst');
      opened.today = exact(opened.today + left);
    } else {
      const first = kind === 'closeYesterday' || (kind === 'close' && closesByDay) ? 'yesterdayFirst' : 'todayFirst';
      take(closed, lots, first);
    }
  }

  /** What is of today is of yesterday now. */
  roll(): void {
    for (const side of [this.long, this.short]) {
      side.yesterday = exact(side.yesterday + side.today);
      side.today = 0;
    }
  }

  toJSON(): StoredHolding {
    return [this.long.today, this.long.yesterday, this.short.today, this.short.yesterday, this.net];
  }

  copy(stored: StoredHolding): this {
    [this.long.today, this.long.yesterday, this.short.today, this.short.yesterday, this.net] = stored;
    return this;
  }
}

/** @returns What was more than the side has. */
function take(side: Side, lots: number, order: 'todayFirst' | 'yesterdayFirst'): number {
  let left = lots;
  for (const day of order === 'todayFirst' ? (['today', 'yesterday'] as const) : (['yesterday', 'today'] as const)) {
    const taken = Math.min(left, side[day]);
    side[day] = exact(side[day] - taken);
    left = exact(left - taken);
  }
  return left;
}
