/**
 * The operators of the face system at the paper's size (35.7 k vertices, 70.7 k triangles, 224 px, one face): least CPU time, the bytes that
 * each must at least read and write, and what share of the machine's copying speed that is; beside plain loops, and beside
 * PyTorch where a Python with torch is named.
 *
 *     node --import tsx bench/paper-operators.ts [--engine wasm] [--pytorch PYTHON] [--rounds 15]
 */
import { execFileSync } from 'node:child_process';
import { cpus, loadavg } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { tf, useEngine, type EngineName, type SparseMatrix, type Tensor, type Variable } from '../framework/device/index.js';
import { zeros, type Initializer } from '../framework/index.js';
import { graphDecoder } from '../plugins/faid/networks/graph-decoder.js';
import { meshLaplacian } from '../plugins/gcn-refiner/host/mesh-laplacian.js';
import { meshLevels } from '../plugins/gcn-refiner/host/mesh-levels.js';
import { chebyshevConvolution } from '../plugins/gcn-refiner/maths/chebyshev-convolution.js';
import { meshRefiner } from '../plugins/gcn-refiner/networks/mesh-refiner.js';
import { deep3dCamera } from '../plugins/rasterizer/host/camera.js';
import { triangleNeighbours } from '../plugins/rasterizer/host/triangle-neighbours.js';
import { barycentrics } from '../plugins/rasterizer/maths/barycentrics.js';
import { interpolate } from '../plugins/rasterizer/maths/interpolate.js';
import { render } from '../plugins/rasterizer/maths/render.js';
import { silhouettes } from '../plugins/rasterizer/maths/silhouettes.js';
import { shade } from '../plugins/rasterizer/maths/spherical-harmonics.js';
import { vertexNormals } from '../plugins/rasterizer/maths/vertex-normals.js';
import { visibility } from '../plugins/rasterizer/maths/visibility.js';
import { dome } from './support/dome.js';

const { values } = parseArgs({ options: { engine: { type: 'string', default: 'wasm' }, pytorch: { type: 'string' }, rounds: { type: 'string', default: '15' } } });
const rounds = Number(values.rounds);
const engine = await useEngine(values.engine as EngineName);

interface Row {
  readonly what: string;
  readonly milliseconds: number;
  readonly bytes?: number;
  readonly plain?: number;
}
const rows: Row[] = [];

/** Milliseconds of CPU time, which other work on the machine disturbs less than the clock; several calls at a time where one is short. */
function least(body: () => void): number {
  body();
  const start = performance.now();
  body();
  const calls = Math.max(1, Math.min(20, Math.floor(20 / (performance.now() - start))));
  let shortest = Infinity;
  for (let round = 0; round < rounds; round++) {
    const from = process.cpuUsage();
    for (let call = 0; call < calls; call++) body();
    const { user, system } = process.cpuUsage(from);
    shortest = Math.min(shortest, (user + system) / 1000 / calls);
  }
  return shortest;
}

function measure(what: string, run: () => Tensor, numbers?: number, plain?: () => void): void {
  const milliseconds = least(() => tf.tidy(() => void run().dataSync()));
  rows.push({ what, milliseconds, bytes: numbers && 4 * numbers, plain: plain && least(plain) });
}

const side = 189;
const size = 224;
const terms = 6;
const { vertices, triangles } = dome(side);
const [vertexCount, faceCount, pixels] = [side * side, triangles.length / 3, size * size];
const view = { size, camera: deep3dCamera };
const random = (shape: number[], seed: number): Tensor => tf.randomNormal(shape, 0, 1, 'float32', seed);

const [points, faces, neighbours] = [
  tf.tensor(vertices, [1, vertexCount, 3]), tf.tensor(triangles, [faceCount, 3], 'int32'), tf.tensor(triangleNeighbours(triangles), [faceCount, 3], 'int32'),
];
const { ids } = visibility(points, faces, view);
const weights = barycentrics(points, faces, ids, view);
const albedo = tf.fill([1, vertexCount, 3], 0.5);
const light = random([1, 27], 3).mul(0.1);
const normalsOfPixels = tf.reshape(interpolate(vertexNormals(points, faces), faces, ids, weights), [1, pixels, 3]);

measure('z-buffer', () => visibility(points, faces, view).ids, vertexCount * 3 + faceCount * 3 + pixels);
measure('barycentrics', () => barycentrics(points, faces, ids, view), vertexCount * 3 + pixels * 4);
measure('interpolation, 3 channels', () => interpolate(albedo, faces, ids, weights), vertexCount * 3 + pixels * 7);
measure('  with gradients', () => tf.grad((colours) => tf.sum(interpolate(colours, faces, ids, weights)))(albedo), vertexCount * 9 + pixels * 17);
measure('vertex normals', () => vertexNormals(points, faces), vertexCount * 6 + faceCount * 3);
measure('  with gradients', () => tf.grad((v) => tf.sum(tf.square(vertexNormals(v, faces))))(points), vertexCount * 18 + faceCount * 6);
measure('shading', () => shade(normalsOfPixels, light), pixels * 6);
measure('  with gradients', () => tf.grad((n) => tf.sum(tf.square(shade(n, light))))(normalsOfPixels), pixels * 18);
measure('silhouettes', () => silhouettes(points, faces, neighbours, ids, view), vertexCount * 3 + faceCount * 6 + pixels * 5);
for (const antialiased of [undefined, neighbours]) {
  const image = (v: Tensor, colours: Tensor, gamma: Tensor): Tensor => render({ vertices: v, albedo: colours, light: gamma, triangles: faces, neighbours: antialiased }, view).image;
  measure(`whole render${antialiased ? ', antialiased' : ''}`, () => image(points, albedo, light));
  const gradients = tf.grads((v: Tensor, colours: Tensor, gamma: Tensor) => tf.sum(image(v, colours, gamma)).asScalar());
  measure('  with gradients', () => gradients([points, albedo, light])[0]!);
}

