import { float32, implementHost } from 'faceflow';
import { standardise } from '../plugin.js';

export const stage = implementHost(standardise, {
  async create({ options }) {
    return { run: ({ x }) => ({ x: float32([(x.data[0]! - options.mean) / options.scale], []) }) };
  },
});
