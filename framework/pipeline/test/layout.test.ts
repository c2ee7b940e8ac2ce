import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { randomFor } from '../../values/random.js';
import { layoutGraph } from '../layout.js';

test('boxes of a layer do not overlap, and lines go downwards through every layer', () => {
  for (let trial = 0; trial < 50; trial++) {
    const random = randomFor('layout', trial);
    const nodes = Array.from({ length: 2 + random.integer(20) }, (_, index) => ({ name: `n${index}`, width: 60 + random.integer(100) }));
    const links = nodes.flatMap(({ name }, index) => nodes.slice(0, index).filter(() => random.uniform() < 0.2).map((from) => ({ from: from.name, to: name })));
    const layout = layoutGraph(nodes, links);
    for (const one of nodes) {
      const a = layout.nodes.get(one.name)!;
      assert.ok(a.x - one.width / 2 >= -1e-6 && a.x + one.width / 2 <= layout.width + 1e-6, 'inside the picture');
      for (const other of nodes) {
        const b = layout.nodes.get(other.name)!;
        if (one !== other && a.layer === b.layer) assert.ok(Math.abs(a.x - b.x) >= (one.width + other.width) / 2, `trial ${trial}: ${one.name} and ${other.name}`);
      }
    }
    links.forEach((link, index) => {
      const layers = layout.lines[index]!.map(({ layer }) => layer);
      assert.is(layers[0], layout.nodes.get(link.from)!.layer);
      assert.is(layers.at(-1), layout.nodes.get(link.to)!.layer);
      layers.slice(1).forEach((layer, step) => assert.is(layer, layers[step]! + 1));
    });
  }
});

test('an empty graph has an empty layout', () => {
  assert.is(layoutGraph([], []).nodes.size, 0);
});

test.run();
