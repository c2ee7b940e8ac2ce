/** What random faces are painted from: skins, worn hair, masks of regions, eyes, at every vertex of one mesh. */
import { readdirSync } from 'node:fs';
import { randomFor } from '../../../../framework/index.js';
import { controlPositions, neededPositions, parts, type ControlMesh } from './control-mesh.js';
import { eyeball } from './eye-surface.js';
import { gridPlaces } from './grid-patch.js';
import { dataPath, readProxyMesh, readTexture, sampleTexture, type BaseMesh } from './makehuman-files.js';
import { applyRows, type Subdivision } from './subdivision.js';
import { quadNormals, softened, wornCover } from './worn-cover.js';

export interface SkinLayers {
  readonly vertexCount: number;
  /** [V*3] colours, one array a skin. */
  readonly skins: readonly Float32Array[];
  /** [V*4] colour and opacity, one array a proxy. */
  readonly brows: readonly Float32Array[];
  readonly beards: readonly Float32Array[];
  /** [V] masks that sum to 1 at every vertex. */
  readonly regions: readonly Float32Array[];
  /** [V] smooth bumps, spread over the face. */
  readonly bumps: readonly Float32Array[];
  /** [V] where blood shows: cheeks, nose, chin. */
  readonly flush: Float32Array;
  /** [V] where a beard grows. */
  readonly stubble: Float32Array;
  /** [V] the red of the lips. */
  readonly lips: Float32Array;
  /** [V] the hollows under the eyes. */
  readonly underEyes: Float32Array;
  /** [V] about the lips and the eyes. */
  readonly features: Float32Array;
  /** [V] shares of eye, lash line and inside of the mouth. */
  readonly eye: Float32Array;
  readonly lash: Float32Array;
  readonly mouthInside: Float32Array;
  /** [V*2] place in the grid that closes an eye or the mouth: share of its width, share of its height from below; 0 elsewhere. */
  readonly gridPlace: Float32Array;
  /** [V] 0 sclera, 1 iris, 2 pupil, smooth between. */
  readonly iris: Float32Array;
  /** [V*2] texture coordinates, v up. */
  readonly uvs: Float64Array;
}

/** Fields of the model that are not colours, at the same vertices. */
export interface SkinFields {
  /** [V] 1 on plain skin, less elsewhere. */
  readonly skin: Float64Array;
  readonly uvs: Float64Array;
}

/** Plain skin: not eyes, lashes, brows, lips, beard. */
export function skinFields(layers: SkinLayers): SkinFields {
  const skin = new Float64Array(layers.vertexCount);
  for (let vertex = 0; vertex < skin.length; vertex++) {
    const brow = Math.max(...layers.brows.map((cover) => cover[vertex * 4 + 3]!));
    const other = Math.max(layers.eye[vertex]!, layers.lash[vertex]!, layers.mouthInside[vertex]!, layers.features[vertex]!, layers.stubble[vertex]!);
    skin[vertex] = brow > 0.1 || other > 0.2 ? 0 : 1;
  }
  return { skin, uvs: layers.uvs };
}

/** Centres of the regions that are mixed apart, on the right half (x ≥ 0), in the base mesh's decimetres. */
const regionCentres = [[0, 7.75, 1.45], [0.3, 7.3, 1.35], [0, 7, 1.65], [0.45, 6.9, 1.3], [0, 6.65, 1.58], [0, 6.3, 1.5], [0.6, 6.7, 0.9]] as const;

export async function makeSkinLayers(base: BaseMesh, mesh: ControlMesh, fine: Subdivision): Promise<SkinLayers> {
  const needed = neededPositions(base, mesh);
  const positions = applyRows(fine.smooth, controlPositions(mesh, needed), 3);
  const normals = quadNormals(positions, fine.mesh.quads);
  const uvs = applyRows(fine.linear, filledUvs(mesh), 2);
  const share = (part: (value: number) => boolean): Float32Array =>
    Float32Array.from(applyRows(fine.linear, Float64Array.from(mesh.parts, (value) => (part(value) ? 1 : 0)), 1));
  const worn = async (name: string): Promise<Float32Array> => {
    const picture = readdirSync(dataPath(`proxies/${name}/textures`)).find((file) => file.endsWith('.png'))!;
    return wornCover(readProxyMesh(`${name}/${name.split('/')[1]!}`, base), await readTexture(`proxies/${name}/textures/${picture}`), positions, normals);
  };
  const brows: Float32Array[] = [];
  for (let number = 1; number <= 12; number++) brows.push(await worn(`eyebrows/eyebrow${String(number).padStart(3, '0')}`));
  const { lipRegion, ...soft } = softMasks(positions);
  const skins = await readSkins(uvs);
  return {
    vertexCount: fine.mesh.vertexCount,
    skins,
    brows,
    beards: [softened(await worn('hair/Full_beard'), fine.mesh.quads, 6), softened(await worn('hair/Moustache'), fine.mesh.quads, 3)],
    regions: regionMasks(positions),
    bumps: bumpFields(positions),
    ...soft, uvs,
    lips: lipMask(skins, lipRegion),
    eye: share((part) => part === parts.leftEye || part === parts.rightEye),
    lash: lashField(share((part) => part === parts.lidMargin), positions, mesh.eyes.map(({ firstEyeball }) => eyeball(needed, firstEyeball).centre[1]!)),
    mouthInside: share((part) => part === parts.mouthInside),
    gridPlace: gridPlaceField(mesh, fine),
    iris: irisField(mesh, positions, needed),
  };
}

