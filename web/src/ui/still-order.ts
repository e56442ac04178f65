/**
 * Keeps the rows of a table where they are while the pointer is over them: what is clicked is what was looked at.
 *
 * @module
 */
import { useRef, useState } from 'preact/hooks';

/** A row in the order in which it is shown. */
export interface ShownRow<Data> {
  readonly key: string;
  readonly row: Data;
  /** It is gone, and shown only so that nothing moves. */
  readonly gone: boolean;
}

/** What {@link useStillOrder} gives: the rows, how many changes wait, and what the table has to listen to. */
export interface StillOrder<Data> {
  readonly shown: readonly ShownRow<Data>[];
  readonly waiting: number;
  readonly onPointerEnter: () => void;
  readonly onPointerDown: () => void;
  readonly onPointerLeave: () => void;
}

/**
 * While the pointer is over the table, known rows keep their places, new ones are put behind them, and those that are gone
 * stay, greyed. When it leaves, everything goes where it belongs.
 */
export function useStillOrder<Data>(rows: readonly Data[], keyOf: (row: Data) => string): StillOrder<Data> {
  const [over, setOver] = useState(false);
  const before = useRef<readonly ShownRow<Data>[]>([]);
  const fresh = rows.map((row) => ({ key: keyOf(row), row, gone: false }));
  let waiting = 0;
  if (over) {
    const still = inOldOrder(before.current, fresh);
    waiting = differences(still, fresh);
    before.current = still;
  } else {
    before.current = fresh;
  }
  const enter = (): void => {
    setOver(true);
  };
  return {
    shown: before.current,
    waiting,
    onPointerEnter: enter,
    onPointerDown: enter,
    onPointerLeave: () => {
      setOver(false);
    },
  };
}

function inOldOrder<Data>(old: readonly ShownRow<Data>[], fresh: readonly ShownRow<Data>[]): readonly ShownRow<Data>[] {
  const left = new Map(fresh.map((shown) => [shown.key, shown]));
  const still = old.map((shown) => {
    const now = left.get(shown.key);
    left.delete(shown.key);
    return now ?? { ...shown, gone: true };
  });
  return [...still, ...left.values()];
}

function differences<Data>(still: readonly ShownRow<Data>[], fresh: readonly ShownRow<Data>[]): number {
  let count = 0;
  still.forEach((shown, place) => {
    if (shown.gone || shown.key !== fresh[place]?.key) count++;
  });
  return count;
}
