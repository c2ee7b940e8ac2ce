/**
 * Finds where the 468 points of facemesh lie on the control mesh: renders random people of the model in many poses, lets
 * facemesh find its points, takes them back to the surface, averages over people and poses with the cosine of the
 * viewing angle as weight, makes the result symmetric, and writes `data/landmarks.json`.
 *
 *     node --import tsx plugins/coarse-3dmm/scripts/find-landmarks.ts
 */
import { writeFileSync } from 'node:fs';
import { randomFor } from '../../../framework/index.js';
import { landmarks68, loadFaceNetworks, meshMirror } from '../../preprocess/index.js';
import { rasterizeHost, renderHost, vertexNormalsHost } from '../../rasterizer/index.js';
import { makeAlbedoModes } from '../host/makehuman/albedo-modes.js';
import { makeControlMesh, parts } from '../host/makehuman/control-mesh.js';
import { readBaseMesh } from '../host/makehuman/makehuman-files.js';
import { mirrorPairs } from '../host/makehuman/mirror-pairs.js';
import { makeShapeModes } from '../host/makehuman/shape-modes.js';
import { makeSkinLayers } from '../host/makehuman/skin-layers.js';
import { applyRows, subdivide } from '../host/makehuman/subdivision.js';
import { surfacePointOf, trianglesOf } from '../host/makehuman/surface-points.js';

const size = 192;
const zoom = 4;
const people = 24;
const camera = { focal: 4.6, distance: 10 };
const light = Float64Array.from({ length: 27 }, (_, band) => (band % 9 === 0 ? 0.1 : band % 9 === 2 ? 0.18 : 0));

const base = readBaseMesh();
const control = makeControlMesh(base);
const fine = subdivide(control);
const triangles = trianglesOf(fine.mesh.quads);
const shapes = makeShapeModes(base, control, { people: 120, expressions: 20 });
const mean = centred(applyRows(fine.smooth, shapes.mean, 3));
const albedo = makeAlbedoModes(await makeSkinLayers(base, control, fine), mirrorPairs(mean), 120);
const hidden = applyRows(fine.linear, Float64Array.from(control.parts, (part) => (part === parts.mouthInside ? 1 : 0)), 1);
const { mesh: facemesh, dispose } = await loadFaceNetworks();

const sums = new Float64Array(468 * 3);
const weights = new Float64Array(468);
let seen = 0;
for (let person = 0; person < people; person++) {
  const random = randomFor('find-landmarks', person);
  const shape = person === 0 ? mean : addModes(mean, shapes.identity.modes.map((mode) => applyRows(fine.smooth, mode, 3)), 0.7, random);
  const paint = person === 0 ? albedo.mean : addModes(albedo.mean, albedo.modes.modes, 0.5, random);
  for (const yaw of [-0.6, -0.3, 0, 0.3, 0.6]) for (const pitch of [-0.2, 0, 0.2]) observe(shape, paint, yaw, pitch);
}
dispose();
console.log(`${seen} pictures with a face of ${people * 15}`);

const points = meshMirror.map((other, point) => {
  const own = [0, 1, 2].map((axis) => sums[point * 3 + axis]!);
  const image = [-sums[other * 3]!, sums[other * 3 + 1]!, sums[other * 3 + 2]!];
  const total = weights[point]! + weights[other]!;
  return nearestPlace(own.map((value, axis) => (value + image[axis]!) / total));
});
const rounded = points.map(([quad, u, v]) => [quad, Number(u.toFixed(4)), Number(v.toFixed(4))]);
const file = new URL('../data/landmarks.json', import.meta.url);
writeFileSync(file, `{\n"facemesh": ${JSON.stringify(rounded)},\n"landmarks68": ${JSON.stringify(landmarks68)}\n}\n`);

