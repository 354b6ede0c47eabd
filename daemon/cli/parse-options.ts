/** Reads options and operands of a command line, whichever verb they are for. */
import { parseArgs } from 'node:util';
import type { Endpoint } from '../../pipelines/bond/core/config.ts';
import { closest } from '../config/yaml/closest.ts';
import { UsageError } from './usage.ts';
import { HELP_OPTION, type Option, VERB_NAMES, VERSION_OPTION, verbOf } from './verbs.ts';

export type Values = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

const ALL_OPTIONS: readonly Option[] = [
  HELP_OPTION,
  VERSION_OPTION,
  ...VERB_NAMES.flatMap((name) => verbOf(name).options),
];

/** Options of all verbs: which of them the verb takes is checked afterwards. */
export function parseOptions(args: readonly string[]): {
  values: Values;
  positionals: readonly string[];
} {
  const options = Object.fromEntries(
    ALL_OPTIONS.map(({ name, short, value, isRepeatable }) => [
      name,
      {
        type: value === undefined ? ('boolean' as const) : ('string' as const),
        ...(short === undefined ? {} : { short }),
        multiple: isRepeatable === true,
      },
    ]),
  );
  const syntax = { options, strict: false, tokens: true, allowPositionals: true } as const;
  const { values, positionals, tokens } = parseArgs({ args: [...args], ...syntax });
  for (const token of tokens) if (token.kind === 'option') assertOption(token);
  return { values: values as Values, positionals };
}

/** What `strict` would refuse, in this program's words. */
function assertOption(given: {
  readonly name: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}): void {
  const { name, value, inlineValue: isInline } = given;
  const option = ALL_OPTIONS.find((one) => one.name === name);
  if (option === undefined) {
    const names = ALL_OPTIONS.map((one) => one.name);
    throw new UsageError(`unknown option --${name}${closest(name, names, '--')}`);
  }
  if (option.value === undefined) {
    if (value !== undefined) throw new UsageError(`--${name} takes no value`);
    return;
  }
  if (value === undefined) throw new UsageError(`--${name} needs a value`);
  if (isInline === false && /^-./.test(value)) {
    throw new UsageError(
      `--${name} needs a value; one that begins with a hyphen is written --${name}=${value}`,
    );
  }
}

/**
 * Reads `HOST:PORT`, `[IPv6]:PORT`, or a bare port on `host`.
 *
 * @throws UsageError
 */
export function parseEndpoint(option: string, text: string, host?: string): Endpoint {
  const [, ipv6, named, port = ''] =
    /^(?:\[([\da-f:.]+)\]:|([\w.-]+):)?(\d{1,5})$/i.exec(text) ?? [];
  const chosen = ipv6 ?? named ?? host;
  const number = Number(port);
  if (chosen === undefined || port === '' || number < 1 || number > 65_535) {
    const form = host === undefined ? 'HOST:PORT' : 'PORT or HOST:PORT';
    throw new UsageError(`${option} must be ${form}, not ${text}`);
  }
  return { host: chosen, port: number };
}
