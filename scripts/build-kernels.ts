/**
 * Writes framework/device/simd/kernels.ts from kernels.wat. Needs the npm package `wabt`, which nothing else does, so it is not
 * among the dependencies: `npm install --no-save wabt && node --import tsx scripts/build-kernels.ts`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

interface Wabt {
  parseWat(name: string, text: string, features: object): { toBinary(options: object): { readonly buffer: Uint8Array } };
}

const folder = fileURLToPath(new URL('../framework/device/simd/', import.meta.url));
const wabt = await (createRequire(import.meta.url)('wabt') as () => Promise<Wabt>)();
const { buffer } = wabt.parseWat('kernels.wat', readFileSync(`${folder}kernels.wat`, 'utf8'), { simd: true }).toBinary({});
const lines = Buffer.from(buffer).toString('base64').match(/.{1,120}/g)!;
writeFileSync(`${folder}kernels.ts`, [
  '/** Written from kernels.wat by scripts/build-kernels.ts: do not edit. */',
  'export const kernelBytes: string = [',
  ...lines.map((line) => `  '${line}',`),
  "].join('');",
  '',
].join('\n'));
