/** Programs of the machine, run with an argv: what one refuses has a code. */
import { errnoOf } from '../../os/errors.ts';
import { messageOf } from '../../os/log.ts';
import type { CommandResult } from '../../os/process.ts';
import type { NetworkCode } from '../plan.ts';

export const COMMAND_MS = 10_000;

export interface Run {
  /** `runCommand`, or a test's own. */
  readonly run: (
    command: string,
    args: readonly string[],
    options: { readonly timeoutMs: number; readonly input?: string },
  ) => Promise<CommandResult>;
}

/** What the kernel or a program refused. */
export class Refusal extends Error {
  readonly code: NetworkCode;

  constructor(code: NetworkCode, message: string) {
    super(message);
    this.code = code;
  }
}

/** @throws Refusal where it is not there or fails. */
export type Program = (
  args: readonly string[],
  code: NetworkCode,
  input?: string,
) => Promise<string>;

export function programOf(name: string, { run }: Run): Program {
  return async (args, code, input) => {
    const options = { timeoutMs: COMMAND_MS, ...(input === undefined ? {} : { input }) };
    const { exitCode, stdout, stderr } = await run(name, args, options).catch((error: unknown) => {
      const isMissing = errnoOf(error) === 'ENOENT';
      throw new Refusal(isMissing ? 'NO_PROGRAM' : code, `${name}: ${messageOf(error)}`);
    });
    if (exitCode === 0) return stdout;
    const [first = ''] = stderr.trim().split('\n');
    throw new Refusal(code, `${name} ${args.join(' ')}: ${first || `exit code ${exitCode}`}`);
  };
}
