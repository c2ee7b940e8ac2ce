import { cpus, totalmem } from 'node:os';
import { FlowCommand } from './base.js';

export class Doctor extends FlowCommand {
  static override summary = 'Say which engines work here, why the others do not, and what would help.';

  async run(): Promise<unknown> {
    const { probeEngines, useEngine } = await import('../../device/index.js');
    const engines = await probeEngines();
    const chosen = await useEngine('auto');
    const machine = {
      node: process.version, platform: `${process.platform}-${process.arch}`, processors: cpus().length,
      processor: cpus()[0]?.model ?? 'unknown', memoryGiB: Math.round(totalmem() / 2 ** 30),
    };
    this.print(`Node ${machine.node}, ${machine.platform}, ${machine.processors} × ${machine.processor}, ${machine.memoryGiB} GiB`);
    for (const engine of engines) {
      this.print(`${engine.present ? 'works ' : 'absent'}  ${engine.name.padEnd(11)} ${engine.present ? engine.description : engine.reason}`);
      if (engine.cure) this.print(`                    ${engine.cure}`);
    }
    this.print(`device: auto means ${chosen.name} here.`);
    return { machine, engines, auto: chosen.name };
  }
}
