/** Writes `flow.schema.json`, the editor schema of pipeline files with the built-in plugins; `npm run check:docs` compares it. */
import { writeFileSync } from 'node:fs';
import { currentSchema, schemaFile } from './editor-schema.js';

writeFileSync(schemaFile, await currentSchema());
