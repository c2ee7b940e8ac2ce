/** Contracts of the face models whose files users bring: their licences do not let them be shipped. */
import { join } from 'node:path';
import { defineResource, Type } from '../../framework/index.js';
import { faceModelKind } from './host/face-model.js';
import { frontTriangles, frontVertices } from './host/models/bfm-info.js';
import { flameTriangles, flameVertices } from './host/models/flame.js';
import { ictRegions, type IctRegion } from './host/models/ict-facekit.js';
import { bfm2009Files, filesAmong } from './host/models/resource-files.js';

const closed = { additionalProperties: false } as const;
const place = (description: string) => Type.String({ minLength: 1, description });
const count = (value: number, what: string) =>
  Type.Integer({ minimum: 3, maximum: 1_000_000, default: value, description: `${what} of the file; the default is that of \`model2017-1_face12_nomouth.h5\`.` });

export const bfm2009 = defineResource({
  summary: 'The Basel face model of 2009 with expressions of FaceWarehouse, cropped as Deep3D does: 35,709 vertices.',
  kind: faceModelKind,
  version: 1,
  options: Type.Object({
    path: place('`BFM_model_front.mat`, or a folder that holds it or the six files that Deep3D derives it from.'),
  }, closed),
  dimensions: () => ({ vertices: frontVertices, triangles: frontTriangles }),
  files: ({ path }) => bfm2009Files(path),
  load: () => import('./host/models/bfm-2009-resource.js'),
});

export const bfm2017 = defineResource({
  summary: 'A Basel face model of 2017 or 2019, from its HDF5 file.',
  kind: faceModelKind,
  version: 1,
  options: Type.Object({
    path: place('The `.h5` file.'),
    vertices: count(28588, 'Vertices'),
    triangles: count(56572, 'Triangles'),
  }, closed),
  dimensions: ({ vertices, triangles }) => ({ vertices, triangles }),
  files: ({ path }) => filesAmong([path]),
  load: () => import('./host/models/bfm-h5-resource.js'),
});

export const ictFaceKit = defineResource({
  summary: 'ICT-FaceKit (Light), from its folder of OBJ files; its albedo is carried over from the built model.',
  kind: faceModelKind,
  version: 1,
  options: Type.Object({
    path: place('The folder `FaceXModel` of the repository.'),
    region: Type.Union((Object.keys(ictRegions) as IctRegion[]).map((region) => Type.Literal(region)), {
      default: 'face', description: 'Part of the head: face 9,409 vertices, narrow 6,706.',
    }),
  }, closed),
  dimensions: ({ region }) => {
    const { vertices, quads } = ictRegions[region as IctRegion];
    return { vertices, triangles: 2 * quads };
  },
  files: ({ path }) => [join(path, 'generic_neutral_mesh.obj'), join(path, 'vertex_indices.json')],
  load: () => import('./host/models/ict-resource.js'),
});

export const flame = defineResource({
  summary: 'FLAME, converted to safetensors by `scripts/convert-flame.py`; its albedo is carried over from the built model.',
  kind: faceModelKind,
  version: 1,
  options: Type.Object({ path: place('The converted file.') }, closed),
  dimensions: () => ({ vertices: flameVertices, triangles: flameTriangles }),
  files: ({ path }) => filesAmong([path]),
  load: () => import('./host/models/flame-resource.js'),
});
