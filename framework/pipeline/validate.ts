/** Validation by ajv over TypeBox schemas, with problems for people in place of ajv's. */
import type { TSchema } from '@sinclair/typebox';
import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import type { Path } from './document.js';
import { listNames, suggestion } from './nearest-name.js';

export interface SchemaProblem {
  readonly path: Path;
  /** Set when the problem is the key at the path and not its value: the map that holds it, or lacks it. */
  readonly inside?: Path;
  readonly message: string;
  readonly expected?: string;
  readonly got?: string;
  readonly cure?: string;
}

const ajv = new Ajv2020({ allErrors: true, useDefaults: true, strict: false, verbose: true, validateSchema: false, meta: false });
const validators = new WeakMap<TSchema, ValidateFunction>();

/**
 * Checks a value and fills in the schema's defaults, in place. Objects refuse keys that their schema does not name, unless
 * the schema says otherwise itself.
 */
export function validate(schema: TSchema, value: unknown): SchemaProblem[] {
  let validator = validators.get(schema);
  if (!validator) {
    validator = ajv.compile(closeObjects(schema) as object);
    validators.set(schema, validator);
  }
  return validator(value) ? [] : explain(validator.errors ?? []);
}

/** The schema with `additionalProperties: false` wherever an object lists its properties and says nothing about others. */
export function closeObjects(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(closeObjects);
  if (typeof schema !== 'object' || schema === null) return schema;
  const { default: fallback, const: constant, enum: words, ...rest } = schema as Record<string, unknown>;
  const closed = Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, closeObjects(value)]));
  if (fallback !== undefined) closed['default'] = fallback;
  if (constant !== undefined) closed['const'] = constant;
  if (words !== undefined) closed['enum'] = words;
  if ('properties' in closed && closed['type'] === 'object') closed['additionalProperties'] ??= false;
  return closed;
}

function explain(errors: readonly ErrorObject[]): SchemaProblem[] {
  const unions = errors.filter((error) => error.keyword === 'anyOf');
  const kept = errors.filter((error) => !isNoise(error, unions, errors));
  return kept.map(explainOne);
}

/**
 * A union that fails reports every branch. When one branch accepts the value's kind and complains deeper, only those
 * complaints are kept; otherwise only the union's own.
 */
function isNoise(error: ErrorObject, unions: readonly ErrorObject[], errors: readonly ErrorObject[]): boolean {
  if (error.keyword === 'if' || (error.keyword === 'pattern' && error.propertyName !== undefined)) return true;
  if (error.keyword === 'anyOf' && errors.some((other) => isDetailOf(other, error))) return true;
  return unions.some((union) => isInside(error, union) && !isDetailOf(error, union));
}

function isInside(error: ErrorObject, union: ErrorObject): boolean {
  const sameValue = error.instancePath === union.instancePath || error.instancePath.startsWith(`${union.instancePath}/`);
  return sameValue && error.schemaPath.startsWith(`${union.schemaPath}/`);
}

/** A complaint inside a branch whose own type fits the value. */
function isDetailOf(error: ErrorObject, union: ErrorObject): boolean {
  if (!isInside(error, union)) return false;
  const branch = (union.schema as Record<string, unknown>[])[Number(error.schemaPath.slice(union.schemaPath.length + 1).split('/')[0])];
  return branch?.['const'] === undefined && branch?.['type'] === kindOf(union.data);
}

function explainOne(error: ErrorObject): SchemaProblem {
  const path = pathOf(error.instancePath);
  const parameters = error.params as Record<string, unknown>;
  switch (error.keyword) {
    case 'additionalProperties':
      return unknownKey(error, path, String(parameters['additionalProperty']));
    case 'required':
      return { path, inside: path, message: `the key "${String(parameters['missingProperty'])}" is missing`, expected: describeSchema(childSchema(error, String(parameters['missingProperty']))) };
    case 'propertyNames':
      return { path: [...path, String(parameters['propertyName'])], inside: path, message: `"${String(parameters['propertyName'])}" cannot be a name`, expected: 'a letter, then letters, digits, - and _' };
    case 'minProperties':
      return { path, inside: path, message: 'at least one key is needed', expected: listNames(keysOf(error)) };
    default:
      return wrongValue(error, path);
  }
}

function unknownKey(error: ErrorObject, path: Path, key: string): SchemaProblem {
  const allowed = keysOf(error);
  const cure = suggestion(key, allowed);
  return { path: [...path, key], inside: path, message: `unknown key "${key}"`, expected: allowed.length ? `one of ${listNames(allowed)}` : 'no key', cure };
}

