/**
 * Reads entries of the cache. A few at the main thread itself; when a run finds more, they are left to a thread of their own: opening files,
 * checking, inflating and waiting for the disk is half of the work of a pass from the cache, and the main thread has the other half. Questions
 * of one turn of the event loop go there together, a few at a time, so that one lot is read while the answers to another are worked on.
 */
import { Piscina } from 'piscina';
import { answerOf, type EntryAnswer, type EntryQuestion } from './entry-answer.js';
import { workerArguments } from './worker-arguments.js';

/** Found entries before the thread starts: it would take longer to start than to read so many. */
const inPlace = 64;
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

  /** `entriesInPlace`: found before the thread starts. */
  constructor(log: (line: string) => void, entriesInPlace = inPlace) {
    this.#log = log;
    this.#left = entriesInPlace;
  }

  async ask(question: EntryQuestion): Promise<EntryAnswer> {
    if (this.#left <= 0) return this.#askThread(question);
    const answer = await answerOf(question);
    if (answer.kind !== 'none') this.#left--;
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
