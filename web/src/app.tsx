/**
 * The page: login, or one of the screens.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { useEffect } from 'preact/hooks';
import { texts } from './i18n/index.js';
import { listenToKeys } from './keys.js';
import { LaterStrategies } from './panels/apps/later.js';
import { AskedDialog } from './panels/dialogs.js';
import { Banner, Head } from './panels/head.js';
import { ReviewDialog } from './panels/review.js';
import { About } from './screens/about.js';
import { Audit } from './screens/audit.js';
import { Contracts } from './screens/contracts.js';
import { Login, NewPassword } from './screens/login.js';
import { Settings } from './screens/settings.js';
import { PhoneTabs, Trade } from './screens/trade.js';
import { closeFeed, openFeed, page, synced } from './state/feed.js';
import { narrow, screen } from './state/layout.js';
import { watchPending } from './state/order.js';
import { rights, session, showsStrategies } from './state/session.js';
import { keepPreferences } from './state/preferences.js';
import { allOld } from './state/servers.js';
import { Notices } from './ui/controls.js';

/** The whole page. */
export function App(): ComponentChild {
  const who = session.value;
  if (who === undefined) return null;
  if (who === null) return <Login />;
  return who.needs_password ? <NewPassword /> : <Console key={who.user} />;
}

function Console(): ComponentChild {
  useEffect(() => {
    openFeed();
    const ends = [listenToKeys(), watchPending(), keepPreferences()];
    return () => {
      for (const end of ends) end();
      closeFeed();
    };
  }, []);
  const isOld = page.value.state !== 'open' || !synced.value;
  const isStale = !isOld && allOld.value;
  return (
    <div class={`page${isOld ? ' old' : ''}${isStale ? ' stale' : ''}${narrow.value ? ' narrow' : ''}`}>
      <a class="skip" href="#/" onClick={() => document.getElementById('contract')?.focus()}>
        {texts.value.nav.skip}
      </a>
      <Head />
      <Banner />
      <Screen />
      {narrow.value && screen.value !== 'trade' && <Back />}
      <ReviewDialog />
      <AskedDialog />
      <Notices />
    </div>
  );
}

/** On a phone the tabs lead back from every screen. */
function Back(): ComponentChild {
  return (
    <div
      onClick={() => {
        location.hash = '#/';
      }}
    >
      <PhoneTabs />
    </div>
  );
}

function Screen(): ComponentChild {
  switch (screen.value) {
    case 'trade':
      return <Trade />;
    case 'contracts':
      return <Contracts />;
    case 'strategies':
      return showsStrategies.value ? <LaterStrategies /> : <Trade />;
    case 'audit':
      return rights.value.has('audit') ? <Audit /> : <Trade />;
    case 'settings':
      return <Settings />;
    case 'about':
      return <About />;
  }
}
