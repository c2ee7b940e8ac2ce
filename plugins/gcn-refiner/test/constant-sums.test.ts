import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomFor } from '../../../framework/index.js';
import { shadeHost } from '../../rasterizer/index.js';
import { ConstantSums } from '../host/constant-sums.js';

const vertexCount = 6;
const truth = Float64Array.from({ length: 18 }, (_, at) => 0.1 * Math.sin(at));

/** A photo of a face whose albedo is the coarse one and the truth, under a light of its own. The last vertex is never seen. */
function photo(number: number) {
  const random = randomFor('photo', `${number}`);
  const normals = Int8Array.from({ length: 18 }, (_, at) => (at % 3 === 2 ? 127 : 0));
  const light = Float32Array.from({ length: 27 }, (_, at) => (at % 9 === 0 ? random.between(-0.1, 0.3) : 0));
  const albedo = Float32Array.from({ length: 18 }, () => random.between(0.3, 0.6));
  const shade = shadeHost(Float64Array.from(normals, (value) => value / 127), light);
  const colours = Uint8Array.from(albedo, (value, at) => Math.round(255 * shade[at]! * (value + truth[at]!)));
  const seen = Uint8Array.from({ length: vertexCount }, (_, at) => (at === 5 ? 0 : at === 4 ? 128 : 255));
  return { colours: { colours, normals, seen }, albedo, light };
}

function solved(photos: number, prior: number): Float32Array {
  const sums = new ConstantSums(vertexCount);
  for (let each = 0; each < photos; each++) {
    const { colours, albedo, light } = photo(each);
    sums.add(colours, albedo, light);
  }
  return sums.solve(prior);
}

test('the residual that all photos share is found, whatever their light and albedo; what none shows is 0', () => {
  const residual = solved(50, 1e-9);
  for (let at = 0; at < 15; at++) assert.ok(Math.abs(residual[at]! - truth[at]!) < 2e-3, `${at}: ${residual[at]}`);
  assert.equal([...residual.subarray(15)], [0, 0, 0]);
});

test('no other residual has a smaller sum of squares', () => {
  const residual = solved(5, 0.5);
  const cost = (at: number, value: number): number => 0.5 * value ** 2 + Array.from({ length: 5 }, (_, number) => {
    const { colours: { colours, normals, seen }, albedo, light } = photo(number);
    const shade = shadeHost(Float64Array.from(normals, (each) => each / 127), light)[at]!;
    return (seen[Math.floor(at / 3)]! / 255) * (colours[at]! / 255 - shade * (albedo[at]! + value)) ** 2;
  }).reduce((sum, each) => sum + each, 0);
  for (const at of [0, 7, 13]) for (const step of [-0.01, 0.01]) assert.ok(cost(at, residual[at]! + step) > cost(at, residual[at]!));
});

test.run();
