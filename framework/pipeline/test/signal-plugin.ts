/** A made-up plugin about signals: small contracts of every kind, without implementations, for tests of the text phase. */
import { Type } from '@sinclair/typebox';
import { FlowError } from '../../errors/flow-error.js';
import { defineDevice, defineHost, definePlugin, defineResource, defineSink, defineSource } from '../../plugin/define.js';
import { optional, tensor, value } from '../../plugin/port-types.js';
import { resourceKind } from '../../plugin/stage-types.js';

const load = () => Promise.reject(new Error('the text phase loads no implementation'));
const wave = tensor('float32', ['T'], 'wave.volts');
const code = tensor('float32', ['with.width'], 'code');
const loss = tensor('float32', [], 'loss');
const none = Type.Object({});
const tableKind = resourceKind<Float32Array>('table');
const common = { version: 1, load } as const;

const sources = {
  tones: defineSource({
    ...common, summary: 'Tones.',
    options: Type.Object({
      samples: Type.Integer({ minimum: 8, default: 64, description: 'Length of a wave.' }),
      split: Type.Union([Type.Literal('train'), Type.Literal('test')], { default: 'train' }),
      noise: Type.Object({ level: Type.Number({ default: 0 }) }, { default: {} }),
    }),
    in: {}, out: { wave: tensor('float32', ['with.samples'], 'wave.volts'), title: value<string>('title') },
  }),
};

const hosts = {
  scale: defineHost({ ...common, summary: 'Scales a wave.', pure: true, options: Type.Object({ gain: Type.Number({ default: 1 }) }), in: { wave }, out: { wave } }),
  record: defineHost({ ...common, summary: 'Listens.', pure: false, runs: 'main', options: none, in: { wave }, out: { wave } }),
  stereo: defineHost({ ...common, summary: 'Two channels.', pure: true, options: none, in: { wave }, out: { sound: tensor('float32', ['T', 2], 'sound.volts') } }),
  mono: defineHost({ ...common, summary: 'One channel.', pure: true, options: none, in: { sound: tensor('float32', ['T', 2], 'sound.volts') }, out: { wave } }),
  halve: defineHost({ ...common, summary: 'Every second sample.', pure: true, options: none, in: { wave }, out: { wave: tensor('float32', [32], 'wave.volts') } }),
  decibel: defineHost({ ...common, summary: 'Loudness.', pure: true, options: none, in: { wave }, out: { level: tensor('float32', [], 'level.decibel') } }),
};

const width = Type.Object({ width: Type.Integer({ minimum: 1, default: 16 }) });

const devices = {
  encode: defineDevice({ ...common, summary: 'Wave to code.', trainable: true, options: width, in: { wave, hint: optional(wave) }, out: { code } }),
  decode: defineDevice({
    ...common, summary: 'Code to wave.', trainable: true, options: none, resources: { table: tableKind },
    in: { code: tensor('float32', ['C'], 'code') }, out: { wave: tensor('float32', ['table.length'], 'wave.volts') },
  }),
  mix: defineDevice({ ...common, summary: 'Mean of two waves.', options: none, in: { one: wave, two: wave }, out: { wave } }),
  pass: defineDevice({ ...common, summary: 'Anything, unchanged.', options: none, in: { x: tensor('float32', ['N'], '?m') }, out: { y: tensor('float32', ['N'], '?m') } }),
  error: defineDevice({ ...common, summary: 'Squared error.', options: none, in: { wave, target: wave }, out: { loss, ratio: tensor('float32', [], 'ratio') } }),
  total: defineDevice({ ...common, summary: 'Sum of losses.', options: Type.Object({ weights: Type.Record(Type.String(), Type.Number(), { default: {} }) }), in: {}, inRest: loss, outRest: loss, out: { loss } }),
};

const sinks = {
  write: defineSink({ ...common, summary: 'Writes waves.', options: none, in: { wave, title: optional(value<string>('title')) }, out: {} }),
};

export const plugin = definePlugin({
  name: 'signal', version: '1.2.0', framework: '>=0.1.0', summary: 'Signals.',
  stages: { ...sources, ...hosts, ...devices, ...sinks },
  resources: {
    sine: defineResource({
      summary: 'A sine table.', kind: tableKind, version: 1, options: Type.Object({ length: Type.Integer({ default: 64 }) }),
      dimensions: ({ length }) => ({ length }), load,
    }),
    recorded: defineResource({
      summary: 'A table of a file.', kind: tableKind, version: 1, options: Type.Object({ file: Type.String() }), load,
      dimensions: ({ file }) => {
        if (file === 'short.bin') return { size: 3 };
        throw file === 'lost.bin' ? new FlowError('FLOW_FILE_MISSING', { message: 'the table lost.bin does not exist', cure: 'record it' }) : new Error('not a table');
      },
    }),
    words: defineResource({ summary: 'Words.', kind: resourceKind<string[]>('words'), version: 1, options: none, dimensions: () => ({}), load }),
  },
});
