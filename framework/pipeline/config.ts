/** The resolved pipeline as YAML: everything filled in, and on demand where each value comes from. */
import { Document, isMap, isScalar, isSeq, type Node } from 'yaml';
import { pluginPath } from './compile.js';
import type { Plan } from './plan.js';

export interface ConfigOptions {
  /** Say behind each value where it was written. */
  readonly origins?: boolean;
}

/** YAML that means the same pipeline without `extends`, profiles or parameters left to fill in. */
export function renderConfig(plan: Plan, { origins = false }: ConfigOptions = {}): string {
  const document = new Document(withDefaults(plan), { aliasDuplicateObjects: false });
  if (origins) annotate(document.contents as Node | null, '', plan);
  return document.toString({ lineWidth: 0, flowCollectionPadding: true });
}

/** The document with the defaults of all options, and with paths that mean the same from any folder. */
function withDefaults(plan: Plan): Record<string, unknown> {
  const document = structuredClone(plan.document) as Record<string, unknown>;
  for (const stage of plan.stages.values()) {
    const definition = definitionOf(document, stage.name, stage.scope);
    if (definition && Object.keys(stage.options).length > 0) definition['with'] = structuredClone(stage.options);
  }
  const resources = document['resources'] as Record<string, Record<string, unknown>> | undefined;
  for (const { name, options } of plan.resources.values()) {
    if (Object.keys(options).length > 0) resources![name]!['with'] = structuredClone(options);
  }
  const weights = document['weights'] as Record<string, unknown> | undefined;
  Object.keys(weights ?? {}).forEach((target, index) => (weights![target] = { from: plan.weights[index]!.from, strict: plan.weights[index]!.strict }));
  const plugins = document['plugins'] as string[] | undefined;
  if (plugins) document['plugins'] = plugins.map((name, index) => pluginPath(plan.origins.get(`plugins.${index}`)!, name));
  return document;
}

/** Where the stage is defined: in the pipeline, or in the graph that the end of its scope names. */
function definitionOf(document: Record<string, unknown>, name: string, scope: string): Record<string, unknown> | undefined {
  const [graph, stage] = scope.split('/').slice(-2);
  const path = name.includes('/') ? ['graphs', graph!, 'stages', stage!] : ['stages', name];
  return path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], document) as Record<string, unknown> | undefined;
}

function annotate(node: Node | null, path: string, plan: Plan): void {
  const below = (key: string): string => (path === '' ? key : `${path}.${key}`);
  if (isMap(node)) {
    for (const { key, value } of node.items) annotate(value as Node | null, below(String(isScalar(key) ? key.value : key)), plan);
  } else if (isSeq(node)) {
    node.items.forEach((item, index) => annotate(item as Node, below(String(index)), plan));
  } else if (isScalar(node)) {
    const origin = plan.origins.get(path);
    node.comment = origin ? ` ${origin.file}:${origin.line}:${origin.column}` : ' default';
  }
}
