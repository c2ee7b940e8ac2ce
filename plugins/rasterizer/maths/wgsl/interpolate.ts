import type { WgslForm } from '../../../../framework/device/index.js';
import { footprintPass, footprintScratch, forEachPixel } from './footprint.js';
import { incidence } from './incidence.js';

interface ChannelRange {
  readonly first: number;
  readonly count: number;
}

export const interpolateWgsl: WgslForm<ChannelRange> = ({ inputs: [attributes, , ids], attributes: { first, count } }) => {
  const [, vertexCount, stride] = attributes!.shape as [number, number, number];
  const [batch, height, width] = ids!.shape as [number, number, number];
  return {
    results: ['result'],
    integers: { vertexCount, stride, first, channels: count, pixels: height * width },
    passes: [{
      count: batch * height * width,
      code: `fn run(pixel: i32) {
        let triangle = ids[pixel];
        let vertex = (pixel / u.pixels) * u.vertexCount;
        for (var channel = 0; channel < u.channels; channel++) {
          var sum = 0.0;
          if (triangle >= 0) {
            for (var k = 0; k < 3; k++) {
              sum += barycentrics[pixel * 3 + k] * attributes[(vertex + triangles[triangle * 3 + k]) * u.stride + u.first + channel];
            }
          }
          result[pixel * u.channels + channel] = sum;
        }
      }`,
    }],
  };
};

export const interpolateGradientWgsl: WgslForm<ChannelRange> = (call) => {
  const [, vertexCount, stride] = call.inputs[0]!.shape as [number, number, number];
  const [batch, height, width] = call.inputs[2]!.shape as [number, number, number];
  const triangleCount = call.inputs[1]!.shape[0]!;
  const { first, count } = call.attributes;
  return {
    results: ['toAttributes', 'toBarycentrics'],
    integers: { vertexCount, stride, first, channels: count, height, width, triangleCount },
    constants: { corners: incidence(call.hostValues('triangles'), vertexCount) },
    scratch: footprintScratch(batch, triangleCount),
    passes: [
      footprintPass(batch, height, width),
      {
        count: batch * vertexCount * stride,
        code: `fn run(index: i32) {
          let channel = index % u.stride - u.first;
          let vertex = (index / u.stride) % u.vertexCount;
          let image = index / (u.stride * u.vertexCount);
          var sum = 0.0;
          if (channel >= 0 && channel < u.channels) {
            for (var at = corners[vertex]; at < corners[vertex + 1]; at++) {
              let triangle = corners[at] / 3;
              let k = corners[at] % 3;
              ${forEachPixel('sum += barycentrics[pixel * 3 + k] * dy[pixel * u.channels + channel];')}
            }
          }
          toAttributes[index] = sum;
        }`,
      },
      {
        count: batch * height * width,
        code: `fn run(pixel: i32) {
          let triangle = ids[pixel];
          let vertex = (pixel / (u.width * u.height)) * u.vertexCount;
          for (var k = 0; k < 3; k++) {
            var sum = 0.0;
            if (triangle >= 0) {
              let source = (vertex + triangles[triangle * 3 + k]) * u.stride + u.first;
              for (var channel = 0; channel < u.channels; channel++) { sum += dy[pixel * u.channels + channel] * attributes[source + channel]; }
            }
            toBarycentrics[pixel * 3 + k] = sum;
          }
        }`,
      },
    ],
  };
};
