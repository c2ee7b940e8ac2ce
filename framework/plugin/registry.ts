/** The plugins of a process: which stage and resource types exist, and where each comes from. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { satisfies, valid, validRange } from 'semver';
import { FlowError, FlowErrors } from '../errors/flow-error.js';
import { checkContract } from './check-contract.js';
import type { Plugin } from './define.js';
import type { ResourceContract, StageContract } from './stage-types.js';

export interface RegisteredPlugin {
  readonly plugin: Plugin;
  /** URL of the module that exports `plugin`: workers import it again. */
  readonly source: string;
  /** How it was found, for people: `built in`, `plugins: in train.yaml` … */
  readonly foundBy: string;
}

interface RegisteredType<C> {
  /** `plugin/type`. */
  readonly use: string;
  readonly contract: C;
  readonly plugin: Plugin;
  readonly source: string;
}

export type RegisteredStage = RegisteredType<StageContract>;
export type RegisteredResource = RegisteredType<ResourceContract>;

/** The framework's version, from the package that holds this file. */
export function frameworkVersion(): string {
  for (let folder = dirname(fileURLToPath(import.meta.url)); ; folder = dirname(folder)) {
    try {
      return (JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { version: string }).version;
    } catch {
      if (folder === dirname(folder)) throw new FlowError('FLOW_INTERNAL', { message: 'the package.json of the framework is missing' });
    }
  }
}

/** Registers plugins after checking name, version, requirements and contracts, and finds types by `plugin/type`. */
export class PluginRegistry {
  readonly #plugins = new Map<string, RegisteredPlugin>();
  readonly #stages = new Map<string, RegisteredStage>();
  readonly #resources = new Map<string, RegisteredResource>();
  readonly #version: string;

  constructor(version = frameworkVersion()) {
    this.#version = version;
  }

  /**
   * Adds a plugin's types. Registering the same plugin from the same module twice does nothing. Throws FLOW_PLUGIN when the
   * name is malformed or taken, the framework's version is out of range, or a contract contradicts itself.
   */
  register(plugin: Plugin, source: string, foundBy = 'registered by hand'): void {
    const earlier = this.#plugins.get(plugin.name);
    if (earlier && (earlier.plugin === plugin || earlier.source === source)) return;
    if (earlier) {
      throw new FlowError('FLOW_PLUGIN', {
        who: plugin.name, message: `two plugins are named "${plugin.name}"`,
        expected: `one plugin of that name: ${earlier.source} (${earlier.foundBy})`, got: `${source} (${foundBy})`, cure: 'rename or remove one of them',
      });
    }
    this.#checkManifest(plugin);
    for (const [type, contract] of Object.entries(plugin.stages ?? {})) {
      const use = `${plugin.name}/${type}`;
      checkContract(use, contract as StageContract);
      this.#stages.set(use, { use, contract: contract as StageContract, plugin, source });
    }
    for (const [type, contract] of Object.entries(plugin.resources ?? {})) {
      const use = `${plugin.name}/${type}`;
      this.#resources.set(use, { use, contract: contract as ResourceContract, plugin, source });
    }
    this.#plugins.set(plugin.name, { plugin, source, foundBy });
  }

  /** Checks that every required plugin is there in a fitting version; call it once after the last `register`. */
  checkRequirements(): void {
    const problems = [...this.#plugins.values()].flatMap(({ plugin }) =>
      Object.entries(plugin.requires ?? {}).flatMap(([name, range]) => {
        const version = this.#plugins.get(name)?.plugin.version;
        if (version !== undefined && satisfies(version, range)) return [];
        return [new FlowError('FLOW_PLUGIN', {
          who: plugin.name, message: `the plugin "${plugin.name}" requires the plugin "${name}"`,
          expected: `${name} ${range}`, got: version === undefined ? 'no such plugin' : `${name} ${version}`,
        })];
      }),
    );
    if (problems.length > 0) throw new FlowErrors(problems);
  }

  stage(use: string): RegisteredStage | undefined {
    return this.#stages.get(use);
  }

  resource(use: string): RegisteredResource | undefined {
    return this.#resources.get(use);
  }

  /** URL of the module that exports a plugin. */
  sourceOf(plugin: string): string | undefined {
    return this.#plugins.get(plugin)?.source;
  }

  plugin(name: string): RegisteredPlugin | undefined {
    return this.#plugins.get(name);
  }

  get plugins(): RegisteredPlugin[] {
    return [...this.#plugins.values()];
  }

  get stages(): RegisteredStage[] {
    return [...this.#stages.values()];
  }

  get resources(): RegisteredResource[] {
    return [...this.#resources.values()];
  }

  #checkManifest(plugin: Plugin): void {
    const fail = (message: string, fields: { expected?: string; got?: string }): never => {
      throw new FlowError('FLOW_PLUGIN', { who: plugin.name, message, ...fields });
    };
    if (!/^[a-z][a-z0-9-]*$/.test(plugin.name)) fail('the name of a plugin is malformed', { expected: 'small letters, digits and -', got: JSON.stringify(plugin.name) });
    if (!valid(plugin.version)) fail(`the plugin "${plugin.name}" has no semantic version`, { expected: 'for instance 1.0.0', got: JSON.stringify(plugin.version) });
    if (!validRange(plugin.framework)) fail(`the plugin "${plugin.name}" names no framework range`, { expected: 'for instance ^1.0.0', got: JSON.stringify(plugin.framework) });
    if (!satisfies(this.#version, plugin.framework, { includePrerelease: true })) {
      fail(`the plugin "${plugin.name}" does not work with this version of the framework`, { expected: `framework ${plugin.framework}`, got: `framework ${this.#version}` });
    }
  }
}
