/** `${params.name}` and `${env:NAME:-default}`: a value that is only a reference keeps the referred value's type. */
import type { Place } from '../errors/flow-error.js';
import { childOf, refusedAt, type DocumentNode, type MapNode, type ScalarNode } from './document.js';
import { listNames, suggestion } from './nearest-name.js';
import type { Problems } from './problems.js';
import { scalarFromText } from './read-document.js';
import type { Environment } from './settings.js';

const reference = /\$\{([^{}\n]*)\}/g;

interface Substitution {
  readonly params: MapNode | undefined;
  readonly environment: Environment;
  readonly problems: Problems;
  /** Parameters being filled in, from the outermost: a name that comes back is a circle. */
  readonly open: readonly string[];
}

/** Fills in every reference of the document. */
export function substitute(document: MapNode, environment: Environment, problems: Problems): MapNode {
  const params = childOf(document, 'params');
  const substitution = { params: params?.kind === 'map' ? params : undefined, environment, problems, open: [] };
  return fill(document, substitution) as MapNode;
}

function fill(node: DocumentNode, substitution: Substitution): DocumentNode {
  if (node.kind === 'list') return { ...node, items: node.items.map((item) => fill(item, substitution)) };
  if (node.kind === 'map') {
    const entries = [...node.entries].map(([key, entry]) => [key, { key: entry.key, value: fill(entry.value, substitution) }] as const);
    return { ...node, entries: new Map(entries) };
  }
  return typeof node.value === 'string' && node.value.includes('${') ? fillText(node, node.value, substitution) : node;
}

function fillText(node: ScalarNode, text: string, substitution: Substitution): DocumentNode {
  const expressions = [...text.matchAll(reference)];
  if (expressions.length === 1 && expressions[0]![0] === text) {
    const value = evaluate(expressions[0]![1]!.trim(), node.place, substitution);
    if (!value) return refusedAt(node.place);
    return moveTo(value, node.place);
  }
  let refused = false;
  const filled = text.replace(reference, (_, expression: string) => {
    const value = evaluate(expression.trim(), node.place, substitution);
    if (value?.kind === 'scalar' && !value.refused) return String(value.value);
    refused = true;
    if (value && value.kind !== 'scalar') {
      substitution.problems.add('FLOW_SCHEMA', { message: `\${${expression}} is a ${value.kind}, which cannot stand inside text`, where: node.place });
    }
    return '';
  });
  return refused ? refusedAt(node.place) : { ...node, value: filled };
}

/** The value under another place: messages point at the use first, and remember where the value was written. */
function moveTo(value: DocumentNode, place: Place): DocumentNode {
  return value.kind === 'scalar' ? { ...value, place, definedAt: value.definedAt ?? value.place } : value;
}

function evaluate(expression: string, where: Place, substitution: Substitution): DocumentNode | undefined {
  const environmentName = /^env:([A-Za-z_][A-Za-z0-9_]*)(?::-(.*))?$/.exec(expression);
  if (environmentName) return fromEnvironment(environmentName[1]!, environmentName[2], where, substitution);
  const paramName = /^params\.(.+)$/.exec(expression);
  if (paramName) return fromParams(paramName[1]!, where, substitution);
  substitution.problems.add('FLOW_PARAM_UNKNOWN', {
    message: `\${${expression}} refers to nothing`, where, expected: '${params.NAME}, ${env:NAME} or ${env:NAME:-default}',
  });
  return undefined;
}

function fromEnvironment(name: string, fallback: string | undefined, where: Place, { environment, problems }: Substitution): DocumentNode | undefined {
  const text = environment[name] || fallback;
  if (text !== undefined) return { kind: 'scalar', place: where, value: scalarFromText(text) };
  problems.add('FLOW_PARAM_UNKNOWN', { message: `the environment variable ${name} is not set`, where, cure: `set it, or write \${env:${name}:-default}` });
  return undefined;
}

function fromParams(name: string, where: Place, substitution: Substitution): DocumentNode | undefined {
  const { params, problems, open } = substitution;
  const node = params?.entries.get(name)?.value;
  if (open.includes(name)) {
    problems.add('FLOW_PARAM_UNKNOWN', { message: `parameters refer to each other in a circle: ${[...open, name].join(' → ')}`, where });
    return undefined;
  }
  if (!node) {
    const names = params ? [...params.entries.keys()] : [];
    problems.add('FLOW_PARAM_UNKNOWN', { message: `there is no parameter "${name}"`, where, expected: `one of ${listNames(names)}`, cure: suggestion(name, names) });
    return undefined;
  }
  if (node.kind === 'scalar' && node.value === null) {
    problems.add('FLOW_PARAM_UNKNOWN', { message: `the parameter "${name}" has no value`, where, also: node.place, cure: `give it one with --${name} VALUE` });
    return undefined;
  }
  return fill(node, { ...substitution, open: [...open, name] });
}
