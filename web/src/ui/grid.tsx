/**
 * A table of any number of rows, of which only those in sight are in the document. Rows never move under the pointer.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks';
import { shownDecimals } from '../format/numbers.js';
import { texts } from '../i18n/index.js';
import { oldGateways } from '../state/servers.js';
import { set, settings } from '../state/settings.js';
import { sorted } from './column.js';
import type { Column } from './column.js';
import { HeadCell, moveInHead } from './head-cell.js';
import { Row } from './row.js';
import { useStillOrder } from './still-order.js';

/** What a table is made of. */
export interface GridProps<Data> {
  /** By which widths and order are kept. */
  readonly id: string;
  readonly label: string;
  readonly rows: readonly Data[];
  readonly columns: readonly Column<Data>[];
  readonly keyOf: (row: Data) => string;
  /** What stands there when there are no rows. */
  readonly empty: ComponentChild;
  readonly rowHeight?: number;
  /** Double click, or Enter. */
  readonly onOpen?: (row: Data) => void;
  /** One click, or a tap. */
  readonly onPick?: (row: Data) => void;
  /** Keys that the table does not know itself. True when it was for the row. */
  readonly onKey?: (key: string, row: Data) => boolean;
}

const ROW_HEIGHT = 26;
const HEAD_HEIGHT = 28;
/** Rows above and below those in sight. */
const MORE_ROWS = 6;

const headHeightOf = (rowHeight: number): number => (rowHeight > 30 ? 30 : HEAD_HEIGHT);

/** A table. */
export function Grid<Data>(props: GridProps<Data>): ComponentChild {
  const { id, label, rows, columns, keyOf, empty, rowHeight = ROW_HEIGHT } = props;
  const box = useRef<HTMLDivElement>(null);
  const { view, onScroll } = useView(box);
  const [marked, setMarked] = useState<string>();
  const ordered = useOrdered(id, rows, columns);
  const { shown, waiting, ...pointer } = useStillOrder(ordered, keyOf);
  const headHeight = headHeightOf(rowHeight);

  const first = Math.max(0, Math.floor(view.top / rowHeight) - MORE_ROWS);
  const last = Math.min(shown.length, Math.ceil((view.top + view.height) / rowHeight) + MORE_ROWS);
  const inSight = shown.slice(first, last);
  const decimals = useDecimals(
    columns,
    inSight.map(({ row }) => row),
  );
  const { template, width } = useWidths(id, columns);

  const place = marked === undefined ? -1 : shown.findIndex(({ key }) => key === marked);
  const rowId = (index: number): string => `${id}-row-${index}`;

  const mark = (index: number): void => {
    const target = shown[Math.max(0, Math.min(shown.length - 1, index))];
    if (target === undefined) return;
    setMarked(target.key);
    intoSight(box.current, Math.max(0, Math.min(shown.length - 1, index)), rowHeight, headHeight);
  };

  const onKeyDown = (event: KeyboardEvent): void => {
    if (box.current === null) return;
    if (event.target !== box.current) {
      if (!moveInHead(box.current, event)) return;
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    if (event.key === 'ArrowUp' && place <= 0 && !event.repeat) {
      box.current.querySelector<HTMLElement>('.sorter')?.focus();
      event.preventDefault();
      return;
    }
    const page = Math.max(1, Math.floor(view.height / rowHeight) - 2);
    const steps: Readonly<Record<string, number>> = {
      ArrowDown: place + 1,
      ArrowUp: place - 1,
      PageDown: place + page,
      PageUp: place - page,
      Home: 0,
      End: shown.length - 1,
    };
    const present = shown[place]?.row;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    const step = plain ? steps[event.key] : undefined;
    if (step !== undefined) mark(step);
    else if (present === undefined || event.repeat || !plain) return;
    else if (event.key === 'Enter' && props.onOpen !== undefined) props.onOpen(present);
    else if (props.onKey?.(event.key, present) !== true) return;
    event.preventDefault();
    event.stopPropagation();
  };

  const rowAt = (event: Event): (typeof shown)[number] | undefined => {
    const element = event.target instanceof Element ? event.target.closest<HTMLElement>('.row') : null;
    const index = Number(element?.dataset['index'] ?? NaN);
    return Number.isNaN(index) ? undefined : shown[index];
  };

  const onClick = (event: Event): void => {
    const found = rowAt(event);
    if (found === undefined) return;
    setMarked(found.key);
    if (!(event.target instanceof Element) || event.target.closest('button') === null) props.onPick?.(found.row);
  };

  const onDblClick = (event: Event): void => {
    const found = rowAt(event);
    const onButton = event.target instanceof Element && event.target.closest('button') !== null;
    if (found !== undefined && !found.gone && !onButton) props.onOpen?.(found.row);
  };

  return (
    <div class="grid-frame">
      <div
        ref={box}
        class={`grid${rowHeight > 30 ? ' tall' : ''}`}
        role="grid"
        id={id}
        aria-label={label}
        aria-rowcount={shown.length + 1}
        aria-colcount={columns.length}
        aria-live="off"
        tabIndex={0}
        {...(place < 0 ? {} : { 'aria-activedescendant': rowId(place) })}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onFocus={() => {
          if (marked === undefined) setMarked(shown[0]?.key);
        }}
        onClick={onClick}
        onDblClick={onDblClick}
        onMouseDown={(event) => {
          // A double click opens a row; it marks no word.
          if (event.detail > 1) event.preventDefault();
        }}
        {...pointer}
      >
        <div class="grid-head" role="row" aria-rowindex={1} style={{ gridTemplateColumns: template, minWidth: width }}>
          {columns.map((column) => (
            <HeadCell key={column.id} grid={id} column={column} />
          ))}
        </div>
        <div
          class="grid-body"
          role="rowgroup"
          style={{
            height: shown.length * rowHeight,
            minWidth: width,
            '--columns': template,
            '--row': `${rowHeight}px`,
          }}
        >
          {inSight.map(({ key, row, gone }, offset) => (
            <Row
              key={key}
              id={rowId(first + offset)}
              data={row}
              gone={gone}
              stale={isStale(row)}
              index={first + offset}
              top={(first + offset) * rowHeight}
              marked={key === marked}
              columns={columns}
              decimals={decimals}
              decimalsKey={decimals.join()}
            />
          ))}
        </div>
      </div>
      {shown.length === 0 && <div class="grid-empty">{empty}</div>}
      {waiting > 0 && (
        <div class="grid-waiting" title={texts.value.orders.newRowsWhy}>
          {texts.value.orders.newRows(waiting)}
        </div>
      )}
    </div>
  );
}

/** Whether what a row tells is old, because the server of its gateway is out of reach. */
function isStale(row: unknown): boolean {
  if (oldGateways.value.size === 0 || typeof row !== 'object' || row === null || !('gateway_name' in row)) return false;
  return oldGateways.value.has(String(row.gateway_name));
}

/** What part of the rows is in sight. */
function useView(box: { readonly current: HTMLDivElement | null }): {
  view: { top: number; height: number };
  onScroll: () => void;
} {
  const [view, setView] = useState({ top: 0, height: 400 });
  const onScroll = (): void => {
    const element = box.current;
    if (element === null) return;
    const { scrollTop: top, clientHeight: height } = element;
    setView((before) => (before.top === top && before.height === height ? before : { top, height }));
  };
  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const observer = new ResizeObserver(onScroll);
    observer.observe(element);
    onScroll();
    return () => {
      observer.disconnect();
    };
  }, []);
  return { view, onScroll };
}

