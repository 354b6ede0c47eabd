/** Commands that prepare a drop: preflight, rehearse, survey. */
import { unlessAborted } from '../../hal/os/async.ts';
import { type ClockAndLog, messageOf } from '../../hal/os/log.ts';
import { listWifiNeighbours } from '../../hal/system/wifi-neighbours.ts';
import type { Config } from '../config/config.ts';
import { parseArguments } from '../drop/arguments.ts';
import type {
  BoxEvent,
  Command,
  Commander,
  Outcome,
  PrintCommand,
  Progress,
} from '../model/commands.ts';
import { summaryOf } from '../model/readiness.ts';
import { planOf } from './plan.ts';
import { type PreflightDeps, runPreflight } from './preflight.ts';
import { BESIDE, Interrupted, Runner, type RunningDeps } from './prepared-run.ts';
import { openProbeWith } from './probe.ts';
import { rehearse } from './rehearsal.ts';
import { openReadinessStore } from './store.ts';
import { runSurvey } from './survey.ts';
import { testUplink, type UplinkTestDeps } from './uplink-test.ts';

export interface ReadinessDeps extends ClockAndLog, Omit<RunningDeps, 'mediaPath'> {
  readonly mediaPath: RunningDeps['mediaPath'] & { readonly nowMs: () => number };
  /** The drop that is next: of the list where that has one. */
  readonly drops: { present(): Config['drop'] };
  readonly previewPath: string;
  readonly stateFolder: string;
  readonly prints: { readonly print: PrintCommand; readPageCode(): Promise<string | undefined> };
  readonly onEvent: (event: BoxEvent) => void;
  readonly dataUse: UplinkTestDeps['dataUse'];
}

export interface ReadyCommander extends Commander {
  readonly testUplink: () => Promise<Outcome>;
}

type Deps = Omit<PreflightDeps, 'inner'> &
  Pick<ReadinessDeps, 'dataUse' | 'onEvent' | 'log' | 'untilEnd'> & {
    readonly print: PrintCommand;
  };

async function noUplink(): Promise<Outcome> {
  return rejected('UNSUPPORTED', 'another box’s stream is shown: that box has the uplink');
}

/**
 * Adds the commands to `inner`, which carries out all others; one that moves the drop ends
 * what runs, at once.
 */
export async function openReadiness(
  current: () => Config,
  inner: Commander,
  given: ReadinessDeps,
): Promise<ReadyCommander> {
  // Another box's stream: that box has the drop.
  if (current().edge.upstream !== '') return { run: inner.run.bind(inner), testUplink: noUplink };
  const { snapshot, log, clock, previewPath, stateFolder, mediaPath } = given;
  const store = openReadinessStore(`${stateFolder}/readiness.json`, log);
  given.state.set({ readiness: store.value ?? {} });
  const runner = new Runner(given);
  const deps: Deps = {
    ...{ snapshot, log, clock, stateFolder, runner, dataUse: given.dataUse },
    // Settings change while the box runs: a command takes them as they are then.
    get config() {
      return current();
    },
    get plan() {
      const { drop } = snapshot();
      return planOf({ ...current(), drop: given.drops.present() }, drop, clock.wallMs());
    },
    openProbe: openProbeWith({ clock, log }),
    listWifi: listWifiNeighbours,
    readPageCode: () => given.prints.readPageCode(),
    // Over the guests' address, by the path that only the crew knows.
    previewUrl: () => urlOf(snapshot().playerUrl, `${previewPath}/live/index.m3u8`),
    streamNowMs: mediaPath.nowMs,
    print: given.prints.print,
    onEvent: given.onEvent,
    untilEnd: given.untilEnd,
    keep: (result) => {
      runner.keep(result);
      const { running: _, ...kept } = { running: undefined, ...snapshot().readiness };
      void store.save(kept);
    },
  };
  return {
    testUplink: () => testUplink(deps),
    run: (command, onProgress, signal) => {
      const { verb } = command;
      if (verb === 'preflight' || verb === 'rehearse' || verb === 'survey') {
        return unlessAborted(prepare(command, { ...deps, inner }, onProgress, signal), signal);
      }
      const { phase } = snapshot().drop;
      const outcome = inner.run(command, onProgress, signal);
      // What the drop needs of the camera it has asked for by now.
      if (snapshot().drop.phase !== phase) runner.end(`${verb} was asked for`);
      return outcome;
    },
  };
}

