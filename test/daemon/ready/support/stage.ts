/** A box with a drop, links and a probe that do what a test says, on a clock that it moves. */
import { NOTHING_HIDDEN } from '../../../../daemon/media/hidden-run.ts';
import type { HiddenWants } from '../../../../daemon/media/media-path.ts';
import type { Readiness } from '../../../../daemon/model/readiness.ts';
import type { BoxSnapshot } from '../../../../daemon/model/snapshot.ts';
import { Runner } from '../../../../daemon/ready/prepared-run.ts';
import type { OpenProbe, ProbeSeen } from '../../../../daemon/ready/probe.ts';
import { untilAborted } from '../../../../hal/os/async.ts';
import type { Clock } from '../../../../hal/os/clock.ts';
import { figures, link, WELL } from '../../../support/snapshot.ts';
import { VirtualClock } from '../../../support/virtual-clock.ts';

export const FIGURES = {
  ...{
    stalls: 0,
    stalledMs: 0,
    parts: 500,
    failed: 0,
    requests: 1_000,
    edgeReplies: 0,
    edgeHits: 0,
  },
  ...{ isByPicture: true, latencyMs: { p50: 350, p95: 420, n: 900 } },
};

export function openStage(seen: ProbeSeen = { figures: FIGURES, lightRatios: [0.3, 0.4] }) {
  const time = new VirtualClock();
  // As the system's, it rejects with an error of its own.
  const sleep: Clock['sleep'] = (ms, signal) =>
    time.sleep(ms, signal).catch(() => {
      throw new DOMException('The operation was aborted', 'AbortError');
    });
  const wallMs = () => time.wallMs();
  const monotonicMs = () => time.monotonicMs();
  const advance = (ms: number) => time.advance(ms);
  const clock = { wallMs, monotonicMs, sleep, advance };
  const ending = new AbortController();
  let hidden: HiddenWants = NOTHING_HIDDEN;
  const history: HiddenWants[] = [];
  const streams: string[] = [];
  let change: Partial<BoxSnapshot> = { drop: { phase: 'idle', sinceMs: 0 }, uplink: undefined };
  let readiness: Readiness = {};
  let blockedAtMs = 0;
  let endedUntilMs = 0;
  const snapshot = (): BoxSnapshot => ({
    ...WELL,
    media: figures({ isFlowing: hidden.isCapturing }),
    playerUrl: 'http://192.168.1.20:8080/',
    plannedLinks: [{ id: 'wwan0' }, { id: 'eth0' }],
    ...change,
    ...(hidden.isUplinking ? { uplink: uplinkNow() } : {}),
    readiness,
  });
  const uplinkNow = (): BoxSnapshot['uplink'] => {
    const isBlocked = (id: string) => hidden.blockedLinks.includes(id);
    const links = ['wwan0', 'eth0'].map((id, i) => ({
      ...link(id, isBlocked(id) ? 'stalled' : 'active'),
      sharePct: isBlocked(id) ? 0 : 60 - i * 20,
      sentBytesTotal: Math.round(clock.monotonicMs() * 100),
    }));
    const switches = hidden.blockedLinks.map((id) => ({
      ...{ atMs: blockedAtMs + 400, link: id, reason: 'silent' },
      ...({ from: 'active', to: 'suspect' } as const),
    }));
    const { uplink } = WELL;
    if (uplink?.bond === undefined) return undefined;
    return { ...uplink, blockedAtMs, bond: { ...uplink.bond, links, switches } };
  };
  const openProbe: OpenProbe = ({ streamUrl }) => {
    streams.push(streamUrl);
    return { run: untilAborted, restart: () => undefined, seen: () => seen };
  };
  const runner = new Runner({
    mediaPath: {
      endedLeftMs: () => Math.max(0, endedUntilMs - clock.monotonicMs()),
      setHidden: (wants) => {
        if (wants.blockedLinks.join() !== hidden.blockedLinks.join())
          blockedAtMs = clock.monotonicMs();
        hidden = wants;
        history.push(wants);
      },
    },
    snapshot,
    state: {
      set: (next) => {
        if (next.readiness !== undefined) readiness = next.readiness;
      },
    },
    clock,
    untilEnd: ending.signal,
  });
  return {
    clock,
    runner,
    snapshot,
    openProbe,
    history,
    streams,
    end: () => ending.abort(),
    /** Of a drop that has just ended. */
    serveEnd: (forMs: number) => {
      endedUntilMs = clock.monotonicMs() + forMs;
    },
    hidden: () => hidden,
    set: (next: Partial<BoxSnapshot>) => {
      change = { ...change, ...next };
    },
    /** Lets time pass until `work` has settled. */
    async settle<T>(work: Promise<T>, everyMs = 1_000): Promise<T> {
      let isDone = false;
      const done = () => {
        isDone = true;
      };
      work.then(done, done);
      for (let i = 0; i < 20_000 && !isDone; i += 1) await clock.advance(everyMs);
      if (!isDone) throw new Error('it does not come to an end');
      return await work;
    },
  };
}
