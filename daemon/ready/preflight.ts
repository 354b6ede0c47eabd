/** The command preflight: the checks that a drop waits for, and each line of the checklist. */
import { join } from 'node:path';
import { anySignal, pause } from '../../hal/os/async.ts';
import type { WifiNetwork } from '../../hal/system/wifi-neighbours.ts';
import type { Config } from '../config/config.ts';
import type { CheckResult } from '../drop/checks.ts';
import { louder } from '../health/facts.ts';
import type { Command, Commander, Outcome, Progress } from '../model/commands.ts';
import { framesFlow } from '../model/freshness.ts';
import { type Checklist, summaryOf } from '../model/readiness.ts';
import type { BoxSnapshot, DropPhase } from '../model/snapshot.ts';
import { makeChecklist } from './checklist/checklist.ts';
import type { Facts, LinkProbe, PageProbe, Plan, Probes } from './checklist/line.ts';
import { type LinkDeps, probedNow, probeLinks, until } from './link-measurement.ts';
import type { RunHandle, Runner } from './prepared-run.ts';
import type { OpenProbe } from './probe.ts';

export interface PreflightDeps extends LinkDeps {
  readonly config: Config;
  readonly plan: Plan;
  readonly inner: Commander;
  readonly runner: Runner;
  /** What came of it stays, over restarts too. */
  readonly keep: Runner['keep'];
  readonly openProbe: OpenProbe;
  /** The code on the paper that would be printed, read back; undefined where it cannot be. */
  readonly readPageCode: () => Promise<string | undefined>;
  readonly previewUrl: () => string | undefined;
  /** Undefined where this machine cannot see them. */
  readonly listWifi: (signal: AbortSignal) => Promise<readonly WifiNetwork[] | undefined>;
  readonly stateFolder: string;
  /** Unix time by the stream's clock, in ms. */
  readonly streamNowMs: () => number;
}

/** Beside these the camera may be started for a look. */
const BESIDE: readonly DropPhase[] = ['idle', 'preflight', 'armed', 'fault'];
/** Page, posters and a second of levels. */
const LOOK_MS = 25_000;
/** Levels are of a tenth of a second, as often. */
const LEVELS_MS = 100;
/** The camera brings frames, or it does not. */
const FLOW_MS = 20_000;

export async function runPreflight(
  command: Command,
  deps: PreflightDeps,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const { runner, snapshot } = deps;
  const { phase } = snapshot().drop;
  const isIdle = phase === 'idle' || phase === 'fault' || phase === 'armed';
  if (!isIdle) return await withoutTrying(command, deps, onProgress, signal);
  const isDrilled = command.args['drill'] !== false;
  return await runner.run({ what: 'preflight', beside: BESIDE }, onProgress, async (handle) => {
    handle.want({ isCapturing: true, isUplinking: isDrilled && deps.plan.uplinkBps !== undefined });
    const gating = gate(command, deps, onProgress, handle.signal);
    const probing = probe(deps, isDrilled, handle);
    const [gated, { probes, box }] = await Promise.all([gating, probing]);
    if (gated.outcome.status !== 'done') return gated.outcome;
    return finish(deps, makeChecklist(factsOf(deps, box, probes), gated.checks));
  });
}

