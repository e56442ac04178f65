/**
 * The head of a column: a click sorts, its edge changes the width.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { set, settings } from '../state/settings.js';
import type { Column } from './column.js';

const LEAST_WIDTH = 36;

export function HeadCell<Data>({ grid, column }: { grid: string; column: Column<Data> }): ComponentChild {
  const chosen = settings.value.sorting[grid];
  const sort = chosen === column.id ? 'ascending' : chosen === `-${column.id}` ? 'descending' : 'none';
  return (
    <div
      role="columnheader"
      class={`head${column.number === undefined ? '' : ' number'}`}
      aria-sort={sort}
      title={column.title}
      onClick={() => {
        sortBy(grid, column.id);
      }}
    >
      <span class="text">{column.title}</span>
      {sort !== 'none' && <span class="sort">{sort === 'ascending' ? '▲' : '▼'}</span>}
      <span
        class="edge"
        onClick={(event) => {
          event.stopPropagation();
        }}
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
