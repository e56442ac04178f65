/**
 * Handlers: halt and resume, audit, preferences.
 *
 * @module
 */
import type * as v from 'valibot';
import { messageOf } from '../../errors.js';
import type { Awaitable } from '../../vnpy/index.js';
import { ruleOf } from '../../vnpy/internal.js';
import { ProblemError, ruleDetails } from '../errors.js';
import { cancelScope } from '../orders/cancels.js';
import type * as schema from '../schema/index.js';
import type { Page } from './pages.js';
import type { Call, Reply } from './route.js';

/** POST /trading/halt */
export async function halt(call: Call<unknown, schema.Halt>): Promise<Reply<schema.HaltAnswer>> {
  const { services, view, caller, body, requestId, address } = call;
  const { level, scope, reason, cancel } = body;
  const by = caller.principal;
  const done = await decided(() => services.desk.halt({ level, scope, reason, by, cancel }));
  const cancelled = done ?? (cancel ? await cancelScope(view, scope) : []);
  const note = { request_id: requestId, user: by.name, address, action: 'halt' };
  const outcomes = cancelled.map(({ vt_orderid: id, outcome }) => `${id} ${outcome}`);
  services.audit.note({ ...note, outcome: 'ok', detail: { level, scope, reason, cancel, cancelled: outcomes } });
  return { body: { trading: services.board.trading(), cancelled: [...cancelled] } };
}

/** POST /trading/resume */
export async function resume(call: Call<unknown, schema.Resume>): Promise<Reply<schema.Trading>> {
  const { services, caller, body, requestId, address } = call;
  const by = caller.principal;
  await decided(() => services.desk.resume({ scope: body.scope, reason: body.reason, by }));
  const note = { request_id: requestId, user: by.name, address, action: 'resume' };
  services.audit.note({ ...note, outcome: 'ok', detail: { ...body } });
  return { body: services.board.trading() };
}

/** GET /audit: the newest first. */
export function audit(call: Call<v.InferOutput<typeof schema.AuditQuery>>): Reply<Page<schema.AuditEntry>> {
  const { since, user, limit = 1000 } = call.query;
  const from = since === undefined ? -Infinity : Date.parse(since);
  const data = call.services.audit.newest(
    (entry) => Date.parse(entry.time) >= from && (user === undefined || entry.user === user),
    limit,
  );
  return { body: { data: [...data] } };
}

/** GET /preferences */
export async function preferences({ services, caller }: Call): Promise<Reply<Record<string, unknown>>> {
  const { preferences: kept } = services;
  if (!kept.isKept) throw new ProblemError('not-found', 'this console keeps no preferences: it has no data folder');
  return { body: { ...(await kept.get(caller.principal.name)) } };
}

/** PUT /preferences */
export async function putPreferences(call: Call<unknown, Record<string, unknown>>): Promise<Reply<undefined>> {
  const { services, caller, body } = call;
  if (!services.preferences.isKept)
    throw new ProblemError('not-found', 'this console keeps no preferences: it has no data folder');

  await services.preferences.put(caller.principal.name, body);
  return {};
}

/** @throws ProblemError `rule` for what the desk refuses. */
async function decided<Result>(act: () => Awaitable<Result>): Promise<Result> {
  try {
    return await act();
  } catch (error) {
    const refusal = ruleOf(error);
    if (refusal === undefined) throw error;
    throw new ProblemError('rule', messageOf(error), ruleDetails(refusal));
  }
}
