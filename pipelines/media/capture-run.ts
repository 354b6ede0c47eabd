/** One capture run: its tracks from the FIFOs to the packager, the uplink and the level meter. */
import { messageOf } from '../../hal/os/log.ts';
import { readSlates } from '../feed/slates.ts';
import type { UplinkFeed } from '../feed/uplink-feed.ts';
import type { Presentation } from '../packager/presentation.ts';
import type { UnpublishedRenditions } from '../scan/unpublished.ts';
import { LevelMeter } from './levels.ts';
import type { FromMedia, ToMedia } from './messages.ts';
import { openRawInput, openTrackInput } from './track-input.ts';

export type RunMessage = Extract<ToMedia, { type: 'run' }>;

export interface CaptureRunDeps {
  readonly presentation: Presentation;
  readonly uplink: UplinkFeed;
  readonly unpublished: UnpublishedRenditions;
  readonly nowUs: () => number;
  readonly send: (message: FromMedia) => void;
  /** A packet of the sound for WebRTC has arrived. */
  readonly onOpus: (timeUs: number, data: Buffer) => void;
  /** An access unit of a published track has arrived. */
  readonly onUnit: (trackId: string, runningUs: number) => void;
}

/** One capture process, from its first byte to its last. */
export interface CaptureRun {
  readonly close: () => void;
  /** Closes it and reports the reason to the daemon. */
  readonly fail: (reason: string) => void;
}

/** Opens the FIFOs of a capture process that has just been started, and reports that to the daemon. */
export function openCaptureRun(message: RunMessage, deps: CaptureRunDeps): CaptureRun {
  const { run, inputs, meter, slates } = message;
  const { presentation, uplink, unpublished, send, nowUs } = deps;
  presentation.beginRun(nowUs());
  uplink.restart();
  let isOver = false;
  const stops: (() => void)[] = [];
  const close = () => {
    if (isOver) return;
    isOver = true;
    for (const stop of stops) stop();
    presentation.endRun();
    if (slates.length > 0) void showSlates(slates, deps);
  };
  const fail = (reason: string) => {
    if (!isOver) send({ type: 'broken', run, message: reason });
    close();
  };
  const opusIds = new Set<string>();
  const isPublished = (id: string) => presentation.kindOf(id) !== undefined;
  const openTrack = (id: string, path: string) =>
    openTrackInput(path, {
      onCaps: (caps) => {
        uplink.setCaps(id, caps);
        if (caps.startsWith('audio/x-opus')) opusIds.add(id);
        if (!isPublished(id)) return unpublished.setCaps(id, caps);
        if (presentation.setCaps(id, caps)) return;
        fail(`${id}: cannot package ${caps.slice(0, 120)}`);
      },
      onUnit: (unit) => {
        if (isOver) return;
        const timeUs = presentation.timeOf(unit.runningUs);
        if (timeUs !== undefined) {
          uplink.add(id, { ...unit, timeUs });
          if (opusIds.has(id)) deps.onOpus(timeUs, unit.data);
          else if (!isPublished(id)) unpublished.add(id, { ...unit, timeUs });
        }
        if (!isPublished(id)) return;
        deps.onUnit(id, unit.runningUs);
        presentation.add(id, { ...unit, arrivedUs: nowUs() });
      },
      onEnd: close,
      onMalformed: () => fail(`${id}: the bytes are not GDP`),
    });
  try {
    for (const { id, path } of inputs) stops.push(openTrack(id, path));
    if (meter !== undefined) stops.push(openMeter(meter, send));
    send({ type: 'opened', run });
  } catch (error) {
    // The daemon has ended this run already and removed its FIFOs.
    fail(messageOf(error));
  }
  return { close, fail };
}

/** Never rejects. */
async function showSlates(
  files: readonly string[],
  { presentation, uplink }: Pick<CaptureRunDeps, 'presentation' | 'uplink'>,
): Promise<void> {
  const slates = await readSlates(files);
  presentation.setSlates(slates);
  uplink.setSlates(slates);
}

function openMeter(
  { path, channels, sampleRateHz }: NonNullable<RunMessage['meter']>,
  send: (message: FromMedia) => void,
): () => void {
  const levels = new LevelMeter(channels, sampleRateHz);
  return openRawInput(path, (bytes) => {
    for (const report of levels.push(bytes)) send({ type: 'levels', levels: report });
  });
}
