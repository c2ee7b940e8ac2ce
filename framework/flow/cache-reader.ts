/**
 * Reads entries of the cache: at first on the main thread itself, and once that has held it up for as long as a thread takes to start, on a thread of
 * their own. Opening files, checking, inflating and above all waiting for the disk take a third to a half of a pass from the cache. Questions
 * of one turn of the event loop go there together, a few at a time, so that one lot is read while the answers to another are worked on.
 */
import { Piscina } from 'piscina';
import { answerOf, type EntryAnswer, type EntryQuestion } from './entry-answer.js';
import { workerArguments } from './worker-arguments.js';

/** What entries may hold up the main thread before the other one starts, in milliseconds. */
const mostInPlace = 250;
/** Questions that go together: crossing costs as much for four as for one. */
const together = 4;
/** Lots at the thread; more wait here. */
const lots = 8;

interface Waiting {
  readonly question: EntryQuestion;
  readonly resolve: (answer: EntryAnswer) => void;
}

export class CacheReader {
  readonly #log: (line: string) => void;
  #left: number;
  #closed = false;
  #thread: Piscina<readonly EntryQuestion[], readonly EntryAnswer[]> | undefined;
  #waiting: Waiting[] = [];

  /** `inPlace`: milliseconds of the main thread before the other one starts. */
  constructor(log: (line: string) => void, inPlace = mostInPlace) {
    this.#log = log;
    this.#left = inPlace;
  }

  async ask(question: EntryQuestion): Promise<EntryAnswer> {
    if (this.#left <= 0) return this.#askThread(question);
    const start = performance.now();
    const answering = answerOf(question);
    const heldUp = performance.now() - start; // what it waits for besides lets others work
    const answer = await answering;
    if (answer.kind !== 'none') this.#left -= heldUp; // a miss costs little, and the run computes then
    return answer;
  }

  async close(): Promise<void> {
    this.#closed = true;
    await this.#thread?.destroy();
  }

  #askThread(question: EntryQuestion): Promise<EntryAnswer> {
    return new Promise((resolve) => {
      if (this.#waiting.push({ question, resolve }) === 1) setImmediate(() => this.#send());
      else if (this.#waiting.length === together) this.#send();
    });
  }

  #send(): void {
    const lot = this.#waiting;
    if (lot.length === 0) return; // it was full before its turn
    this.#waiting = [];
    void this.#answers(lot.map(({ question }) => question)).then((answers) => lot.forEach(({ resolve }, index) => resolve(answers[index])));
  }

  async #answers(questions: readonly EntryQuestion[]): Promise<readonly EntryAnswer[]> {
    try {
      this.#thread ??= new Piscina({
        filename: new URL(`./cache-reader-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`, import.meta.url).href,
        name: 'answer', minThreads: 0, maxThreads: 1, concurrentTasksPerWorker: lots, idleTimeout: Infinity, execArgv: workerArguments([]),
      });
      return await this.#thread.run(questions);
    } catch (error) {
      if (!this.#closed && this.#left <= 0) this.#log(`the thread that reads entries failed, they are read on the main thread (${(error as Error).message})`);
      this.#left = Infinity;
      return Promise.all(questions.map(answerOf));
    }
  }
}
