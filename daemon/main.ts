#!/usr/bin/env node
/** The program: its verbs, signals and exit code. */
import { readFileSync } from 'node:fs';
import { systemClock } from '../hal/os/clock.ts';
import { HalError } from '../hal/os/errors.ts';
import { exitNow } from '../hal/os/libc/exit.ts';
import { openLog, stackOf } from '../hal/os/log.ts';
import { ProcessError } from '../hal/os/process.ts';
import { PipelineError } from '../pipelines/errors/pipeline-error.ts';
import { runBox } from './box.ts';
import { runBondCommand, runRelayCommand } from './cli/bond-command.ts';
import { renderChecked } from './cli/check-command.ts';
import { renderCompletion } from './cli/completion.ts';
import { ControlError } from './cli/control/client.ts';
import { socketCandidates } from './cli/control/socket-path.ts';
import { runCmdCommand, runStatusCommand, runUpdateCommand } from './cli/control-command.ts';
import { runDoctorCommand } from './cli/doctor-command.ts';
import { renderHelp, renderVerbHelp } from './cli/help.ts';
import { runLedgerCommand } from './cli/ledger-command.ts';
import { type Command, parseCommand } from './cli/parse.ts';
import { runPreviewCommand } from './cli/preview-command.ts';
import { runRepairCommand } from './cli/repair-command.ts';
import { renderSigned } from './cli/sign-command.ts';
import { prepareStart } from './cli/start-command.ts';
import { runTicketCommand } from './cli/ticket-command.ts';
import { UsageError } from './cli/usage.ts';
import { ConfigError } from './config/file.ts';
import { runGuarded } from './safe-mode/guard.ts';
import { sealed } from './web/crew/open-settings.ts';

const EXIT = { ok: 0, failed: 1, usage: 2, config: 78 } as const;

/** Resolves with the exit code. */
async function main(command: Command): Promise<number> {
  switch (command.verb) {
    case 'help':
      return print(command.of === undefined ? renderHelp() : renderVerbHelp(command.of));
    case 'version':
      return print(`venuebox ${readVersion()}\n`);
    case 'completion':
      return print(renderCompletion());
    case 'check':
      return print(renderChecked(command));
    case 'sign':
      return print(renderSigned(command, systemClock.wallMs()));
    case 'repair':
      return print(await runRepairCommand(command));
    case 'ledger': {
      const { text, isWell } = await runLedgerCommand(command, process.env);
      process.stdout.write(text);
      return isWell ? EXIT.ok : EXIT.failed;
    }
    case 'run':
    case 'demo': {
      outliveTerminal();
      using start = await prepareStart(command, readVersion(), sealed);
      await runStarted(start);
      return EXIT.ok;
    }
    case 'doctor': {
      const { text, isWell } = await runDoctorCommand(command, process.env, untilSignal());
      await new Promise((resolve) => process.stdout.write(text, resolve));
      // A driver that is stuck in the kernel would keep the process alive.
      return exitNow(isWell ? EXIT.ok : EXIT.failed);
    }
    case 'bond':
      await runBondCommand(command, bondDeps(), untilSignal());
      return EXIT.ok;
    case 'relay':
      await runRelayCommand(command, bondDeps(), untilSignal());
      return EXIT.ok;
    case 'ticket': {
      const { text, isValid } = await runTicketCommand(command, process.env);
      print(text);
      return isValid ? EXIT.ok : EXIT.failed;
    }
    case 'preview':
      return print(await runPreviewCommand(command, controlDeps(command), untilSignal()));
    case 'status':
      await runStatusCommand(command, controlDeps(command), untilSignal());
      return EXIT.ok;
    case 'update':
      return (await runUpdateCommand(command, controlDeps(command), untilSignal()))
        ? EXIT.ok
        : EXIT.failed;
    case 'cmd':
      return (await runCmdCommand(command, controlDeps(command), untilSignal()))
        ? EXIT.ok
        : EXIT.failed;
  }
}

async function runStarted(start: Awaited<ReturnType<typeof prepareStart>>): Promise<void> {
  const { config, deps, onFailure } = start;
  const signal = untilSignal();
  const run = (safeMode?: string) => runBox(config, { ...deps, safeMode }, signal);
  await runGuarded(deps, run).catch(onFailure);
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
    log: openLog('info', style, (line) => process.stderr.write(line)),
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

function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof ConfigError) return EXIT.config;
  return EXIT.failed;
}

/** A defect is shown with its stack. */
function explain(error: unknown): string {
  const expected = [UsageError, ConfigError, ControlError, HalError, PipelineError, ProcessError];
  const found = expected.some((kind) => error instanceof kind);
  return found && error instanceof Error ? error.message : stackOf(error);
}

try {
  process.exitCode = await main(parseCommand(process.argv.slice(2)));
} catch (error) {
  for (const line of explain(error).split('\n')) process.stderr.write(`venuebox: ${line}\n`);
  process.exitCode = exitCodeOf(error);
}
