/** Reads `BFM_model_front.mat`, the Basel model of 2009 as Deep3D stores it: 35,709 vertices, 80 + 64 + 80 modes. */
import { albedoCount, expressionCount, identityCount } from '../coefficients.js';
import { frontTopology, frontVertices, topologyMatrices } from './bfm-info.js';
import { readMatFile } from './mat-file.js';
import { columnBasis, type RawModel } from './raw-model.js';

const rows = frontVertices * 3;

/**
 * Shapes are in decimetres and bases multiplied by standard deviations already; colours are 0..255 and become 0..1.
 *
 * @throws FlowError FLOW_RESOURCE when the file is damaged or another one
 */
export async function readBfmFront(path: string): Promise<RawModel> {
  const file = await readMatFile(path, {
    ...topologyMatrices,
    meanshape: { rows: 1, columns: rows },
    meantex: { rows: 1, columns: rows },
    idBase: { rows, columns: identityCount },
    exBase: { rows, columns: expressionCount },
    texBase: { rows, columns: albedoCount },
  });
  return {
    name: 'bfm-2009',
    ...frontTopology(path, file),
    meanShape: Float64Array.from(file.meanshape),
    identity: columnBasis(file.idBase, rows, ones(identityCount)),
    expression: columnBasis(file.exBase, rows, ones(expressionCount)),
    albedo: {
      mean: Float64Array.from(file.meantex, (value) => value / 255),
      basis: columnBasis(file.texBase, rows, ones(albedoCount).map((one) => one / 255)),
    },
    place: 'mean of vertices',
  };
}

function ones(count: number): number[] {
  return new Array<number>(count).fill(1);
}
