/** Checks answers and messages against the published documents, by another implementation of JSON Schema. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { ValidateFunction } from 'ajv';
import { openApi, streamSchema } from '../../../src/web/api/documents.js';
import type { Answer } from './console.js';

interface Operation {
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, { readonly schema: object }>> } | undefined>
  >;
}

const ajv = new Ajv2020({ strict: false, allErrors: true });
const document = (await openApi()) as {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: { readonly Problem: object } };
};
const stream = await streamSchema();
ajv.addSchema({ ...stream, $id: 'stream' });
const validators = new Map<object, ValidateFunction>();
const problem = ajv.compile(document.components.schemas.Problem);
const templates = Object.keys(document.paths)
  .map((path) => ({ path, pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`) }))
  // A fixed path before a variable one.
  .sort((left, right) => left.path.split('{').length - right.path.split('{').length);

/** @throws Error when an answer is not as openapi.json says. */
export function checkAnswer(method: string, target: string, answer: Answer): void {
  const path = `/api/v1${target.split('?', 1)[0] ?? ''}`;
  const template = templates.find(({ pattern }) => pattern.test(path))?.path;
  const operation = template === undefined ? undefined : document.paths[template]?.[method.toLowerCase()];
  const isProblem = answer.headers.get('content-type') === 'application/problem+json';
  if (isProblem) {
    if (!problem(answer.body)) throw new Error(`no problem: ${ajv.errorsText(problem.errors)}\n${answer.text}`);
    if (answer.body['status'] !== answer.status) throw new Error(`status ${answer.status} says ${answer.text}`);
  }
  if (answer.headers.get('x-request-id') === null) throw new Error(`${method} ${target}: no X-Request-Id`);
  if (operation === undefined) return;
  const response = operation.responses[answer.status];
  if (response === undefined) throw new Error(`${method} ${target}: ${answer.status} is not published\n${answer.text}`);
  const schema = response.content?.['application/json']?.schema;
  if (isProblem || schema === undefined) return;
  const validate = validators.get(schema) ?? ajv.compile(schema);
  validators.set(schema, validate);
  if (!validate(answer.body)) throw new Error(`${method} ${target}: ${ajv.errorsText(validate.errors)}`);
}

/** @throws Error for what is no message of the server. */
export function checkServerMessage(message: unknown): void {
  const validate = ajv.getSchema('stream#/$defs/ServerMessage');
  if (validate === undefined) throw new Error('there is no ServerMessage');
  if (validate(message) !== true)
    throw new Error(`no message: ${ajv.errorsText(validate.errors)}\n${JSON.stringify(message)}`);
}

/** Whether a client's message is one by the published schema. */
export function isClientMessage(message: unknown): boolean {
  return ajv.getSchema('stream#/$defs/ClientMessage')?.(message) === true;
}
