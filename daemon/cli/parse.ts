/** Reads the command line by the table of verbs. */
import { closest } from '../config/yaml/closest.ts';
import { DROP_PHASES } from '../model/snapshot.ts';
import type { BondArguments, RelayArguments } from './bond-command.ts';
import {
  type CmdArguments,
  parseVerb,
  type StatusArguments,
  type UpdateArguments,
} from './control-command.ts';
import { PARTS, type Part } from './doctor/report.ts';
import { renderOption } from './help.ts';
import { LEDGER_ACTIONS, type LedgerArguments } from './ledger-command.ts';
import { parseEndpoint, parseOptions, type Values } from './parse-options.ts';
import { type PreviewArguments, previewArguments } from './preview-command.ts';
import type { SignArguments } from './sign-command.ts';
import { storeArguments } from './store-command.ts';
import { type TicketArguments, ticketCommand } from './ticket-command.ts';
import { UsageError } from './usage.ts';
import { VERB_NAMES, type VerbName, verbOf } from './verbs.ts';

interface WithConfig<V extends string> {
  readonly verb: V;
  readonly config: string;
  readonly overrides: readonly string[];
}

/** What the command line asks for. */
export type Command =
  | WithConfig<'run'>
  | WithConfig<'check'>
  | (WithConfig<'sign'> & SignArguments)
  | { readonly verb: 'demo'; readonly isIdle: boolean; readonly overrides: readonly string[] }
  | {
      readonly verb: 'doctor';
      readonly config?: string;
      readonly overrides: readonly string[];
      readonly parts: readonly Part[];
      readonly isJson: boolean;
    }
  | ({ readonly verb: 'bond' } & BondArguments)
  | ({ readonly verb: 'relay' } & RelayArguments)
  | ({ readonly verb: 'status'; readonly socket?: string } & StatusArguments)
  | ({ readonly verb: 'cmd'; readonly socket?: string } & CmdArguments)
  | ({ readonly verb: 'update'; readonly socket?: string } & UpdateArguments)
  | { readonly verb: 'repair'; readonly file: string }
  | ({ readonly verb: 'ticket' } & TicketArguments)
  | ({ readonly verb: 'preview'; readonly socket?: string } & PreviewArguments)
  | ({ readonly verb: 'ledger' } & LedgerArguments)
  | { readonly verb: 'completion' }
  | { readonly verb: 'help'; readonly of?: VerbName }
  | { readonly verb: 'version' };

/** Options and operands of one verb, as they were given. */
interface Arguments {
  readonly operands: readonly string[];
  text(option: string): string | undefined;
  /** @throws UsageError where it is missing. */
  required(option: string): string;
  has(option: string): boolean;
  readonly overrides: readonly string[];
}

/**
 * Reads the arguments after `venuebox`.
 *
 * @throws UsageError
 */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parseOptions(args);
  const [name, ...operands] = positionals;
  if (name === undefined) {
    if (values['help'] === true) return { verb: 'help' };
    if (values['version'] === true) return { verb: 'version' };
    throw new UsageError(`a verb is missing; there are: ${VERB_NAMES.join(', ')}`);
  }
  const verb = VERB_NAMES.find((one) => one === name);
  if (verb === undefined) {
    throw new UsageError(`unknown verb ${name}${closest(name, VERB_NAMES)}`);
  }
  if (values['help'] === true) return { verb: 'help', of: verb };
  refuseOthers(verb, Object.keys(values));
  const max = maxOperands(verb);
  if (operands.length > max) throw new UsageError(`${verb} does not take ${operands[max]}`, verb);
  return READERS[verb](argumentsFor(verb, values, operands));
}

