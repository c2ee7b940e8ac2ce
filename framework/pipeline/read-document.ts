import { isAlias, isMap, isScalar, isSeq, LineCounter, parse, parseDocument, type Document, type Node, type YAMLError } from 'yaml';
import type { Place } from '../errors/flow-error.js';
import { refusedAt, type DocumentNode, type MapEntry, type MapNode, type Scalar } from './document.js';
import type { Problems } from './problems.js';

/** Aliases may make a document large or endless; no pipeline comes near this many values or levels. */
const mostValues = 100_000;
const mostLevels = 100;

interface Reading {
  readonly document: Document;
  readonly place: (offset: number) => Place;
  readonly problems: Problems;
  values: number;
  level: number;
}

/**
 * Reads YAML 1.2 (core schema, unique keys, no tags) into a tree with places. Problems are added, and what could be read is
 * returned; undefined when nothing could.
 *
 * `start` is where the text begins in its file, for values on a command line.
 */
export function readDocument(file: string, text: string, problems: Problems, start: Place = { file, line: 1, column: 1 }): DocumentNode | undefined {
  const lines = new LineCounter();
  const document = parseDocument(hideReferences(text), { lineCounter: lines, uniqueKeys: true, prettyErrors: false });
  const place = (offset: number): Place => {
    const { line, col } = lines.linePos(offset);
    return { file, line: line + start.line - 1, column: line === 1 ? col + start.column - 1 : col };
  };
  const reading: Reading = { document, place, problems, values: 0, level: 0 };
  reportSyntax(reading, text);
  if (document.errors.some((error) => error.code !== 'DUPLICATE_KEY')) return undefined;
  return document.contents ? read(reading, document.contents) : undefined;
}

/** Reads a pipeline file's text: its top level must be a map. */
export function readMap(file: string, text: string, problems: Problems): MapNode | undefined {
  problems.addFile(file);
  const before = problems.count;
  const node = readDocument(file, text, problems);
  if (node?.kind === 'map') return node;
  if (problems.count === before) {
    const where = node?.place ?? { file, line: 1, column: 1 };
    problems.add('FLOW_SCHEMA', { message: 'a pipeline file is a map of keys', where, expected: 'flow: 1 and further keys', got: node ? `a ${node.kind}` : 'nothing' });
  }
  return undefined;
}

/**
 * `${params.size}` holds braces, which YAML takes for a map inside `{ … }`. They are swapped for two letters of the private
 * use area while the text is parsed, so that the expression may stand there without quotes and every position stays.
 */
function hideReferences(text: string): string {
  return text.replace(/\$\{([^{}\n]*)\}/g, '$\uE000$1\uE001');
}

function showReferences(text: string): string {
  return text.replaceAll('\uE000', '{').replaceAll('\uE001', '}');
}

function reportSyntax({ document, place, problems }: Reading, text: string): void {
  const duplicates = document.errors.filter((error) => error.code === 'DUPLICATE_KEY');
  const firstOther = document.errors.find((error) => error.code !== 'DUPLICATE_KEY');
  for (const error of firstOther ? [firstOther] : duplicates) {
    problems.add('FLOW_YAML_SYNTAX', { message: syntaxMessage(error), where: place(error.pos[0]), cure: syntaxCure(error, text) });
  }
  for (const warning of document.warnings) {
    const message = warning.code === 'TAG_RESOLVE_FAILED' ? 'tags (!name) are not used in pipeline files' : showReferences(warning.message);
    problems.add('FLOW_YAML_SYNTAX', { message, where: place(warning.pos[0]) });
  }
}

function syntaxMessage(error: YAMLError): string {
  if (error.code === 'DUPLICATE_KEY') return 'the same key stands twice in one map';
  if (error.code === 'TAB_AS_INDENT') return 'a tab is used to indent';
  return showReferences(error.message.charAt(0).toLowerCase() + error.message.slice(1));
}

function syntaxCure(error: YAMLError, text: string): string | undefined {
  if (error.code === 'TAB_AS_INDENT') return 'indent with spaces';
  if (text.slice(error.pos[0] - 1, error.pos[0] + 1) === '${') return 'write the text between quotes';
  return undefined;
}

function read(reading: Reading, node: Node): DocumentNode {
  const place = reading.place(node.range?.[0] ?? 0);
  reading.values++;
  if (reading.values > mostValues || reading.level > mostLevels) {
    if (reading.values !== Infinity) reading.problems.add('FLOW_YAML_SYNTAX', { message: 'the document is endless: an alias holds itself, or values nest too deep', where: place });
    reading.values = Infinity;
    return refusedAt(place);
  }
  reading.level++;
  const result = readContent(reading, node, place);
  reading.level--;
  return result;
}

function readContent(reading: Reading, node: Node, place: Place): DocumentNode {
  if (isAlias(node)) {
    const target = node.resolve(reading.document);
    if (target) return read(reading, target);
    reading.problems.add('FLOW_YAML_SYNTAX', { message: `the alias *${node.source} has no anchor`, where: place });
    return refusedAt(place);
  }
  if (isSeq<Node>(node)) return { kind: 'list', place, items: node.items.map((item) => read(reading, item)) };
  if (isMap<Node, Node | null>(node)) return readEntries(reading, node.items, place);
  if (node.tag !== undefined && !node.tag.startsWith('tag:yaml.org,2002:')) return refusedAt(place);
  return { kind: 'scalar', place, value: isScalar(node) ? scalarOf(node.value) : null };
}

function readEntries(reading: Reading, pairs: readonly { key: Node; value: Node | null }[], place: Place): MapNode {
  const entries = new Map<string, MapEntry>();
  for (const pair of pairs) {
    const key = reading.place(pair.key.range?.[0] ?? 0);
    const name = isScalar(pair.key) ? showReferences(String(pair.key.value)) : undefined;
    if (name === undefined) reading.problems.add('FLOW_YAML_SYNTAX', { message: 'a key must be plain text', where: key });
    else if (!entries.has(name)) {
      const value: DocumentNode = pair.value ? read(reading, pair.value) : { kind: 'scalar', place: key, value: null };
      entries.set(name, { key, value });
    }
  }
  return { kind: 'map', place, entries };
}

function scalarOf(value: unknown): Scalar {
  if (typeof value === 'string') return showReferences(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return value === null || value === undefined ? null : String(value);
}

/** A word from outside as YAML would take it: a number or a truth value when it looks like one, else text. */
export function scalarFromText(text: string): Scalar {
  const value: unknown = /^[\w.+-]+$/.test(text) ? parse(text) : text;
  return typeof value === 'number' || typeof value === 'boolean' ? value : text;
}
