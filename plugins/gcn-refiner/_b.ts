import { tf, useEngine } from '../../framework/device/index.js';
import { meshLevels } from './host/mesh-levels.js';
import { meshRefiner } from './networks/mesh-refiner.js';
import { graphDecoder } from '../faid/networks/graph-decoder.js';
import { heightField } from './test/height-field.js';
import { randomFor } from '../../framework/index.js';
await useEngine('wasm');
const mesh=heightField(101,87,(x,y)=>Math.sin(5*x)*Math.cos(4*y));
let t=performance.now(); const levels=meshLevels(mesh,4); console.log('levels',(performance.now()-t).toFixed(0), levels.map(l=>l.vertexCount));
const vars:any[]=[]; const variable=(name:string,shape:any,init:any)=>{const v=tf.variable(tf.tensor(init(randomFor(name),shape),shape)); vars.push(v); return v;};
const B=4; const x=tf.randomUniform([B,8787,3]);
function time(name:string,f:()=>any,n=4){ for(let i=0;i<2;i++) tf.tidy(()=>{f();}); const a:number[]=[]; for(let i=0;i<n;i++){const t=performance.now(); tf.tidy(()=>{f();}); a.push(performance.now()-t);} a.sort((p,q)=>p-q); console.log(name,'median',a[n>>1]!.toFixed(0),'min',a[0]!.toFixed(0)); }
for (const [widths,pooled] of [[[16,32,16],false],[[16,16,16],false],[[16,32,16],true],[[8,16,8],true]] as any) {
  vars.length=0; const net=meshRefiner(variable as any,levels,{widths,terms:6,pooled});
  time(`refine ${widths} pooled=${pooled} forward`,()=>net(x));
  time(`refine ${widths} pooled=${pooled} forward+backward`,()=>tf.variableGrads(()=>tf.sum(tf.square(net(x))) as any,vars));
}
vars.length=0; const dec=graphDecoder(variable as any,levels,{features:896,coarse:32,widths:[16,16,16],terms:6}); const f=tf.randomNormal([B,896]);
time('decode forward',()=>dec(f)); time('decode forward+backward',()=>tf.variableGrads(()=>tf.sum(tf.square(dec(f))) as any,vars));
