/**
 * The logs of vnpy's applications, the newest first.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { clock } from '../../format/times.js';
import { appTexts } from '../../i18n/apps.js';
import { applications } from '../../state/strategies.js';
import { Section } from './table.js';
import { placeName } from './values.js';

const MOST = 100;

/** 日志 */
export function AppLog(): ComponentChild {
  const { log: words } = appTexts.value;
  const lines = (applications.value?.logs.data ?? []).slice(-MOST).reverse();
  return (
    <Section title={words.title} none={words.none} isEmpty={lines.length === 0}>
      <ol class="app-log" tabIndex={0} aria-label={words.title}>
        {lines.map((line, number) => (
          <li key={`${line.time} ${lines.length - number}`}>
            <time>{clock(Date.parse(line.time))}</time>
            <span class="muted">{placeName(line)}</span>
            <span>{line.message}</span>
          </li>
        ))}
      </ol>
    </Section>
  );
}
