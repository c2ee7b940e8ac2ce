/**
 * Finds plugins, in this order: those that the pipeline file names, `./plugins/*` of the working directory, direct
 * dependencies named `flow-plugin-*`, and those that ship with the program.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, isAbsolute, join, relative, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { FlowError, type Place } from '../errors/flow-error.js';
import type { Plugin } from './define.js';
import { PluginRegistry } from './registry.js';

/** Gives plugins with the URL of the module that exports each. */
export type PluginProvider = () => Promise<readonly { readonly plugin: Plugin; readonly source: string }[]>;

export interface NamedPlugin {
  /** An absolute path, or the name of a package. */
  readonly name: string;
  /** Where it is named. */
  readonly place?: Place;
}

export interface DiscoverOptions {
  readonly named?: readonly NamedPlugin[];
  readonly workingFolder?: string;
  /** Those in `plugins/` beside the framework when not given. */
  readonly builtin?: PluginProvider;
}

/** A registry of all plugins found. Throws FLOW_PLUGIN or FLOW_PLUGIN_LOAD. */
export async function discoverPlugins({ named = [], workingFolder = process.cwd(), builtin = shippedPlugins }: DiscoverOptions = {}): Promise<PluginRegistry> {
  const registry = new PluginRegistry();
  for (const { name, place } of named) {
    const entry = isAbsolute(name) ? entryOf(name) : packageEntry(name, workingFolder);
    if (!entry) throw new FlowError('FLOW_PLUGIN_LOAD', { who: name, where: place, message: 'the plugin that the pipeline names does not exist', cure: isAbsolute(name) ? undefined : `npm install ${name}` });
    await registerModule(registry, sameBuild(entry), 'named by the pipeline', place);
  }
  for (const entry of projectPlugins(workingFolder)) await registerModule(registry, entry, 'in ./plugins');
  for (const entry of dependencyPlugins(workingFolder)) await registerModule(registry, entry, 'a dependency of the project');
  for (const { plugin, source } of await builtin()) registry.register(plugin, source, 'built in');
  registry.checkRequirements();
  return registry;
}

async function registerModule(registry: PluginRegistry, file: string, foundBy: string, place?: Place): Promise<void> {
  const source = pathToFileURL(file).href;
  try {
    registry.register(await importPlugin(source), source, foundBy);
  } catch (error) {
    throw place && error instanceof FlowError ? new FlowError(error.code, { ...error.fields, where: place }) : error;
  }
}

/** Imports a module that exports `plugin`; TypeScript is read through tsx. Throws FLOW_PLUGIN_LOAD. */
async function importPlugin(source: string): Promise<Plugin> {
  refuseCommonJs(source);
  const module = (await importModule(source, 'the plugin')) as { readonly plugin?: Plugin };
  if (typeof module.plugin === 'object' && typeof module.plugin.name === 'string') return module.plugin;
  throw new FlowError('FLOW_PLUGIN_LOAD', { who: source, message: 'the module exports no plugin', expected: 'export const plugin = definePlugin({ … })' });
}

async function importModule(source: string, what: string): Promise<unknown> {
  try {
    if (/\.m?ts$/.test(source)) await readTypeScript();
    return await import(source);
  } catch (cause) {
    throw new FlowError('FLOW_PLUGIN_LOAD', { who: source, message: `${what} cannot be imported: ${(cause as Error).message}`, cause });
  }
}

let typeScript: Promise<unknown> | undefined;

function readTypeScript(): Promise<unknown> {
  typeScript ??= import('tsx/esm/api').then(({ register }) => register());
  return typeScript;
}

/** A `.ts` file is a module of the kind that its package says; CommonJS would load a second copy of the framework. */
function refuseCommonJs(source: string): void {
  if (!source.endsWith('.ts')) return;
  const file = fileURLToPath(source);
  let folder = dirname(file);
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  if (readJson(join(folder, 'package.json'))?.['type'] === 'module') return;
  throw new FlowError('FLOW_PLUGIN_LOAD', {
    who: source, message: 'the plugin would be read as CommonJS', expected: '"type": "module" in the package.json of its project', cure: 'add it, or name the file plugin.mts',
  });
}

