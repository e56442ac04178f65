/**
 * The login, and the first password of whoever came by a one-time link.
 *
 * @module
 */
import type { ComponentChild, ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { texts } from '../i18n/index.js';
import { ApiError } from '../net/http.js';
import { LanguageButton, ThemeButton } from '../panels/head.js';
import { consoleAnswers, logIn, loginReason, session, setPassword } from '../state/session.js';

function Frame({ title, children }: { title: string; children: ComponentChildren }): ComponentChild {
  return (
    <div class="login-page">
      <main class="login">
        <div class="login-brand">
          <img src="./icon.svg" alt="" width="40" height="40" />
          <span>vnpy-bridge</span>
        </div>
        <h1>{title}</h1>
        {children}
      </main>
      <div class="login-tools">
        <LanguageButton />
        <ThemeButton />
      </div>
    </div>
  );
}

/** Why the page asks, before anything was tried. */
function reasonText(): string {
  const { login } = texts.value;
  if (!consoleAnswers.value) return login.offline;
  switch (loginReason.value) {
    case 'first':
      return '';
    case 'over':
      return login.over;
    case 'logged-out':
      return login.loggedOut;
    case 'link-used':
      return login.linkUsed;
  }
}

/** Asks for user and password. */
export function Login(): ComponentChild {
  const { login } = texts.value;
  const [user, setUser] = useState('');
  const [password, setGiven] = useState('');
  const [totp, setTotp] = useState('');
  const [wantsTotp, setWantsTotp] = useState(false);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<string>();
  const wait = useWait();

  useEffect(() => {
    document.getElementById('user')?.focus();
  }, []);

  const submit = async (): Promise<void> => {
    if (user === '' || password === '') {
      setFailure(login.missing);
      return;
    }
    setBusy(true);
    try {
      await logIn(user, password, totp);
    } catch (error) {
      const problem = error instanceof ApiError ? error.problem : undefined;
      if (problem?.totp_required === true) {
        setWantsTotp(true);
        setFailure(login.totpWanted);
      } else if (error instanceof ApiError && error.status === 429) {
        wait.begin(problem?.retry_after ?? 1);
        setFailure(undefined);
      } else if (error instanceof ApiError && error.status === 401) {
        setFailure(login.wrong);
      } else {
        setFailure(problem?.detail ?? login.offline);
      }
      setBusy(false);
    }
  };

  const isWaiting = wait.left > 0;
  return (
    <Frame title={login.title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!busy && !isWaiting) void submit();
        }}
      >
        <label for="user">{login.user}</label>
        <input
          id="user"
          type="text"
          autoComplete="username"
          autoCapitalize="none"
          spellcheck={false}
          maxLength={64}
          value={user}
          onInput={(event) => {
            setUser(event.currentTarget.value);
          }}
        />
        <label for="password">{login.password}</label>
        <input
          id="password"
          type="password"
          autoComplete="current-password"
          maxLength={256}
          value={password}
          onInput={(event) => {
            setGiven(event.currentTarget.value);
          }}
        />
        {wantsTotp && (
          <>
            <label for="totp">{login.totp}</label>
            <input
              id="totp"
              type="text"
              inputMode="numeric"
              autoComplete="one-time-code"
              maxLength={6}
              value={totp}
              onInput={(event) => {
                setTotp(event.currentTarget.value);
              }}
            />
          </>
        )}
        <p class="login-say" role="alert">
          {isWaiting ? login.limited(wait.left) : (failure ?? reasonText())}
        </p>
        <button type="submit" class="main" aria-disabled={busy || isWaiting}>
          {busy ? login.busy : login.submit}
        </button>
      </form>
    </Frame>
  );
}

/** Counts down the seconds until the next attempt is looked at. */
function useWait(): { left: number; begin: (seconds: number) => void } {
  const [left, setLeft] = useState(0);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => {
      setLeft(left - 1);
    }, 1000);
    return () => {
      clearTimeout(timer);
    };
  }, [left]);
  return { left, begin: (seconds) => setLeft(Math.ceil(seconds)) };
}

const LEAST = 12;

/** Asks for the password that the user will log in with from now on. */
export function NewPassword(): ComponentChild {
  const { login } = texts.value;
  const [password, setGiven] = useState('');
  const [again, setAgain] = useState('');
  const [failure, setFailure] = useState<string>();
  const user = session.value?.user ?? '';

  const submit = async (): Promise<void> => {
    if (password.length < LEAST) {
      setFailure(login.tooShort);
    } else if (password !== again) {
      setFailure(login.notSame);
    } else {
      try {
        await setPassword(password);
      } catch (error) {
        setFailure(error instanceof ApiError ? (error.problem?.detail ?? login.offline) : login.offline);
      }
    }
  };
  const field = (id: string, label: string, value: string, onText: (text: string) => void): ComponentChild => (
    <>
      <label for={id}>{label}</label>
      <input
        id={id}
        type="password"
        autoComplete="new-password"
        maxLength={256}
        value={value}
        onInput={(event) => {
          onText(event.currentTarget.value);
        }}
      />
    </>
  );
  return (
    <Frame title={login.newTitle}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <p class="note">{login.newWhat(user)}</p>
        {/* By it the browser knows whose password it keeps. */}
        <input type="text" autoComplete="username" value={user} readOnly hidden />
        {field('new-password', login.newPassword, password, setGiven)}
        {field('again', login.again, again, setAgain)}
        <p class="login-say" role="alert">
          {failure ?? ''}
        </p>
        <button type="submit" class="main">
          {login.newSubmit}
        </button>
      </form>
    </Frame>
  );
}
