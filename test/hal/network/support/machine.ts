/** A machine as nft, tc and ip see it, for the network helper: what they are asked changes it. */
import type { Os } from '../../../../hal/network/helper/apply.ts';
import { type CommandResult, ProcessError } from '../../../../hal/os/process.ts';

export interface FakeMachine extends Os {
  /** What somebody would find on it. */
  state(): object;
  /** Each command that changed something, as text. */
  readonly changes: string[];
  /** Commands that begin like this fail; `missing`: the program is not installed. */
  readonly failing: Map<string, 'missing' | 'refused'>;
  flushRules(): void;
  /** Interfaces that go or come. */
  readonly interfaces: Set<string>;
  /** Interfaces with a queue of another program. */
  readonly taken: Set<string>;
  readonly kernel: Set<string>;
}

const OK: CommandResult = { exitCode: 0, stdout: '', stderr: '' };
const NO: CommandResult = { exitCode: 1, stdout: '', stderr: 'Error: no such thing.\n' };
const wordAfter = (args: readonly string[], key: string) => args[args.indexOf(key) + 1] ?? '';

export function fakeMachine(wasForwarding: boolean, routes: readonly object[] = []): FakeMachine {
  let forwards = wasForwarding;
  let table: string | undefined;
  let rule: string | undefined;
  const crewTable = new Set<string>();
  /** Classes and leaves of each interface with our root. */
  const queues = new Map<string, string[]>();
  const changes: string[] = [];
  const failing: FakeMachine['failing'] = new Map();
  const interfaces = new Set(['lo', 'eth0', 'eth1', 'wlan0', 'wwan0']);
  const taken = new Set<string>();
  const kernel = new Set(['cake', 'fq_codel']);

  const nft = (args: readonly string[], input = ''): CommandResult => {
    if (args[0] === 'list') {
      return table === undefined ? NO : { ...OK, stdout: table.replace(/^ {2}/gm, '\t') };
    }
    changes.push('nft');
    table = /table inet venuebox \{[\s\S]*/.exec(input)?.[0];
    return OK;
  };
  const tc = (args: readonly string[]): CommandResult => {
    if (args[0] === '-json') {
      const list = [...interfaces].flatMap((dev) => {
        const ours = queues.get(dev);
        if (ours === undefined) {
          const handle = taken.has(dev) ? '8001:' : '0:';
          return [{ kind: taken.has(dev) ? 'tbf' : 'noqueue', handle, dev, root: true }];
        }
        const leaves = ours.filter((one) => one.startsWith('leaf '));
        return [
          { kind: 'htb', handle: '8b0c:', dev, root: true },
          ...leaves.map((one) => ({ kind: one.slice(5), handle: '8b0d:', dev })),
        ];
      });
      return { ...OK, stdout: JSON.stringify(list) };
    }
    const dev = wordAfter(args, 'dev');
    changes.push(`tc ${args[0]} ${args[1]} ${dev}`);
    if (!interfaces.has(dev) || taken.has(dev)) return NO;
    if (args[1] === 'del') return queues.delete(dev) ? OK : NO;
    if (args.includes('root')) {
      if (queues.has(dev)) return NO;
      queues.set(dev, []);
    } else if (args[0] === 'class') queues.get(dev)?.push(`class ${wordAfter(args, 'classid')}`);
    else {
      const kind = args[args.indexOf('handle') + 2] ?? '';
      if (kind !== 'pfifo' && !kernel.has(kind)) return NO;
      queues.get(dev)?.push(`leaf ${kind}`);
    }
    return OK;
  };
  const ip = (args: readonly string[]): CommandResult => {
    const words = args.join(' ');
    if (words === 'rule show pref 5299') return { ...OK, stdout: rule ?? '' };
    if (args[0] === '-json') return { ...OK, stdout: JSON.stringify(routes) };
    if (!/route replace/.test(words)) changes.push(`ip ${words}`);
    if (words.startsWith('rule add'))
      rule = `5299:\tfrom all iif ${wordAfter(args, 'iif')} lookup 5299\n`;
    else if (words.startsWith('rule del')) {
      if (rule === undefined) return NO;
      rule = undefined;
    } else if (words.startsWith('route replace')) crewTable.add(words);
    else crewTable.clear();
    return OK;
  };
  return {
    run: async (command, args, { input }) => {
      const words = [command, ...args].join(' ');
      const how = [...failing].find(([start]) => words.startsWith(start))?.[1];
      if (how === 'missing') {
        throw new ProcessError(command, undefined, undefined, [`spawn ${command}`], 'ENOENT');
      }
      if (how === 'refused') return { ...NO, stderr: `Error: ${command} refused it.\nmore` };
      return command === 'nft' ? nft(args, input) : command === 'tc' ? tc(args) : ip(args);
    },
    readForwarding: () => forwards,
    writeForwarding: (isOn) => {
      changes.push(`forwarding ${isOn ? 'on' : 'off'}`);
      forwards = isOn;
    },
    state: () => ({ forwards, table, rule, crewTable: [...crewTable], queues: [...queues] }),
    flushRules: () => {
      table = undefined;
    },
    ...{ changes, failing, interfaces, taken, kernel },
  };
}
