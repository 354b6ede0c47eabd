/** The uplink process: access units in, SRT out, over bonded links or straight to the receiver. */
import { isIPv6 } from 'node:net';
import { every, unlessAborted } from '../../hal/os/async.ts';
import { systemClock } from '../../hal/os/clock.ts';
import { openLog } from '../../hal/os/log.ts';
import { runAsWorker } from '../../hal/os/worker-child.ts';
import type { Endpoint, LinkConfig } from '../bond/core/config.ts';
import { type BondControl, runBond } from '../bond/net/sender.ts';
import { openPipeline } from '../gst/gst.ts';
import { endProcess } from '../gst/pipeline.ts';
import { ClassicRate } from './classic.ts';
import { runDirect } from './direct.ts';
import { MUXER, renderUplink, SRT_SINK } from './graph.ts';
import { LinkAwareRate } from './link-aware.ts';
import { followLinks } from './links-task.ts';
import type { FromUplink, LinksMessage, ToUplink, UplinkSettings } from './messages.ts';
import { PayloadSize } from './payload.ts';
import type { RateController } from './rate.ts';
import { SrtObserver } from './srt-observer.ts';

const FIGURES_EVERY_MS = 1_000;
/** A target that differs by less is not sent to the encoder. */
const TARGET_STEP = 0.02;
/** Routes are taken down at the end; a stuck command must not keep this process. */
const DRAIN_MS = 800;

/** GStreamer's srtsink calls this port of the same process, which spreads it over the links. */
const LOOPBACK: Endpoint = { host: '127.0.0.1', port: 0 };

const log = openLog('info', 'journal');
const clock = systemClock;

type Send = (message: FromUplink) => void;
type Figures = Extract<FromUplink, { type: 'figures' }>;

/** Starts GStreamer, which calls `port` until it is answered, and again whenever it is cut off. */
function startPipeline(
  { tracks, srt }: UplinkSettings,
  port: number,
  onFailure: (error: Error) => void,
): (tsPackets: number) => void {
  const pipeline = openPipeline(renderUplink(tracks, srt, port));
  const sink = pipeline.findChild(SRT_SINK);
  if (sink === undefined) {
    throw new Error('GStreamer has no srtsink; install gstreamer1.0-plugins-bad');
  }
  if (srt.streamId !== undefined) sink['streamid'] = srt.streamId;
  if (srt.passphrase !== undefined) sink['passphrase'] = srt.passphrase;
  pipeline.pollBus((message) => {
    // srtsink reports each lost connection with a warning, and calls again by itself.
    if (message.type === 'error') {
      onFailure(new Error(`${message.name ?? 'gstreamer'}: ${message.message ?? ''}`));
    }
    if (message.type === 'eos') onFailure(new Error('the media process has ended'));
  });
  pipeline.play();
  const muxer = pipeline.findChild(MUXER);
  return (tsPackets) => {
    if (muxer !== undefined) muxer['alignment'] = tsPackets;
  };
}

function openRate({ rate, links }: UplinkSettings): RateController | undefined {
  if (rate === undefined) return undefined;
  const isBlind = links === undefined || rate.algorithm === 'classic';
  return isBlind ? new ClassicRate(rate.bounds) : new LinkAwareRate(rate.bounds);
}

type Links = Pick<LinksMessage, 'links' | 'used'>;

/** What runs between the encoder and the receiver, as far as it has started. */
interface Carried {
  control?: BondControl;
  /** Links of the config that are not there now. */
  missing: readonly string[];
  /** Why the receiver cannot be sent to, where SRT goes straight to it. */
  failure?: string | undefined;
  blockedAtMs?: number;
  /** Wanted also before there is a bond. */
  blocked: readonly string[];
  /** Sets how many packets of MPEG-TS an SRT packet carries. */
  setPayload?: (tsPackets: number) => void;
}

