/**
 * The head of a column: its button sorts, its edge changes the width; by keys, too.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { set, settings } from '../state/settings.js';
import type { Column } from './column.js';

const LEAST_WIDTH = 36;
/** By so much a key changes a width, in px. */
const WIDER = 12;

/** The head of one column. Its button is reached from the table by `↑`, and is no tab stop. */
export function HeadCell<Data>({ grid, column }: { grid: string; column: Column<Data> }): ComponentChild {
  const chosen = settings.value.sorting[grid];
  const sort = chosen === column.id ? 'ascending' : chosen === `-${column.id}` ? 'descending' : 'none';
  return (
    <div
      role="columnheader"
      class={`head${column.number === undefined ? '' : ' number'}`}
      {...(column.control === undefined ? { 'aria-sort': sort } : {})}
    >
      {column.control === undefined ? (
        <button
          type="button"
          class="sorter"
          tabIndex={-1}
          title={column.title}
          onClick={() => {
            sortBy(grid, column.id);
          }}
          onKeyDown={(event) => {
            const step = { ArrowRight: WIDER, ArrowLeft: -WIDER }[event.key];
            if (step === undefined || !event.shiftKey) return;
            event.preventDefault();
            event.stopPropagation();
            const { width } = event.currentTarget.getBoundingClientRect();
            widen(grid, column.id, Math.max(LEAST_WIDTH, Math.round(width + step)));
          }}
        >
          <span class="text">{column.title}</span>
          {sort !== 'none' && (
            <span class="sort" aria-hidden="true">
              {sort === 'ascending' ? '▲' : '▼'}
            </span>
          )}
        </button>
      ) : (
        <span class="text">{column.title}</span>
      )}
      <span
        class="edge"
        onDblClick={() => {
          widen(grid, column.id, undefined);
        }}
        onPointerDown={(event) => {
          drag(event, grid, column.id);
        }}
      />
    </div>
  );
}

/** Moves between the heads of a table, and back into it. True when the key was for that. */
export function moveInHead(box: HTMLElement, event: KeyboardEvent): boolean {
  const heads = [...box.querySelectorAll<HTMLElement>('.sorter')];
  const place = heads.findIndex((head) => head === event.target);
  const steps: Readonly<Record<string, number>> = {
    ArrowRight: Math.min(heads.length - 1, place + 1),
    ArrowLeft: Math.max(0, place - 1),
    Home: 0,
    End: heads.length - 1,
  };
  const step = steps[event.key];
  if (step !== undefined) heads[step]?.focus();
  else if (event.key === 'ArrowDown' || event.key === 'Escape') box.focus();
  else return false;
  return true;
}

/** Upwards, downwards, and back to the order in which rows come. */
function sortBy(grid: string, id: string): void {
  const { sorting } = settings.value;
  const { [grid]: now, ...others } = sorting;
  if (now === `-${id}`) set({ sorting: others });
  else set({ sorting: { ...sorting, [grid]: now === id ? `-${id}` : id } });
}

function widen(grid: string, id: string, width: number | undefined): void {
  const { widths } = settings.value;
  const own = { ...widths[grid] };
  if (width === undefined) Reflect.deleteProperty(own, id);
  else own[id] = width;
  set({ widths: { ...widths, [grid]: own } });
}

function drag(event: PointerEvent, grid: string, id: string): void {
  const edge = event.currentTarget;
  if (!(edge instanceof HTMLElement) || edge.parentElement === null) return;
  event.preventDefault();
  const start = edge.parentElement.getBoundingClientRect().width - event.clientX;
  edge.setPointerCapture(event.pointerId);
  const move = ({ clientX }: PointerEvent): void => {
    widen(grid, id, Math.max(LEAST_WIDTH, Math.round(start + clientX)));
  };
  const end = (): void => {
    edge.removeEventListener('pointermove', move);
    edge.removeEventListener('pointerup', end);
    edge.removeEventListener('pointercancel', end);
  };
  edge.addEventListener('pointermove', move);
  edge.addEventListener('pointerup', end);
  edge.addEventListener('pointercancel', end);
}