async function readSkins(uvs: Float64Array): Promise<Float32Array[]> {
  const skins: Float32Array[] = [];
  const colour = [0, 0, 0, 0];
  for (const folder of readdirSync(dataPath('skins')).filter((name) => /_(male|female)$/.test(name)).sort()) {
    for (const file of readdirSync(dataPath(`skins/${folder}/textures`)).filter((name) => /diffuse\d?\.png$/.test(name)).sort()) {
      const texture = await readTexture(`skins/${folder}/textures/${file}`);
      const skin = new Float32Array((uvs.length / 2) * 3);
      for (let vertex = 0; vertex < uvs.length / 2; vertex++) {
        sampleTexture(texture, uvs[vertex * 2]!, uvs[vertex * 2 + 1]!, colour);
        skin.set(colour.slice(0, 3), vertex * 3);
      }
      skins.push(skin);
    }
  }
  return skins;
}

/** Vertices without a texture coordinate take the mean of their neighbours', ring after ring. */
function filledUvs(mesh: ControlMesh): Float64Array {
  let uvs = mesh.uvs;
  while (uvs.some(Number.isNaN)) {
    const sums = new Float64Array(mesh.vertexCount * 3);
    for (let at = 0; at < mesh.quads.length; at++) {
      const vertex = mesh.quads[at]!;
      for (let other = at - (at % 4); other < at - (at % 4) + 4; other++) {
        const from = mesh.quads[other]!;
        if (Number.isNaN(uvs[from * 2])) continue;
        sums[vertex * 3]! += uvs[from * 2]!;
        sums[vertex * 3 + 1]! += uvs[from * 2 + 1]!;
        sums[vertex * 3 + 2]!++;
      }
    }
    uvs = uvs.map((value, at) => {
      const vertex = Math.floor(at / 2);
      return Number.isNaN(value) && sums[vertex * 3 + 2]! > 0 ? sums[vertex * 3 + (at % 2)]! / sums[vertex * 3 + 2]! : value;
    });
  }
  return uvs;
}

function regionMasks(positions: Float64Array): Float32Array[] {
  const masks = regionCentres.map((centre) => gaussian(positions, centre, 0.25));
  for (let vertex = 0; vertex < positions.length / 3; vertex++) {
    const sum = masks.reduce((total, mask) => total + mask[vertex]!, 1e-9);
    for (const mask of masks) mask[vertex]! /= sum;
  }
  return masks;
}

function bumpFields(positions: Float64Array): Float32Array[] {
  const random = randomFor('makehuman', 'bumps');
  return Array.from({ length: 70 }, () => {
    const at = random.integer(positions.length / 3) * 3;
    const width = random.between(0.1, 0.3);
    return narrow(positions, [positions[at]!, positions[at + 1]!, positions[at + 2]!], width);
  });
}

function softMasks(positions: Float64Array): Pick<SkinLayers, 'flush' | 'stubble' | 'features' | 'underEyes'> & { readonly lipRegion: Float32Array } {
  const cheeks = gaussian(positions, [0.45, 6.95, 1.3], 0.22);
  const nose = gaussian(positions, [0, 7, 1.7], 0.14);
  const chin = gaussian(positions, [0, 6.3, 1.55], 0.15);
  const stubble = new Float32Array(cheeks.length);
  const features = new Float32Array(cheeks.length);
  const lipRegion = new Float32Array(cheeks.length);
  for (let vertex = 0; vertex < stubble.length; vertex++) {
    const [x, y, z] = [Math.abs(positions[vertex * 3]!), positions[vertex * 3 + 1]!, positions[vertex * 3 + 2]!];
    const under = step((6.62 + 0.75 * Math.max(x - 0.3, 0) - y) / 0.12);
    const lip = Math.exp(-(((x / 0.24) ** 2 + ((y - 6.83) / 0.07) ** 2))) * step((z - 1.3) / 0.1);
    const mouth = Math.exp(-((x / 0.24) ** 2 + ((y - 6.58) / 0.09) ** 2));
    const lips = Math.exp(-((x / 0.3) ** 2 + ((y - 6.6) / 0.13) ** 2));
    lipRegion[vertex] = lips;
    features[vertex] = Math.max(lips, Math.exp(-(((x - 0.31) / 0.17) ** 2 + ((y - 7.28) / 0.09) ** 2)));
    stubble[vertex] = Math.min(1, under + lip) * (1 - 0.9 * mouth);
  }
  return { flush: cheeks.map((value, vertex) => Math.min(1, value + nose[vertex]! + 0.6 * chin[vertex]!)), stubble, features, lipRegion, underEyes: gaussian(positions, [0.27, 7.16, 1.4], 0.07) };
}

