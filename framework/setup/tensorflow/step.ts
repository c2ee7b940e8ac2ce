import type { Recipe } from './recipe.js';
import type { Tools } from './tools.js';

/** What every step of the setup gets. */
export interface SetupStep {
  readonly recipe: Recipe;
  readonly tools: Tools;
  /** The unfinished installation. */
  readonly folder: string;
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
}
