/** Which drop the media process shows and records, and whether its files are closed. */
import type { Clock } from '../../hal/os/clock.ts';
import type { ToMedia } from '../../pipelines/media/messages.ts';
import type { DropOnPage } from '../../pipelines/player/drop-json.ts';
import type { TargetState } from '../../pipelines/recording/settings.ts';

export interface DropRecording {
  /** A media process serves: it knows of no drop yet. */
  onMediaServing(): void;
  /** The drop that guests see. */
  show(drop: DropOnPage): void;
  onTargets(targets: readonly TargetState[]): void;
  /** Records a drop, or none. Resolves when files are closed, or ten seconds later. */
  set(dropId: string | undefined, signal: AbortSignal): Promise<void>;
}

/** A slow disk gets so long to close a recording. */
const CLOSE_MS = 10_000;
const POLL_MS = 100;

export function openDropRecording(send: (message: ToMedia) => void, clock: Clock): DropRecording {
  let recorded: { readonly dropId?: string } = {};
  let targets: readonly TargetState[] = [];
  let shown: DropOnPage | undefined;
  const report = () => send({ type: 'record', ...recorded });
  const show = (drop: DropOnPage) => {
    shown = drop;
    send({ type: 'drop', drop });
  };
  return {
    onMediaServing: () => {
      // Before it serves a guest: what it knew is gone with the process before.
      if (shown !== undefined) show(shown);
      report();
    },
    show,
    onTargets: (now) => {
      targets = now;
    },
    set: async (dropId, signal) => {
      recorded = dropId === undefined ? {} : { dropId };
      // Once: a media process that starts later has no stream that has just ended.
      send({ type: 'record', ...recorded, ...(dropId === undefined && { isOver: true }) });
      const endMs = clock.monotonicMs() + CLOSE_MS;
      const isClosing = () =>
        dropId === undefined && targets.some(({ phase }) => phase === 'recording');
      while (isClosing() && clock.monotonicMs() < endMs) await clock.sleep(POLL_MS, signal);
    },
  };
}
