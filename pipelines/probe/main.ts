/**
 * The probe: a viewer inside the box, in a process of its own, which fetches over HTTP as a
 * phone does. It runs at low priority, so that it delays nothing that guests get.
 */
import { setPriority } from 'node:os';
import { every, untilAborted } from '../../hal/os/async.ts';
import { monotonicMs } from '../../hal/os/clock.ts';
import { messageOf } from '../../hal/os/log.ts';
import { type Parent, runAsWorker } from '../../hal/os/worker-child.ts';
import type { FromProbe, ProbeSettings, ToProbe } from './messages.ts';
import { fetchPage } from './page.ts';
import { aheadOf, seePicture, tryPosters } from './picture.ts';
import { type KeyPart, ProbeViewer } from './viewer.ts';

const NICENESS = 5;
const SAMPLE_MS = 50;
const FIGURES_EVERY_MS = 1_000;
/** Decoding a picture costs a tenth of a second of a core. */
const PICTURE_EVERY_MS = 5_000;

type ProbeParent = Parent<ToProbe, FromProbe>;

async function run(
  settings: ProbeSettings,
  parent: ProbeParent,
  signal: AbortSignal,
): Promise<void> {
  setPriority(NICENESS);
  const pages = seePage(settings.pageUrl, parent, signal);
  if (settings.streamUrl === '') {
    await pages.catch(() => undefined);
    return await untilAborted(signal);
  }
  const pictures = openPictures(settings, parent, (aheadMs) => viewer.noteAhead(aheadMs), signal);
  const viewer = new ProbeViewer(settings.streamUrl, pictures);
  parent.onCommand(() => viewer.restart());
  await Promise.all([
    pages.catch(() => undefined),
    viewer.run(signal),
    every(SAMPLE_MS, signal, () => viewer.sample()),
    every(FIGURES_EVERY_MS, signal, () =>
      parent.send({ type: 'figures', figures: viewer.figures(settings.streamAheadMs) }),
    ),
  ]);
}

async function seePage(url: string, { send }: ProbeParent, signal: AbortSignal): Promise<void> {
  if (url !== '') send({ type: 'page', ...(await fetchPage(url, signal)) });
}

/** One picture at a time, and not too often. */
function openPictures(
  { posterFolder }: ProbeSettings,
  { send }: ProbeParent,
  onAhead: (aheadMs: number) => void,
  signal: AbortSignal,
): (part: KeyPart) => void {
  let isBusy = false;
  let seenMs = Number.NEGATIVE_INFINITY;
  let wantsPosters = posterFolder !== '';
  const look = async ({ init, part, dateMs }: KeyPart): Promise<void> => {
    const nowMs = monotonicMs();
    try {
      const { png, clockMs, lightRatio } = await seePicture(init, part, signal);
      if (clockMs !== undefined) onAhead(aheadOf(dateMs, clockMs, nowMs));
      send({ type: 'light', ratio: lightRatio });
      if (!wantsPosters) return;
      wantsPosters = false;
      send({ type: 'posters', ...(await tryPosters(png, posterFolder)) });
    } catch (error) {
      if (signal.aborted || posterFolder === '') return;
      send({ type: 'posters', failure: messageOf(error).slice(0, 300), files: {} });
    }
  };
  return (part) => {
    if (isBusy || performance.now() - seenMs < PICTURE_EVERY_MS) return;
    isBusy = true;
    seenMs = performance.now();
    void look(part).finally(() => {
      isBusy = false;
    });
  };
}

runAsWorker<ProbeSettings, ToProbe, FromProbe>(run);