/** The rows in the order that the person has chosen for this table; without one, as they come. */
function useOrdered<Data>(id: string, rows: readonly Data[], columns: readonly Column<Data>[]): readonly Data[] {
  const chosen = settings.value.sorting[id];
  return useMemo(() => {
    if (chosen === undefined) return rows;
    const downwards = chosen.startsWith('-');
    const column = columns.find(({ id: name }) => name === (downwards ? chosen.slice(1) : chosen));
    return column === undefined ? rows : sorted(rows, column, downwards);
  }, [chosen, rows, columns]);
}

/** The most decimals that each column has had in sight: they grow, and never shrink, so that numbers stand still. */
function useDecimals<Data>(columns: readonly Column<Data>[], rows: readonly Data[]): readonly number[] {
  const known = useRef<{ columns: readonly Column<Data>[]; decimals: number[] }>({ columns, decimals: [] });
  if (known.current.columns !== columns) known.current = { columns, decimals: [] };
  const { decimals } = known.current;
  columns.forEach(({ number, text }, place) => {
    let most = decimals[place] ?? 0;
    if (number === true) for (const row of rows) most = Math.max(most, shownDecimals(text(row)));
    decimals[place] = most;
  });
  return decimals;
}

function useWidths<Data>(id: string, columns: readonly Column<Data>[]): { template: string; width: string } {
  const own = settings.value.widths[id];
  return useMemo(() => {
    const widths = columns.map((column) => own?.[column.id] ?? column.width);
    const template = widths.map((width, place) =>
      place === widths.length - 1 ? `minmax(${width}px, 1fr)` : `minmax(${width}px, ${width}fr)`,
    );
    return { template: template.join(' '), width: `${widths.reduce((sum, width) => sum + width, 0)}px` };
  }, [own, columns]);
}

function intoSight(box: HTMLDivElement | null, index: number, rowHeight: number, headHeight: number): void {
  if (box === null) return;
  const top = index * rowHeight;
  const room = box.clientHeight - headHeight;
  if (top < box.scrollTop) box.scrollTop = top;
  else if (top + rowHeight > box.scrollTop + room) box.scrollTop = top + rowHeight - room;
}

/** Forgets all widths and orders of tables, and where the parts of the screen end: VeighNa Trader's 还原窗口. */
export function resetLayout(): void {
  set({ widths: {}, sorting: {}, sizes: {} });
}

/** Marks what is in a table without a pointer: the table gets the focus. */
export function focusGrid(id: string): void {
  document.getElementById(id)?.focus();
}
