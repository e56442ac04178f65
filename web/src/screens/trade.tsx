/**
 * The trading screen in VeighNa Trader's arrangement, and what is left of it on smaller pages.
 *
 * @module
 */
import type { ComponentChild } from 'preact';
import { texts } from '../i18n/index.js';
import { Chart } from '../panels/chart.js';
import { LanguageButton, leaveNow, Screens, ThemeButton } from '../panels/head.js';
import { Accounts, Orders, Positions, Quotes } from '../panels/tables.js';
import { TradingForm } from '../panels/trading-form.js';
import { medium, narrow, phoneTab, screen } from '../state/layout.js';
import type { PhoneTab } from '../state/layout.js';
import { session } from '../state/session.js';
import { activeOrders } from '../state/data.js';
import { Split } from '../ui/split.js';

/** The trading screen. */
export function Trade(): ComponentChild {
  if (narrow.value) return <Phone />;
  return medium.value ? <Tablet /> : <Desktop />;
}

/** Between the parts are lines that can be moved, as between VeighNa Trader's docks. */
function Desktop(): ComponentChild {
  return (
    <main class="workspace" id="workspace">
      <Split name="trade" direction="columns" first={<TradingForm />} second={<Boards />} />
    </main>
  );
}

function Boards(): ComponentChild {
  const market = <Split name="chart" direction="columns" first={<Quotes />} second={<Chart />} />;
  const holdings = <Split name="holdings" direction="columns" first={<Positions />} second={<Accounts />} />;
  const below = <Split name="orders" direction="rows" first={<Orders />} second={holdings} />;
  return <Split name="market" direction="rows" first={market} second={below} />;
}

function Tablet(): ComponentChild {
  return (
    <main class="workspace medium" id="workspace">
      <TradingForm />
      <Quotes />
      <Orders />
      <Chart />
      <Positions />
      <Accounts />
    </main>
  );
}

function Phone(): ComponentChild {
  const tab = phoneTab.value;
  return (
    <>
      <main class="phone" id="workspace" data-tab={tab}>
        {tab === 'quotes' && <Quotes />}
        {tab === 'trade' && (
          <>
            <TradingForm />
            <Chart />
          </>
        )}
        {tab === 'orders' && <Orders />}
        {tab === 'positions' && (
          <>
            <Positions />
            <Accounts />
          </>
        )}
        {tab === 'more' && <More />}
      </main>
      <PhoneTabs />
    </>
  );
}

/** The tabs at the bottom of a phone. */
export function PhoneTabs(): ComponentChild {
  const { tab: words, nav } = texts.value;
  const tabs: readonly (readonly [PhoneTab, string])[] = [
    ['quotes', words.quotes],
    ['trade', words.trade],
    ['orders', words.orders],
    ['positions', words.positions],
    ['more', words.more],
  ];
  // The other screens are behind the last tab.
  const present = screen.value === 'trade' ? phoneTab.value : 'more';
  const count = activeOrders.value.length;
  return (
    <nav class="phone-tabs" aria-label={nav.menu}>
      {tabs.map(([name, text]) => (
        <button
          key={name}
          type="button"
          aria-current={present === name ? 'page' : undefined}
          onClick={() => {
            phoneTab.value = name;
          }}
        >
          {text}
          {name === 'orders' && count > 0 && <span class="count">{count}</span>}
        </button>
      ))}
    </nav>
  );
}

function More(): ComponentChild {
  const { nav } = texts.value;
  return (
    <div class="more">
      <Screens />
      <div class="more-tools">
        <LanguageButton />
        <ThemeButton />
        <span class="user">{session.value?.user}</span>
        <button type="button" class="quiet" onClick={() => void leaveNow()}>
          {nav.logout}
        </button>
      </div>
    </div>
  );
}
