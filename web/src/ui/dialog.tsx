/**
 * A dialog: the browser keeps the focus inside, and Escape goes back.
 *
 * @module
 */
import type { ComponentChildren, ComponentChild } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';

/** What a dialog is made of. */
export interface DialogProps {
  readonly title: string;
  readonly tone?: 'up' | 'down' | 'warn' | undefined;
  readonly children: ComponentChildren;
  readonly footer: ComponentChildren;
  /** Escape. */
  readonly onBack: () => void;
  /** Enter, wherever the focus is but on a button that does something else. A key that is held down counts once. */
  readonly onEnter?: () => void;
}

/** A dialog over the page. */
export function Dialog({ title, tone, children, footer, onBack, onEnter }: DialogProps): ComponentChild {
  const element = useRef<HTMLDialogElement>(null);
  // Before anything is painted: the next key belongs to the dialog.
  useLayoutEffect(() => {
    const before = document.activeElement;
    element.current?.showModal();
    return () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);

  // What had the focus may be gone with the step before: Enter and Escape are still the dialog's.
  useLayoutEffect(() => {
    const box = element.current;
    if (box?.contains(document.activeElement) === false) box.querySelector<HTMLElement>('[data-main]')?.focus();
  });

  const onKeyDown = (event: KeyboardEvent): void => {
    // The page's own keys are for the page below.
    event.stopPropagation();
    if (event.key !== 'Enter') return;
    if (event.repeat) {
      // The key that opened the dialog may still be held down.
      event.preventDefault();
      return;
    }
    const target = event.target;
    const isOther = target instanceof HTMLButtonElement && target.dataset['main'] === undefined;
    if (isOther || onEnter === undefined) return;
    event.preventDefault();
    onEnter();
  };

  return (
    <dialog
      ref={element}
      class={`dialog${tone === undefined ? '' : ` ${tone}`}`}
      aria-label={title}
      onKeyDown={onKeyDown}
      onCancel={(event) => {
        event.preventDefault();
        onBack();
      }}
    >
      <h2>{title}</h2>
      <div class="dialog-body">{children}</div>
      <footer>{footer}</footer>
    </dialog>
  );
}
