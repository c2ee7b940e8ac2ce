/**
 * Builds resources: once in a process (workers are processes of their own here: a thread loads a resource once), and once
 * on a machine for what building leaves in the resource's folder. `<cache root>/resources/<digest>/` is marked complete
 * after the first successful build; until then one builder works under a lock and the others wait, and what a dead
 * builder left is cleared away.
 */
import { access, mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ResourceContract } from '../plugin/stage-types.js';
import { FlowError } from '../errors/flow-error.js';
import { withLock } from './lock-file.js';

/** What the loader needs to know of a resource: a `PlannedResource`, or its copy in a worker. */
export interface ResourceRecipe {
  readonly name: string;
  readonly use: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly digest: string;
  readonly contract: ResourceContract;
}

export class ResourceLoader {
  readonly #folder: string;
  readonly #log: (line: string) => void;
  readonly #values = new Map<string, Promise<unknown>>();

  constructor(options: { readonly cacheRoot: string; readonly log?: (line: string) => void }) {
    this.#folder = join(options.cacheRoot, 'resources');
    this.#log = options.log ?? (() => undefined);
  }

  /** The value; built at the first call. A failed build is tried again at the next call. */
  load(recipe: ResourceRecipe): Promise<unknown> {
    let value = this.#values.get(recipe.digest);
    if (!value) {
      value = this.#build(recipe).catch((error: unknown) => {
        this.#values.delete(recipe.digest);
        throw error instanceof FlowError ? error : failedBuild(recipe, error);
      });
      this.#values.set(recipe.digest, value);
    }
    return value;
  }

  async #build(recipe: ResourceRecipe): Promise<unknown> {
    const { resource } = await recipe.contract.load();
    const cacheFolder = join(this.#folder, recipe.digest);
    const marker = `${cacheFolder}.complete`;
    const build = (): Promise<unknown> => resource.build(recipe.options, {
      cacheFolder, log: (line) => this.#log(`${recipe.name}: ${line}`),
    });
    if (await exists(marker)) {
      try {
        return await build();
      } catch (error) {
        this.#log(`${recipe.name}: its folder is damaged and will be built again (${(error as Error).message})`);
        await rm(marker, { force: true });
      }
    }
    await mkdir(this.#folder, { recursive: true });
    return withLock(cacheFolder, async () => {
      if (!await exists(marker)) {
        await rm(cacheFolder, { recursive: true, force: true });
        await mkdir(cacheFolder, { recursive: true });
      }
      const value = await build();
      await writeFile(marker, '');
      return value;
    });
  }
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(() => true, () => false);
}

function failedBuild(recipe: ResourceRecipe, error: unknown): FlowError {
  return new FlowError('FLOW_RESOURCE', {
    who: recipe.name, message: `The resource (${recipe.use}) cannot be built: ${error instanceof Error ? error.message : String(error)}`,
    cause: error,
  });
}
