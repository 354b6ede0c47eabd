import { parseArgs } from 'node:util';
import { type BondArguments, parseEndpoint, type RelayArguments } from './bond-command.ts';
import { PHASES } from './control/protocol.ts';
import { type CmdArguments, parseVerb, type StatusArguments } from './control-command.ts';
import { PARTS, type Part } from './doctor/doctor.ts';
import type { SignArguments } from './sign-command.ts';
import { UsageError } from './usage.ts';

/** What the command line asks for. */
export type Command =
  | { readonly verb: 'run'; readonly config: string; readonly overrides: readonly string[] }
  | { readonly verb: 'demo'; readonly isIdle: boolean; readonly overrides: readonly string[] }
  | { readonly verb: 'check'; readonly config: string; readonly overrides: readonly string[] }
  | {
      readonly verb: 'doctor';
      readonly config?: string;
      readonly overrides: readonly string[];
      readonly parts: readonly Part[];
      readonly isJson: boolean;
    }
  | ({
      readonly verb: 'sign';
      readonly config: string;
      readonly overrides: readonly string[];
    } & SignArguments)
  | ({ readonly verb: 'bond' } & BondArguments)
  | ({ readonly verb: 'relay' } & RelayArguments)
  | ({ readonly verb: 'status'; readonly socket?: string } & StatusArguments)
  | ({ readonly verb: 'cmd'; readonly socket?: string } & CmdArguments)
  | { readonly verb: 'help' }
  | { readonly verb: 'version' };

export const HELP = `venuebox: camera and sound to phones over low-latency HLS

  venuebox run --config FILE    run the box
  venuebox demo [--idle]        run it with simulated hardware, live or idle
  venuebox check FILE           say what is wrong with a config, or that nothing is
  venuebox doctor [PART...] [--config FILE]
                                say what hardware is there, how it is, and what to do about it;
                                parts: ${PARTS.join(' ')}
  venuebox sign PATH --config FILE [--hours N]
                                the address of a poster or preview that holds for N hours (24),
                                where clips.token_secret_file asks for one
  venuebox status               how the box on this machine is
  venuebox cmd VERB [key=value...]
                                ask it for something, as its button does: arm, disarm, go-live
                                [force=true], end, mark [label=TEXT], preflight, shut-down;
                                print document=address or document=status
  venuebox bond --listen PORT --to HOST:PORT --from IP[,IP...]
                                spread an SRT encoder's packets over several links (SRTLA);
                                --from @FILE has one link a line: IP [backup] [weight=N],
                                and SIGHUP reads it again
  venuebox relay --listen PORT --srt HOST:PORT
                                the receiving end, in front of any SRT listener
  venuebox --help, --version

Options of run, demo, check, doctor and sign:
  --set path.to.key=value       lay a value over the config; may stand several times
Option of doctor:
  --json                        print one JSON object
Options of status and cmd:
  --json                        print JSON, one object a line
  --watch                       status: again each second
  --dry-run                     cmd: say what would happen, and do nothing
  --expect PHASE                cmd: only in this phase: idle, preflight, armed, live, ending, fault
  --socket PATH                 the box's control socket, where it is not found by itself
Option of bond and relay:
  --json                        print statistics once a second, a JSON object a line

Exit codes: 0 ended as asked, 1 failed or something is wrong, 2 wrong command line, 78 wrong config.
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
      return { verb, isIdle: values.idle === true, overrides };
    case 'check': {
      spare(1);
      const config = rest[0] ?? values.config;
      if (config === undefined) throw new UsageError('check needs a config file');
      return { verb, config, overrides };
    }
    case 'doctor': {
      const { config } = values;
      const isJson = values.json === true;
      const file = config === undefined ? {} : { config };
      return { verb, overrides, isJson, parts: partsOf(rest), ...file };
    }
    case 'sign': {
      spare(1);
      const { config } = values;
      if (config === undefined) throw new UsageError('sign needs --config FILE');
      return { verb, config, overrides, path: rest[0] ?? '', hours: Number(values.hours ?? 24) };
    }
    case 'bond':
      spare(0);
      return {
        verb,
        // An encoder on this machine; others only where an address says so.
        listen: parseEndpoint('--listen', needed(verb, 'listen', values.listen), '127.0.0.1'),
        receiver: parseEndpoint('--to', needed(verb, 'to', values.to)),
        from: needed(verb, 'from', values.from),
        isJson: values.json === true,
      };
    case 'relay':
      spare(0);
      return {
        verb,
        listen: parseEndpoint('--listen', needed(verb, 'listen', values.listen), '0.0.0.0'),
        srt: parseEndpoint('--srt', needed(verb, 'srt', values.srt)),
        isJson: values.json === true,
      };
    case 'status':
      spare(0);
      return {
        verb,
        isJson: values.json === true,
        isWatching: values.watch === true,
        ...socketOf(values.socket),
      };
    case 'cmd':
      return {
        verb,
        ...parseVerb(rest),
        isJson: values.json === true,
        isDryRun: values['dry-run'] === true,
        ...expectOf(values.expect),
        ...socketOf(values.socket),
      };
    case undefined:
      throw new UsageError('no command');
    default:
      throw new UsageError(`no command ${verb}`);
  }
}

function socketOf(socket: string | undefined): { readonly socket?: string } {
  return socket === undefined ? {} : { socket };
}

function expectOf(text: string | undefined): Pick<CmdArguments, 'expect'> {
  if (text === undefined) return {};
  const expect = PHASES.find((phase) => phase === text);
  if (expect === undefined) throw new UsageError(`--expect must be one of: ${PHASES.join(', ')}`);
  return { expect };
}

function partsOf(names: readonly string[]): readonly Part[] {
  const unknown = names.find((name) => !PARTS.some((part) => part === name));
  if (unknown !== undefined) throw new UsageError(`doctor knows no part ${unknown}`);
  return names.length === 0 ? PARTS : PARTS.filter((part) => names.includes(part));
}

function needed(verb: string, option: string, value: string | undefined): string {
  if (value === undefined) throw new UsageError(`${verb} needs --${option}`);
  return value;
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        config: { type: 'string', short: 'c' },
        set: { type: 'string', multiple: true },
        listen: { type: 'string' },
        to: { type: 'string' },
        from: { type: 'string' },
        srt: { type: 'string' },
        json: { type: 'boolean' },
        idle: { type: 'boolean' },
        watch: { type: 'boolean' },
        'dry-run': { type: 'boolean' },
        expect: { type: 'string' },
        socket: { type: 'string' },
        hours: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean', short: 'V' },
      },
    });
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError((message.split('. ')[0] ?? message).replace(/\.$/, ''));
  }
}
