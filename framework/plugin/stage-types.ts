/**
 * Contracts: what a stage type or a resource type promises, apart from its implementation. A contract imports no
 * TensorFlow.js; `load` brings the implementation when a run needs it.
 */
import type { Static, TObject } from '@sinclair/typebox';
import type { HostTensor } from '../values/host-tensor.js';
import type { Random } from '../values/random.js';
import type { HostValues, Ports, TensorPort } from './port-types.js';
import type { Tensor, Variable } from '../device/tf.js';

/** A kind of resource: several resource types may build the same kind (`face-model` from MakeHuman or from BFM). */
export interface ResourceKind<T> {
  readonly name: string;
  /** Phantom: carries `T`, never set. */
  readonly type?: T;
}

/** A kind of resource whose values have the type `T`. Two kinds are the same when their names are. */
export function resourceKind<T>(name: string): ResourceKind<T> {
  return { name };
}

export type ResourceSlots = Readonly<Record<string, ResourceKind<unknown>>>;
export type ResourceValue<K> = K extends ResourceKind<infer T> ? T : never;

export interface ResourceContract<O extends TObject = TObject, T = unknown> {
  readonly summary: string;
  readonly kind: ResourceKind<T>;
  /** Raised when what is built changes for the same options. Enters the digest. */
  readonly version: number;
  readonly options: O;
  /** Extents by name, cheap: nothing is built. They serve symbolic dimensions such as `face.vertices`. */
  readonly dimensions: (options: Static<O>) => Readonly<Record<string, number>>;
  /** Files that the options name, relative paths from the working folder: their bytes enter the digest too. */
  readonly files?: (options: Static<O>) => readonly string[];
  readonly load: () => Promise<{ readonly resource: ResourceImplementation<O, T> }>;
}

export interface ResourceImplementation<O extends TObject = TObject, T = unknown> {
  /** Builds or reads the value. The framework keeps one for each digest in a process. */
  build(options: Static<O>, context: ResourceContext): Promise<T>;
}

export interface ResourceContext {
  /** An existing folder for files that building leaves behind; its name holds the resource's digest. */
  readonly cacheFolder: string;
  readonly log: (line: string) => void;
}

interface CommonContract<I extends Ports, O extends TObject, R extends ResourceSlots> {
  /** One sentence. */
  readonly summary: string;
  readonly options: O;
  readonly resources?: R;
  readonly in: I;
  /** When given, any further input name is allowed and has this type (`losses/total`). */
  readonly inRest?: TensorPort;
  /** Raised when results change for the same input and options. Enters cache keys. */
  readonly version: number;
}

/** Produces samples as a function of an index. */
export interface SourceContract<O extends TObject = TObject, Out extends Ports = Ports, R extends ResourceSlots = ResourceSlots>
  extends CommonContract<Record<never, never>, O, R> {
  readonly kind: 'source';
  readonly out: Out;
  readonly load: () => Promise<{ readonly stage: SourceImplementation<O, Out> }>;
}

/** Works on one sample at a time, in a pool worker or on the main thread; cached by content when pure. */
export interface HostContract<
  O extends TObject = TObject, In extends Ports = Ports, Out extends Ports = Ports, R extends ResourceSlots = ResourceSlots,
> extends CommonContract<In, O, R> {
  readonly kind: 'host';
  readonly out: Out;
  /** The same input gives the same output: then results are cached. */
  readonly pure: boolean;
  /** `worker` (the default) or `main`, for stages whose work is not worth a message. */
  readonly runs?: 'worker' | 'main';
  readonly load: () => Promise<{ readonly stage: HostImplementation<O, In, Out, R> }>;
}

/** A synchronous function of batched tensors inside a device section. All ports are tensors; axis 0 is the batch. */
export interface DeviceContract<
  O extends TObject = TObject, In extends Ports = Ports, Out extends Ports = Ports, R extends ResourceSlots = ResourceSlots,
  D extends Ports = Ports,
> extends CommonContract<In, O, R> {
  readonly kind: 'device';
  readonly out: Out;
  /** When given, every further input (`inRest`) has an output of its name and of this type (the weighted terms of `losses/total`). */
  readonly outRest?: TensorPort;
  /** It creates variables: then no host stage may stand between it and the loss. */
  readonly trainable?: boolean;
  /** Random inputs of one sample, drawn on the host by `draw` and uploaded with the batch. */
  readonly draws?: D;
  /**
   * Without variables and draws, and dear for the size of its outputs (an embedding): where it reads host values alone, it is
   * computed once for each sample, by itself, and its outputs are cached by content.
   */
  readonly cacheable?: true;
  readonly load: () => Promise<{ readonly stage: DeviceImplementation<O, In, Out, R, D> }>;
}

/** Consumes samples: writes files into the run folder. */
export interface SinkContract<O extends TObject = TObject, In extends Ports = Ports, R extends ResourceSlots = ResourceSlots>
  extends CommonContract<In, O, R> {
  readonly kind: 'sink';
  readonly out: Record<never, never>;
  readonly load: () => Promise<{ readonly stage: SinkImplementation<O, In, R> }>;
}

