/** Copies the data files that plugins and commands read beside their compiled code into `dist/`. */
import { cpSync, existsSync, readdirSync } from 'node:fs';

const folders = [
  'framework/cli/templates',
  'framework/setup/tensorflow/native',
  ...(existsSync('plugins') ? readdirSync('plugins').map((name) => `plugins/${name}/data`) : []),
];
for (const folder of folders.filter((name) => existsSync(name))) {
  cpSync(folder, `dist/${folder}`, { recursive: true });
}
