/**
 * Writes a checkpoint's variables in half precision, for shipping; the optimiser's state stays behind, and with `graph=NAME` all but that graph.
 * Usage: node --import tsx scripts/halve-weights.ts runs/…/best.safetensors weights/NAME.safetensors [graph=NAME] [key=value …]
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { decodeSafetensors, encodeSafetensors } from '../framework/index.js';

const [source, target, ...notes] = process.argv.slice(2);
if (!source || !target) throw new Error('usage: halve-weights SOURCE TARGET [key=value …]');

const { tensors } = decodeSafetensors(readFileSync(source));
const metadata = Object.fromEntries(notes.map((note) => note.split('=') as [string, string]));
const graph = metadata['graph'];
const kept = new Map([...tensors].filter(([name]) => !name.startsWith('adam/') && (graph === undefined || name.startsWith(`${graph}/`))));
const bytes = encodeSafetensors(kept, metadata, { float16: true });
writeFileSync(target, bytes);

const halved = decodeSafetensors(bytes).tensors;
let worst = 0;
for (const [name, tensor] of kept) {
  const data = Array.from(tensor.data);
  const scale = Math.sqrt(data.reduce((sum, value) => sum + value * value, 0) / data.length) || 1;
  data.forEach((value, at) => (worst = Math.max(worst, Math.abs(value - halved.get(name)!.data[at]!) / scale)));
}
console.log(`${target}: ${kept.size} tensors, ${(bytes.length / 2 ** 20).toFixed(2)} MiB, largest rounding ${worst.toExponential(1)} of a tensor's root mean square`);
