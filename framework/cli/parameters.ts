/**
 * Pipeline parameters as flags: `--photo me.jpg` and `--photo=me.jpg` set `params.photo`. The command-line library
 * refuses flags it does not know, so they are taken out before it parses.
 */
import { FlowError } from '../errors/flow-error.js';

export interface SplitWords {
  /** What the command's own parser gets. */
  readonly own: readonly string[];
  /** Values as text; the pipeline reads them as YAML scalars. */
  readonly parameters: Readonly<Record<string, string>>;
}

type FlagKinds = Readonly<Record<string, { readonly type: 'boolean' | 'option' }>>;

/** Splits the words of a command line by the flags that the command knows. */
export function splitParameters(words: readonly string[], flags: FlagKinds): SplitWords {
  const own: string[] = [];
  const parameters: Record<string, string> = {};
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    const [name, inline] = flagParts(word);
    if (name === undefined) {
      own.push(word);
      continue;
    }
    const known = name === 'json' || name === 'help' ? { type: 'boolean' as const } : flags[name];
    const takesNext = inline === undefined && known?.type !== 'boolean';
    const next = takesNext ? words[++index] : undefined;
    if (known) own.push(word, ...(next === undefined ? [] : [next]));
    else parameters[name] = inline ?? valueOf(word, next);
  }
  return { own, parameters };
}

function flagParts(word: string): [string | undefined, string | undefined] {
  if (!word.startsWith('--') || word === '--') return [undefined, undefined];
  const equals = word.indexOf('=');
  return equals < 0 ? [word.slice(2), undefined] : [word.slice(2, equals), word.slice(equals + 1)];
}

function valueOf(word: string, next: string | undefined): string {
  if (next !== undefined && !next.startsWith('--')) return next;
  throw new FlowError('FLOW_PARAM_UNKNOWN', {
    who: 'command line',
    message: `'${word}' is neither a flag of this command nor a parameter with a value.`,
    expected: '--NAME VALUE for a parameter of the pipeline, or a flag of the command',
    got: word,
    cure: 'run the command with --help, or `flow config PIPELINE` to see the parameters.',
  });
}
