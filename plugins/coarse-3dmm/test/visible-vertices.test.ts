import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { visibleVertices } from '../host/visible-vertices.js';
import { makeControlMesh, parts } from '../host/makehuman/control-mesh.js';
import { readBaseMesh } from '../host/makehuman/makehuman-files.js';
import { builtFace } from './built-face.js';

const test = suite('visible vertices');

test('a plane before another hides it, and not what looks past its edge', () => {
  const plane = (side: number, z: number): number[] => [-side, -side, z, side, -side, z, side, side, z, -side, side, z];
  const meanShape = Float32Array.from([...plane(1, 0), ...plane(0.2, -0.05), 0.9, 0, -0.02]);
  const triangles = Int32Array.of(0, 1, 2, 0, 2, 3, 4, 5, 6, 4, 6, 7);
  assert.equal([...visibleVertices({ meanShape, triangles, vertexCount: 9 })], [1, 1, 1, 1, 0, 0, 0, 0, 0]);
});

test('the built face: plain skin and lids can be seen, the hollow of the mouth and the ball under the lids cannot', async () => {
  const face = await builtFace();
  const visible = visibleVertices(face);
  const control = makeControlMesh(readBaseMesh());
  const shareOf = (chosen: (vertex: number) => boolean): number => {
    const members = [...visible.keys()].filter(chosen);
    return members.filter((vertex) => visible[vertex] === 1).length / members.length;
  };
  assert.ok(shareOf((vertex) => face.skinMask[vertex] === 1) > 0.995);
  assert.ok(shareOf((vertex) => control.parts[vertex] === parts.lidMargin) > 0.95);
  assert.ok(shareOf((vertex) => control.parts[vertex] === parts.mouthInside) < 0.1);
  const underLids = control.eyes.flatMap(({ patch }) => [...patch.border]);
  assert.ok(shareOf((vertex) => underLids.includes(vertex)) < 0.1);
  const eyes = shareOf((vertex) => control.parts[vertex] === parts.leftEye);
  assert.ok(eyes > 0.1 && eyes < 0.7, `${eyes} of the eye`);
  const mirrored = [...visible.keys()].filter((vertex) => visible[vertex] === visible[face.mirror[vertex]!]).length;
  assert.ok(mirrored > 0.99 * face.vertexCount);
});

test.run();