const mesh = { positions: vertices, triangles };
const started = process.cpuUsage();
const levels = meshLevels(mesh, 4);
rows.push({ what: 'mesh levels, four reductions (once)', milliseconds: process.cpuUsage(started).user / 1000 });
const laplacian = meshLaplacian(vertexCount, triangles);
const kernel = random([terms, 16, 32], 4);
const signal = random([1, vertexCount, 16], 5);
const layerNumbers = vertexCount * (16 + 32) + laplacian.values.length * 2;
measure('Chebyshev layer, K = 6, 16 → 32', () => chebyshevConvolution(laplacian, signal, kernel), layerNumbers, plainChebyshev(laplacian));
measure('  with gradients', () => tf.grads((x: Tensor, w: Tensor) => tf.sum(chebyshevConvolution(laplacian, x, w)).asScalar())([signal, kernel])[0]!, 3 * layerNumbers);

let seed = 10;
const variables: Variable[] = [];
const variable = (_name: string, shape: readonly number[], initial: Initializer): Variable => {
  const start = initial === zeros ? tf.zeros([...shape]) : random([...shape], seed++).mul(0.1);
  variables.push(tf.variable(start));
  return variables.at(-1)!;
};
const colours = tf.randomUniform([1, vertexCount, 3], 0, 1, 'float32', 6);
const features = random([1, 896], 7);
for (const widths of ['narrow', 'wide'] as const) {
  const networks = {
    refiner: [meshRefiner(variable, levels, { widths, terms, pooled: false }), colours],
    decoder: [graphDecoder(variable, levels, { features: 896, coarse: 32, widths, terms }), features],
  } as const;
  for (const [name, [network, input]] of Object.entries(networks)) {
    measure(`${name}, ${widths}`, () => network(input));
    measure('  with gradients', () => {
      const { value, grads } = tf.variableGrads(() => tf.sum(tf.square(network(input))), variables);
      tf.dispose(grads);
      return value;
    });
  }
  variables.splice(0).forEach((each) => each.dispose());
}

/** The same layer as loops over typed arrays. */
function plainChebyshev({ rows: count, rowPointers, columnIndices, values: entries }: SparseMatrix): () => void {
  const [from, to] = [16, 32];
  const x = signal.dataSync();
  const w = kernel.dataSync();
  const basis = Array.from({ length: terms }, () => new Float32Array(count * from));
  const result = new Float32Array(count * to);
  return () => {
    basis[0]!.set(x);
    for (let k = 1; k < terms; k++) {
      const [here, before, older] = [basis[k]!, basis[k - 1]!, basis[Math.max(0, k - 2)]!];
      for (let row = 0; row < count; row++) {
        for (let channel = 0; channel < from; channel++) {
          let sum = 0;
          for (let entry = rowPointers[row]!; entry < rowPointers[row + 1]!; entry++) sum += entries[entry]! * before[columnIndices[entry]! * from + channel]!;
          here[row * from + channel] = k === 1 ? sum : 2 * sum - older[row * from + channel]!;
        }
      }
    }
    result.fill(0);
    for (let row = 0; row < count; row++) {
      for (let k = 0; k < terms; k++) {
        for (let channel = 0; channel < from; channel++) {
          const value = basis[k]![row * from + channel]!;
          for (let out = 0; out < to; out++) result[row * to + out]! += value * w[(k * from + channel) * to + out]!;
        }
      }
    }
  };
}

/** Gigabytes a second that one core reads and writes in copying. */
function copySpeed(): number {
  const [from, to] = [new Float32Array(1 << 24).fill(1), new Float32Array(1 << 24)];
  return (2 * from.byteLength) / least(() => to.set(from)) / 1e6;
}

const speed = copySpeed();
const torch = values.pytorch ? (JSON.parse(execFileSync(values.pytorch, [fileURLToPath(new URL('./pytorch/operators.py', import.meta.url)), String(rounds)], { encoding: 'utf8' })) as Record<string, number>) : {};
process.stdout.write(`${cpus().length} × ${cpus()[0]?.model.trim()}, Node ${process.version}, load ${loadavg()[0]!.toFixed(1)}; ${engine.describe()}; copying ${speed.toFixed(1)} GB/s\n`);
let parent = '';
for (const { what, milliseconds, bytes, plain } of rows) {
  parent = what.startsWith('  ') ? parent : what;
  const other = torch[what.startsWith('  ') ? `${parent}, gradients` : what];
  process.stdout.write([
    what.padEnd(38), `${milliseconds.toFixed(2).padStart(9)} ms`,
    bytes ? `${(bytes / 2 ** 20).toFixed(2).padStart(7)} MiB, ${((100 * bytes) / milliseconds / 1e6 / speed).toFixed(0).padStart(3)} % of copying` : ''.padEnd(32),
    plain === undefined ? '' : `  plain loops ${plain.toFixed(1)} ms`, other === undefined ? '' : `  PyTorch ${other.toFixed(2)} ms`,
  ].join(' ').trimEnd() + '\n');
}
