import { messageOf } from '../../hal/os/log.ts';
import type { UplinkFeed } from '../feed/uplink-feed.ts';
import type { Presentation } from '../packager/presentation.ts';
import { LevelMeter } from './levels.ts';
import type { FromMedia, ToMedia } from './messages.ts';
import { openRawInput, openTrackInput } from './track-input.ts';

export type RunMessage = Extract<ToMedia, { type: 'run' }>;

export interface CaptureRunDeps {
  readonly presentation: Presentation;
  readonly uplink: UplinkFeed;
  readonly isPublished: (trackId: string) => boolean;
  readonly nowUs: () => number;
  readonly tell: (message: FromMedia) => void;
  /** A unit of a published track came in. */
  readonly onUnit: (trackId: string, runningUs: number) => void;
}

/** One capture process, from its first byte to its last. */
export interface CaptureRun {
  readonly close: () => void;
  /** Closes it and tells the daemon why. */
  readonly fail: (reason: string) => void;
}

/** Opens the pipes of a capture process that has just been started, and tells the daemon so. */
export function openCaptureRun(message: RunMessage, deps: CaptureRunDeps): CaptureRun {
  const { run, inputs, meter, stampings } = message;
  const { presentation, uplink, tell, nowUs } = deps;
  presentation.beginRun(stampings, nowUs());
  uplink.restart();
  let isOver = false;
  const stops: (() => void)[] = [];
  const close = () => {
    if (isOver) return;
    isOver = true;
    for (const stop of stops) stop();
    presentation.endRun();
  };
  const fail = (reason: string) => {
    if (!isOver) tell({ type: 'broken', run, message: reason });
    close();
  };
  // What is not published is a picture for the uplink alone.
  const kindOf = (id: string) => presentation.kindOf(id) ?? 'video';
  const openTrack = (id: string, path: string) =>
    openTrackInput(path, {
      onCaps: (caps) => {
        uplink.setCaps(id, caps);
        if (!deps.isPublished(id) || presentation.setCaps(id, caps)) return;
        fail(`${id}: cannot carry ${caps.slice(0, 120)}`);
      },
      onUnit: (unit) => {
        if (isOver) return;
        const timeUs = presentation.timeOf(kindOf(id), unit.runningUs);
        if (timeUs !== undefined) uplink.add(id, { ...unit, timeUs });
        if (!deps.isPublished(id)) return;
        deps.onUnit(id, unit.runningUs);
        presentation.add(id, { ...unit, arrivedUs: nowUs() });
      },
      onEnd: close,
      onMalformed: () => fail(`${id}: not GDP`),
    });
  try {
    for (const { id, path } of inputs) stops.push(openTrack(id, path));
    if (meter !== undefined) stops.push(openMeter(meter, tell));
    tell({ type: 'opened', run });
  } catch (error) {
    // The daemon has given this run up, and its pipes with it.
    fail(messageOf(error));
  }
  return { close, fail };
}

function openMeter(
  { path, channels, sampleRateHz }: NonNullable<RunMessage['meter']>,
  tell: (message: FromMedia) => void,
): () => void {
  const levels = new LevelMeter(channels, sampleRateHz);
  return openRawInput(path, (bytes) => {
    for (const report of levels.push(bytes)) tell({ type: 'levels', levels: report });
  });
}
