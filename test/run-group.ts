/** Runs the given test files in this process and fails when one of them holds no test. */
import { pathToFileURL } from 'node:url';
import { relative } from 'node:path';

declare global {
  var UVU_DEFER: number | undefined;
  var UVU_INDEX: number | undefined;
  var UVU_QUEUE: unknown[][] | undefined;
}

globalThis.UVU_DEFER = 1;
const { exec } = await import('uvu');
const empty: string[] = [];
for (const [index, file] of process.argv.slice(2).entries()) {
  const name = relative(process.cwd(), file);
  globalThis.UVU_INDEX = index;
  globalThis.UVU_QUEUE![index] = [name];
  await import(pathToFileURL(file).href);
  if (globalThis.UVU_QUEUE![index]!.length < 2) empty.push(name);
}
await exec();
if (empty.length > 0) {
  console.error(`  no test in: ${empty.join(', ')}`);
  process.exitCode = 1;
}
process.exit();
