/**
 * The uplink process: access units in, SRT out, over bonded links or straight to the
 * receiver. GStreamer's srtsink calls a port of this very process, and what leaves
 * there is spread over the links.
 */
import { systemClock } from '../../hal/os/clock.ts';
import { messageOf, openLog } from '../../hal/os/log.ts';
import type { Endpoint } from '../bond/core/config.ts';
import { type BondControl, runBond } from '../bond/net/sender.ts';
import { openPipeline } from '../capture/gst.ts';
import { ClassicRate } from './classic.ts';
import { runDirect } from './direct.ts';
import { renderUplink, SRT_SINK } from './graph.ts';
import { LinkAwareRate } from './link-aware.ts';
import { followLinks } from './links-task.ts';
import type { FromUplink, ToUplink, UplinkSettings } from './messages.ts';
import type { RateController } from './rate.ts';
import { SrtObserver } from './srt-observer.ts';

const FIGURES_EVERY_MS = 1_000;
/** A target that differs by less is no news to an encoder. */
const TARGET_STEP = 0.02;

/** The encoder's port is this process's own affair. */
const LOOPBACK: Endpoint = { host: '127.0.0.1', port: 0 };

const log = openLog('info', 'journal', (line) => process.stderr.write(line));
const clock = systemClock;

function tell(message: FromUplink): void {
  process.send?.(message);
}

/** The binding leaves threads that keep a failed process alive: it ends here and now. */
function fail(message: string): never {
  tell({ type: 'failed', message });
  process.stderr.write(`${message}\n`);
  process.exit(1);
}

/** Starts GStreamer, which calls `port` until it is answered, and again whenever it is cut off. */
function startPipeline({ tracks, srt }: UplinkSettings, port: number): void {
  const pipeline = openPipeline(renderUplink(tracks, srt, port));
  const sink = pipeline.findChild(SRT_SINK);
  if (sink === undefined) fail('GStreamer lacks srtsink; install gstreamer1.0-plugins-bad');
  if (srt.streamId !== undefined) sink['streamid'] = srt.streamId;
  if (srt.passphrase !== undefined) sink['passphrase'] = srt.passphrase;
  pipeline.pollBus((message) => {
    // srtsink tells of each lost connection with a warning, and calls again by itself.
    if (message.type === 'error') fail(`${message.name ?? 'gstreamer'}: ${message.message ?? ''}`);
    if (message.type === 'eos') fail('the media process has ended');
  });
  pipeline.play();
}

function openRate({ rate, links }: UplinkSettings): RateController | undefined {
  if (rate === undefined) return undefined;
  const isBlind = links === undefined || rate.algorithm === 'classic';
  return isBlind ? new ClassicRate(rate.bounds) : new LinkAwareRate(rate.bounds);
}

async function run(settings: UplinkSettings, signal: AbortSignal): Promise<void> {
  const { srt, links } = settings;
  const observer = new SrtObserver();
  const rate = openRate(settings);
  const receiver = { host: srt.host, port: srt.port };
  const onStart = (listening: Endpoint) => startPipeline(settings, listening.port);
  let control: BondControl | undefined;
  let missing: readonly string[] = [];
  let failure: string | undefined;

  if (rate !== undefined) followRate(rate, observer, () => control);
  setInterval(() => {
    const bond = control?.snapshot();
    tell({
      type: 'figures',
      srt: observer.figures(clock.monotonicMs()),
      targetBps: rate?.targetBps,
      ...(bond === undefined ? {} : { bond }),
      ...(failure === undefined ? {} : { failure }),
      missing,
    });
  }, FIGURES_EVERY_MS);

  if (links === undefined) {
    const onFailure = (reason: string | undefined) => {
      failure = reason;
    };
    const deps = { clock, log, tap: observer, onStart, onFailure };
    await runDirect({ listen: LOOPBACK, receiver }, deps, signal);
    return;
  }
  const bonding = runBond(
    { listen: LOOPBACK, receiver, links: [] },
    {
      clock,
      log,
      tap: observer,
      onStart: (started, listening) => {
        control = started;
        onStart(listening);
      },
    },
    signal,
  );
  const following = followLinks(
    {
      wanted: () => wished.links,
      used: () => wished.used,
      onLinks: (found, gone) => {
        missing = gone;
        control?.setLinks(found);
      },
      clock,
      log,
    },
    signal,
  );
  await Promise.all([bonding, following]);
}

function followRate(
  rate: RateController,
  observer: SrtObserver,
  control: () => BondControl | undefined,
): void {
  let toldBps = 0;
  setInterval(() => {
    const nowMs = clock.monotonicMs();
    const srt = observer.figures(nowMs);
    const links = control()?.snapshot().links ?? [];
    const targetBps = rate.update({ nowMs, srt, links });
    if (Math.abs(targetBps - toldBps) < TARGET_STEP * toldBps) return;
    toldBps = targetBps;
    tell({ type: 'target', targetBps });
  }, rate.everyMs);
}

const ending = new AbortController();
let wished: Pick<Extract<ToUplink, { type: 'links' }>, 'links' | 'used'> = {
  links: [],
  used: { period: '', bytesByLink: {} },
};
process.on('message', (message: ToUplink) => {
  if (message.type === 'links') wished = message;
  if (message.type !== 'start') return;
  const { links = [], used } = message.settings;
  wished = { links, used };
  run(message.settings, ending.signal).then(
    () => process.exit(0),
    (error: unknown) => fail(messageOf(error)),
  );
});
const end = () => {
  if (ending.signal.aborted) return;
  ending.abort();
  // Routes are taken down first; a stuck command must not keep this process.
  setTimeout(() => process.exit(0), 1_500);
};
// Nobody is left to send for: the daemon has died or asks this process to end.
process.on('disconnect', end);
process.on('SIGTERM', end);
process.on('SIGINT', () => undefined);
