/** `venuebox --help` and `venuebox VERB --help`, from the table of verbs. */
import {
  HELP_OPTION,
  type Option,
  VERB_NAMES,
  VERSION_OPTION,
  type VerbName,
  verbOf,
} from './verbs.ts';

const WIDTH = 24;

export function renderHelp(): string {
  return `venuebox: camera and sound to phones over low-latency HLS

Usage: venuebox VERB [OPTION...]

${rows(VERB_NAMES.map((name) => [name, verbOf(name).summary]))}

${rows([
  ['VERB --help', 'prints the options of a verb'],
  ['--version', VERSION_OPTION.help],
])}

Exit codes: 0 done, 1 failed or something is wrong, 2 wrong command line, 78 wrong config.
`;
}

export function renderVerbHelp(name: VerbName): string {
  const { operands, summary, details = [], options } = verbOf(name);
  const needed = options.filter((one) => one.isRequired).map((one) => `--${one.name} ${one.value}`);
  const words = ['venuebox', name, operands, ...needed, '[OPTION...]'];
  const usage = words.filter((word) => word !== '').join(' ');
  const more = details.map((line) => `  ${line}\n`).join('');
  const all = [...options, HELP_OPTION].map((one) => [renderOption(one), one.help] as const);
  return `Usage: ${usage}

${capitalised(summary)}.
${more === '' ? '' : `\n${more}`}
${rows(all)}
`;
}

/** `--set KEY=VALUE`. */
export function renderOption({ name, short, value }: Option): string {
  const words = value === undefined ? `--${name}` : `--${name} ${value}`;
  return short === undefined ? words : `-${short}, ${words}`;
}

function rows(pairs: readonly (readonly [string, string])[]): string {
  return pairs
    .map(([left, right]) =>
      left.length < WIDTH
        ? `  ${left.padEnd(WIDTH)} ${right}`
        : `  ${left}\n  ${' '.repeat(WIDTH)} ${right}`,
    )
    .join('\n');
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
