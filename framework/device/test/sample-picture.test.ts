import * as assert from 'uvu/assert';
import { tf } from '../index.js';
import { checkGradient, close, testOperator, toTensor, uniformTensor } from '../../testing/index.js';
import { samplePicture } from '../operators/sample-picture.js';

const side = 7;
const picture = uniformTensor([2, side, side, 3], 0, 1);
/** Some beyond every border. */
const points = uniformTensor([2, 11, 2], -2, side + 2);

/** The same in float64, one point after the other. */
function reference(): number[] {
  const colours: number[] = [];
  for (let sample = 0; sample < 2; sample++) {
    for (let point = 0; point < 11; point++) {
      const [x, y] = [0, 1].map((axis) => Math.min(side - 1, Math.max(0, points.data[(sample * 11 + point) * 2 + axis]! - 0.5))) as [number, number];
      for (let channel = 0; channel < 3; channel++) {
        let colour = 0;
        for (let row = 0; row < side; row++) {
          for (let column = 0; column < side; column++) {
            const share = Math.max(0, 1 - Math.abs(x - column)) * Math.max(0, 1 - Math.abs(y - row));
            colour += share * picture.data[((sample * side + row) * side + column) * 3 + channel]!;
          }
        }
        colours.push(colour);
      }
    }
  }
  return colours;
}

testOperator('samplePicture', {
  runs: () => tf.tidy(() => void samplePicture(toTensor(picture), toTensor(points))),
  shapes: () => tf.tidy(() => assert.equal(samplePicture(toTensor(picture), toTensor(points)).shape, [2, 11, 3])),
  refuses: () => tf.tidy(() => {
    assert.throws(() => samplePicture(toTensor(picture), tf.zeros([2, 11, 3])), /"points" has a wrong shape/);
    assert.throws(() => samplePicture(tf.zeros([2, 7, 5, 3]), toTensor(points)), /"picture" has a wrong shape/);
  }),
  values: () => tf.tidy(() => {
    close(samplePicture(toTensor(picture), toTensor(points)), reference());
    close(samplePicture(tf.ones([1, 1, 1, 2]), tf.tensor([[[0.2, 5]]])), [1, 1]);
  }),
  gradient: async () => void (await checkGradient((x) => samplePicture(x, toTensor(points)), [picture])),
  batch: () => tf.tidy(() => {
    const both = samplePicture(toTensor(picture), toTensor(points));
    for (let sample = 0; sample < 2; sample++) {
      close(both.slice([sample], [1]), samplePicture(toTensor(picture).slice([sample], [1]), toTensor(points).slice([sample], [1])));
    }
  }),
});
