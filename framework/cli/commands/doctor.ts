import { cpus, totalmem } from 'node:os';
import { Args, Flags } from '@oclif/core';
import { coverageText } from '../coverage-text.js';
import { FlowCommand, pipelineFlags } from './base.js';

export class Doctor extends FlowCommand {
  static override summary = 'Say which engines work here, why the others do not, and what would help.';
  static override description =
    'Prints the coverage table: for each operator and engine, whether kernel and gradient are those of TensorFlow.js, replaced, or switched off. ' +
    'With a pipeline file it also says whether a training step of it would fit into memory: dry steps are run on made-up samples.';
  static override examples = ['<%= config.bin %> doctor', '<%= config.bin %> doctor pipelines/train-full.yaml --profile paper'];
  static override args = { pipeline: Args.string({ description: 'Pipeline file whose training step is to be estimated.' }) };
  static override flags = { ...pipelineFlags, device: Flags.string({ summary: 'Engine of the estimate: auto, tensorflow, webgpu, wasm or cpu.', default: 'auto' }) };

  async run(): Promise<unknown> {
    const { args, flags } = await this.parse(Doctor);
    const { operatorCoverage, probeEngines, useEngine } = await import('../../device/index.js');
    const engines = await probeEngines();
    const present = engines.filter((engine) => engine.present).map(({ name }) => name);
    for (const name of present) await useEngine(name); // registers what is replaced on it
    const operators = operatorCoverage(present);
    const chosen = await useEngine('auto');
    const machine = {
      node: process.version, platform: `${process.platform}-${process.arch}`, processors: cpus().length,
      processor: cpus()[0]?.model ?? 'unknown', memoryGiB: Math.round(totalmem() / 2 ** 30),
    };
    this.print(coverageText(operators, present));
    this.print(`\nNode ${machine.node}, ${machine.platform}, ${machine.processors} × ${machine.processor}, ${machine.memoryGiB} GiB`);
    for (const engine of engines) {
      this.print(`${engine.present ? 'works ' : 'absent'}  ${engine.name.padEnd(11)} ${engine.present ? engine.description : engine.reason}`);
      if (engine.cure) this.print(`                    ${engine.cure}`);
    }
    this.print(`device: auto means ${chosen.name} here.`);
    const memory = args.pipeline === undefined ? undefined : await this.memoryOf(args.pipeline, flags);
    return { machine, engines, auto: chosen.name, operators, memory };
  }

  private async memoryOf(file: string, { set, profile, device }: { set?: string[]; profile?: string; device: string }): Promise<unknown> {
    const [{ loadPipeline }, { estimateFit, renderFit }] = [await import('../../pipeline/index.js'), await import('../../train/memory-fit.js')];
    const { plan, registry } = await loadPipeline({ file, set, profile });
    const fit = await estimateFit(plan, registry, device);
    this.print(renderFit(`${plan.name}${profile ? `, profile ${profile},` : ''}`, fit));
    return fit;
  }
}
