import { FlowCommand } from './base.js';

export class Schema extends FlowCommand {
  static override summary = 'Print the JSON Schema of pipeline files, with the types of the plugins in reach, for editors.';
  static override examples = ['<%= config.bin %> schema > flow.schema.json'];

  async run(): Promise<unknown> {
    const [{ discoverPlugins }, { editorSchema }] = await Promise.all([import('../../plugin/discover.js'), import('../../pipeline/json-schema.js')]);
    const schema = editorSchema(await discoverPlugins());
    this.print(JSON.stringify(schema, null, 2));
    return schema;
  }
}
