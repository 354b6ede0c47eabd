#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { networkInterfaces } from 'node:os';
import { systemClock } from '../hal/os/clock.ts';
import { HalError } from '../hal/os/errors.ts';
import { messageOf, openLog, stackOf } from '../hal/os/log.ts';
import { openNotify } from '../hal/os/notify.ts';
import { ProcessError } from '../hal/os/process.ts';
import { PipelineError } from '../pipelines/errors.ts';
import { runBox } from './box.ts';
import { runBondCommand, runRelayCommand } from './cli/bond-command.ts';
import { ControlError } from './cli/control/client.ts';
import { defaultSocket, socketCandidates } from './cli/control/socket-path.ts';
import { runCmdCommand, runStatusCommand } from './cli/control-command.ts';
import { examine } from './cli/doctor/doctor.ts';
import { renderReport, wrongCount } from './cli/doctor/report.ts';
import { type Command, HELP, parseCommand } from './cli/parse.ts';
import { renderSigned } from './cli/sign-command.ts';
import { UsageError } from './cli/usage.ts';
import { findAddresses, renderNewPin, renderWelcome } from './cli/welcome.ts';
import type { Config } from './config/config.ts';
import { ConfigError, parseConfig } from './config/file.ts';
import { unreadableFiles } from './config/named-files.ts';
import { stateFolder } from './config/state-folder.ts';
import { SimulatedLinks, withSimulatedUplink } from './media/simulated-links.ts';
import { LogTail, tailLog } from './web/log-tail.ts';

const EXIT = { ok: 0, failed: 1, usage: 2, config: 78 } as const;

async function main(args: readonly string[]): Promise<number> {
  const command = parseCommand(args);
  switch (command.verb) {
    case 'help':
      process.stdout.write(HELP);
      return EXIT.ok;
    case 'version':
      process.stdout.write(`venuebox ${readVersion()}\n`);
      return EXIT.ok;
    case 'check':
      process.stdout.write(renderChecked(command));
      return EXIT.ok;
    case 'run':
    case 'demo':
      await runTheBox(command);
      return EXIT.ok;
    case 'doctor':
      return await runDoctor(command);
    case 'sign':
      printSigned(command);
      return EXIT.ok;
    case 'bond':
    case 'relay':
      await runBonding(command);
      return EXIT.ok;
    case 'status':
    case 'cmd':
      return (await runControlCommand(command)) ? EXIT.ok : EXIT.failed;
  }
}

/** What only this machine can show is told and no fault: the config may be for another one. */
function renderChecked(command: Extract<Command, { verb: 'check' }>): string {
  const missing = unreadableFiles(readConfig(command));
  const lines = missing.map((line) => `\n  ${line}`);
  const but = lines.length === 0 ? '' : `; on this machine${lines.join('')}`;
  return `${command.config}: nothing is wrong with it${but}\n`;
}

/** False where the box did not do what was asked. */
async function runControlCommand(
  command: Extract<Command, { verb: 'status' | 'cmd' }>,
): Promise<boolean> {
  const { socket } = command;
  const deps = {
    paths: socket === undefined ? socketCandidates(process.env, process.getuid?.() ?? 0) : [socket],
    print: (text: string) => process.stdout.write(text),
    nowMs: systemClock.wallMs,
    isTerminal: process.stdout.isTTY === true,
  };
  // `status --watch | head` has seen enough.
  process.stdout.on('error', () => process.exit(EXIT.ok));
  if (command.verb === 'cmd') return runCmdCommand(command, deps, untilSignal());
  await runStatusCommand(command, deps, untilSignal());
  return true;
}

/** Aborts at the first SIGINT or SIGTERM. */
function untilSignal(): AbortSignal {
  const ending = new AbortController();
  const end = () => {
    // Once more and at once, for whoever cannot wait.
    if (ending.signal.aborted) process.exit(EXIT.failed);
    ending.abort();
  };
  process.on('SIGINT', end);
  process.on('SIGTERM', end);
  return ending.signal;
}

function printSigned(command: Extract<Command, { verb: 'sign' }>): void {
  const config = readConfig(command);
  const { player } = findAddresses(networkInterfaces(), config.viewers, config.operator);
  process.stdout.write(`${renderSigned(command, config, player, systemClock.wallMs())}\n`);
}

async function runDoctor(command: Extract<Command, { verb: 'doctor' }>): Promise<number> {
  const report = await examine(
    readConfig(command),
    stateFolder(process.env),
    command.parts,
    systemClock,
    untilSignal(),
  );
  const text = command.isJson ? `${JSON.stringify(report)}\n` : renderReport(report);
  const code = wrongCount(report) > 0 ? EXIT.failed : EXIT.ok;
  await new Promise((resolve) => process.stdout.write(text, resolve));
  // A driver that hangs in the kernel would keep the process.
  process.exit(code);
}

