/**
 * Handlers: who is logged in.
 *
 * @module
 */
import type * as v from 'valibot';
import { ProblemError } from '../errors.js';
import { Right } from '../schema/index.js';
import type * as schema from '../schema/index.js';
import type { Call, Reply } from './route.js';

type Body<Schema extends v.GenericSchema> = v.InferOutput<Schema>;

/** POST /session */
export async function logIn(call: Call<unknown, schema.LogIn>): Promise<Reply<undefined>> {
  const { services, body, address, cookie, requestId } = call;
  const note = { request_id: requestId, user: body.user, address, action: 'log-in' };
  try {
    const { token, session } = await services.gate.logIn(body, address);
    endEarlier(call);
    cookie.set(token, services.gate.sessions.expires(session));
    services.audit.note({ ...note, outcome: 'ok', detail: { session: session.id } });
    return {};
  } catch (error) {
    if (error instanceof ProblemError) services.audit.note({ ...note, outcome: error.code });
    throw error;
  }
}

/** POST /session/link */
export function logInByLink(call: Call<unknown, Body<typeof schema.LogInByLink>>): Reply<undefined> {
  const { services, body, address, cookie, requestId } = call;
  const note = { request_id: requestId, user: null, address, action: 'log-in-by-link' };
  try {
    const { token, session } = services.gate.logInByLink(body.code, address);
    endEarlier(call);
    cookie.set(token, services.gate.sessions.expires(session));
    services.audit.note({ ...note, outcome: 'ok', detail: { session: session.id } });
    return {};
  } catch (error) {
    if (error instanceof ProblemError) services.audit.note({ ...note, outcome: error.code });
    throw error;
  }
}

/** GET /session */
export function whoAmI({ services, caller }: Call): Reply<schema.Session> {
  const { gate, settings, preferences, strategies } = services;
  const { principal, session } = caller;
  const { warnings } = settings;
  return {
    body: {
      user: principal.name,
      role: principal.role,
      rights: Right.options.filter((right) => gate.may(principal, right)),
      expires: session === undefined ? null : new Date(gate.sessions.expires(session)).toISOString(),
      needs_password: gate.needsPassword(caller),
      options: {
        trade: settings.isTrading,
        preferences: preferences.isKept,
        strategies: strategies !== undefined,
        simulated: settings.isSimulated,
        version: settings.version,
        warnings: {
          far_from_last: warnings.farFromLast,
          large_volume: warnings.largeVolume,
          wide_spread_ticks: warnings.wideSpreadTicks,
        },
      },
    },
  };
}

/** DELETE /session */
export function logOut({ services, caller, cookie, requestId, address }: Call): Reply<undefined> {
  if (caller.session !== undefined) services.gate.sessions.end(caller.session);
  cookie.clear();
  const note = { request_id: requestId, user: caller.principal.name, address, action: 'log-out' };
  services.audit.note({ ...note, outcome: 'ok' });
  return {};
}

/** DELETE /sessions */
export function logOutEverywhere({ services, caller, cookie, requestId, address }: Call): Reply<undefined> {
  services.gate.sessions.endAll(caller.principal.name);
  cookie.clear();
  const note = { request_id: requestId, user: caller.principal.name, address, action: 'log-out-everywhere' };
  services.audit.note({ ...note, outcome: 'ok' });
  return {};
}

/** PUT /session/password */
export async function setPassword(call: Call<unknown, Body<typeof schema.NewPassword>>): Promise<Reply<undefined>> {
  const { services, caller, body, address, cookie, requestId } = call;
  const { gate, audit } = services;
  if (caller.session === undefined)
    throw new ProblemError('forbidden', 'a token sets no password: vnpy-bridge web-user add does');

  await gate.setPassword(caller, body.current, body.password, address);
  const { token, session } = gate.sessions.begin(caller.principal.name);
  cookie.set(token, gate.sessions.expires(session));
  audit.note({ request_id: requestId, user: caller.principal.name, address, action: 'set-password', outcome: 'ok' });
  return {};
}

/** A token that was there before the log-in is worth nothing after it. */
function endEarlier({ services, cookie }: Call): void {
  const earlier = cookie.token === undefined ? undefined : services.gate.sessions.find(cookie.token);
  if (earlier !== undefined) services.gate.sessions.end(earlier);
}
