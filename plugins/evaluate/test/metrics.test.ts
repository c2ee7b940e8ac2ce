import { suite } from 'uvu';
import { float32 } from '../../../framework/index.js';
import { close, normalTensor, onEngines, runDeviceStage, testStage, uniformTensor } from '../../../framework/testing/index.js';
import { identitySimilarity, imageQuality, landmarkError } from '../plugin.js';

const test = suite('metrics');
const check = onEngines(test);

check('landmark error: the jaw does not count; the rest counts as a share of √(w h)', async () => {
  const reference = uniformTensor([2, 68, 2], 0, 112, 'landmarks');
  const landmarks = float32(reference.data.map((value, at) => {
    const [sample, point, axis] = [Math.floor(at / 136), Math.floor((at % 136) / 2), at % 2];
    if (point < 17) return value + 50;
    return value + (sample === 0 ? [3, 4][axis] : point === 17 && axis === 0 ? 51 : 0);
  }) as Float32Array, [2, 68, 2]);
  const { error } = await runDeviceStage(landmarkError, { inputs: { landmarks, reference, box: float32([5, 6, 100, 25, 0, 0, 10, 40], [2, 4]) } });
  close(error, [5 / 50, 1 / 20], { rtol: 1e-5 });
});

check('identity similarity: 1 for the same direction, −1 for the opposite, 0 across', async () => {
  const unit = (at: number, value: number) => Float32Array.from({ length: 1024 }, (_, index) => (index === at ? value : 0));
  const stack = (...rows: Float32Array[]) => float32(rows.flatMap((row) => [...row]), [rows.length, 1024]);
  const { similarity } = await runDeviceStage(identitySimilarity, {
    inputs: { features: stack(unit(3, 2), unit(3, 2), unit(3, 2)), reference: stack(unit(3, 9), unit(3, -1), unit(4, 1)) },
  });
  close(similarity, [1, -1, 0], { atol: 1e-5 });
});

test.run();

const images = { image: uniformTensor([2, 16, 16, 3], 0, 1, 1), reference: uniformTensor([2, 16, 16, 3], 0, 1, 2), region: uniformTensor([2, 16, 16, 1], 0, 1, 3) };
testStage('image-quality', imageQuality, { inputs: images });
testStage('identity-similarity', identitySimilarity, { inputs: { features: normalTensor([2, 1024], 1), reference: normalTensor([2, 1024], 2) } });
testStage('landmark-error', landmarkError, {
  inputs: { landmarks: uniformTensor([2, 68, 2], 0, 112, 1), reference: uniformTensor([2, 68, 2], 0, 112, 2), box: uniformTensor([2, 4], 5, 90, 3) },
});
