import sharp from 'sharp';
import { loadFaceNetworks } from './networks/face-networks.js';
import { alignFace } from './host/align-face.js';
const networks = await loadFaceNetworks();
const files = process.argv.slice(3);
const S = 224; const tiles: any[] = [];
let i = 0; let total = 0;
for (const f of files) {
  const [file, rot] = f.split('@');
  const { data, info } = await sharp(file).rotate(Number(rot ?? 0)).removeAlpha().toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  const photo = { width: info.width, height: info.height, data: new Uint8Array(data) };
  const t = performance.now();
  try {
    const a = alignFace(photo, null, networks, { size: S, roll: (process.env.ROLL ?? 'keep') as 'keep', threshold: 0.5, maxDisagreement: Number(process.env.MAXD ?? 0.08) });
    const dt = performance.now() - t; total += dt;
    console.log(f.split('/').pop(), dt.toFixed(0) + 'ms', 'conf', a.confidence.toFixed(3), a.box.map((x) => x.toFixed(0)).join());
    let svg = ''; for (let p = 0; p < 468; p++) svg += `<circle cx="${a.landmarks[2 * p]}" cy="${a.landmarks[2 * p + 1]}" r="0.8" fill="lime"/>`;
    for (let p = 0; p < 68; p++) svg += `<circle cx="${a.landmarks68[2 * p]}" cy="${a.landmarks68[2 * p + 1]}" r="1.6" fill="red"/>`;
    const rgb = Buffer.from(Uint8Array.from(a.image, (v) => Math.round(255 * v)));
    tiles.push({ input: await sharp(rgb, { raw: { width: S, height: S, channels: 3 } }).composite(process.env.DOTS === '0' ? [] : [{ input: Buffer.from(`<svg width="${S}" height="${S}">${svg}</svg>`) }]).png().toBuffer(), left: (i % 8) * S, top: Math.floor(i / 8) * S });
  } catch (e: any) { console.log(f.split('/').pop(), (performance.now() - t).toFixed(0) + 'ms', e.describe?.() ?? e); }
  i++;
}
console.log('mean ms', total / files.length);
await sharp({ create: { width: 8 * S, height: Math.ceil(i / 8) * S, channels: 3, background: 'gray' } }).composite(tiles).png().toFile(process.argv[2]);
