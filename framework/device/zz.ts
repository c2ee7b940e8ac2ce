import { tf, useEngine } from './index.js';
await useEngine('wasm');
function time(name: string, f: () => any, n = 7) {
  const ts: number[] = [];
  for (let i = 0; i < n; i++) { const t = performance.now(); tf.tidy(() => { f(); }); ts.push(performance.now() - t); }
  ts.sort((a, b) => a - b); console.log(name, ts[n >> 1]!.toFixed(2));
}
const a = tf.randomNormal([512, 512]), b = tf.randomNormal([512, 512]);
time('matmul 512', () => tf.matMul(a, b));
time('matmul 512 tA', () => tf.matMul(a, b, true));
time('grad matmul', () => tf.grads((a, b) => tf.matMul(a, b).sum())([a, b]));
const n = 4 * 56 * 56;
const big = tf.randomNormal([n, 288]), dy = tf.randomNormal([n, 32]);
time('transpose 12544x288', () => tf.transpose(big));
time('transpose 12544x32', () => tf.transpose(dy));
const bigT = tf.transpose(big), dyT = tf.transpose(dy);
time('bigT·dy', () => tf.matMul(bigT, dy));
time('dyT·big', () => tf.matMul(dyT, big));
const ks = [256, 512, 1024, 2048, 4096];
for (const k of ks) { const A = tf.randomNormal([288, k]), B = tf.randomNormal([k, 32]); time(`288x${k}x32 (GF/s)`, () => tf.matMul(A, B)); A.dispose(); B.dispose(); }
const x4 = tf.randomNormal([4, 56, 56, 32]) as any, w = tf.randomNormal([3, 3, 32, 32]) as any;
time('conv fwd 4x56x56x32->32', () => tf.conv2d(x4, w, 1, 'same'));
time('pad', () => tf.pad(x4, [[0,0],[1,1],[1,1],[0,0]]));
time('slice row', () => tf.slice(x4, [0,1,1,0],[4,54,54,32]));
console.log('--- filter gradient as forward conv');
for (const [B,H,Ci,Co] of [[4,56,32,32],[4,112,3,32],[4,28,64,64],[4,14,128,128],[8,28,64,64],[1,56,32,32],[4,112,16,16],[4,7,256,256]] as const) {
  const x = tf.randomNormal([B,H,H,Ci]) as any, dy = tf.randomNormal([B,H,H,Co]) as any, w = tf.randomNormal([3,3,Ci,Co]) as any;
  time(`fwd ${[B,H,Ci,Co]}`, () => tf.conv2d(x, w, 1, 'same'));
  time(`  dW as conv`, () => { const xt = tf.transpose(x,[3,1,2,0]); const f = tf.transpose(dy,[1,2,0,3]); return tf.transpose(tf.conv2d(xt as any, f as any, 1, [[0,0],[1,1],[1,1],[0,0]] as any, 'NHWC'),[1,2,0,3]); });
  const cols = tf.randomNormal([9*Ci, B*H*H]); const d2 = dy.reshape([B*H*H,Co]);
  time(`  dW matmul only`, () => tf.matMul(cols, d2));
  time(`  x transpose`, () => tf.transpose(x,[3,0,1,2]));
  time(`  dX flipped conv`, () => tf.conv2d(dy, tf.transpose(tf.reverse(w,[0,1]),[0,1,3,2]) as any, 1, 'same'));
}
