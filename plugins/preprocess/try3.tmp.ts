import sharp from 'sharp';
import { loadFaceNetworks } from './networks/face-networks.js';
import { locateFace } from './host/locate-face.js';
const networks = await loadFaceNetworks();
const all: [number, string][] = []; let fail = 0; let t0 = performance.now();
for (const file of process.argv.slice(2)) {
  const { data, info } = await sharp(file).removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  try { const f = locateFace({ width: info.width, height: info.height, data: new Uint8Array(data) }, null, networks, { threshold: 0.5, maxDisagreement: 1 }); all.push([f.disagreement, file]); } catch { fail++; console.log('fail', file); }
}
all.sort((a, b) => a[0] - b[0]);
for (const q of [0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.98]) console.log(q, all[Math.floor(q * all.length)][0].toFixed(4));
console.log(all.slice(-16).map((x) => x[0].toFixed(3) + ' ' + x[1]).join('\n'), 'fail', fail, 'ms', (performance.now() - t0) / all.length);