const READERS: Readonly<Record<VerbName, (given: Arguments) => Command>> = {
  run: ({ required, overrides }) => ({ verb: 'run', config: required('config'), overrides }),
  demo: ({ has, overrides }) => ({ verb: 'demo', isIdle: has('idle'), overrides }),
  check: ({ operands: [file], text, overrides }) => {
    const config = file ?? text('config');
    if (config === undefined) throw new UsageError('check needs a config file', 'check');
    return { verb: 'check', config, overrides };
  },
  doctor: ({ operands, text, has, overrides }) => ({
    ...{ verb: 'doctor', overrides, parts: partsOf(operands), isJson: has('json') },
    ...defined('config', text('config')),
  }),
  sign: ({ operands: [path = ''], required, text, overrides }) => ({
    ...{ verb: 'sign', config: required('config'), overrides, path },
    hours: Number(text('hours') ?? 24),
  }),
  repair: ({ operands: [file] }) => {
    if (file === undefined) throw new UsageError('repair needs a recording', 'repair');
    return { verb: 'repair', file };
  },
  preview: ({ operands: [document], text }) => ({
    ...{ verb: 'preview', ...previewArguments(document, text('out')) },
    ...defined('socket', text('socket')),
  }),
  label: ({ text }) => ({
    ...{ verb: 'preview', ...previewArguments('label.pdf', text('out')) },
    ...defined('socket', text('socket')),
  }),
  ticket: ({ operands, text }) => ticketCommand(operands, text('key'), text('out')),
  ledger: ({ operands: [word], text }) => {
    const action = LEDGER_ACTIONS.find((one) => one === word);
    if (action === undefined) {
      throw new UsageError(`ledger needs one of: ${LEDGER_ACTIONS.join(', ')}`, 'ledger');
    }
    return { verb: 'ledger', action, ...defined('file', text('file')) };
  },
  status: ({ has, text }) => ({
    ...{ verb: 'status', isJson: has('json'), isWatching: has('watch') },
    ...defined('socket', text('socket')),
  }),
  cmd: ({ operands, has, text }) => ({
    ...{ verb: 'cmd', ...parseVerb(operands), isJson: has('json'), isDryRun: has('dry-run') },
    ...expectOf(text('expect')),
    ...defined('socket', text('socket')),
  }),
  update: ({ operands: [from], has, text }) => ({
    ...{ verb: 'update', isBack: has('back'), isStop: has('stop'), isOlderWelcome: has('older') },
    ...{ isDryRun: has('dry-run'), isJson: has('json') },
    ...defined('from', from),
    ...defined('socket', text('socket')),
  }),
  bond: ({ required, has, text }) => ({
    verb: 'bond',
    // The encoder runs on this machine, unless an address says otherwise.
    listen: parseEndpoint('--listen', required('listen'), '127.0.0.1'),
    receiver: parseEndpoint('--to', required('to')),
    from: required('from'),
    isJson: has('json'),
    secretFile: text('secret-file') ?? '',
  }),
  relay: ({ required, has, text }) => ({
    verb: 'relay',
    listen: parseEndpoint('--listen', required('listen'), '::'),
    srt: parseEndpoint('--srt', required('srt')),
    isJson: has('json'),
    secretFile: text('secret-file') ?? '',
    ...defined('store', storeArguments(text)),
  }),
  completion: () => ({ verb: 'completion' }),
};

function argumentsFor(verb: VerbName, values: Values, operands: readonly string[]): Arguments {
  const text = (option: string) => {
    const value = values[option];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    operands,
    text,
    required: (option) => {
      const value = text(option);
      const spec = verbOf(verb).options.find(({ name }) => name === option);
      if (value === undefined) {
        throw new UsageError(`${verb} needs --${option} ${spec?.value ?? ''}`.trimEnd(), verb);
      }
      return value;
    },
    has: (option) => values[option] === true,
    overrides: Array.isArray(values['set']) ? values['set'].map(String) : [],
  };
}

function refuseOthers(verb: VerbName, options: readonly string[]): void {
  const taken = verbOf(verb).options;
  const other = options.find((option) => taken.every(({ name }) => name !== option));
  if (other === undefined) return;
  const list = taken.map(renderOption).join(', ');
  const takes = list === '' ? 'it takes none' : `it takes: ${list}`;
  throw new UsageError(`${verb} does not take --${other}; ${takes}`, verb);
}

function maxOperands(verb: VerbName): number {
  const { operands } = verbOf(verb);
  if (operands.includes('...')) return Number.POSITIVE_INFINITY;
  return operands === '' ? 0 : operands.split(' ').length;
}

function defined<const K extends string, V>(
  key: K,
  value: V | undefined,
): { readonly [key in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [key in K]: V });
}

function expectOf(text: string | undefined): Pick<CmdArguments, 'expect'> {
  if (text === undefined) return {};
  const expect = DROP_PHASES.find((phase) => phase === text);
  if (expect === undefined) {
    throw new UsageError(`--expect must be one of: ${DROP_PHASES.join(', ')}`, 'cmd');
  }
  return { expect };
}

function partsOf(names: readonly string[]): readonly Part[] {
  const unknown = names.find((name) => !PARTS.some((part) => part === name));
  if (unknown !== undefined) {
    const message = `unknown part ${unknown}; there are: ${PARTS.join(', ')}`;
    throw new UsageError(message, 'doctor');
  }
  return names.length === 0 ? PARTS : PARTS.filter((part) => names.includes(part));
}
