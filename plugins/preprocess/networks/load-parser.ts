/** A trained face parser as a function: a picture in, probabilities of visible skin out. */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { FlowError, type HostTensor } from '../../../framework/index.js';
import { captureNetwork, decodeSafetensors, tf, useEngine, type Tensor, type Variable } from '../../../framework/device/index.js';
import { makeFaceParser } from './face-parser.js';

/** Side of the picture that the network reads, in pixels; others are resized to it and its answer back. */
export const parserSize = 112;

export interface FaceParser {
  /** Probability of visible skin [parserSize, parserSize] of a picture of that size, [parserSize, parserSize, 3], RGB in 0 … 1. */
  parse(image: Float32Array): Float32Array;
  /** A picture [from, from, channels] at another size, bilinearly. */
  resize(picture: Float32Array, from: number, to: number, channels: number): Float32Array;
  dispose(): void;
}

/** The weights that come with the package. */
export function shippedParser(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, 'package.json')) && folder !== dirname(folder)) folder = dirname(folder);
  return join(folder, 'weights', 'segmenter.safetensors');
}

/**
 * Weights as `preprocess/parse` names them, under any scope (`parse/enter/kernel`, or `enter/kernel`); other tensors in the file,
 * such as an optimiser's, are left alone. Widths and levels follow from the shapes. The engine of this thread is used, `wasm` where
 * there is none yet.
 *
 * @throws FlowError FLOW_FILE_MISSING when there is no such file, FLOW_WEIGHTS when it holds no face parser.
 */
export async function loadFaceParser(file: string): Promise<FaceParser> {
  const tensors = readParser(file);
  if (!tf.getBackend()) await useEngine('wasm');
  const variables: Variable[] = [];
  const run = makeFaceParser(widthsOf(tensors, file), (name, shape) => {
    const stored = tensors.get(name);
    if (!stored || stored.shape.join() !== shape.join()) throw noParser(file, `"${name}" of shape [${stored?.shape.join(', ') ?? 'absent'}] instead of [${shape.join(', ')}]`);
    const variable = tf.tidy(() => tf.variable(tf.tensor(stored.data, [...shape], 'float32'), false));
    variables.push(variable);
    return variable;
  });
  const network = captureNetwork((image) => [run(image).sigmoid()], [1, parserSize, parserSize, 3]);
  return {
    parse: (image) => network.run(image)[0],
    resize: (picture, from, to, channels) => (from === to ? picture : valuesOf(() => resized(tf.tensor4d(picture, [1, from, from, channels]), to))),
    dispose() {
      network.dispose();
      variables.forEach((variable) => variable.dispose());
    },
  };
}

/** The values of a result. `tidy` searches what it returns for tensors, number by number in an array, so the values leave it another way. */
function valuesOf(compute: () => Tensor): Float32Array {
  let values!: Float32Array;
  tf.tidy(() => {
    values = compute().dataSync() as Float32Array;
  });
  return values;
}

/** Bilinear, by a half at most at a time, so that no pixel is skipped. */
function resized(picture: Tensor, size: number): Tensor {
  const side = picture.shape[1]!;
  if (side === size) return picture;
  const next = Math.max(size, Math.ceil(side / 2));
  return resized(tf.image.resizeBilinear(picture as tf.Tensor4D, [next, next], false, true), size);
}

/** Tensors of the network by their names without the scope. */
function readParser(file: string): Map<string, HostTensor> {
  if (!existsSync(file)) {
    throw new FlowError('FLOW_FILE_MISSING', {
      message: `The face parser ${file} does not exist.`, expected: 'unet, colour, or a safetensors file', cure: 'check the option `parser`; a relative path starts at the current folder',
    });
  }
  const found = new Map<string, HostTensor>();
  for (const [name, tensor] of decodeSafetensors(readFileSync(file)).tensors) {
    const own = /(?:^|\/)((?:enter|leave|down\d+\/(?:shrink|mix)|up\d+\/(?:narrow|mix))\/(?:kernel|bias))$/.exec(name)?.[1];
    if (own !== undefined && !name.startsWith('adam/')) found.set(own, tensor);
  }
  return found;
}

/** Channels of the levels, from the outermost inwards. */
function widthsOf(tensors: ReadonlyMap<string, HostTensor>, file: string): number[] {
  const widths: number[] = [];
  for (let level = 0; ; level++) {
    const kernel = tensors.get(level === 0 ? 'enter/kernel' : `down${level}/shrink/kernel`);
    if (!kernel) break;
    widths.push(kernel.shape.at(-1)!);
  }
  if (widths.length < 2 || parserSize % 2 ** widths.length !== 0) throw noParser(file, `${widths.length} levels`);
  return widths;
}

function noParser(file: string, got: string): FlowError {
  return new FlowError('FLOW_WEIGHTS', {
    message: `The file ${file} holds no face parser.`, expected: 'the variables of preprocess/parse', got,
    cure: 'name a checkpoint of pipelines/train-segmenter.yaml, or a file with the same names and shapes',
  });
}
