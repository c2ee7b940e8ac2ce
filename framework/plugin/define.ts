/** Typed identity functions: they give a plugin its types and change nothing. Importing a plugin does nothing else. */
import type { TObject } from '@sinclair/typebox';
import type { Ports } from './port-types.js';
import type {
  DeviceContract, DeviceImplementation, HostContract, HostImplementation, ResourceContract, ResourceImplementation,
  ResourceSlots, SinkContract, SinkImplementation, SourceContract, SourceImplementation, StageContract,
} from './stage-types.js';

/**
 * A contract as it is written. The type of what `load` brings is left open here, because the implementation is typed by the
 * contract (`implementSource` … below): were it looked at in both directions, neither type could be inferred.
 */
type Written<T> = Omit<T, 'load'> & { readonly load: () => Promise<object> };
type Contract<T> = Written<Omit<T, 'kind'>>;

/** A source: samples as a function of an index. Adds `kind` and gives the contract its type. */
export function defineSource<O extends TObject, Out extends Ports, R extends ResourceSlots = Record<never, never>>(
  contract: Contract<SourceContract<O, Out, R>>,
): SourceContract<O, Out, R> {
  return { kind: 'source', ...contract } as SourceContract<O, Out, R>;
}

/** A host stage: one sample at a time, in a worker or on the main thread. Adds `kind` and gives the contract its type. */
export function defineHost<O extends TObject, In extends Ports, Out extends Ports, R extends ResourceSlots = Record<never, never>>(
  contract: Contract<HostContract<O, In, Out, R>>,
): HostContract<O, In, Out, R> {
  return { kind: 'host', ...contract } as HostContract<O, In, Out, R>;
}

/** A device stage: a synchronous function of batched tensors. Adds `kind` and gives the contract its type. */
export function defineDevice<
  O extends TObject, In extends Ports, Out extends Ports, R extends ResourceSlots = Record<never, never>, D extends Ports = Record<never, never>,
>(contract: Contract<DeviceContract<O, In, Out, R, D>>): DeviceContract<O, In, Out, R, D> {
  return { kind: 'device', ...contract } as DeviceContract<O, In, Out, R, D>;
}

/** A sink: writes what it receives into the run folder. Adds `kind` and gives the contract its type. */
export function defineSink<O extends TObject, In extends Ports, R extends ResourceSlots = Record<never, never>>(
  contract: Contract<SinkContract<O, In, R>>,
): SinkContract<O, In, R> {
  return { kind: 'sink', ...contract } as SinkContract<O, In, R>;
}

/** A resource type: a typed, immutable thing that many stages share. */
export function defineResource<O extends TObject, T>(
  contract: Written<ResourceContract<O, T>>,
): ResourceContract<O, T> {
  return contract as ResourceContract<O, T>;
}

/* The implementation of a contract, in its own file: the contract is named only for its type. */

/** The implementation of a source, checked against its contract. */
export function implementSource<O extends TObject, Out extends Ports, R extends ResourceSlots>(
  _contract: SourceContract<O, Out, R>, implementation: SourceImplementation<O, Out>,
): SourceImplementation<O, Out> {
  return implementation;
}

/** The implementation of a host stage, checked against its contract. */
export function implementHost<O extends TObject, In extends Ports, Out extends Ports, R extends ResourceSlots>(
  _contract: HostContract<O, In, Out, R>, implementation: HostImplementation<O, In, Out, R>,
): HostImplementation<O, In, Out, R> {
  return implementation;
}

/** The implementation of a device stage, checked against its contract. */
export function implementDevice<O extends TObject, In extends Ports, Out extends Ports, R extends ResourceSlots, D extends Ports>(
  _contract: DeviceContract<O, In, Out, R, D>, implementation: DeviceImplementation<O, In, Out, R, D>,
): DeviceImplementation<O, In, Out, R, D> {
  return implementation;
}

/** The implementation of a sink, checked against its contract. */
export function implementSink<O extends TObject, In extends Ports, R extends ResourceSlots>(
  _contract: SinkContract<O, In, R>, implementation: SinkImplementation<O, In, R>,
): SinkImplementation<O, In, R> {
  return implementation;
}

/** The implementation of a resource type, checked against its contract. */
export function implementResource<O extends TObject, T>(
  _contract: ResourceContract<O, T>, implementation: ResourceImplementation<O, T>,
): ResourceImplementation<O, T> {
  return implementation;
}

/** A contract of any shape, as the registry holds it. The type parameters are checked where the contract is defined. */
export type AnyStageContract = { readonly kind: StageContract['kind']; readonly summary: string };

export interface Plugin {
  readonly name: string;
  readonly version: string;
  /** Semantic version range of the framework that this plugin works with. */
  readonly framework: string;
  readonly summary: string;
  /** Plugins whose `index.ts` or stage types this one uses, with version ranges. */
  readonly requires?: Readonly<Record<string, string>>;
  readonly stages?: Readonly<Record<string, AnyStageContract>>;
  readonly resources?: Readonly<Record<string, { readonly summary: string }>>;
}

/** A plugin as it is exported: `export const plugin = definePlugin({ … })`. */
export function definePlugin(plugin: Plugin): Plugin {
  return plugin;
}