// `any` in the parameters below would be a hole at a boundary; the registry uses the widest instantiation instead.
export type StageContract = SourceContract | HostContract | DeviceContract | SinkContract;
export type StageKind = StageContract['kind'];

/* ------------------------------------------------------------------ implementations */

export interface StageContext<O extends TObject, R extends ResourceSlots> {
  readonly options: Static<O>;
  /** The stage's name in the pipeline, for messages. */
  readonly stage: string;
  readonly resource: <K extends keyof R & string>(slot: K) => ResourceValue<R[K]>;
  readonly log: (line: string) => void;
}

export interface SourceContext<O extends TObject> extends StageContext<O, ResourceSlots> {
  /**
   * A value that follows from `content` alone, computed once and then found in the content cache, over runs and pipelines: what a source
   * must look for before it knows its samples. Both hold JSON values and typed arrays; the contract's version is part of the key.
   */
  readonly remembered: <T>(content: unknown, compute: () => Promise<T>) => Promise<T>;
}

export interface SourceImplementation<O extends TObject, Out extends Ports> {
  open(context: SourceContext<O>): Promise<OpenSource<Out>>;
}

export interface OpenSource<Out extends Ports = Ports> {
  readonly length: number;
  /** A stable, unique name of the sample: it keys joins, random draws, caches and messages. */
  key(index: number): string;
  read(index: number): Promise<HostValues<Out>>;
  /**
   * For a source whose values follow from something that is known without them, such as a file (see `fileStamp`): with it a run leaves out `read`
   * where the results of all stages behind the source are in the cache.
   */
  glance?(index: number): Promise<Glance<Out>>;
  close?(): Promise<void>;
}

export interface Glance<Out extends Ports = Ports> {
  /** Stands for everything that the sample's values follow from: other values, another fingerprint. Without spaces. */
  readonly fingerprint: string;
  /** The values of what was glanced at. It may be read much later: if it has changed by then, the sample is refused. */
  read(): Promise<HostValues<Out>>;
}

export interface HostImplementation<O extends TObject, In extends Ports, Out extends Ports, R extends ResourceSlots> {
  create(context: StageContext<O, R>): Promise<HostFunction<In, Out>>;
}

/** Which sample a host stage works on. A pure stage must not look at it: its results are cached by input alone. */
export interface HostCall {
  readonly key: string;
  /** Counts from 0: a stage that augments its samples draws from (key, epoch). */
  readonly epoch: number;
}

export interface HostFunction<In extends Ports = Ports, Out extends Ports = Ports> {
  run(inputs: HostValues<In>, call: HostCall): Promise<HostValues<Out>> | HostValues<Out>;
  close?(): Promise<void>;
}

export type DeviceValues<P extends Ports> = {
  readonly [K in keyof P]: P[K] extends { optional: true } ? Tensor | undefined : Tensor;
};

export interface DeviceContext<O extends TObject, R extends ResourceSlots> extends StageContext<O, R> {
  /** The resolved shape of one sample at a port, without the batch axis. */
  shapeOf(port: string): readonly number[];
  /** Names of the connected inputs, in the order of the file. */
  readonly inputs: readonly string[];
  /** A tensor that stays on the device for the whole run, made once for each (slot or stage, name). */
  constant(name: string, make: () => HostTensor): Tensor;
  /** A trainable tensor `<scope>/<name>`: shared by every use of the stage's named graph, saved and loaded by name. */
  variable(name: string, shape: readonly number[], initial: Initializer): Variable;
}

/** Start values of a variable, a pure function of (run seed, variable name). */
export type Initializer = (random: Random, shape: readonly number[]) => Float32Array;

export interface DeviceCall<D extends Ports> {
  readonly draws: DeviceValues<D>;
  readonly training: boolean;
}

export interface DeviceImplementation<
  O extends TObject, In extends Ports, Out extends Ports, R extends ResourceSlots, D extends Ports,
> {
  /** The random inputs of one sample. Needed when the contract declares `draws`. */
  draw?(random: Random, options: Static<O>): { readonly [K in keyof D]: HostTensor };
  build(context: DeviceContext<O, R>): DeviceFunction<In, Out, D>;
}

export interface DeviceFunction<In extends Ports, Out extends Ports, D extends Ports> {
  /** Runs inside a tensor scope: it may not keep or dispose its inputs; what it does not return is freed. */
  run(inputs: DeviceValues<In> & Readonly<Record<string, Tensor | undefined>>, call: DeviceCall<D>): DeviceValues<Out>;
}

export interface SinkImplementation<O extends TObject, In extends Ports, R extends ResourceSlots> {
  create(context: StageContext<O, R> & { readonly folder: string }): Promise<SinkFunction<In>>;
}

export interface SinkFunction<In extends Ports = Ports> {
  write(inputs: HostValues<In>, call: { readonly key: string; readonly step: number }): Promise<void>;
  /** Whether it takes no more samples of this occasion. Once true it stays so; `write` is not called again, and what only this sink reads is not computed. */
  full?(): boolean;
  /** Called after the last sample of an occasion: writes sheets and indexes. */
  close?(call: { readonly step: number }): Promise<void>;
}
