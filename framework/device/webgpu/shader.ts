/** From the text of a pass to a pipeline: bindings for the arrays that it names, the numbers, and the entry point. */
import { computeStage, type GpuDevice, type GpuHandle, type GpuPipeline } from './backend.js';
import type { WgslProgram } from './wgsl.js';

export interface ArrayBinding {
  readonly name: string;
  readonly type: string;
  readonly writable: boolean;
}

export interface CompiledPass {
  readonly pipeline: GpuPipeline;
  readonly layout: GpuHandle;
  /** In the order of their bindings; the numbers come first, at binding 0. */
  readonly arrays: readonly ArrayBinding[];
}

export const workgroupSize = 64;

const compiled = new WeakMap<GpuDevice, Map<string, CompiledPass>>();

/** The pipeline of a pass, made once for each text and device. */
export function compilePass(device: GpuDevice, label: string, program: WgslProgram, pass: number, arrays: readonly ArrayBinding[]): CompiledPass {
  const body = `${program.functions ?? ''}\n${program.passes[pass]!.code}`;
  const words = new Set(body.match(/\w+/g));
  const named = arrays.filter(({ name }) => words.has(name));
  const code = shaderText(program, pass, named, body);
  let known = compiled.get(device);
  if (!known) compiled.set(device, (known = new Map()));
  let result = known.get(code);
  if (!result) known.set(code, (result = compile(device, `${label} ${pass}`, code, named)));
  return result;
}

/** Fields of the uniform struct, in order: the extent of each pass, then integers, then numbers. */
export function packNumbers({ passes, integers = {}, numbers = {} }: WgslProgram): ArrayBuffer {
  const whole = [...passes.map(({ count }) => count), ...Object.values(integers)];
  const bytes = new ArrayBuffer(4 * (whole.length + Object.keys(numbers).length));
  new Int32Array(bytes).set(whole);
  new Float32Array(bytes, 4 * whole.length).set(Object.values(numbers));
  return bytes;
}

function shaderText({ passes, integers = {}, numbers = {} }: WgslProgram, pass: number, arrays: readonly ArrayBinding[], body: string): string {
  const fields = [
    ...passes.map((_, index) => `count${index}: i32`),
    ...Object.keys(integers).map((name) => `${name}: i32`),
    ...Object.keys(numbers).map((name) => `${name}: f32`),
  ];
  const bindings = arrays.map(({ name, type, writable }, index) =>
    `@group(0) @binding(${index + 1}) var<storage, ${writable ? 'read_write' : 'read'}> ${name}: array<${type}>;`);
  return `
struct Numbers { ${fields.join(', ')} }
@group(0) @binding(0) var<uniform> u: Numbers;
${bindings.join('\n')}
${body}
@compute @workgroup_size(${workgroupSize})
fn start(@builtin(global_invocation_id) at: vec3<u32>, @builtin(num_workgroups) groups: vec3<u32>) {
  let index = i32(at.y * groups.x * ${workgroupSize}u + at.x);
  if (index < u.count${pass}) { run(index); }
}
`;
}

function compile(device: GpuDevice, label: string, code: string, arrays: readonly ArrayBinding[]): CompiledPass {
  const layout = device.createBindGroupLayout({
    entries: [
      { binding: 0, visibility: computeStage, buffer: { type: 'uniform' } },
      ...arrays.map(({ writable }, index) => (
        { binding: index + 1, visibility: computeStage, buffer: { type: writable ? 'storage' : 'read-only-storage' } }
      )),
    ],
  });
  const pipeline = device.createComputePipeline({
    layout: device.createPipelineLayout({ bindGroupLayouts: [layout] }),
    compute: { module: device.createShaderModule({ code, label }), entryPoint: 'start' },
    label,
  });
  return { pipeline, layout, arrays };
}
