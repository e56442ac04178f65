/**
 * What a person has set, kept in the browser.
 *
 * @module
 */
import { effect, signal } from '@preact/signals';

/** A language of the page. */
export type Language = 'zh' | 'en';

/** What a person may set. Everything here goes into the preferences. */
export interface Settings {
  readonly language: Language;
  readonly theme: 'system' | 'dark' | 'light';
  /** The colour of what rises. */
  readonly rising: 'red' | 'green';
  /** Whose clock the times are told by. */
  readonly zone: 'exchange' | 'local' | 'UTC';
  readonly sounds: boolean;
  /** `vt_symbol`s in the order of the table of quotes. */
  readonly watched: readonly string[];
  /** Widths in px by table and column. */
  readonly widths: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** By which column each table is sorted; `-id` is downwards. */
  readonly sorting: Readonly<Record<string, string>>;
  readonly interval: '1m' | '1h' | 'd' | 'w';
  /** Where the parts of the trading screen end, by the names of the lines between them: px, or parts of 100. */
  readonly sizes: Readonly<Record<string, number>>;
}

const KEY = 'vnpy-bridge.settings';

const browserLanguage: Language = navigator.languages.some((name) => name.toLowerCase().startsWith('zh')) ? 'zh' : 'en';

const DEFAULTS: Settings = {
  language: browserLanguage,
  theme: 'system',
  // Red rises in China, and falls elsewhere.
  rising: browserLanguage === 'zh' ? 'red' : 'green',
  zone: 'exchange',
  sounds: false,
  watched: [],
  widths: {},
  sorting: {},
  interval: '1m',
  sizes: {},
};

const CHOICES = {
  language: ['zh', 'en'],
  theme: ['system', 'dark', 'light'],
  rising: ['red', 'green'],
  zone: ['exchange', 'local', 'UTC'],
  interval: ['1m', '1h', 'd', 'w'],
} as const;

/** The settings. They are replaced whole, by {@link set}. */
export const settings = signal<Settings>(read());

/** Changes some settings. */
export function set(changes: Partial<Settings>): void {
  settings.value = { ...settings.value, ...changes };
}

/** The settings with others of unknown origin, for instance those that the console keeps: what has the wrong form is left out. */
export function merged(kept: unknown): Settings {
  return isRecord(kept) ? { ...settings.value, ...checked(kept) } : settings.value;
}

function checked(kept: Readonly<Record<string, unknown>>): Partial<Settings> {
  const found: Record<string, unknown> = {};
  for (const [name, choices] of Object.entries(CHOICES))
    if ((choices as readonly unknown[]).includes(kept[name])) found[name] = kept[name];
  if (typeof kept['sounds'] === 'boolean') found['sounds'] = kept['sounds'];
  const { watched, widths, sorting, sizes } = kept;
  if (isRecord(sizes)) found['sizes'] = only(sizes, (size) => typeof size === 'number' && size > 0 && size < 1000);
  if (Array.isArray(watched)) found['watched'] = watched.filter((name) => typeof name === 'string').slice(0, 500);
  if (isRecord(sorting)) found['sorting'] = only(sorting, (value) => typeof value === 'string');
  if (isRecord(widths)) {
    const tables = Object.entries(widths).filter((entry): entry is [string, Record<string, unknown>] =>
      isRecord(entry[1]),
    );
    const isWidth = (value: unknown): boolean => typeof value === 'number' && value >= 20 && value <= 2000;
    found['widths'] = Object.fromEntries(tables.map(([table, columns]) => [table, only(columns, isWidth)]));
  }
  return found;
}

// Functions, not constants: the settings are read while this module is still being run.
function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function only(record: Record<string, unknown>, fits: (value: unknown) => boolean): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => fits(value)));
}

function read(): Settings {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '{}');
    return isRecord(kept) ? { ...DEFAULTS, ...checked(kept) } : DEFAULTS;
  } catch {
    // A browser that keeps nothing, or a text that somebody damaged: the page works with what it has.
    return DEFAULTS;
  }
}

/** Keeps the settings in this browser, and paints them on the page, from now on. */
export function keepSettings(): void {
  const dark = matchMedia('(prefers-color-scheme: dark)');
  const system = signal(dark.matches);
  dark.addEventListener('change', () => {
    system.value = dark.matches;
  });
  effect(() => {
    const { language, theme, rising } = settings.value;
    const root = document.documentElement;
    root.lang = language === 'zh' ? 'zh-CN' : 'en';
    root.dataset['theme'] = theme === 'system' ? (system.value ? 'dark' : 'light') : theme;
    root.dataset['rising'] = rising;
  });
  effect(() => {
    try {
      localStorage.setItem(KEY, JSON.stringify(settings.value));
    } catch {
      // Full or forbidden: the settings hold until the page is closed.
    }
  });
}
