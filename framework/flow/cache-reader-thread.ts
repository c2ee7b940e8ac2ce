/** The code of the thread that reads entries of the cache for the main thread. */
import { move, transferableSymbol, valueSymbol } from 'piscina';
import { answerOf, type EntryAnswer, type EntryQuestion } from './entry-answer.js';

/** The task function that Piscina calls: answers in the order of the questions. Their bytes are handed over without copying. */
export async function answer(questions: readonly EntryQuestion[]): Promise<unknown> {
  const answers: EntryAnswer[] = [];
  for (const question of questions) answers.push(inMemoryOfItsOwn(await answerOf(question)));
  const transfer = answers.flatMap((each) => ('bytes' in each ? [each.bytes.buffer] : []));
  return move({ [valueSymbol]: answers, [transferableSymbol]: transfer } as never);
}

function inMemoryOfItsOwn(answer: EntryAnswer): EntryAnswer {
  if (!('bytes' in answer) || answer.bytes.byteLength === answer.bytes.buffer.byteLength) return answer;
  return { ...answer, bytes: Uint8Array.from(answer.bytes) };
}
