/** The survey: how the place is, for minutes or hours, the day before. */
import { anySignal } from '../../hal/os/async.ts';
import type { WifiNetwork } from '../../hal/system/wifi-neighbours.ts';
import type { Config } from '../config/config.ts';
import type { MonthUse } from '../media/data-use.ts';
import { framesFlow } from '../model/freshness.ts';
import type { Survey } from '../model/readiness.ts';
import { connect, type LinkDeps, probeAlone, SAMPLE_S, until } from './link-measurement.ts';
import { interruptionOf, type RunHandle } from './prepared-run.ts';
import type { OpenProbe } from './probe.ts';
import { SurveyTally } from './survey-tally.ts';

export interface SurveyDeps extends LinkDeps {
  readonly settings: Config['survey'];
  readonly links: readonly {
    readonly id: string;
    readonly budget_mb_per_month?: number | undefined;
  }[];
  /** Of this month. */
  readonly dataUse: { useAt(wallMs: number): MonthUse };
  /** Undefined without an uplink. */
  readonly uplinkBps: number | undefined;
  readonly openProbe: OpenProbe;
  readonly previewUrl: () => string | undefined;
  readonly listWifi: (signal: AbortSignal) => Promise<readonly WifiNetwork[] | undefined>;
  /** The survey until now: a power cut in the night leaves it. */
  readonly onSample: (survey: Survey) => void;
}

const RADIO_EVERY_MS = 10_000;
const FLOW_MS = 30_000;
/** Sound and light of each sample. */
const LISTEN_MS = 10_000;
/** Of a link's monthly budget. */
const BUDGET_PART = 0.02;

/** Never rejects for its end: what was seen until then is summed up. */
export async function runSurvey(
  minutes: number,
  deps: SurveyDeps,
  handle: RunHandle,
): Promise<Survey> {
  const { clock, settings, snapshot } = deps;
  const ids = (snapshot().plannedLinks ?? []).map(({ id }) => id);
  const tally = new SurveyTally(clock.wallMs(), ids);
  const endMs = clock.monotonicMs() + minutes * 60_000;
  try {
    while (clock.monotonicMs() < endMs) {
      const nextMs = clock.monotonicMs() + settings.every_minutes * 60_000;
      await takeSample(tally, deps, handle);
      tally.endSample();
      deps.onSample(tally.result(clock.wallMs()));
      await watchRadio(Math.min(nextMs, endMs), endMs, tally, deps, handle);
    }
  } catch (error) {
    const interruption = interruptionOf(error, handle.signal);
    if (interruption === undefined) throw error;
    tally.note(`ended early: ${interruption.message}`);
  }
  return tally.result(clock.wallMs());
}

async function takeSample(tally: SurveyTally, deps: SurveyDeps, handle: RunHandle): Promise<void> {
  const { clock, snapshot } = deps;
  tally.addRadio(snapshot());
  const wifi = await deps.listWifi(handle.signal);
  if (wifi !== undefined) tally.addWifi(wifi);
  const spared = spentLinks(tally, deps);
  const hasUplink =
    deps.uplinkBps !== undefined && (spared.length === 0 || spared.length < deps.links.length);
  if (spared.length > 0)
    tally.note(`not measured any more, to spare its data: ${spared.join(', ')}`);
  const before = deps.dataUse.useAt(clock.wallMs());
  handle.want({ isCapturing: true, isUplinking: hasUplink, blockedLinks: spared });
  try {
    handle.step('looking and listening');
    const isFlowing = () => framesFlow(snapshot());
    if (!(await until(isFlowing, FLOW_MS, clock, handle.signal)))
      tally.note('no picture came from the camera');
    await listen(tally, deps, handle);
    if (hasUplink) await measureLinks(tally, spared, deps, handle);
  } finally {
    handle.want({ isCapturing: false, isUplinking: false, blockedLinks: [] });
    // Also of a sample that was cut short: its data is spent.
    tally.addUsed(usedBetween(before, deps.dataUse.useAt(clock.wallMs())));
  }
}

async function listen(tally: SurveyTally, deps: SurveyDeps, handle: RunHandle): Promise<void> {
  const { clock, snapshot, openProbe, previewUrl } = deps;
  const stop = new AbortController();
  using ends = anySignal(handle.signal, stop.signal);
  const probe = openProbe({
    pageUrl: '',
    streamUrl: previewUrl() ?? '',
    posterFolder: '',
    streamAheadMs: 0,
  });
  const running = probe.run(ends.signal);
  running.catch(() => undefined);
  const endMs = clock.monotonicMs() + LISTEN_MS;
  try {
    while (clock.monotonicMs() < endMs) {
      tally.addSound(snapshot());
      await clock.sleep(500, handle.signal);
    }
  } finally {
    stop.abort();
    await running.catch(() => undefined);
    tally.addLight(probe.seen().lightRatios);
  }
}

async function measureLinks(
  tally: SurveyTally,
  spared: readonly string[],
  deps: SurveyDeps,
  handle: RunHandle,
): Promise<void> {
  const { snapshot } = deps;
  if (!(await connect(deps, handle))) {
    tally.note(`the receiver was not reached: ${snapshot().uplink?.reason ?? 'no answer'}`);
  }
  const seen = await probeAlone(deps, handle, spared);
  tally.addLinks({ ...seen, links: seen.links.filter(({ id }) => !spared.includes(id)) });
}

/** Of each link. A new month counts from 0; a new process of the uplink goes on. */
function usedBetween(before: MonthUse, after: MonthUse): ReadonlyMap<string, number> {
  const from = after.month === before.month ? before.bytesByLink : {};
  return new Map(
    Object.entries(after.bytesByLink).map(([id, bytes]) => [
      id,
      Math.max(0, bytes - (from[id] ?? 0)),
    ]),
  );
}

/** Links that another sample could take over their limit. */
export function spentLinks(
  tally: Pick<SurveyTally, 'usedBytes'>,
  { links, settings, uplinkBps = 0 }: Pick<SurveyDeps, 'links' | 'settings' | 'uplinkBps'>,
): readonly string[] {
  const sampleBytes = (uplinkBps / 8) * (LISTEN_MS / 1000 + SAMPLE_S);
  return links
    .filter(({ id, budget_mb_per_month: budgetMb }) => {
      const ofBudget = budgetMb === undefined ? Number.POSITIVE_INFINITY : budgetMb * BUDGET_PART;
      const limitBytes = Math.min(settings.data_mb, ofBudget) * 1e6;
      return tally.usedBytes(id) + sampleBytes > limitBytes;
    })
    .map(({ id }) => id);
}

async function watchRadio(
  untilMs: number,
  endMs: number,
  tally: SurveyTally,
  { clock, snapshot }: SurveyDeps,
  handle: RunHandle,
): Promise<void> {
  while (clock.monotonicMs() < untilMs) {
    const minutes = Math.ceil((endMs - clock.monotonicMs()) / 60_000);
    handle.step(`watching the radio, ${minutes} min left`);
    await clock.sleep(Math.min(RADIO_EVERY_MS, untilMs - clock.monotonicMs()), handle.signal);
    tally.addRadio(snapshot());
  }
}
