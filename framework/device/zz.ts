import { tf, useEngine } from './index.js';
await useEngine('wasm');
function time(name: string, f: () => any, n = 15) {
  let best = Infinity;
  for (let i = 0; i < n; i++) { const t = performance.now(); tf.tidy(() => { f(); }); best = Math.min(best, performance.now() - t); }
  console.log(name, best.toFixed(2));
}
const x = tf.randomNormal([4,56,56,32]) as any;
const y = tf.maxPool(x,3,2,'same'); const dy = tf.randomNormal(y.shape);
const e = tf.engine() as any;
time('maxpool grad kernel', () => e.runKernel('MaxPoolGrad', {dy, input: x, output: y}, {filterSize:[3,3], strides:[2,2], pad:'same'}));
time('avgpool grad kernel', () => e.runKernel('AvgPoolGrad', {dy, input: x}, {filterSize:[3,3], strides:[2,2], pad:'same'}));
time('elugrad', () => e.runKernel('EluGrad', {dy: x, y: x}, {}));
time('concat', () => tf.concat([x,x],3));
const c = tf.concat([x,x],3);
time('split', () => tf.split(c,2,3));
time('slice last', () => tf.slice(c,[0,0,0,0],[4,56,56,32]));
time('slice rows', () => tf.slice(c,[0,1,1,0],[4,54,54,64]));
time('sum', () => x.sum());
time('grad sum', () => tf.grad((x: any) => x.sum())(x));
time('addN', () => tf.addN([x,x,x]));
time('tile', () => tf.tile(x.slice([0,0,0,0],[4,56,56,1]),[1,1,1,32]));
time('mul bcast', () => x.mul(tf.ones([4,56,56,1])));
time('mul bcast last', () => x.mul(tf.ones([32])));
time('mul', () => x.mul(x));
time('sum to bias', () => x.sum([0,1,2]));
time('select', () => tf.where(x.greater(0), x, x));
time('moments', () => tf.moments(x,[1,2]));