/** Statistics have stdout to themselves: the journal goes to stderr then. */
async function runBonding(command: Extract<Command, { verb: 'bond' | 'relay' }>): Promise<void> {
  const style = process.stderr.isTTY ? 'people' : 'journal';
  const deps = {
    clock: systemClock,
    log: openLog('info', style, (line) => process.stderr.write(line)),
    print: (line: string) => process.stdout.write(`${line}\n`),
    onHangup: (callback: () => void) => process.on('SIGHUP', callback),
  };
  if (command.verb === 'bond') await runBondCommand(command, deps, untilSignal());
  else await runRelayCommand(command, deps, untilSignal());
}

async function runTheBox(command: Extract<Command, { verb: 'run' | 'demo' }>): Promise<void> {
  const asked = readConfig(command);
  const simulatedLinks = hasSimulatedLinks(command, asked) ? new SimulatedLinks() : undefined;
  const config = simulatedLinks === undefined ? asked : await withSimulatedUplink(asked);
  const logTail = new LogTail();
  const journal = openLog(config.log.level, process.stdout.isTTY ? 'people' : 'journal');
  const log = tailLog(journal, logTail, config.log.level, systemClock.wallMs);
  const addresses = findAddresses(networkInterfaces(), config.viewers, config.operator);
  const { env } = process;
  using notify = openNotify(env['NOTIFY_SOCKET'], log);
  // A service's output is the journal, which more people read than the PIN's file.
  const isSeenByStarter = command.verb === 'demo' || process.stdout.isTTY === true;
  await runBox(
    config,
    {
      clock: systemClock,
      log,
      logTail,
      version: readVersion(),
      stateFolder: stateFolder(env),
      controlSocket: config.control.socket || defaultSocket(env, process.getuid?.() ?? 0),
      playerUrl: addresses.player,
      notify,
      watchdogUsec: Number(env['WATCHDOG_USEC']) || undefined,
      ...(simulatedLinks === undefined ? {} : { simulatedLinks }),
      start: command.verb === 'demo' && !command.isIdle ? 'live' : 'idle',
      onNewPin: (pin, file) =>
        process.stdout.write(renderNewPin(file, isSeenByStarter ? pin : undefined)),
      onReady: (box) => {
        if (command.verb !== 'demo') return;
        const renditions = config.edge.upstream === '' ? config.renditions : [];
        process.stdout.write(renderWelcome(box, renditions, addresses));
      },
    },
    untilSignal(),
  );
}

/** The demo has an uplink unless the user sets one, or none with `--set uplink=null`. */
function hasSimulatedLinks(
  { verb, overrides }: Extract<Command, { verb: 'run' | 'demo' }>,
  config: Config,
): boolean {
  const isSet = overrides.some((override) => /^uplink[.=]/.test(override));
  return verb === 'demo' && !isSet && config.edge.upstream === '';
}

/** What a box for trying out has beside its simulated devices: laid under what was asked for. */
const DEMO_SETTINGS = [
  'power.shut_down=program',
  'mqtt.broker_port=1883',
  'recording.targets=[{id: demo, folder: recordings, reserve_pct: 10}]',
];

/** The demo is the default config: its devices are simulated ones. */
function readConfig(command: Extract<Command, { overrides: readonly string[] }>): Config {
  if (command.verb === 'demo' || command.config === undefined) {
    // Whoever asks for an idle demo does not want the one that was stopped while live.
    const isIdle = command.verb === 'demo' && command.isIdle;
    const settings = [...DEMO_SETTINGS, ...(isIdle ? ['drop.resume_within_s=0'] : [])];
    return parseConfig(command.verb, '', [...settings, ...command.overrides]);
  }
  let yaml: string;
  try {
    yaml = readFileSync(command.config, 'utf8');
  } catch (error) {
    throw new ConfigError([`${command.config}: cannot be read: ${messageOf(error)}`]);
  }
  return parseConfig(command.config, yaml, command.overrides);
}

function readVersion(): string {
  for (const path of ['../package.json', '../../package.json']) {
    try {
      const text = readFileSync(new URL(path, import.meta.url), 'utf8');
      return (JSON.parse(text) as { version: string }).version;
    } catch {
      // The build lies one folder deeper than the source.
    }
  }
  return 'unknown';
}

function exitCodeOf(error: unknown): number {
  if (error instanceof UsageError) return EXIT.usage;
  if (error instanceof ConfigError) return EXIT.config;
  return EXIT.failed;
}

function explain(error: unknown): string {
  const isExpected =
    error instanceof UsageError ||
    error instanceof ConfigError ||
    error instanceof ControlError ||
    error instanceof HalError ||
    error instanceof PipelineError ||
    error instanceof ProcessError;
  if (isExpected) return error.message;
  return stackOf(error);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  for (const line of explain(error).split('\n')) process.stderr.write(`venuebox: ${line}\n`);
  process.exitCode = exitCodeOf(error);
}
