/** Pipeline parameters as flags: `--photo me.jpg` and `--photo=me.jpg` set `params.photo`. */
import { FlowError } from '../errors/flow-error.js';

/** Reads what is left of the command line after the command's own flags. Values are read as YAML scalars later. */
export function parametersFrom(words: readonly string[]): Record<string, string> {
  const parameters: Record<string, string> = {};
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (!word.startsWith('--')) throw unexpected(word);
    const equals = word.indexOf('=');
    if (equals > 0) {
      parameters[word.slice(2, equals)] = word.slice(equals + 1);
      continue;
    }
    const next = words[index + 1];
    if (next === undefined || next.startsWith('--')) throw unexpected(word);
    parameters[word.slice(2)] = next;
    index++;
  }
  return parameters;
}

function unexpected(word: string): FlowError {
  return new FlowError('FLOW_PARAM_UNKNOWN', {
    who: 'command line',
    message: `'${word}' is neither a flag of this command nor a parameter with a value.`,
    expected: '--NAME VALUE for a parameter of the pipeline, or a flag of the command',
    got: word,
    cure: 'run the command with --help, or `flow config PIPELINE` to see the parameters.',
  });
}
