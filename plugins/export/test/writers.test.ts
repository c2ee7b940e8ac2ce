import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NodeIO } from '@gltf-transform/core';
import { validateBytes } from 'gltf-validator';
import { close } from '../../../framework/testing/index.js';
import { srgbToLinear } from '../host/colour.js';
import { writeGlb } from '../host/glb.js';
import { colouredMesh, scaledMesh } from '../host/mesh.js';
import { writeObj } from '../host/obj.js';
import { writePly } from '../host/ply.js';
import { pictureOf } from '../host/picture.js';
import { readPng, writePng } from '../host/png.js';
import { bakeTexture } from '../host/texture.js';
import { dome, plain } from './samples.js';

const { vertices, triangles, colours } = dome();
const mesh = scaledMesh(colouredMesh(vertices, triangles, colours), 0.1);
const test = suite('writers');

test('GLB: the validator of Khronos finds nothing to say', async () => {
  const report = await validateBytes(await writeGlb(mesh), { maxIssues: 0 });
  assert.equal([report.issues.numErrors, report.issues.numWarnings, report.issues.numInfos], [0, 0, 0], JSON.stringify(report.issues.messages));
  assert.is(report.info.totalVertexCount, 20);
  assert.is(report.info.totalTriangleCount, 24);
});

test('GLB: positions in metres, colours in linear light, triangles as given', async () => {
  const document = await new NodeIO().readBinary(await writeGlb(mesh));
  const [primitive] = document.getRoot().listMeshes()[0]!.listPrimitives();
  close(primitive!.getAttribute('POSITION')!.getArray()!, vertices.map((value) => value / 10));
  close(primitive!.getAttribute('COLOR_0')!.getArray()!, colours.map(srgbToLinear));
  assert.equal(Array.from(primitive!.getIndices()!.getArray()!), Array.from(triangles));
});

test('sRGB to linear light: the known values of IEC 61966-2-1', () => {
  // 0.5 → 0.21404114 and 0.04045 → 0.0031308, as in the standard's tables.
  close([srgbToLinear(0), srgbToLinear(1), srgbToLinear(0.5), srgbToLinear(0.04045)], [0, 1, 0.21404114, 0.0031308], { rtol: 0, atol: 1e-7 });
});

test('OBJ: points with colours, normals, and faces counted from one', () => {
  const lines = writeObj(mesh).trim().split('\n');
  const rows = (tag: string): number[][] => lines.filter((line) => line.startsWith(`${tag} `)).map((line) => line.slice(tag.length + 1).split(' ').map(Number));
  close(rows('v').flatMap((row) => row.slice(0, 3)), mesh.vertices);
  close(rows('v').flatMap((row) => row.slice(3)), colours, { rtol: 0, atol: 5e-5 });
  close(rows('vn').flat(), mesh.normals, { rtol: 0, atol: 5e-6 });
  const faces = lines.filter((line) => line.startsWith('f ')).flatMap((line) => line.slice(2).split(' ').map((corner) => corner.split('//').map(Number)));
  assert.equal(faces.map(([point]) => point! - 1), Array.from(triangles));
  assert.ok(faces.every(([point, normal]) => point === normal));
});

test('OBJ: a comment cannot break out of its line', () => {
  assert.ok(writeObj(mesh, { comment: 'a\nv 1 2 3' }).startsWith('# a v 1 2 3\nv '));
});

test('PLY: the header says what follows, and the bytes hold it', () => {
  const bytes = writePly(mesh);
  const text = new TextDecoder('latin1').decode(bytes);
  const start = text.indexOf('end_header\n') + 'end_header\n'.length;
  assert.match(text, /^ply\nformat binary_little_endian 1\.0\n/);
  assert.match(text, /element vertex 20\n[^]*element face 24\nproperty list uchar int vertex_indices\nend_header\n/);
  assert.is(bytes.length, start + 20 * 27 + 24 * 13);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start);
  for (let vertex = 0; vertex < 20; vertex++) {
    for (let axis = 0; axis < 3; axis++) {
      assert.is(view.getFloat32(vertex * 27 + axis * 4, true), mesh.vertices[vertex * 3 + axis]!);
      assert.is(view.getFloat32(vertex * 27 + 12 + axis * 4, true), mesh.normals[vertex * 3 + axis]!);
      assert.is(view.getUint8(vertex * 27 + 24 + axis), Math.round(255 * colours[vertex * 3 + axis]!));
    }
  }
  const corners = Array.from({ length: 72 }, (_, index) => view.getInt32(20 * 27 + Math.floor(index / 3) * 13 + 1 + (index % 3) * 4, true));
  assert.equal(corners, Array.from(triangles));
});

