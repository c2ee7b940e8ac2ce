/**
 * The types of ports. A tensor port has an element type, a symbolic shape of one sample (the framework adds the batch
 * axis inside device sections) and a meaning with its unit; value ports carry plain data.
 *
 * A dimension is a number, or a symbol:
 * - `'H'`: the same extent wherever the symbol stands in this stage; free until an edge decides it;
 * - `'with.size'`: the value of the stage's option `size`;
 * - `'face.vertices'`: the dimension `vertices` that the resource in slot `face` declares.
 *
 * A meaning that begins with `?` is a symbol too: `'?m'` is the same meaning wherever it stands in this stage, so that a stage
 * which changes no meaning hands it on; `'?'` alone accepts any.
 */
import type { DType, HostTensor } from '../values/host-tensor.js';

export type Dimension = number | string;

export interface TensorPort {
  readonly kind: 'tensor';
  readonly dtype: DType;
  readonly shape: readonly Dimension[];
  /** What the numbers mean and in which unit, for instance `image.rgb` or `mesh.vertices.dm`. Compared as a whole. */
  readonly meaning: string;
  readonly optional?: boolean;
}

/** Plain data: JSON values and typed arrays, by structured clone. `T` is known to the compiler only. */
export interface ValuePort<T = unknown> {
  readonly kind: 'value';
  readonly meaning: string;
  readonly optional?: boolean;
  /** Phantom: carries `T`, never set. */
  readonly type?: T;
}

export type PortType = TensorPort | ValuePort;
export type Ports = Readonly<Record<string, PortType>>;

/** A tensor port. `shape` is that of one sample; `meaning` names what the numbers are, with their unit. */
export function tensor<const S extends readonly Dimension[]>(dtype: DType, shape: S, meaning: string): TensorPort {
  return { kind: 'tensor', dtype, shape, meaning };
}

/** A port of plain data of the type `T`. */
export function value<T>(meaning: string): ValuePort<T> {
  return { kind: 'value', meaning };
}

/** The same port, which may stay unconnected; the stage then receives `undefined`. */
export function optional<P extends PortType>(port: P): P & { readonly optional: true } {
  return { ...port, optional: true };
}

/** What a port's packet holds on the host. */
export type HostValue<P extends PortType> = P extends { optional: true } ? BaseHostValue<P> | undefined : BaseHostValue<P>;
type BaseHostValue<P extends PortType> = P extends TensorPort ? HostTensor : P extends ValuePort<infer T> ? T : never;

export type HostValues<P extends Ports> = { readonly [K in keyof P]: HostValue<P[K]> };
