/**
 * The two buttons of a dialog that asks.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { asked, busy } from '../state/actions.js';

/** Closes the dialog, unless an answer is under way. */
export const close = (): void => {
  if (!busy.value) asked.value = undefined;
};

/** No and yes. */
export function Buttons(props: {
  readonly yes: string;
  readonly no: string;
  readonly tone?: string;
  readonly disabled?: boolean;
  /** Whether it has the focus at first; it is somewhere else where something has to be typed. */
  readonly focus?: boolean;
  readonly onYes: () => void;
}): ComponentChild {
  return (
    <>
      <button type="button" class="secondary" onClick={close}>
        {props.no}
      </button>
      <button
        type="button"
        class={`main ${props.tone ?? ''}`}
        data-main
        autofocus={props.focus !== false}
        disabled={props.disabled === true || busy.value}
        onClick={props.onYes}
      >
        {props.yes}
      </button>
    </>
  );
}
