/** Holds the written documents against the code: error codes, links, paths, meanings, and every plugin's table of stage types and options. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { errorCodes } from '../framework/errors/error-codes.js';
import type { Plugin } from '../framework/plugin/define.js';
import type { PortType } from '../framework/plugin/port-types.js';
import type { DeviceContract } from '../framework/plugin/stage-types.js';
import { builtinPlugins } from '../plugins/index.js';
import { currentSchema, schemaFile } from './editor-schema.js';

const problems: string[] = [];

function markdownFiles(): string[] {
  const folders = ['docs', 'framework', 'plugins', 'bench', 'weights', 'examples'].filter((folder) => existsSync(folder));
  const inFolders = folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  );
  return ['README.md', 'CHANGELOG.md', ...inFolders].filter((file) => file.endsWith('.md') && !file.includes('templates'));
}

function checkErrorCodes(): void {
  const text = readFileSync('docs/errors.md', 'utf8');
  const documented = new Set([...text.matchAll(/^\| `(FLOW_[A-Z_]+)` \|/gm)].map((match) => match[1]!));
  for (const code of Object.keys(errorCodes)) if (!documented.has(code)) problems.push(`docs/errors.md does not list ${code}`);
  for (const code of documented) if (!(code in errorCodes)) problems.push(`docs/errors.md lists ${code}, which no code raises`);
}

function checkLinks(file: string): void {
  const text = readFileSync(file, 'utf8').replace(/```[\s\S]*?```/g, '');
  for (const match of text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)) {
    if (!existsSync(join(dirname(file), match[1]!))) problems.push(`${file} links to ${match[1]}, which does not exist`);
  }
}

/** Files and folders that a text names between backticks: from the root, from its own folder, or of a new plugin. */
function checkPaths(file: string): void {
  const text = readFileSync(file, 'utf8').replace(/```[\s\S]*?```/g, '');
  for (const [, path] of text.matchAll(/`((?:framework|plugins|pipelines|scripts|test|bench|docs|weights)\/[\w./-]*)`/g)) {
    const found = ['.', dirname(file), 'framework/cli/templates/plugin'].some((folder) => existsSync(join(folder, path!.replace(/\.js$/, '.ts'))));
    if (!found) problems.push(`${file} names ${path}, which does not exist`);
  }
}

/** Every meaning that a built-in stage type has is explained. */
function checkMeanings(plugin: Plugin): void {
  const file = 'docs/conventions.md';
  const explained = readFileSync(file, 'utf8');
  for (const [name, contract] of Object.entries(plugin.stages ?? {})) {
    const { in: inputs, out, draws, inRest, outRest } = contract as unknown as DeviceContract;
    const ports: PortType[] = [...[inputs, out, draws ?? {}].flatMap((group) => Object.values(group)), ...[inRest, outRest].filter((port) => port !== undefined)];
    for (const meaning of new Set(ports.map((port) => port.meaning))) {
      if (!meaning.startsWith('?') && !explained.includes(`\`${meaning}\``)) problems.push(`${file} does not explain ${meaning} of ${plugin.name}/${name}`);
    }
  }
}

function checkPlugin(plugin: Plugin): void {
  const file = join('plugins', plugin.name, 'README.md');
  if (!existsSync(file)) {
    problems.push(`${file} is missing`);
    return;
  }
  const text = readFileSync(file, 'utf8');
  for (const [kind, types] of Object.entries({ stage: plugin.stages ?? {}, resource: plugin.resources ?? {} })) {
    for (const [name, contract] of Object.entries(types)) {
      if (!text.includes(`\`${plugin.name}/${name}\``) && !text.includes(`\`${name}\``)) problems.push(`${file} does not mention the ${kind} type ${plugin.name}/${name}`);
      const options = (contract as { options?: { properties?: Record<string, { description?: string }> } }).options?.properties ?? {};
      for (const [option, schema] of Object.entries(options)) {
        if (!text.includes(`\`${option}\``)) problems.push(`${file} does not mention option ${option} of ${plugin.name}/${name}`);
        if (!schema.description) problems.push(`option ${option} of ${plugin.name}/${name} has no description`);
      }
    }
  }
}

checkErrorCodes();
for (const file of markdownFiles()) {
  checkLinks(file);
  checkPaths(file);
}
for (const plugin of builtinPlugins) {
  checkPlugin(plugin);
  checkMeanings(plugin);
}
const folders = readdirSync('plugins', { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name);
for (const folder of folders) if (!builtinPlugins.some((plugin) => plugin.name === folder)) problems.push(`plugins/index.ts does not list ${folder}`);
if (readFileSync(schemaFile, 'utf8') !== (await currentSchema())) problems.push(`${schemaFile} is out of date: npm run schema`);

for (const problem of problems) console.error(problem);
console.log(problems.length === 0 ? 'documents agree with the code' : `${problems.length} problems in the documents`);
process.exitCode = problems.length === 0 ? 0 : 1;