/** On air nothing is tried: what can be seen is reported. */
async function withoutTrying(
  command: Command,
  deps: PreflightDeps,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<Outcome> {
  const { outcome, checks } = await gate(command, deps, onProgress, signal);
  if (outcome.status !== 'done') return outcome;
  const box = deps.snapshot();
  const links = box.uplink === undefined ? {} : { links: probedNow(box) };
  const pageCode = await codeOf(deps);
  return finish(deps, makeChecklist(factsOf(deps, box, { ...links, ...pageCode }), checks));
}

/** The checks that keep the box from going live. */
async function gate(
  { args: _, ...command }: Command,
  { inner }: PreflightDeps,
  onProgress: (progress: Progress) => void,
  signal: AbortSignal,
): Promise<{ readonly outcome: Outcome; readonly checks: readonly CheckResult[] }> {
  const outcome = await inner.run({ ...command, args: {} }, onProgress, signal);
  const result = outcome.status === 'done' ? outcome.result : undefined;
  const { checks = [] } = (result ?? {}) as { readonly checks?: readonly CheckResult[] };
  return { outcome, checks };
}

async function probe(
  deps: PreflightDeps,
  isDrilled: boolean,
  handle: RunHandle,
): Promise<{ readonly probes: Probes; readonly box: BoxSnapshot }> {
  const stop = new AbortController();
  using ends = anySignal(handle.signal, stop.signal);
  const hearing = listen(deps, ends.signal);
  const [looked, links, code, wifi] = await Promise.all([
    look(deps, handle),
    deps.plan.uplinkBps === undefined || !isDrilled ? undefined : probeLinks(deps, handle),
    codeOf(deps),
    deps.listWifi(handle.signal),
  ]).finally(() => stop.abort());
  const peakDbfs = await hearing;
  const found: { links?: LinkProbe } = links === undefined ? {} : { links };
  const near = wifi === undefined ? {} : { wifiNetworks: wifi.length };
  // While the camera still runs.
  const heard = peakDbfs === undefined ? {} : { peakDbfs };
  return { probes: { ...looked, ...found, ...code, ...near, ...heard }, box: deps.snapshot() };
}

/** The loudest of each channel until `signal`: who taps one microphone after the other is heard at each. */
async function listen(
  { snapshot, clock }: PreflightDeps,
  signal: AbortSignal,
): Promise<readonly number[] | undefined> {
  let peakDbfs: readonly number[] | undefined;
  while (await pause(clock, LEVELS_MS, signal)) {
    const { levels } = snapshot();
    if (levels !== undefined) peakDbfs = louder(peakDbfs, levels);
  }
  return peakDbfs;
}

/** Fetches the page and makes posters, by a viewer in a process of its own. */
async function look(
  deps: PreflightDeps,
  handle: RunHandle,
): Promise<Pick<Probes, 'page' | 'posters' | 'lightRatios'>> {
  const { snapshot, clock, openProbe, plan, stateFolder } = deps;
  const { playerUrl } = snapshot();
  if (playerUrl === undefined) return {};
  const isFlowing = () => framesFlow(snapshot());
  const flows = await until(isFlowing, FLOW_MS, clock, handle.signal);
  const wantsPosters = flows && plan.hasPosters;
  const streamUrl = wantsPosters ? (deps.previewUrl() ?? '') : '';
  const seeing = openProbe({
    pageUrl: playerUrl,
    streamUrl,
    posterFolder: wantsPosters ? join(stateFolder, 'probe') : '',
    streamAheadMs: 0,
  });
  const stop = new AbortController();
  using ends = anySignal(handle.signal, stop.signal);
  const running = seeing.run(ends.signal);
  try {
    const isSeen = () =>
      seeing.seen().page !== undefined && (!wantsPosters || seeing.seen().posters !== undefined);
    await until(isSeen, LOOK_MS, clock, handle.signal);
  } finally {
    stop.abort();
    await running;
  }
  const { page, posters, lightRatios } = seeing.seen();
  const pictures = posters === undefined ? {} : { posters };
  return { page: pageOf(playerUrl, page), lightRatios, ...pictures };
}

export function pageOf(url: string, page: object | undefined): PageProbe {
  return page === undefined ? { url, failure: 'no answer in time' } : { url, ...page };
}

async function codeOf({
  snapshot,
  readPageCode,
}: PreflightDeps): Promise<Pick<Probes, 'pageCode'>> {
  const wanted = snapshot().playerUrl;
  if (wanted === undefined) return {};
  const read = await readPageCode();
  return { pageCode: { wanted, ...(read === undefined ? {} : { read }) } };
}

function factsOf(
  { plan, clock, snapshot }: PreflightDeps,
  box: BoxSnapshot,
  probes: Probes,
): Facts {
  const survey = snapshot().readiness?.survey;
  const known = survey === undefined ? {} : { survey };
  return { box, plan, probes: { ...probes, ...known }, nowMs: clock.wallMs() };
}

function finish({ keep }: PreflightDeps, checklist: Checklist): Outcome {
  keep({ checklist });
  return { status: 'done', detail: summaryOf(checklist), result: { checks: checklist.lines } };
}
