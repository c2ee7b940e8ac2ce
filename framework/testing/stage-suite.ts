/** The conformance test of a stage: what every stage must do, whatever it is for. */
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { differentiate, tf, useEngine, type EngineName, type Tensor } from '../device/index.js';
import type { HostTensor } from '../values/host-tensor.js';
import { close, type Tolerance } from './close.js';
import { onEngines } from './engines.js';
import { expectNoLeak } from './leak.js';
import { completeOptions, type AnyContract } from './stage-plan.js';
import {
  batchOf, buildDeviceStage, runDeviceStage, runHostStage, type BuiltDeviceStage, type DeviceStageRequest, type HostStageRequest,
} from './stage.js';
import { normalTensor, toTensor } from './values.js';

export interface StageSuiteOptions {
  readonly engines?: readonly EngineName[];
  /** For outputs of a batch against those of its samples. */
  readonly tolerance?: Tolerance;
  /** Why the batch may differ from its samples, where it may. */
  readonly batchDiffers?: string;
  /** Outputs through which every variable must get a gradient; all float32 outputs by default. */
  readonly differentiable?: readonly string[];
}

/**
 * Registers and runs the conformance test of a device or host stage: its options read back, unknown ones are refused and each has
 * a sentence; declared shapes hold; the same call gives the same bits; inputs are left alone; on the device also: a batch equals
 * its samples, a gradient reaches every variable, no tensor is left behind.
 *
 * @param request options, resources and inputs of one call: batch first for a device stage, one sample for a host stage.
 */
export function testStage(name: string, contract: AnyContract, request: DeviceStageRequest | HostStageRequest, options: StageSuiteOptions = {}): void {
  const test = suite(name);
  test('options', () => checkOptions(contract, request));
  if (contract.kind === 'device') {
    const device = request as DeviceStageRequest;
    const check = onEngines(test, options.engines);
    check('the same call gives the same bits, and leaves its inputs and no tensor behind', () => expectNoLeak(async () => {
      const before = structuredClone(device.inputs);
      const first = await runDeviceStage(contract, device);
      assert.equal(await runDeviceStage(contract, device), first);
      assert.equal(device.inputs, before);
      for (const output of Object.values(first)) assert.ok([...output.data].every(Number.isFinite), 'a value is not finite');
    }));
    if (options.batchDiffers === undefined) check('a batch equals its samples', () => expectNoLeak(() => checkBatch(contract, device, options.tolerance)));
    // eslint-disable-next-line no-restricted-syntax -- with the reason in its name
    else test.skip(`a batch equals its samples: ${options.batchDiffers}`);
    check('a gradient reaches every variable', () => expectNoLeak(() => checkReach(contract, device, options.differentiable)));
  } else if (contract.kind === 'host') {
    test('the same call gives the same values, and leaves its inputs', async () => {
      await useEngine('wasm');
      const before = structuredClone(request.inputs);
      const first = await runHostStage(contract, request as HostStageRequest);
      if ((contract as { readonly pure?: boolean }).pure) assert.equal(await runHostStage(contract, request as HostStageRequest), first);
      assert.equal(request.inputs, before);
    });
  }
  test.run();
}

function checkOptions(contract: AnyContract, { options }: { readonly options?: Readonly<Record<string, unknown>> }): void {
  const complete = completeOptions(contract.options, options);
  assert.equal(completeOptions(contract.options, JSON.parse(JSON.stringify(complete)) as Record<string, unknown>), complete, 'options survive JSON');
  assert.throws(() => completeOptions(contract.options, { ...options, 'no such option': 1 }), /no such option/);
  for (const [key, schema] of Object.entries(contract.options.properties)) {
    assert.ok(((schema as { description?: string }).description ?? '').length > 0, `the option "${key}" has no description`);
  }
}

