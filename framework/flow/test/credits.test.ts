import { test } from 'uvu';
import * as assert from 'uvu/assert';
import { connectable, lastValueFrom, map, share, tap, toArray, type Observable } from 'rxjs';
import { setTimeout as sleep } from 'node:timers/promises';
import { creditGate } from '../credits.js';
import { joinByKey } from '../join-by-key.js';
import { mapInOrder } from '../map-in-order.js';
import { isRefused, sampleOf, tombstoneOf, type Packet } from '../packet.js';
import { randomFor } from '../../values/random.js';

function* tickets(count: number, pulled: () => void = () => undefined): Generator<{ position: number; epoch: number; key: string }> {
  for (let position = 0; position < count; position++) {
    pulled();
    yield { position, epoch: 0, key: `k${position}` };
  }
}

test('a source is pulled only while credits are free', () => {
  let pulled = 0;
  const gate = creditGate(tickets(100, () => pulled++), 4);
  const seen: number[] = [];
  gate.stream.subscribe(({ position }) => seen.push(position));
  assert.is(pulled, 4);
  gate.release(1);
  assert.equal(seen, [0, 1, 2, 3, 4]);
  assert.is(gate.inFlight, 4);
});

test('a consumer that finishes at once does not deepen the stack', () => {
  const gate = creditGate(tickets(100_000), 1);
  let seen = 0;
  gate.stream.subscribe(() => {
    seen++;
    gate.release(1);
  });
  assert.is(seen, 100_000);
  assert.is(gate.inFlight, 0);
});

test('more credits than were taken, or a window without one, is refused', () => {
  assert.throws(() => creditGate([], 0), /at least one packet/);
  assert.throws(() => creditGate([], 1.5), /at least one packet/);
  const gate = creditGate([1, 2, 3], 2);
  gate.stream.subscribe();
  assert.throws(() => gate.release(3), /3 credits came back, only 2 were taken/);
});

test('unsubscribing ends the pulling and the iterator', () => {
  let ended = false;
  const source = { *[Symbol.iterator]() { try { yield* [1, 2, 3, 4]; } finally { ended = true; } } };
  const gate = creditGate(source, 2);
  const seen: number[] = [];
  gate.stream.subscribe((item) => seen.push(item)).unsubscribe();
  gate.release(2);
  assert.equal(seen, [1, 2]);
  assert.ok(ended);
});

/** A diamond with random speeds, refusals and concurrency: source → left, right (→ far) → join → end. */
async function diamond(seed: number): Promise<void> {
  const random = randomFor('diamond', seed);
  const [count, window] = [1 + random.integer(60), 1 + random.integer(9)];
  const refused = new Set(Array.from({ length: count }, (_, index) => index).filter(() => random.uniform() < 0.3));
  let most = 0;
  const gate = creditGate(tickets(count), window);
  const stage = (name: string, refuses: boolean) => (source: Observable<Packet>): Observable<Packet> => {
    const speed = random.integer(4);
    return source.pipe(mapInOrder(1 + random.integer(5), async (packet: Packet): Promise<Packet> => {
      most = Math.max(most, gate.inFlight);
      if (speed > 0) await sleep((packet.position * 31 + seed) % speed);
      if (isRefused(packet)) return packet;
      if (refuses && refused.has(packet.position)) return tombstoneOf(packet, { stage: name, code: 'FLOW_SAMPLE', message: '' });
      return sampleOf(packet, { ...packet.values, [name]: packet.position });
    }), share());
  };
  const feed = connectable(gate.stream.pipe(map((ticket): Packet => sampleOf(ticket, {}))));
  const source = stage('source', false)(feed);
  const left = stage('left', true)(source);
  const far = stage('far', false)(stage('right', false)(source));
  const end = joinByKey([left, far], 'end').pipe(tap(() => gate.release(1)), toArray());
  const result = lastValueFrom(end);
  feed.connect();
  const all = await result;
  assert.ok(most <= window, `${most} in flight with a window of ${window}`);
  assert.is(gate.inFlight, 0);
  assert.equal(all.map(({ position }) => position), Array.from({ length: count }, (_, index) => index));
  for (const packet of all) {
    assert.is(isRefused(packet), refused.has(packet.position));
    if (!isRefused(packet)) assert.equal(packet.values, { source: packet.position, left: packet.position, right: packet.position, far: packet.position });
  }
}

test('on diamonds, whatever the speeds: never more than the window, nothing lost, order kept, no deadlock', async () => {
  for (let seed = 0; seed < 60; seed += 20) {
    await Promise.all(Array.from({ length: 20 }, (_, index) => diamond(seed + index)));
  }
});

test.run();