runAsWorker<UplinkSettings, ToUplink, FromUplink>(
  async (settings, { send, onCommand, follow }, signal) => {
    const { links = [], used } = settings;
    let wanted: Links = { links, used };
    const carried: Carried = { missing: [], blocked: settings.blocked ?? [] };
    onCommand((message) => {
      if (message.type === 'links') wanted = message;
      else {
        carried.blocked = message.links;
        carried.control?.block(message.links);
        carried.blockedAtMs = clock.monotonicMs();
      }
    });
    const observer = new SrtObserver();
    follow(() => observer.progress(clock.monotonicMs()));
    const rate = openRate(settings);
    const failing = new AbortController();
    const onStart = (listening: Endpoint) => {
      carried.setPayload = startPipeline(settings, listening.port, (error) => failing.abort(error));
    };
    const payload = new PayloadSize();
    const carrying =
      settings.links === undefined
        ? carryDirect(settings, { observer, carried, onStart }, signal)
        : carryBonded(settings, { observer, carried, onStart }, () => wanted, signal);
    const reporting = every(FIGURES_EVERY_MS, signal, () => {
      const figures = figuresOf(observer, rate, carried);
      fitPayload(payload, figures, carried);
      send(figures);
    });
    const steering = rate === undefined ? undefined : steer(rate, observer, carried, send, signal);
    await unlessAborted(Promise.all([carrying, reporting, steering]), failing.signal);
    if (signal.aborted) endProcess();
  },
  { drainMs: DRAIN_MS },
);

interface CarryDeps {
  readonly observer: SrtObserver;
  readonly carried: Carried;
  readonly onStart: (listening: Endpoint) => void;
}

async function carryDirect(
  { srt }: UplinkSettings,
  { observer, carried, onStart }: CarryDeps,
  signal: AbortSignal,
): Promise<void> {
  const onFailure = (reason: string | undefined) => {
    carried.failure = reason;
  };
  const receiver = { host: srt.host, port: srt.port };
  const deps = { clock, log, tap: observer, onStart, onFailure };
  await runDirect({ listen: LOOPBACK, receiver }, deps, signal);
}

async function carryBonded(
  { srt, relaySecret, known }: UplinkSettings,
  { observer, carried, onStart }: CarryDeps,
  wanted: () => Links,
  signal: AbortSignal,
): Promise<void> {
  const receiver = { host: srt.host, port: srt.port };
  const onBond = (control: BondControl, listening: Endpoint) => {
    carried.control = control;
    control.block(carried.blocked);
    onStart(listening);
  };
  const bond = { clock, log, tap: observer, onStart: onBond };
  const following = {
    wanted: () => wanted().links,
    used: () => wanted().used,
    known,
    prefersV6: () => isIPv6(srt.host) || carried.control?.needsV6 === true,
    onLinks: (found: readonly LinkConfig[], missing: readonly string[]) => {
      carried.missing = missing;
      carried.control?.setLinks(found);
    },
    clock,
    log,
  };
  await Promise.all([
    runBond({ listen: LOOPBACK, receiver, links: [], secret: relaySecret }, bond, signal),
    followLinks(following, signal),
  ]);
}

function figuresOf(
  observer: SrtObserver,
  rate: RateController | undefined,
  { control, failure, missing, blockedAtMs }: Carried,
): Figures {
  const bond = control?.snapshot();
  return {
    type: 'figures',
    srt: observer.figures(clock.monotonicMs()),
    targetBps: rate?.targetBps,
    ...(bond === undefined ? {} : { bond }),
    ...(failure === undefined ? {} : { failure }),
    ...(blockedAtMs === undefined ? {} : { blockedAtMs }),
    missing,
  };
}

/** Makes SRT's packets smaller where every path loses large ones. */
function fitPayload(payload: PayloadSize, { srt, bond }: Figures, { setPayload }: Carried): void {
  const before = payload.tsPackets;
  const tsPackets = payload.update(bond?.links ?? [], srt, clock.monotonicMs());
  if (tsPackets === before) return;
  log.warn('large packets vanish; sending smaller ones', { payloadBytes: 188 * tsPackets });
  setPayload?.(tsPackets);
}

/** Sets the encoder's bitrate by what the links carry. */
async function steer(
  rate: RateController,
  observer: SrtObserver,
  carried: Carried,
  send: Send,
  signal: AbortSignal,
): Promise<void> {
  let sentBps = 0;
  await every(rate.everyMs, signal, () => {
    const nowMs = clock.monotonicMs();
    const srt = observer.figures(nowMs);
    const links = carried.control?.snapshot().links ?? [];
    const targetBps = rate.update({ nowMs, srt, links });
    if (Math.abs(targetBps - sentBps) < TARGET_STEP * sentBps) return;
    sentBps = targetBps;
    send({ type: 'target', targetBps });
  });
}
