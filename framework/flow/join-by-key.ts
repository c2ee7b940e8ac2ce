/**
 * Joins the streams of several stages. Packets belong together when they are the same sample: same epoch, same key,
 * same place in the sequence; never because they arrive together. When one of them is a tombstone, so is the whole.
 */
import { Observable } from 'rxjs';
import { FlowError } from '../errors/flow-error.js';
import { isRefused, sampleOf, type Packet } from './packet.js';

export function joinByKey(streams: readonly Observable<Packet>[], who: string): Observable<Packet> {
  if (streams.length === 1) return streams[0];
  return new Observable<Packet>((subscriber) => {
    const waiting = new Map<number, Packet[]>();
    let open = streams.length;
    const subscriptions = streams.map((stream) => stream.subscribe({
      next(packet) {
        const parts = waiting.get(packet.position) ?? [];
        parts.push(packet);
        if (parts.length < streams.length) {
          waiting.set(packet.position, parts);
          return;
        }
        waiting.delete(packet.position);
        try {
          subscriber.next(joined(parts, who));
        } catch (error) {
          subscriber.error(error);
        }
      },
      error: (error) => subscriber.error(error),
      complete() {
        open--;
        if (open > 0) return;
        if (waiting.size > 0) subscriber.error(incomplete(waiting, who));
        else subscriber.complete();
      },
    }));
    return () => subscriptions.forEach((subscription) => subscription.unsubscribe());
  });
}

function joined(parts: readonly Packet[], who: string): Packet {
  const [first] = parts;
  for (const part of parts) {
    if (part.key !== first.key || part.epoch !== first.epoch) {
      throw new FlowError('FLOW_INTERNAL', {
        who, message: 'A join met two different samples at one position.', expected: first.key, got: part.key,
      });
    }
  }
  const values: Record<string, unknown> = {};
  for (const part of parts) {
    if (isRefused(part)) return part;
    Object.assign(values, part.values);
  }
  return sampleOf(first, values);
}

function incomplete(waiting: ReadonlyMap<number, readonly Packet[]>, who: string): FlowError {
  const keys = [...waiting.values()].slice(0, 8).map((parts) => parts[0].key);
  return new FlowError('FLOW_INTERNAL', {
    who, message: `${waiting.size} samples did not arrive on every input before the streams ended.`, keys,
  });
}
