#!/usr/bin/env node
/** The program: its verbs, signals and exit code. */
import { readFileSync } from 'node:fs';
import { systemClock } from '../hal/os/clock.ts';
import { exitNow } from '../hal/os/libc/exit.ts';
import { openLog, stackOf } from '../hal/os/log.ts';
import { renderCompletion } from './cli/completion.ts';
import { socketCandidates } from './cli/control/socket-path.ts';
import { renderHelp, renderVerbHelp } from './cli/help.ts';
import { type Command, parseCommand } from './cli/parse.ts';

const EXIT = { ok: 0, failed: 1 } as const;

/** Resolves with the exit code. What one verb alone needs is loaded for it alone. */
async function main(command: Command): Promise<number> {
  switch (command.verb) {
    case 'help':
      return print(command.of === undefined ? renderHelp() : renderVerbHelp(command.of));
    case 'version':
      return print(`venuebox ${readVersion()}\n`);
    case 'completion':
      return print(renderCompletion());
    case 'check':
      return print((await import('./cli/check-command.ts')).renderChecked(command));
    case 'sign':
      return print(
        (await import('./cli/sign-command.ts')).renderSigned(command, systemClock.wallMs()),
      );
    case 'repair':
      return print(await (await import('./cli/repair-command.ts')).runRepairCommand(command));
    case 'ledger': {
      const { runLedgerCommand } = await import('./cli/ledger-command.ts');
      const { text, isWell } = await runLedgerCommand(command, process.env);
      process.stdout.write(text);
      return isWell ? EXIT.ok : EXIT.failed;
    }
    case 'run':
    case 'demo':
      outliveTerminal();
      await runBoxCommand(command);
      return EXIT.ok;
    case 'doctor': {
      const { runDoctorCommand } = await import('./cli/doctor-command.ts');
      const { text, isWell } = await runDoctorCommand(command, process.env, untilSignal());
      await new Promise((resolve) => process.stdout.write(text, resolve));
      // A driver that is stuck in the kernel would keep the process alive.
      return exitNow(isWell ? EXIT.ok : EXIT.failed);
    }
    case 'bond': {
      const { runBondCommand } = await import('./cli/bond-command.ts');
      await runBondCommand(command, bondDeps(), untilSignal());
      return EXIT.ok;
    }
    case 'relay': {
      const { runRelayCommand } = await import('./cli/bond-command.ts');
      await runRelayCommand(command, bondDeps(), untilSignal());
      return EXIT.ok;
    }
    case 'ticket': {
      const { runTicketCommand } = await import('./cli/ticket-command.ts');
      const { text, isValid } = await runTicketCommand(command, process.env);
      print(text);
      return isValid ? EXIT.ok : EXIT.failed;
    }
    case 'preview':
    case 'status':
    case 'update':
    case 'cmd':
      return (await askBox(command)) ? EXIT.ok : EXIT.failed;
  }
}

async function runBoxCommand(command: Command & { verb: 'run' | 'demo' }): Promise<void> {
  const [{ prepareStart }, { runBox }, { runGuarded }, { sealed }] = await Promise.all([
    import('./cli/start-command.ts'),
    import('./box.ts'),
    import('./safe-mode/guard.ts'),
    import('./web/crew/open-settings.ts'),
  ]);
  const signal = untilSignal();
  using start = await prepareStart(command, readVersion(), sealed, signal);
  const { config, deps, onFailure } = start;
  const run = (safeMode?: string) => runBox(config, { ...deps, safeMode }, signal);
  await runGuarded(deps, run).catch(onFailure);
}

/** Resolves with whether it was done. */
async function askBox(
  command: Command & { verb: 'preview' | 'status' | 'update' | 'cmd' },
): Promise<boolean> {
  const deps = controlDeps(command);
  if (command.verb === 'preview') {
    const { runPreviewCommand } = await import('./cli/preview-command.ts');
    print(await runPreviewCommand(command, deps, untilSignal()));
    return true;
  }
  const asking = await import('./cli/control-command.ts');
  if (command.verb === 'cmd') return await asking.runCmdCommand(command, deps, untilSignal());
  if (command.verb === 'update') return await asking.runUpdateCommand(command, deps, untilSignal());
  await asking.runStatusCommand(command, deps, untilSignal());
  return true;
}

function print(text: string): number {
  process.stdout.write(text);
  return EXIT.ok;
}

/** A terminal that is closed takes its text with it, and not the box: a drop may be live. */
function outliveTerminal(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  process.on('SIGHUP', () => undefined);
}

function endHung(): never {
  const hung = process.getActiveResourcesInfo().join(' ').slice(0, 400);
  process.stderr.write(
    `venuebox: ended after ${EXIT_WITHIN_MS / 1000} s, while waiting for: ${hung}\n`,
  );
  exitNow(EXIT.failed);
}

/** Recorders get ten seconds to close their files; what takes longer never ends. */
const EXIT_WITHIN_MS = 20_000;

/** Aborts at the first SIGINT or SIGTERM; the second ends the process at once. */
function untilSignal(): AbortSignal {
  const ending = new AbortController();
  const end = () => {
    if (ending.signal.aborted) exitNow(EXIT.failed);
    ending.abort();
    setTimeout(endHung, EXIT_WITHIN_MS).unref();
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  return ending.signal;
}

function controlDeps({ socket }: { readonly socket?: string }) {
  // The reader of a pipe like `status --watch | head` has left.
  process.stdout.on('error', () => process.exit(EXIT.ok));
  return {
    paths: socket === undefined ? socketCandidates(process.env, process.getuid?.() ?? 0) : [socket],
    print: (text: string) => process.stdout.write(text),
    nowMs: systemClock.wallMs,
    isTerminal: process.stdout.isTTY === true,
  };
}

/** stdout is for statistics: the journal goes to stderr. */
function bondDeps() {
  const style = process.stderr.isTTY ? 'people' : 'journal';
  return {
    clock: systemClock,
    log: openLog('info', style),
    print: (line: string) => process.stdout.write(`${line}\n`),
    onHangup: (callback: () => void) => process.on('SIGHUP', callback),
  };
}

function readVersion(): string {
  // The build lies one folder deeper than the source.
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const text = readFileSync(new URL(path, import.meta.url), 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    } catch {}
  }
  return 'unknown';
}

/** Exit codes of what a person can repair, by the error's name; any other is a defect, shown with its stack. */
const EXPECTED: Readonly<Record<string, number>> = {
  UsageError: 2,
  ConfigError: 78,
  ControlError: EXIT.failed,
  HalError: EXIT.failed,
  PipelineError: EXIT.failed,
  ProcessError: EXIT.failed,
};

try {
  process.exitCode = await main(parseCommand(process.argv.slice(2)));
} catch (error) {
  const code = error instanceof Error ? EXPECTED[error.name] : undefined;
  const said = error instanceof Error && code !== undefined ? error.message : stackOf(error);
  for (const line of said.split('\n')) process.stderr.write(`venuebox: ${line}\n`);
  process.exitCode = (await isTried()) ? EXIT.failed : (code ?? EXIT.failed);
}

/** systemd never starts a config again that is wrong: a version on trial could not be given up. */
async function isTried(): Promise<boolean> {
  const { VENUEBOX_RUNS: id } = process.env;
  if (id === undefined) return false;
  const [{ stateFolder }, { isOnTrial }] = await Promise.all([
    import('./config/files/state-folder.ts'),
    import('./update/on-trial.ts'),
  ]);
  return isOnTrial(stateFolder(process.env), id);
}
