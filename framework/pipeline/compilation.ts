/** What the steps of the compiler share. */
import type { Place } from '../errors/flow-error.js';
import type { PluginRegistry } from '../plugin/registry.js';
import { keyPlaceOf, placeOf, type MapNode, type Path } from './document.js';
import type { Problems } from './problems.js';
import type { PipelineDocument } from './schema.js';

/** What every check of one compilation reads and reports to. */
export class Compilation {
  constructor(
    readonly root: MapNode,
    readonly document: PipelineDocument,
    /** Parts that an earlier step refused: what refers to them is no further problem. */
    readonly broken: ReadonlySet<string>,
    readonly registry: PluginRegistry,
    readonly problems: Problems,
  ) {}

  place(path: Path): Place {
    return placeOf(this.root, path);
  }

  keyPlace(path: Path): Place {
    return keyPlaceOf(this.root, path);
  }
}

/** `stage.port` → the two words; the port is what stands behind the last dot. */
export function splitReference(reference: string): { readonly name: string; readonly port: string | undefined } {
  const dot = reference.lastIndexOf('.');
  return dot <= 0 ? { name: reference, port: undefined } : { name: reference.slice(0, dot), port: reference.slice(dot + 1) };
}