function observe(shape: Float64Array, paint: Float64Array, yaw: number, pitch: number): void {
  const posed = turned(shape, yaw, pitch);
  const { image, coverage } = renderHost(posed, triangles, paint, light, size, camera);
  for (let pixel = 0; pixel < coverage.length; pixel++) if (!coverage[pixel]) image.fill(0.45, pixel * 3, pixel * 3 + 3);
  const result = facemesh.locate(image.map((value) => Math.min(Math.max(value, 0), 1)));
  if (result.confidence < 0.8) return;
  seen++;
  const raster = rasterizeHost(posed, triangles, size * zoom, camera);
  const normals = vertexNormalsHost(posed, triangles);
  for (let point = 0; point < 468; point++) {
    const pixel = coveredPixel(raster.ids, result.points[point * 2]! * zoom, result.points[point * 2 + 1]! * zoom);
    if (pixel < 0) continue;
    const triangle = raster.ids[pixel]! * 3;
    const corners = [0, 1, 2].map((corner) => triangles[triangle + corner]!);
    const share = raster.barycentrics.subarray(pixel * 3, pixel * 3 + 3);
    const facing = corners.reduce((sum, vertex, corner) => sum + share[corner]! * normals[vertex * 3 + 2]!, 0);
    if (facing < 0.2) continue;
    const weight = facing ** 2;
    weights[point]! += weight;
    for (let axis = 0; axis < 3; axis++) {
      sums[point * 3 + axis]! += weight * corners.reduce((sum, vertex, corner) => sum + share[corner]! * mean[vertex * 3 + axis]!, 0);
    }
  }
}

/** The covered pixel at a place, or the nearest one within 8 pixels of it; −1 when there is none. */
function coveredPixel(ids: Int32Array, x: number, y: number): number {
  const side = size * zoom;
  let best = -1;
  let least = 8.5 ** 2;
  for (let row = Math.max(0, Math.floor(y) - 8); row <= Math.min(side - 1, Math.floor(y) + 8); row++) {
    for (let column = Math.max(0, Math.floor(x) - 8); column <= Math.min(side - 1, Math.floor(x) + 8); column++) {
      const squared = (column + 0.5 - x) ** 2 + (row + 0.5 - y) ** 2;
      if (squared < least && ids[row * side + column]! >= 0) [least, best] = [squared, row * side + column];
    }
  }
  return best;
}

/** The place on the visible mean surface nearest to a point, by a fine search over each triangle. */
function nearestPlace(target: readonly number[]): readonly [number, number, number] {
  let best: readonly [number, number, number] = [0, 0, 0];
  let least = Infinity;
  for (let triangle = 0; triangle < triangles.length / 3; triangle++) {
    const corners = [0, 1, 2].map((corner) => triangles[triangle * 3 + corner]!);
    if (corners.some((vertex) => hidden[vertex]! > 0)) continue;
    if (Math.abs(mean[corners[0]! * 3]! - target[0]!) > 0.1 || Math.abs(mean[corners[0]! * 3 + 1]! - target[1]!) > 0.1) continue;
    for (let i = 0; i <= 8; i++) {
      for (let j = 0; j <= 8 - i; j++) {
        const share = [(8 - i - j) / 8, i / 8, j / 8];
        let squared = 0;
        for (let axis = 0; axis < 3; axis++) {
          squared += (corners.reduce((sum, vertex, corner) => sum + share[corner]! * mean[vertex * 3 + axis]!, 0) - target[axis]!) ** 2;
        }
        if (squared < least) [least, best] = [squared, surfacePointOf(control, triangle, share)];
      }
    }
  }
  return best;
}

function addModes(start: Float64Array, modes: readonly Float64Array[], spread: number, random: { normal(): number }): Float64Array {
  const field = Float64Array.from(start);
  for (const mode of modes) {
    const amount = spread * random.normal();
    for (let at = 0; at < field.length; at++) field[at]! += amount * mode[at]!;
  }
  return field;
}

function centred(positions: Float64Array): Float64Array {
  return positions.map((value, at) => value - [0, 7.05, 1.1][at % 3]!);
}

function turned(positions: Float64Array, yaw: number, pitch: number): Float64Array {
  const [cy, sy, cp, sp] = [Math.cos(yaw), Math.sin(yaw), Math.cos(pitch), Math.sin(pitch)];
  const result = new Float64Array(positions.length);
  for (let at = 0; at < positions.length; at += 3) {
    const [x, y, z] = [positions[at]!, positions[at + 1]!, positions[at + 2]!];
    const [y1, z1] = [cp * y - sp * z, sp * y + cp * z];
    result.set([cy * x + sy * z1, y1, cy * z1 - sy * x], at);
  }
  return result;
}
