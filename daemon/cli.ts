import { parseArgs } from 'node:util';

/** What the command line asks for. */
export type Command =
  | { readonly verb: 'run'; readonly config: string; readonly overrides: readonly string[] }
  | { readonly verb: 'demo'; readonly overrides: readonly string[] }
  | { readonly verb: 'check'; readonly config: string; readonly overrides: readonly string[] }
  | { readonly verb: 'help' }
  | { readonly verb: 'version' };

/** The command line cannot be followed: one line that says why. */
export class UsageError extends Error {
  constructor(message: string) {
    super(`${message}; see venuebox --help`);
    this.name = 'UsageError';
  }
}

export const HELP = `venuebox: camera and sound to phones over low-latency HLS

  venuebox run --config FILE    run the box
  venuebox demo                 run it with simulated hardware
  venuebox check FILE           say what is wrong with a config, or that nothing is
  venuebox --help, --version

Options of run, demo and check:
  --set path.to.key=value       lay a value over the config; may stand several times

Exit codes: 0 ended as asked, 1 failed, 2 wrong command line, 78 wrong config.
`;

/**
 * Reads the arguments after `venuebox`.
 *
 * @throws UsageError
 */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  if (values.help) return { verb: 'help' };
  if (values.version) return { verb: 'version' };
  const [verb, ...rest] = positionals;
  const overrides = values.set ?? [];
  const spare = (count: number) => {
    if (rest.length > count) throw new UsageError(`${verb} does not take ${rest[count]}`);
  };
  switch (verb) {
    case 'run':
      spare(0);
      if (values.config === undefined) throw new UsageError('run needs --config FILE');
      return { verb, config: values.config, overrides };
    case 'demo':
      spare(0);
      if (values.config !== undefined) throw new UsageError('demo takes no --config; use run');
      return { verb, overrides };
    case 'check': {
      spare(1);
      const config = rest[0] ?? values.config;
      if (config === undefined) throw new UsageError('check needs a config file');
      return { verb, config, overrides };
    }
    case undefined:
      throw new UsageError('no command');
    default:
      throw new UsageError(`no command ${verb}`);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        config: { type: 'string', short: 'c' },
        set: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'V' },
      },
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError((message.split('. ')[0] ?? message).replace(/\.$/, ''));
  }
}
