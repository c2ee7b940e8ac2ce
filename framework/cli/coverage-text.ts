/** The operator table as `flow doctor` prints it. */
import type { EngineName, OperatorCoverage } from '../device/index.js';

const width = 118;
/** Of one engine. */
const column = 16;

/**
 * Operators whose kernels and gradients come from the same hands on every engine share a paragraph; those that were repaired or
 * are switched off have a line each, with the reason.
 */
export function coverageText(coverage: readonly OperatorCoverage[], engines: readonly EngineName[]): string {
  const groups = new Map<string, string[]>();
  for (const operator of coverage.filter(({ gradient }) => gradient === 'stock')) {
    const cells = engines.map((engine) => `${engine} ${cellOf(operator, engine)}`).join(', ');
    groups.set(cells, [...(groups.get(cells) ?? []), operator.operator]);
  }
  const noted = (gradient: OperatorCoverage['gradient'], title: string): string[] => [
    `${title.padEnd(26)}${engines.map((engine) => engine.padEnd(column)).join('')}`,
    ...coverage.filter((operator) => operator.gradient === gradient).map((operator) =>
      `  ${operator.operator.padEnd(24)}${engines.map((engine) => cellOf(operator, engine).padEnd(column)).join('')}${operator.note ?? ''}`),
  ];
  return [
    'Operators, by engine: whose kernel / whose gradient (stock is TensorFlow.js as shipped). Every one is checked numerically by the tests.',
    ...[...groups].flatMap(([cells, names]) => [`  ${cells}:`, ...wrapped(names.join(' '), '    ')]),
    ...noted('ours', 'Replaced'),
    ...noted('fenced', 'Gradient switched off'),
  ].join('\n');
}

function cellOf({ engines }: OperatorCoverage, engine: EngineName): string {
  const { kernel, gradient } = engines[engine]!;
  return kernel === 'missing' ? 'missing' : `${kernel}/${gradient}`;
}

function wrapped(text: string, indent: string): string[] {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(' ')) {
    if (line.length + word.length > width && line !== indent) {
      lines.push(line.trimEnd());
      line = indent;
    }
    line += `${word} `;
  }
  return [...lines, line.trimEnd()];
}
