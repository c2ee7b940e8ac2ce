import { from, map, mergeMap, Observable, type OperatorFunction } from 'rxjs';

/**
 * `mergeMap` with bounded concurrency whose results leave in the order of their inputs. The waiting room of early
 * results is bounded by the packets in flight, which the credit gate bounds.
 */
export function mapInOrder<T, R>(concurrency: number, project: (value: T) => Promise<R>): OperatorFunction<T, R> {
  return (source) => source.pipe(
    mergeMap((value, index) => from(project(value)).pipe(map((result) => ({ index, result }))), concurrency),
    inOrder(),
  );
}

function inOrder<R>(): OperatorFunction<{ index: number; result: R }, R> {
  return (source) => new Observable<R>((subscriber) => {
    const early = new Map<number, R>();
    let next = 0;
    return source.subscribe({
      next({ index, result }) {
        early.set(index, result);
        while (early.has(next)) {
          const due = early.get(next) as R;
          early.delete(next);
          next++;
          subscriber.next(due);
        }
      },
      error: (error) => subscriber.error(error),
      complete: () => subscriber.complete(),
    });
  });
}