async function checkBatch(contract: AnyContract, request: DeviceStageRequest, tolerance: Tolerance = {}): Promise<void> {
  const stage = await buildDeviceStage(contract, request);
  try {
    const batch = batchOf(stage.planned, request.inputs, request.draws);
    const draws = request.draws ?? stackedDraws(stage, batch.keys);
    const together = await stage.run(request.inputs, { draws });
    for (let row = 0; row < batch.keys.length; row++) {
      const alone = await stage.run(rowsOf(request.inputs, row), { draws: rowsOf(draws, row) });
      for (const [port, value] of Object.entries(alone)) close(value, rowsOf({ port: together[port]! }, row)['port']!, tolerance);
    }
  } finally {
    stage.dispose();
  }
}

function stackedDraws(stage: BuiltDeviceStage, keys: readonly string[]): Record<string, HostTensor> {
  const samples = keys.map((key) => stage.program.draw(key, 0)[stage.planned.name] ?? {});
  return Object.fromEntries(Object.entries(samples[0]!).map(([port, first]) => {
    const data = Float32Array.from(samples.flatMap((sample) => [...sample[port]!.data]));
    const typed = first.dtype === 'int32' ? Int32Array.from(data) : first.dtype === 'float32' ? data : Uint8Array.from(data);
    return [port, { dtype: first.dtype, shape: [keys.length, ...first.shape], data: typed }];
  }));
}

function rowsOf(inputs: Readonly<Record<string, HostTensor>>, row: number): Record<string, HostTensor> {
  return Object.fromEntries(Object.entries(inputs).map(([port, value]) => {
    const size = value.data.length / value.shape[0]!;
    return [port, { dtype: value.dtype, shape: [1, ...value.shape.slice(1)], data: value.data.slice(row * size, (row + 1) * size) }];
  }));
}

/** Variables are moved off their start values first: a layer that starts at zero hides the layers before it. */
async function checkReach(contract: AnyContract, request: DeviceStageRequest, wanted?: readonly string[]): Promise<void> {
  const stage = await buildDeviceStage(contract, request);
  try {
    if (stage.variables.length === 0) return;
    for (const { name, variable } of stage.variables) {
      const start = await stage.store.get(name);
      const shift = normalTensor(variable.shape, name).data;
      stage.store.set(name, { ...start, data: Float32Array.from(start.data, (value, index) => value + 0.05 * shift[index]!) });
    }
    const ports = wanted ?? Object.entries(stage.planned.outputPorts).flatMap(([port, { dtype }]) => (dtype === 'float32' ? [port] : []));
    const gradients = await gradientsOf(stage, request, ports);
    stage.variables.forEach(({ name }, index) => assert.ok(gradients[index]! > 0, `no gradient reaches "${name}"`));
  } finally {
    stage.dispose();
  }
}

/** Norms of the gradients of Σ u · y over the ports, with random u. */
async function gradientsOf(stage: BuiltDeviceStage, request: DeviceStageRequest, ports: readonly string[]): Promise<number[]> {
  const compiled = stage.program.stages[0]!;
  const batch = batchOf(stage.planned, request.inputs);
  const draws = request.draws ?? stackedDraws(stage, batch.keys);
  const norms = tf.tidy(() => {
    const forward = (): Tensor => {
      const outputs = compiled.run({
        inputs: mapTensors(request.inputs), draws: mapTensors(draws), training: true, batch: batch.keys.length, wanted: new Set(ports),
      });
      const terms = ports.map((port) => outputs[port]!.mul(toTensor(normalTensor(outputs[port]!.shape, 'weights', port))).sum());
      return terms.reduce((sum, term) => sum.add(term));
    };
    const { gradients } = differentiate(forward, stage.variables.map(({ variable }) => variable));
    return gradients.map((gradient) => gradient?.norm() ?? tf.scalar(0));
  });
  const values = await Promise.all(norms.map(async (norm) => (await norm.data())[0]!));
  tf.dispose(norms);
  return values;
}

function mapTensors(hosts: Readonly<Record<string, HostTensor>>): Record<string, Tensor> {
  return Object.fromEntries(Object.entries(hosts).map(([port, host]) => [port, toTensor(host)]));
}