/** Lips are where, in their region, the mean skin is redder than on the cheek beside them. */
function lipMask(skins: readonly Float32Array[], region: Float32Array): Float32Array {
  const red = region.map((_, vertex) => {
    const [r, g] = [0, 1].map((channel) => skins.reduce((sum, skin) => sum + skin[vertex * 3 + channel]!, 0)) as [number, number];
    return Math.log(r / g);
  });
  const about = [...red].filter((_, vertex) => region[vertex]! > 0.1 && region[vertex]! < 0.4).sort((a, b) => a - b);
  const plain = about[Math.floor(about.length / 2)]!;
  const most = red.reduce((peak, value, vertex) => (region[vertex]! > 0.6 ? Math.max(peak, value) : peak), plain + 1e-3);
  return red.map((value, vertex) => (region[vertex]! > 0.2 ? step((2 * (value - plain)) / (most - plain) - 0.9) : 0));
}

/** The lashes of the lower lid are thinner. */
function lashField(margin: Float32Array, positions: Float64Array, eyeHeights: readonly number[]): Float32Array {
  return margin.map((value, vertex) => {
    const above = positions[vertex * 3 + 1]! - eyeHeights[positions[vertex * 3]! > 0 ? 0 : 1]!;
    return value * (0.35 + 0.65 * step(above / 0.015));
  });
}

/** Fine vertices take the mean over those of their parents that lie in a grid. */
function gridPlaceField(mesh: ControlMesh, fine: Subdivision): Float32Array {
  const places = new Float64Array(mesh.vertexCount * 3);
  for (const patch of [mesh.mouth.patch, ...mesh.eyes.map((eye) => eye.patch)]) {
    for (const [vertex, [across, up]] of gridPlaces(patch)) places.set([across, up, 1], vertex * 3);
  }
  const smooth = applyRows(fine.linear, places, 3);
  return Float32Array.from({ length: fine.mesh.vertexCount * 2 }, (_, at) => {
    const vertex = Math.floor(at / 2) * 3;
    return smooth[vertex + (at % 2)]! / Math.max(smooth[vertex + 2]!, 1e-9);
  });
}

/** Distance from the axis of gaze on the eyeball: pupil within 0.02 dm, iris within 0.056 dm. */
function irisField(mesh: ControlMesh, positions: Float64Array, neededNeutral: Float64Array): Float32Array {
  const centres = mesh.eyes.map(({ firstEyeball }) => eyeball(neededNeutral, firstEyeball).centre);
  const field = new Float32Array(positions.length / 3);
  for (let vertex = 0; vertex < field.length; vertex++) {
    const centre = centres[positions[vertex * 3]! > 0 ? 0 : 1]!;
    const radius = Math.hypot(positions[vertex * 3]! - centre[0]!, positions[vertex * 3 + 1]! - centre[1]!);
    field[vertex] = step((0.056 - radius) / 0.007) + step((0.02 - radius) / 0.007);
  }
  return field;
}

function gaussian(positions: Float64Array, centre: readonly number[], width: number): Float32Array {
  return bump(positions, centre, width, true);
}

function narrow(positions: Float64Array, centre: readonly number[], width: number): Float32Array {
  return bump(positions, centre, width, false);
}

function bump(positions: Float64Array, centre: readonly number[], width: number, bothSides: boolean): Float32Array {
  const field = new Float32Array(positions.length / 3);
  for (let vertex = 0; vertex < field.length; vertex++) {
    const x = bothSides ? Math.abs(positions[vertex * 3]!) : positions[vertex * 3]!;
    const squared = (x - centre[0]!) ** 2 + (positions[vertex * 3 + 1]! - centre[1]!) ** 2 + (positions[vertex * 3 + 2]! - centre[2]!) ** 2;
    field[vertex] = Math.exp(-squared / (2 * width * width));
  }
  return field;
}

/** 0 below −1, 1 above 1, smooth between. */
function step(x: number): number {
  const t = Math.min(Math.max((x + 1) / 2, 0), 1);
  return t * t * (3 - 2 * t);
}
