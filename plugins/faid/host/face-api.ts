import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { implementResource } from '../../../framework/index.js';
import statistics from '../data/feature-statistics.json' with { type: 'json' };
import { faceApi } from '../plugin.js';
import { joinStatistics, type FaceNetwork, type FeatureStatistics, type NetworkName } from './face-networks.js';
import { readWeightMap } from './weight-map.js';

const files: Readonly<Record<NetworkName, string>> = {
  recognition: 'face_recognition_model', 'age-gender': 'age_gender_model', expression: 'face_expression_model',
};

export const resource = implementResource(faceApi, {
  build: async ({ attributes, folder = packagedFolder() }) => {
    const network = async (name: NetworkName): Promise<FaceNetwork> => ({ name, weights: await readWeightMap(folder, files[name]) });
    return {
      identity: await network('recognition'),
      attributes: await Promise.all(attributes.map(network)),
      statistics: { identity: statisticsOf('recognition'), attributes: joinStatistics(attributes.map(statisticsOf)) },
    };
  },
});

/** The folder inside the npm package. */
export function packagedFolder(): string {
  return join(dirname(createRequire(import.meta.url).resolve('@vladmandic/face-api/package.json')), 'model');
}

function statisticsOf(name: NetworkName): FeatureStatistics {
  const { mean, deviation, spread } = statistics.networks[name];
  return { mean: Float32Array.from(mean), deviation: Float32Array.from(deviation), spread };
}
