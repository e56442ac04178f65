/**
 * The published schemas: OpenAPI 3.1 of the routes, and JSON Schema of the stream's messages. Made from the very
 * definitions that the server checks with, when somebody asks for them first.
 *
 * @module
 */
import type * as v from 'valibot';
import { Problem, PROBLEMS, PROBLEM_PREFIX } from '../schema/index.js';
import * as schema from '../schema/index.js';
import type { ProblemName } from '../schema/index.js';
import type { Route } from './route.js';
import { API, ROUTES } from './routes.js';

type Json = Readonly<Record<string, unknown>>;

/** Problems that every route has. */
const COMMON: readonly ProblemName[] = ['bad-request', 'wrong-host', 'wrong-origin', 'rate-limited', 'server-error'];
const LOGGED_IN: readonly ProblemName[] = ['unauthenticated', 'forbidden', 'not-connected', 'timeout'];

/** The documents by path, each made once. */
export function documents(): ReadonlyMap<string, () => Promise<string>> {
  return new Map([
    ['/openapi.json', once(openApi)],
    ['/stream.schema.json', once(streamSchema)],
  ]);
}

/** All problems that a route may answer with. */
export function problemsOf(route: Route): readonly ProblemName[] {
  const ofBody: readonly ProblemName[] = route.body === undefined ? [] : ['too-large'];
  const ofTrading: readonly ProblemName[] = route.isTrading || route.isOfStrategies ? ['not-found'] : [];
  const ofRight = route.right === undefined ? [] : LOGGED_IN;
  return [...new Set([...COMMON, ...ofRight, ...ofBody, ...ofTrading, ...route.problems])];
}

/** OpenAPI 3.1. */
export async function openApi(): Promise<Json> {
  const convert = await converter();
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of ROUTES) {
    const path = `${API}${route.path}`;
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: operation(route, convert) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'vnpy-bridge console',
      version: '1',
      description:
        'A vnpy server in JSON. Errors are RFC 9457 problems. Events come by the WebSocket of stream.schema.json.',
    },
    servers: [{ url: '/' }],
    paths,
    components: {
      schemas: { Problem: convert(Problem, 'output') },
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
    },
  };
}

/** JSON Schema 2020-12 of the stream's messages: `#/$defs/ClientMessage` and `#/$defs/ServerMessage`. */
export async function streamSchema(): Promise<Json> {
  const convert = await converter();
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Messages of /api/v1/stream, subprotocol vnpy-bridge.v1',
    $defs: {
      ClientMessage: convert(schema.ClientMessage, 'input'),
      ServerMessage: convert(schema.ServerMessage, 'output'),
    },
  };
}

function once(make: () => Promise<Json>): () => Promise<string> {
  let made: Promise<string> | undefined;
  return () => (made ??= make().then((document) => `${JSON.stringify(document)}\n`));
}

type Convert = (given: v.GenericSchema, mode: 'input' | 'output') => Json;

/** Loaded when it is needed: most never ask for the documents. */
async function converter(): Promise<Convert> {
  const { toJsonSchema } = await import('@valibot/to-json-schema');
  return (given, typeMode) => {
    const made = toJsonSchema(given, {
      ...{ target: 'draft-2020-12', typeMode },
      // JSON has no infinities, and what a check says stands in the text of its refusal.
      ignoreActions: ['finite', 'check', 'safe_integer'],
    });
    return Object.fromEntries(Object.entries(made).filter(([name]) => name !== '$schema'));
  };
}

function operation(route: Route, convert: Convert): Json {
  const { method, path, summary, notes, status, right, answer, body } = route;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const parameters = [
    ...names.map((name) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string', minLength: 1, maxLength: 200 },
    })),
    ...queryParameters(route, convert),
    ...(path === '/orders' && method === 'POST' ? [IDEMPOTENCY_KEY] : []),
  ];
  const content = (given: Json): Json => ({ 'application/json': { schema: given } });
  return {
    operationId: operationId(route),
    summary,
    ...(notes === undefined ? {} : { description: notes }),
    'x-right': right ?? 'none',
    security: right === undefined ? [] : [{ token: [] }],
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(body === undefined ? {} : { requestBody: { required: true, content: content(convert(body, 'input')) } }),
    responses: {
      [status]: {
        description: summary,
        headers: HEADERS,
        ...(answer === undefined ? {} : { content: content(convert(answer, 'output')) }),
      },
      ...(route.hasEtag ? { 304: { description: 'As If-None-Match says, it has not changed' } } : {}),
      ...problemResponses(route),
    },
  };
}

const IDEMPOTENCY_KEY = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Another name for client_order_id',
  schema: { type: 'string' },
};

const HEADERS = {
  'X-Request-Id': { schema: { type: 'string' }, description: 'As in the log and the audit' },
  RateLimit: { schema: { type: 'string' } },
  'RateLimit-Policy': { schema: { type: 'string' } },
};

/** `GET /orders/{vt_orderid}` is `get_orders_vt_orderid`. */
function operationId({ method, path }: Route): string {
  return `${method.toLowerCase()}${path.replaceAll(/[^\w]+/g, '_')}`.replace(/_$/, '');
}

function queryParameters({ query }: Route, convert: Convert): Json[] {
  const { properties = {}, required = [] } = convert(query, 'input') as {
    readonly properties?: Readonly<Record<string, Json>>;
    readonly required?: readonly string[];
  };
  return Object.entries(properties).map(([name, given]) => ({
    ...{ name, in: 'query', required: required.includes(name), schema: given },
  }));
}

/** By status: several problems may have one. */
function problemResponses(route: Route): Json {
  const byStatus = new Map<number, ProblemName[]>();
  for (const name of problemsOf(route)) {
    // The same type tells of an id in use (422), and of one that is being sent (409).
    const also = name === 'duplicate-client-order-id' ? [409] : [];
    for (const status of [PROBLEMS[name].status, ...also])
      byStatus.set(status, [...(byStatus.get(status) ?? []), name]);
  }
  const responses = [...byStatus].map(([status, names]) => [
    String(status),
    {
      description: names.map((name) => `${PROBLEM_PREFIX}${name}: ${PROBLEMS[name].title}`).join('; '),
      content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]);
  return Object.fromEntries(responses) as Json;
}