function wrongValue(error: ErrorObject, path: Path): SchemaProblem {
  const schema = error.parentSchema as Record<string, unknown>;
  const words = wordsOf(schema);
  return {
    path,
    message: error.keyword === 'uniqueItems' ? 'the list names something twice' : 'wrong value',
    expected: describeSchema(schema),
    got: show(error.data),
    cure: typeof error.data === 'string' ? cureOf(error.data, schema, words) : undefined,
  };
}

/** What a text was meant to be: a misspelt word, YAML 1.1's yes and no, a number between quotes. */
function cureOf(text: string, schema: Record<string, unknown>, words: readonly string[] | undefined): string | undefined {
  if (words) return suggestion(text, words);
  if (schema['type'] === 'boolean' && /^(yes|on)$/i.test(text)) return 'write true';
  if (schema['type'] === 'boolean' && /^(no|off)$/i.test(text)) return 'write false';
  const isNumber = schema['type'] === 'number' || schema['type'] === 'integer';
  return isNumber && text.trim() !== '' && Number.isFinite(Number(text)) ? 'write the number without quotes' : undefined;
}

function keysOf(error: ErrorObject): string[] {
  return Object.keys((error.parentSchema?.['properties'] ?? {}) as object);
}

function childSchema(error: ErrorObject, key: string): unknown {
  return ((error.parentSchema?.['properties'] ?? {}) as Record<string, unknown>)[key];
}

/** The words that a union of literals or an enumeration allows. */
function wordsOf(schema: Record<string, unknown>): string[] | undefined {
  if (Array.isArray(schema['enum'])) return schema['enum'].map(String);
  const branches = schema['anyOf'] as Record<string, unknown>[] | undefined;
  const words = branches?.flatMap((branch) => ('const' in branch ? [String(branch['const'])] : (wordsOf(branch) ?? [])));
  return words?.length ? words : undefined;
}

/** What a schema wants, in words: `an integer of at least 1`. */
function describeSchema(schema: unknown): string | undefined {
  if (typeof schema !== 'object' || schema === null) return undefined;
  const wanted = schema as Record<string, unknown>;
  if ('const' in wanted) return JSON.stringify(wanted['const']);
  if (Array.isArray(wanted['enum'])) return `one of ${wanted['enum'].join(', ')}`;
  if (Array.isArray(wanted['anyOf'])) {
    const parts = wanted['anyOf'].map(describeSchema);
    return wanted['anyOf'].every((branch) => 'const' in (branch as object)) ? `one of ${listNames(wordsOf(wanted) ?? [])}` : parts.join(', or ');
  }
  const article: Record<string, string> = { integer: 'an integer', number: 'a number', string: 'text', boolean: 'true or false', array: 'a list', object: 'a map', null: 'nothing' };
  const type = article[String(wanted['type'])];
  return type && `${type}${boundsOf(wanted)}${keysIn(wanted)}`;
}

function boundsOf(wanted: Record<string, unknown>): string {
  const words: Record<string, string> = {
    minimum: 'of at least', exclusiveMinimum: 'greater than', maximum: 'of at most', exclusiveMaximum: 'less than', multipleOf: 'divisible by',
    minItems: 'with a length of at least', maxItems: 'with a length of at most', pattern: 'that matches',
  };
  const bounds = Object.entries(words).filter(([key]) => wanted[key] !== undefined).map(([key, word]) => `${word} ${String(wanted[key])}`);
  if (Number(wanted['minLength']) > 0) bounds.push('that is not empty');
  return bounds.length ? ` ${bounds.join(' and ')}` : '';
}

function keysIn(wanted: Record<string, unknown>): string {
  const properties = wanted['properties'];
  return properties ? ` {${Object.keys(properties as object).join(', ')}}` : '';
}

/** ` in stages.align` or ` for train.batch`, to put behind the message. */
export function whereabouts({ path, inside }: SchemaProblem): string {
  const shown = inside ?? path;
  return shown.length > 0 ? ` ${inside ? 'in' : 'for'} ${shown.join('.')}` : '';
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

/** A value for a message, short. */
export function show(value: unknown): string {
  const text = value === undefined ? 'nothing' : (JSON.stringify(value) ?? String(value));
  return text.length <= 60 ? text : `${text.slice(0, 57)}…`;
}

function pathOf(pointer: string): Path {
  return pointer.split('/').slice(1).map((word) => word.replaceAll('~1', '/').replaceAll('~0', '~'));
}
