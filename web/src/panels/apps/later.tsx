/**
 * The screen and the dialogs of vnpy's applications, which come over the wire when they are wanted.
 *
 * @module
 */
import { signal } from '@preact/signals';
import type { ComponentChild } from 'preact';
import { useEffect } from 'preact/hooks';
import { texts } from '../../i18n/index.js';
import type { AppAsked } from './dialogs.js';
import type * as Parts from './parts.js';

/** Undefined until they are there. */
const parts = signal<typeof Parts | undefined>(undefined);

/** The parts; they are asked for at the first use. */
function useParts(): typeof Parts | undefined {
  useEffect(() => {
    if (parts.value !== undefined) return;
    void import('./parts.js').then((found) => {
      parts.value = found;
    });
  }, []);
  return parts.value;
}

/** 策略 */
export function LaterStrategies(): ComponentChild {
  const found = useParts();
  if (found !== undefined) return <found.Strategies />;
  return (
    <main class="screen" id="workspace">
      <p>{texts.value.empty.loading}</p>
    </main>
  );
}

/** A dialog of them. Only their screen opens one. */
export function LaterDialog({ asked }: { asked: AppAsked }): ComponentChild {
  const found = useParts();
  return found === undefined ? null : <found.AppDialog asked={asked} />;
}
