/**
 * What this is, and whose work it stands on.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { texts } from '../i18n/index.js';
import { BASE } from '../net/http.js';
import { asked } from '../state/actions.js';
import { status } from '../state/data.js';
import { session } from '../state/session.js';

/** 关于 */
export function About(): ComponentChild {
  const { about, nav } = texts.value;
  return (
    <main class="screen about-screen" id="workspace">
      <h1>{nav.about}</h1>
      <section class="card" aria-label={nav.about}>
        <p>{about.what}</p>
        <p>{about.halt}</p>
        <dl class="facts">
          <div>
            <dt>vnpy-bridge</dt>
            <dd>{session.value?.options.version}</dd>
          </div>
          <div>
            <dt>{about.epoch}</dt>
            <dd>{status.value?.epoch}</dd>
          </div>
        </dl>
        <p>
          <a href={`${BASE}/openapi.json`}>{about.api}</a>
        </p>
        <button
          type="button"
          class="secondary"
          onClick={() => {
            asked.value = { what: 'keys' };
          }}
        >
          {nav.keys} <kbd>?</kbd>
        </button>
      </section>
      <section class="card" aria-label={about.licences}>
        <h2>{about.licences}</h2>
        <p>{about.self}</p>
        <p>
          {about.chart}{' '}
          <a href="https://www.tradingview.com/" rel="noreferrer noopener" target="_blank">
            tradingview.com
          </a>
        </p>
        <p>{about.preact}</p>
      </section>
    </main>
  );
}