async function prepare(
  command: Command,
  deps: Deps & { readonly inner: Commander },
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  signal.throwIfAborted();
  const { verb } = command;
  const args = parseArguments(verb, command.args);
  if (typeof args === 'string') return rejected('BAD_ARGUMENTS', args);
  const { phase } = deps.snapshot().drop;
  if (command.expect !== undefined && command.expect !== phase) {
    return rejected('WRONG_PHASE', `it is ${phase}, not ${command.expect}`);
  }
  const { runner } = deps;
  if (command.args['stop'] === true) return stop(verb, runner);
  if (runner.what !== undefined) return rejected('BUSY', `a ${runner.what} runs; wait, or stop it`);
  if (verb !== 'preflight' && !BESIDE.includes(phase)) {
    return rejected('WRONG_PHASE', `it is ${phase}: only an idle or armed box can do that`);
  }
  if (command.isDryRun === true) {
    return verb === 'preflight'
      ? deps.inner.run({ ...command, args: {} }, onProgress, signal)
      : { status: 'done', detail: `would ${verb}; guests see nothing of it` };
  }
  try {
    if (verb === 'preflight') return await runPreflight(command, deps, onProgress, signal);
    return verb === 'rehearse'
      ? await runRehearsal(command, deps, onProgress)
      : startSurvey(command, deps);
  } catch (error) {
    if (error instanceof Interrupted) return failed('OVERTAKEN', error.message);
    throw error;
  }
}

function stop(verb: Command['verb'], runner: Runner): Outcome {
  const wanted = verb === 'rehearse' ? 'rehearsal' : 'survey';
  if (runner.what !== wanted) return rejected('WRONG_PHASE', `no ${wanted} runs`);
  runner.end('it was stopped');
  return { status: 'done', detail: `the ${wanted} is stopped` };
}

const REHEARSED = {
  pass: 'rehearsal.passed',
  fail: 'rehearsal.failed',
  ended: 'rehearsal.ended',
} as const;

async function runRehearsal(
  { args }: Command,
  deps: Deps,
  onProgress: (progress: Progress) => void,
): Promise<Outcome> {
  const { runner, clock, config, plan, onEvent, keep } = deps;
  const minutes = typeof args['minutes'] === 'number' ? args['minutes'] : config.rehearsal.minutes;
  const untilMs = clock.wallMs() + minutes * 60_000;
  const given = { ...deps, goals: config.rehearsal, hasUplink: plan.uplinkBps !== undefined };
  const rehearsal = await runner.run(
    { what: 'rehearsal', untilMs, beside: BESIDE },
    onProgress,
    (handle) => rehearse(minutes, given, handle),
  );
  keep({ rehearsal });
  const { verdict, reason } = rehearsal;
  onEvent({
    type: REHEARSED[verdict],
    severity: verdict === 'fail' ? 'warning' : 'info',
    atMs: clock.wallMs(),
    data: { verdict, minutes, ...(reason === null ? {} : { reason }) },
  });
  if (verdict === 'ended') return failed('OVERTAKEN', `the rehearsal ended: ${reason}`);
  void printed('rehearsal', deps);
  const detail = `the rehearsal ${verdict === 'pass' ? 'passed' : 'failed'}: ${summaryOf(rehearsal)}`;
  return { status: 'done', detail, result: { checks: rehearsal.lines, rehearsal } };
}

/** It outlasts the client that started it: the page shows how it goes. */
function startSurvey({ args }: Command, deps: Deps): Outcome {
  const { runner, clock, config, plan, log, keep } = deps;
  const minutes = typeof args['minutes'] === 'number' ? args['minutes'] : config.survey.minutes;
  const untilMs = clock.wallMs() + minutes * 60_000;
  const given = {
    ...deps,
    settings: config.survey,
    links: config.uplink?.links ?? [],
    uplinkBps: plan.uplinkBps,
    onSample: (survey: Parameters<Runner['keep']>[0]['survey'] & object) => keep({ survey }),
  };
  runner
    .run(
      { what: 'survey', untilMs, beside: BESIDE },
      () => undefined,
      (handle) => runSurvey(minutes, given, handle),
    )
    .then(
      (survey) => {
        keep({ survey });
        const data = { samples: survey.samples, lastedS: survey.lasted_s };
        deps.onEvent({ type: 'survey.done', severity: 'info', atMs: clock.wallMs(), data });
        void printed('survey', deps);
      },
      (error: unknown) => {
        if (!deps.untilEnd.aborted) log.warn('survey failed', { reason: messageOf(error) });
      },
    );
  return { status: 'done', detail: `the survey runs for ${minutes} min, or until it is stopped` };
}

/** On paper, where there is a printer; nothing waits for it. */
async function printed(document: string, { print, config, log, untilEnd }: Deps): Promise<void> {
  if (config.printer.driver === 'none') return;
  const outcome = await print({ document }, false, untilEnd).catch((error: unknown) => error);
  if (outcome instanceof Error && !untilEnd.aborted) {
    log.warn('summary not printed', { document, reason: outcome.message });
  }
}

function urlOf(base: string | undefined, path: string): string | undefined {
  return base === undefined ? undefined : new URL(path.replace(/^\//, ''), base).href;
}

function rejected(code: Extract<Outcome, { status: 'rejected' }>['code'], detail: string): Outcome {
  return { status: 'rejected', code, detail };
}

function failed(code: string, detail: string): Outcome {
  return { status: 'failed', code, detail };
}
