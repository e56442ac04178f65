/**
 * What runs inside vnpy: strategies, spreads and algorithms, and how they are controlled.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { useEffect } from 'preact/hooks';
import { clock } from '../format/times.js';
import { appTexts } from '../i18n/apps.js';
import { texts } from '../i18n/index.js';
import { AlgoTable } from '../panels/apps/algos.js';
import { AppLog } from '../panels/apps/log.js';
import { SpreadTable } from '../panels/apps/spreads.js';
import { StrategyTable } from '../panels/apps/strategies.js';
import { applications, awayServers, strategiesAt, strategiesFailed, watchStrategies } from '../state/strategies.js';

/** 策略 */
export function Strategies(): ComponentChild {
  const words = appTexts.value;
  const { nav, audit } = texts.value;
  useEffect(watchStrategies, []);
  const found = applications.value;
  const at = strategiesAt.value;
  return (
    <main class="screen" id="workspace">
      <header class="screen-head">
        <h1>{nav.strategies}</h1>
        <span class="note" role="status">
          {strategiesFailed.value ? words.failed : ''}
        </span>
        {at !== undefined && <span class="note">{audit.asOf(clock(at))}</span>}
      </header>
      <p class="note">{words.what}</p>
      {awayServers.value.map(([server, problem]) => (
        <p key={server} class="say warn">
          {words.away(server)} {problem}
        </p>
      ))}
      {found === undefined ? <p>{words.loading}</p> : <Sections />}
    </main>
  );
}

function Sections(): ComponentChild {
  const found = applications.value;
  const apps = [...(found?.strategies.apps ?? []), ...(found?.spreads.apps ?? []), ...(found?.algos.apps ?? [])];
  if (apps.length === 0) return <p>{appTexts.value.noFunctions}</p>;
  return (
    <>
      {(found?.strategies.apps.length ?? 0) > 0 && <StrategyTable />}
      <SpreadTable />
      <AlgoTable />
      <AppLog />
    </>
  );
}
