/**
 * Finds where the 468 points of facemesh lie on the control mesh: renders random people of the model with random
 * expressions in many poses, lets facemesh find its points, and takes for each point the place on the surface whose
 * projections lie nearest to what was found over all pictures, whether it is seen or hidden in them:
 *
 *     place_i = argmin_s Σ_pictures ‖π(R S(s) + t) − p_i‖²,
 *
 * for the point and its mirror image together, so that the result is symmetric. Writes `data/landmarks.json`. Facemesh
 * guesses hidden points of the outline too; looking only at those that are seen would pull the outline inwards.
 *
 *     node --import tsx plugins/coarse-3dmm/scripts/find-landmarks.ts
 */
import { writeFileSync } from 'node:fs';
import { randomFor } from '../../../framework/index.js';
import { landmarks68, loadFaceNetworks, meshMirror } from '../../preprocess/index.js';
import { projectVertices, renderHost } from '../../rasterizer/index.js';
import { makeAlbedoModes } from '../host/makehuman/albedo-modes.js';
import { makeControlMesh, parts } from '../host/makehuman/control-mesh.js';
import { readBaseMesh } from '../host/makehuman/makehuman-files.js';
import { mirrorPairs } from '../host/makehuman/mirror-pairs.js';
import { makeShapeModes } from '../host/makehuman/shape-modes.js';
import { makeSkinLayers } from '../host/makehuman/skin-layers.js';
import { applyRows, subdivide } from '../host/makehuman/subdivision.js';
import { surfacePointOf, trianglesOf } from '../host/makehuman/surface-points.js';

const size = 192;
const people = 24;
const camera = { focal: 4.6, distance: 10 };
const light = Float64Array.from({ length: 27 }, (_, band) => (band % 9 === 0 ? 0.1 : band % 9 === 2 ? 0.18 : 0));

/** One picture: what facemesh found [468*2], and where all vertices are [V*3], px. */
interface Picture {
  readonly found: Float32Array;
  readonly vertices: Float32Array;
}

const base = readBaseMesh();
const control = makeControlMesh(base);
const fine = subdivide(control);
const triangles = trianglesOf(fine.mesh.quads);
const shapes = makeShapeModes(base, control, { people: 120, expressions: 60 });
const mean = centred(applyRows(fine.smooth, shapes.mean, 3));
const mirror = mirrorPairs(applyRows(fine.smooth, shapes.mean, 3));
const albedo = makeAlbedoModes(await makeSkinLayers(base, control, fine), mirror, 120);
// Points of the lids must move with the lids, those of the lips with the lips.
const behind: readonly number[] = [parts.mouthInside, parts.leftEye, parts.rightEye];
const hidden = applyRows(fine.linear, Float64Array.from(control.parts, (part) => (behind.includes(part) ? 1 : 0)), 1);
const identity = shapes.identity.modes.map((mode) => applyRows(fine.smooth, mode, 3));
const expression = shapes.expression.modes.map((mode) => applyRows(fine.smooth, mode, 3));
const { mesh: facemesh, dispose } = await loadFaceNetworks();

const pictures: Picture[] = [];
for (let person = 0; person < people; person++) {
  const random = randomFor('find-landmarks', person);
  const neutral = addModes(mean, identity, person === 0 ? 0 : 0.7, random);
  const paint = addModes(albedo.mean, albedo.modes.modes, person === 0 ? 0 : 0.5, random);
  for (const yaw of [-0.5, -0.25, 0, 0.25, 0.5]) {
    for (const pitch of [-0.2, 0, 0.2]) observe(addModes(neutral, expression, person === 0 ? 0 : 0.7, random), paint, yaw, pitch);
  }
}
dispose();
console.log(`${pictures.length} pictures with a face of ${people * 15}`);

const points = meshMirror.map((other, point) => nearestPlace(point, other));
const rounded = points.map(([quad, u, v]) => [quad, Number(u.toFixed(4)), Number(v.toFixed(4))]);
const file = new URL('../data/landmarks.json', import.meta.url);
writeFileSync(file, `{\n"facemesh": ${JSON.stringify(rounded)},\n"landmarks68": ${JSON.stringify(landmarks68)}\n}\n`);

function observe(shape: Float64Array, paint: Float64Array, yaw: number, pitch: number): void {
  const posed = turned(shape, yaw, pitch);
  const { image, coverage } = renderHost(posed, triangles, paint, light, size, camera);
  for (let pixel = 0; pixel < coverage.length; pixel++) if (!coverage[pixel]) image.fill(0.45, pixel * 3, pixel * 3 + 3);
  const result = facemesh.locate(image.map((value) => Math.min(Math.max(value, 0), 1)));
  if (result.confidence < 0.8) return;
  pictures.push({ found: Float32Array.from(result.points), vertices: Float32Array.from(projectVertices(posed, size, camera)) });
}

/** The best vertex first, then the best place on the triangles around it, by a fine search. */
function nearestPlace(point: number, other: number): readonly [number, number, number] {
  let vertex = -1;
  let least = Infinity;
  for (let candidate = 0; candidate < mirror.length; candidate++) {
    if (hidden[candidate]! > 0) continue;
    const cost = placeCost(point, other, [candidate], [1], least);
    if (cost < least) [least, vertex] = [cost, candidate];
  }
  let best: readonly [number, number, number] = [0, 0, 0];
  least = Infinity;
  for (let triangle = 0; triangle < triangles.length / 3; triangle++) {
    const corners = [0, 1, 2].map((corner) => triangles[triangle * 3 + corner]!);
    if (!corners.includes(vertex) || corners.some((corner) => hidden[corner]! > 0)) continue;
    for (let i = 0; i <= 8; i++) {
      for (let j = 0; j <= 8 - i; j++) {
        const share = [(8 - i - j) / 8, i / 8, j / 8];
        // Midway between two vertices the nearest one is not defined, and the mirror image might take the other.
        const [first, second] = [...share].sort((a, b) => b - a);
        if (first === second) continue;
        const cost = placeCost(point, other, corners, share, least);
        if (cost < least) [least, best] = [cost, surfacePointOf(control, triangle, share)];
      }
    }
  }
  return best;
}

/** Sum over pictures of squared distances, for a point and its mirror image; stops when it exceeds `enough`. */
function placeCost(point: number, other: number, corners: readonly number[], share: readonly number[], enough: number): number {
  let sum = 0;
  for (const { found, vertices } of pictures) {
    for (let axis = 0; axis < 2; axis++) {
      let own = -found[point * 2 + axis]!;
      let image = -found[other * 2 + axis]!;
      for (let corner = 0; corner < corners.length; corner++) {
        own += share[corner]! * vertices[corners[corner]! * 3 + axis]!;
        image += share[corner]! * vertices[mirror[corners[corner]!]! * 3 + axis]!;
      }
      sum += own * own + image * image;
    }
    if (sum > enough) return sum;
  }
  return sum;
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
