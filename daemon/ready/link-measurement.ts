/** Measures each link while the stream goes over them, alone and with one of them lost. */
import type { Clock } from '../../hal/os/clock.ts';
import type { LinkSnapshot } from '../../pipelines/bond/core/snapshot.ts';
import { isUsable, linksOf } from '../health/links.ts';
import type { Drill } from '../model/readiness.ts';
import { round } from '../model/rounding.ts';
import type { BoxSnapshot, UplinkFigures } from '../model/snapshot.ts';
import type { LinkProbe, ProbedLink } from './checklist/line.ts';
import type { RunHandle } from './prepared-run.ts';

export interface LinkDeps {
  readonly snapshot: () => BoxSnapshot;
  readonly clock: Clock;
}

const POLL_MS = 250;
/** SRT and the links register within seconds, over slow modems too. */
const CONNECT_MS = 20_000;
const SETTLE_MS = 8_000;
const BASELINE_MS = 3_000;
const ALONE_MS = 4_000;
/** Connecting, and each link alone for some seconds. */
export const SAMPLE_S = 25;
/** Of links that are tried alone: each costs seconds. */
const ALONE_MAX = 4;

/** Waits for the far end. False where it does not answer in time. */
export async function connect({ snapshot, clock }: LinkDeps, handle: RunHandle): Promise<boolean> {
  handle.step('connecting to the SRT receiver');
  const isConnected = () => snapshot().uplink?.phase === 'connected';
  if (!(await until(isConnected, CONNECT_MS, clock, handle.signal))) return false;
  const areUp = () => linksOf(snapshot()).every((link) => isUsable(link));
  await until(areUp, SETTLE_MS, clock, handle.signal);
  await clock.sleep(BASELINE_MS, handle.signal);
  return true;
}

/** Each link's figures now. */
export function probedNow({ uplink, ...box }: BoxSnapshot): LinkProbe {
  if (uplink === undefined) return { phase: 'off', offeredBps: 0, links: [] };
  const { phase, reason, srt, bond } = uplink;
  return {
    phase,
    ...(reason === undefined ? {} : { reason }),
    ...(srt === undefined ? {} : { rttMs: srt.rttMs, latencyMs: srt.latencyMs }),
    offeredBps: bond?.offeredBps ?? uplink.bitrateBps,
    links: linksOf({ ...box, uplink }).map(probedLink),
  };
}

function probedLink(link: LinkSnapshot): ProbedLink {
  const { id, isBackup, rttMs, lossPct, reason } = link;
  const isUp = isUsable(link);
  return {
    id,
    isBackup,
    isUsable: isUp,
    reason: reason === '' ? link.state : reason,
    ...(rttMs === undefined ? {} : { rttMs }),
    ...(isUp ? { lossPct } : {}),
  };
}

/** The link that carries most; undefined with fewer than two. */
export function bestOf(box: BoxSnapshot): string | undefined {
  const usable = linksOf(box).filter(isUsable);
  if (usable.length < 2) return undefined;
  return usable.toSorted((a, b) => b.sharePct - a.sharePct)[0]?.id;
}

/**
 * Takes a link away as if it were unplugged, and gives it back. The bond gets no notice: how it
 * notices is what is measured.
 */
export async function takeAway(
  link: string,
  holdMs: number,
  { snapshot, clock }: LinkDeps,
  handle: RunHandle,
): Promise<Omit<Drill, 'stalls'>> {
  handle.step(`${link} is taken away`);
  const before = snapshot().uplink;
  handle.want({ blockedLinks: [link] });
  await clock.sleep(holdMs, handle.signal);
  const after = snapshot().uplink;
  handle.want({ blockedLinks: [] });
  const found = drillOf(link, before, after);
  handle.step(`${link} is given back`);
  const isBack = () => linksOf(snapshot()).some((one) => one.id === link && one.state === 'active');
  await until(isBack, SETTLE_MS, clock, handle.signal);
  return found;
}