test('colours beyond [0, 1] are clamped in every format', async () => {
  const loud = colouredMesh(vertices, triangles, colours.map((_, index) => [-1, 2, 0.5][index % 3]!));
  const [primitive] = (await new NodeIO().readBinary(await writeGlb(loud))).getRoot().listMeshes()[0]!.listPrimitives();
  close(primitive!.getAttribute('COLOR_0')!.getArray()!.slice(0, 3), [0, 1, 0.21404114]);
  assert.match(writeObj(loud), /^v \S+ \S+ \S+ 0\.0000 1\.0000 0\.5000$/m);
});

test('a texture takes the place of vertex colours in GLB, which stays valid, with v counted from the top', async () => {
  const uvs = Float32Array.from({ length: 40 }, (_, index) => (index % 2 ? 0.9 : 0.1));
  const png = await writePng(pictureOf(plain(8, 8, [1, 0, 0])));
  const bytes = await writeGlb({ ...mesh, texture: { uvs, png } });
  const { issues } = await validateBytes(bytes, { maxIssues: 0 });
  assert.equal([issues.numErrors, issues.numWarnings], [0, 0], JSON.stringify(issues.messages));
  const document = await new NodeIO().readBinary(bytes);
  const [primitive] = document.getRoot().listMeshes()[0]!.listPrimitives();
  close(primitive!.getAttribute('TEXCOORD_0')!.getArray()!.slice(0, 2), [0.1, 0.1]);
  assert.is(primitive!.getAttribute('COLOR_0'), null);
  assert.equal((await readPng(primitive!.getMaterial()!.getBaseColorTexture()!.getImage()!)).width, 8);
  assert.match(writeObj({ ...mesh, texture: { uvs, png } }, { library: 'a.mtl' }), /^mtllib a\.mtl\nusemtl skin\n[^]*^vt 0\.100000 0\.900000\n[^]*^f 1\/1\/1 5\/5\/5 2\/2\/2$/m);
});

test('baking fills the square with the face, puts each colour at its coordinates, and leaves no texel blank', () => {
  // Texture coordinates in a corner of a larger texture, v up: the top row of the dome has the largest v.
  const uvs = Float32Array.from({ length: 40 }, (_, index) => {
    const vertex = index >> 1;
    return index % 2 ? 0.2 - (vertex >> 2) * 0.01 : 0.8 + (vertex & 3) * 0.01;
  });
  const { picture, uvs: fitted } = bakeTexture(uvs, triangles, colours, 64);
  close([Math.min(...fitted), Math.max(...fitted)], [0.02, 0.98], { rtol: 0, atol: 1e-6 });
  for (const vertex of [5, 6, 9, 10, 13, 14]) {
    const column = Math.floor(fitted[vertex * 2]! * 64);
    const row = Math.floor((1 - fitted[vertex * 2 + 1]!) * 64);
    const texel = picture.data.slice((row * 64 + column) * 3, (row * 64 + column) * 3 + 3);
    close(texel.map(Number), colours.slice(vertex * 3, vertex * 3 + 3).map((value) => 255 * value), { rtol: 0, atol: 10 });
  }
  assert.ok(picture.data.filter((_, index) => index % 3 === 2).every((blue) => blue === 127 || blue === 128), 'the borders take colours from the face');
});

test('a vertex without a triangle gets a unit normal, and the file stays valid', async () => {
  const more = colouredMesh(Float32Array.of(...vertices, 5, 5, 5), triangles, Float32Array.of(...colours, 1, 1, 1));
  assert.equal(Array.from(more.normals.slice(60)), [0, 0, 1]);
  assert.is((await validateBytes(await writeGlb(more))).issues.numErrors, 0);
});

test('a mesh that is not finite, or has too few colours, is refused', () => {
  assert.throws(() => colouredMesh(vertices.map((value, index) => (index === 7 ? NaN : value)), triangles, colours), /not finite/);
  assert.throws(() => colouredMesh(vertices, triangles, colours.slice(3)), /another number of colours/);
});

test.run();