/**
 * A source file of this package stands for its compiled form where the framework itself is compiled: two copies of the
 * framework must not meet.
 */
function sameBuild(entry: string): string {
  const inside = relative(packageFolder(), entry);
  const compiled = join(packageFolder(), 'dist', inside.replace(/\.ts$/, '.js'));
  const applies = import.meta.url.endsWith('.js') && !inside.startsWith('..') && existsSync(compiled);
  return applies ? compiled : entry;
}

/** `./plugins/*`; in the package itself that folder holds the shipped plugins, which are found as such. */
function projectPlugins(workingFolder: string): string[] {
  const folder = join(workingFolder, 'plugins');
  if (!existsSync(folder) || resolve(workingFolder) === packageFolder()) return [];
  return readdirSync(folder).sort().flatMap((name) => entryOf(join(folder, name)) ?? []);
}

function dependencyPlugins(workingFolder: string): string[] {
  const manifest = readJson(join(workingFolder, 'package.json'));
  const names = Object.keys({ ...(manifest?.['dependencies'] as object), ...(manifest?.['devDependencies'] as object) });
  return names.filter((name) => /^(@[^/]+\/)?flow-plugin-/.test(name)).sort().flatMap((name) => packageEntry(name, workingFolder) ?? []);
}

const entryNames = ['plugin', 'index'].flatMap((name) => ['ts', 'mts', 'js', 'mjs'].map((ending) => `${name}.${ending}`));

/** The module of a plugin: the file itself, what the folder's package.json names, or a file of the usual names. */
function entryOf(path: string): string | undefined {
  if (!existsSync(path)) return undefined;
  if (!statSync(path).isDirectory()) return /\.[mc]?[jt]s$/.test(path) && !path.endsWith('.d.ts') ? path : undefined;
  const named = mainOf(readJson(join(path, 'package.json')));
  const candidates = named === undefined ? entryNames : [named, ...entryNames];
  return candidates.map((name) => join(path, name)).find((file) => existsSync(file));
}

function packageEntry(name: string, workingFolder: string): string | undefined {
  for (let folder = resolve(workingFolder); ; folder = dirname(folder)) {
    const entry = entryOf(join(folder, 'node_modules', name));
    if (entry || folder === dirname(folder)) return entry;
  }
}

/** The main module of a package: `exports["."]` for `import`, else `main`. */
function mainOf(manifest: Record<string, unknown> | undefined): string | undefined {
  const pick = (target: unknown): string | undefined => {
    if (typeof target === 'string') return target;
    if (typeof target !== 'object' || target === null) return undefined;
    const conditions = target as Record<string, unknown>;
    return pick(conditions['.'] ?? conditions['import'] ?? conditions['node'] ?? conditions['default']);
  };
  return pick(manifest?.['exports']) ?? pick(manifest?.['main']);
}

function readJson(file: string): Record<string, unknown> | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>) : undefined;
}

function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return folder;
}

/** `builtinPlugins` of `plugins/index`, when that folder is there. */
async function shippedPlugins(): ReturnType<PluginProvider> {
  const folder = new URL('../../plugins/', import.meta.url);
  const index = ['index.js', 'index.ts'].map((name) => new URL(name, folder)).find((url) => existsSync(url));
  if (!index) return [];
  const { builtinPlugins } = (await importModule(index.href, 'the list of built-in plugins')) as { readonly builtinPlugins: readonly Plugin[] };
  return builtinPlugins.map((plugin) => {
    const own = ['plugin.js', 'plugin.ts'].map((name) => new URL(`${plugin.name}/${name}`, folder)).find((url) => existsSync(url));
    return { plugin, source: (own ?? index).href };
  });
}