/** By the uplink's figures before and at the end of an outage. Pure. */
export function drillOf(
  link: string,
  before: UplinkFigures | undefined,
  after: UplinkFigures | undefined,
): Omit<Drill, 'stalls'> {
  const blockedAtMs = after?.blockedAtMs;
  const since = (after?.bond?.switches ?? []).filter(
    (one) => one.link === link && blockedAtMs !== undefined && one.atMs >= blockedAtMs,
  );
  // On a busy machine it may have been suspected in that very moment: then it is only given up.
  const left =
    since.find(({ from }) => from === 'active') ?? since.find(({ to }) => to !== 'active');
  const others = (after?.bond?.links ?? []).filter(
    (one) => one.id !== link && one.isEnabled && isUsable(one),
  );
  const nextLink = others.toSorted((a, b) => b.sharePct - a.sharePct)[0];
  const hasTakenOver = after?.phase === 'connected' && nextLink !== undefined && left !== undefined;
  const lost = (after?.srt?.droppedTotal ?? 0) - (before?.srt?.droppedTotal ?? 0);
  return {
    link,
    taken_over_by: hasTakenOver ? nextLink.id : null,
    failover_s: hasTakenOver ? round(Math.max(0, left.atMs - (blockedAtMs ?? 0)) / 1000, 3) : null,
    lost: before?.srt === undefined || after?.srt === undefined ? null : Math.max(0, lost),
  };
}

/**
 * What each link carries while all others are away.
 *
 * @param spared Links that carry nothing at all.
 */
export async function measureAlone(
  ids: readonly string[],
  { snapshot, clock }: LinkDeps,
  handle: RunHandle,
  spared: readonly string[] = [],
): Promise<ReadonlyMap<string, number>> {
  const carried = new Map<string, number>();
  if (ids.length < 2) return carried;
  for (const id of ids.slice(0, ALONE_MAX)) {
    handle.step(`${id} alone`);
    handle.want({ blockedLinks: [...spared, ...ids.filter((other) => other !== id)] });
    await clock.sleep(ALONE_MS, handle.signal);
    const link = linksOf(snapshot()).find((one) => one.id === id);
    if (link !== undefined) carried.set(id, link.bitrateBps * (1 - link.lossPct / 100));
    handle.want({ blockedLinks: spared });
    const areBack = () =>
      linksOf(snapshot()).every((one) => !ids.includes(one.id) || isUsable(one));
    await until(areBack, SETTLE_MS, clock, handle.signal);
  }
  return carried;
}

/**
 * Each link now, with what those that are up carry by themselves.
 *
 * @param spared Links that carry nothing at all.
 */
export async function probeAlone(
  deps: LinkDeps,
  handle: RunHandle,
  spared: readonly string[],
): Promise<LinkProbe> {
  const seen = probedNow(deps.snapshot());
  const ids = seen.links
    .filter(({ id, isUsable: isUp }) => isUp && !spared.includes(id))
    .map(({ id }) => id);
  const alone = await measureAlone(ids, deps, handle, spared);
  const [only] = ids.length === 1 ? ids : [];
  if (only === undefined) return withAlone(seen, alone);
  return withAlone(seen, new Map([[only, seen.offeredBps]]));
}

function withAlone(seen: LinkProbe, alone: ReadonlyMap<string, number>): LinkProbe {
  const links = seen.links.map((link) => {
    const aloneBps = alone.get(link.id);
    return aloneBps === undefined ? link : { ...link, aloneBps };
  });
  return { ...seen, links };
}

/** Connects, measures each link by itself, and drills. */
export async function probeLinks(deps: LinkDeps, handle: RunHandle): Promise<LinkProbe> {
  if (!(await connect(deps, handle))) return probedNow(deps.snapshot());
  const seen = probedNow(deps.snapshot());
  const ids = seen.links.filter(({ isUsable: isUp }) => isUp).map(({ id }) => id);
  const best = bestOf(deps.snapshot());
  if (best === undefined) return seen;
  const drill = await takeAway(best, ALONE_MS, deps, handle);
  const alone = await measureAlone(ids, deps, handle);
  const { taken_over_by: nextLink, failover_s: failoverS, lost } = drill;
  return {
    ...withAlone(seen, alone),
    drill: {
      link: drill.link,
      ...(nextLink === null ? {} : { takenOverBy: nextLink }),
      ...(failoverS === null ? {} : { failoverMs: failoverS * 1000 }),
      ...(lost === null ? {} : { lost }),
    },
  };
}

/** Polls; false when the time is over. Rejects when `signal` aborts. */
export async function until(
  isSo: () => boolean,
  withinMs: number,
  clock: Clock,
  signal: AbortSignal,
): Promise<boolean> {
  const endMs = clock.monotonicMs() + withinMs;
  while (!isSo()) {
    if (clock.monotonicMs() >= endMs) return false;
    await clock.sleep(POLL_MS, signal);
  }
  return true;
}
