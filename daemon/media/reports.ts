/** What the media path reports, and where it goes. */
import type { Log } from '../../hal/os/log.ts';
import type { BoxSnapshot } from '../model/snapshot.ts';
import type { BoxState } from '../model/state-store.ts';
import type { MediaPathDeps } from './media-path.ts';

interface Receivers {
  readonly state: BoxState;
  readonly health: {
    recordLevels(levels: NonNullable<BoxSnapshot['levels']>): void;
    recordTargets(targets: BoxSnapshot['recording']): void;
  };
  /** Called once, when frames flow, or when the box waits for a command. */
  readonly onReady?: (box: BoxSnapshot) => void;
  readonly viewersPort: () => number;
  readonly log: Log;
}

export function mediaReports({ state, health, onReady, viewersPort, log }: Receivers) {
  let isReady = false;
  const beReady = () => {
    if (!isReady) onReady?.(state.snapshot());
    isReady = true;
  };
  return {
    onListening: () => {
      log.info('serving viewers', { port: viewersPort() });
      if (state.snapshot().drop.phase === 'idle') beReady();
    },
    onSources: (sources) => state.set({ sources }),
    onLevels: (levels) => {
      health.recordLevels(levels);
      state.set({ levels });
    },
    onFigures: (media) => {
      state.set({ media });
      if (media.isFlowing) beReady();
    },
    onRecording: (recording) => {
      health.recordTargets(recording);
      state.set({ recording });
    },
    onScan: (scan) => state.set({ scan }),
    onLook: (look) => state.set({ look }),
    onUplink: (uplink) => state.set({ uplink }),
    onDestinations: (destinations) => state.set({ destinations }),
    onChild: (name, supervised) => state.setChild(name, supervised),
  } satisfies Partial<MediaPathDeps>;
}
