/**
 * What a person can set.
 *
 * @module
 */
import type { ComponentChild, ComponentChildren } from 'preact';
import { dateAndTime } from '../format/times.js';
import { LANGUAGE_NAMES, memberText, texts } from '../i18n/index.js';
import { leaveNow } from '../panels/head.js';
import { notify } from '../state/notices.js';
import { session } from '../state/session.js';
import { set, settings } from '../state/settings.js';
import type { Language, Settings as All } from '../state/settings.js';
import { Choice } from '../ui/controls.js';
import { resetLayout } from '../ui/grid.js';

function Row({ label, children }: { label: string; children: ComponentChildren }): ComponentChild {
  return (
    <div class="setting">
      <span class="setting-name">{label}</span>
      <div>{children}</div>
    </div>
  );
}

function choices<Name extends string>(names: Readonly<Record<Name, string>>): readonly (readonly [Name, string])[] {
  return Object.entries(names) as [Name, string][];
}

/** 设置 */
export function Settings(): ComponentChild {
  const { settings: words, nav } = texts.value;
  const { language, theme, rising, zone, sounds } = settings.value;
  return (
    <main class="screen settings-screen" id="workspace">
      <h1>{nav.settings}</h1>
      <section class="card" aria-label={words.look}>
        <h2>{words.look}</h2>
        <Row label={words.language}>
          <Choice<Language>
            label={words.language}
            value={language}
            choices={choices(LANGUAGE_NAMES)}
            onChoose={(name) => {
              set({ language: name });
            }}
          />
        </Row>
        <Row label={words.theme}>
          <Choice<All['theme']>
            label={words.theme}
            value={theme}
            choices={choices(words.themeOf)}
            onChoose={(name) => {
              set({ theme: name });
            }}
          />
        </Row>
        <Row label={words.colours}>
          <Choice<All['rising']>
            label={words.colours}
            value={rising}
            choices={choices(words.coloursOf)}
            onChoose={(name) => {
              set({ rising: name });
            }}
          />
          <span class="sample" aria-hidden="true">
            <b class="up">▲ +1.25%</b> <b class="down">▼ -0.80%</b>
          </span>
        </Row>
        <Row label={words.zone}>
          <Choice<All['zone']>
            label={words.zone}
            value={zone}
            choices={choices(words.zoneOf)}
            onChoose={(name) => {
              set({ zone: name });
            }}
          />
        </Row>
      </section>
      <section class="card" aria-label={words.trading}>
        <h2>{words.trading}</h2>
        <Row label={words.sounds}>
          <Choice<'on' | 'off'>
            label={words.sounds}
            value={sounds ? 'on' : 'off'}
            choices={[
              ['on', words.on],
              ['off', words.off],
            ]}
            onChoose={(name) => {
              set({ sounds: name === 'on' });
            }}
          />
        </Row>
        <Row label={words.layout}>
          <button
            type="button"
            class="secondary"
            onClick={() => {
              resetLayout();
              notify('good', words.resetDone);
            }}
          >
            {words.reset}
          </button>
        </Row>
      </section>
      <SessionCard />
      <p class="note">{words.stored}</p>
    </main>
  );
}

function SessionCard(): ComponentChild {
  const { settings: words, enums, nav } = texts.value;
  const { user = '', role = '', expires = null } = session.value ?? {};
  return (
    <section class="card" aria-label={words.session}>
      <h2>{words.session}</h2>
      <Row label={words.user}>{user}</Row>
      <Row label={words.role}>{memberText(enums.role, role)}</Row>
      {expires !== null && <Row label={words.until}>{dateAndTime(expires)}</Row>}
      <div class="card-actions">
        <button type="button" class="secondary" onClick={() => void leaveNow()}>
          {nav.logout}
        </button>
        <button type="button" class="secondary" onClick={() => void leaveNow(true)}>
          {words.everywhere}
        </button>
      </div>
    </section>
  );
}
