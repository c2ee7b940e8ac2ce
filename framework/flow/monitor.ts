/** What a flow tells while it runs: an event for each thing that moves, and counts by stage. */
import { Subject } from 'rxjs';

export interface ProgressEvent {
  readonly kind: 'ran' | 'cached' | 'refused' | 'batch' | 'finished';
  /** Stage or section; for `finished` the end of the graph. */
  readonly stage: string;
  readonly key: string;
  readonly position: number;
  /** Start by `performance.now()`, and duration without waiting for a worker; both in milliseconds. */
  readonly start: number;
  readonly milliseconds: number;
}

export interface StageCounts {
  /** Packets that wait for an input or for their turn, or are being worked on. */
  inside: number;
  ran: number;
  cached: number;
  refused: number;
  /** Time of the work itself, without waiting. */
  milliseconds: number;
  /** Time of making the stage's function and its resources, over all workers. */
  setup: number;
}

/** Counters by stage and a stream of progress events. */
export class Monitor {
  readonly progress$ = new Subject<ProgressEvent>();
  readonly #stages = new Map<string, StageCounts>();
  #finished = 0;
  #movement = 0;
  #settingUp = 0;

  /** Counts of a stage; made at the first call. */
  stage(name: string): StageCounts {
    let counts = this.#stages.get(name);
    if (!counts) {
      counts = { inside: 0, ran: 0, cached: 0, refused: 0, milliseconds: 0, setup: 0 };
      this.#stages.set(name, counts);
    }
    return counts;
  }

  report(event: ProgressEvent): void {
    this.moved();
    if (event.kind === 'finished') this.#finished++;
    else {
      const counts = this.stage(event.stage);
      if (event.kind === 'refused') counts.refused++;
      else if (event.kind === 'cached') counts.cached++;
      else counts.ran++;
      counts.milliseconds += event.milliseconds;
    }
    this.progress$.next(event);
  }

  /** A stage begins to be set up somewhere (without a time), or is ready. */
  setUp(stage: string, milliseconds?: number): void {
    this.moved();
    this.#settingUp += milliseconds === undefined ? 1 : -1;
    this.stage(stage).setup += milliseconds ?? 0;
  }

  /** A worker died: what it was setting up will not be reported. */
  workerDied(): void {
    this.moved();
    this.#settingUp = 0;
  }

  /** True while a stage is being set up, which may take minutes. */
  get settingUp(): boolean {
    return this.#settingUp > 0;
  }

  /** Something happened that is no packet: a log line of a worker. */
  moved(): void {
    this.#movement++;
  }

  /** Rises whenever something moves. */
  get movement(): number {
    return this.#movement;
  }

  get finished(): number {
    return this.#finished;
  }

  get stages(): ReadonlyMap<string, Readonly<StageCounts>> {
    return this.#stages;
  }
}
