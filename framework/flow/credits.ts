/**
 * Credit-based back-pressure. RxJS has none: `from(iterable).pipe(mergeMap(f, 2))` pulls everything at once and queues
 * it. Here the iterable is pulled only while credits are free, and a credit returns when a packet is finished at the
 * end of the graph. So at most `window` packets are in flight, whatever the speeds in between.
 */
import { Observable } from 'rxjs';

export interface CreditGate<T> {
  /** Cold, for one subscriber: subscribing starts to pull. */
  readonly stream: Observable<T>;
  /** Gives credits back: `count` packets are finished. */
  release(count: number): void;
  /** Makes the window smaller; packets beyond it stay, but no new one is pulled until they are finished. */
  narrow(window: number): void;
  /** Packets pulled and not yet finished. */
  readonly inFlight: number;
}

/**
 * A gate over `source` with `window` credits. Throws a RangeError for a window below one, or when more credits come back
 * than were taken.
 */
export function creditGate<T>(source: Iterable<T>, window: number): CreditGate<T> {
  if (!Number.isInteger(window) || window < 1) throw new RangeError(`a credit window holds at least one packet, got ${window}`);
  let inFlight = 0;
  let limit = window;
  let pump = (): void => undefined;

  const stream = new Observable<T>((subscriber) => {
    const iterator = source[Symbol.iterator]();
    let pumping = false;
    let ended = false;
    pump = () => {
      if (pumping) return; // a packet that finishes while it is being pushed re-enters here
      pumping = true;
      while (!ended && !subscriber.closed && inFlight < limit) {
        const step = iterator.next();
        if (step.done) {
          ended = true;
          subscriber.complete();
        } else {
          inFlight++;
          subscriber.next(step.value);
        }
      }
      pumping = false;
    };
    pump();
    return () => {
      ended = true;
      iterator.return?.();
    };
  });

  return {
    stream,
    release(count) {
      if (count > inFlight) throw new RangeError(`${count} credits came back, only ${inFlight} were taken`);
      inFlight -= count;
      pump();
    },
    narrow(to) {
      limit = Math.max(1, Math.min(limit, to));
    },
    get inFlight() {
      return inFlight;
    },
  };
}
