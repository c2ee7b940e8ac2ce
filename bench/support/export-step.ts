/** What the step of train-full is made of, for another framework: mesh matrices, bases, index maps and the batch, as safetensors. */
import { tf, type SparseMatrix, type Tensor } from '../../framework/device/index.js';
import { encodeSafetensors } from '../../framework/device/safetensors.js';
import { download } from '../../framework/device/transfer.js';
import { float32, int32, type HostTensor } from '../../framework/values/host-tensor.js';
import type { FaceModel } from '../../plugins/coarse-3dmm/index.js';
import { meshLevels } from '../../plugins/gcn-refiner/index.js';
import { visibility } from '../../plugins/rasterizer/maths/visibility.js';
import type { TrainingStep } from './training.js';

/** The stages of pipelines/train-full.yaml that give what is drawn and where from. */
const posed = { first: 'first/decode.vertices', turned: 'turned.vertices' };

export async function exportStep({ program, batch, plan, resource }: TrainingStep): Promise<Uint8Array> {
  const face = await resource<FaceModel>('face');
  const tensors = new Map<string, HostTensor>();
  const rows = face.vertexCount * 3;
  tensors.set('triangles', int32(face.triangles, [face.triangles.length / 3, 3]));
  tensors.set('mean_shape', float32(face.meanShape, [face.vertexCount, 3]));
  tensors.set('mean_albedo', float32(face.meanAlbedo, [face.vertexCount, 3]));
  for (const [name, basis] of [['identity', face.identityBasis], ['expression', face.expressionBasis], ['albedo', face.albedoBasis]] as const) {
    tensors.set(`basis_${name}`, float32(basis, [rows, basis.length / rows]));
  }
  meshLevels({ positions: face.meanShape, triangles: face.triangles }, 4).forEach((level, index) => {
    addMatrix(tensors, `laplacian${index}`, level.laplacian);
    if (level.unpool) addMatrix(tensors, `unpool${index}`, level.unpool);
    if (level.pool) addMatrix(tensors, `pool${index}`, level.pool);
  });
  const { image, mask, coefficients } = { image: 'align.image', mask: 'segment.mask', coefficients: 'fit.coefficients' };
  tensors.set('image', batch.inputs[image]!);
  tensors.set('mask', batch.inputs[mask]!);
  tensors.set('coefficients', batch.inputs[coefficients]!);
  await addViews(tensors, { program, batch, plan });
  const { widths, backbone } = plan.document['params'] as { widths: number[]; backbone: string };
  return encodeSafetensors(tensors, { widths: widths.join(','), backbone });
}

async function addViews(tensors: Map<string, HostTensor>, { program, batch, plan }: Pick<TrainingStep, 'program' | 'batch' | 'plan'>): Promise<void> {
  const wanted = [posed.first, posed.turned, 'rotate.coefficients', 'occluded.mask'];
  const values = program.forward(batch, wanted);
  tensors.set('turned_coefficients', await download(values['rotate.coefficients']!));
  tensors.set('occluder', await download(values['occluded.mask']!));
  const { size, focal, cameraDistance } = plan.stages.get('first/render')!.options as { size: number; focal: number; cameraDistance: number };
  const triangles = tf.tensor(tensors.get('triangles')!.data as Int32Array, [...tensors.get('triangles')!.shape], 'int32');
  for (const [name, reference] of Object.entries(posed)) {
    const seen = visibility(values[reference]!, triangles, { size, camera: { focal, distance: cameraDistance } });
    tensors.set(`ids_${name}`, await download(seen.ids));
    tf.dispose(seen as unknown as Tensor[]);
  }
  tf.dispose([triangles, ...Object.values(values)]);
}

function addMatrix(tensors: Map<string, HostTensor>, name: string, matrix: SparseMatrix): void {
  tensors.set(`${name}.rows`, int32(matrix.rowPointers, [matrix.rowPointers.length]));
  tensors.set(`${name}.columns`, int32(matrix.columnIndices, [matrix.columnIndices.length]));
  tensors.set(`${name}.values`, float32(matrix.values, [matrix.values.length]));
  tensors.set(`${name}.shape`, int32(Int32Array.of(matrix.rows, matrix.columns), [2]));
}
