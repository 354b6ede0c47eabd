/** The media path of a box that shows another box’s stream. */
import type { Clock } from '../../hal/os/clock.ts';
import type { Log } from '../../hal/os/log.ts';
import { runAll } from '../../hal/os/task.ts';
import type { Config } from '../config/config.ts';
import { openEdge } from './children/edge.ts';
import { openSupervision } from './children/supervision.ts';
import { type MediaPath, type MediaPathDeps, pathWithoutDrops } from './media-path.ts';
import { edgeSettings } from './settings.ts';
import { openEdgeWhep } from './webrtc/edge-whep.ts';

export interface EdgePathDeps
  extends Pick<MediaPathDeps, 'onListening' | 'onFigures' | 'onChild' | 'stateFolder'> {
  readonly config: () => Config;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * The media path of a box that shows another one's stream: a supervised child, which
 * serves viewers under the name of media, and, where the config has WebRTC, the WHEP
 * process beside it. It is on air whenever its upstream is, so what begins and ends
 * drops does nothing here.
 */
export function openEdgePath(deps: EdgePathDeps): MediaPath {
  const { config, clock, log } = deps;
  let hasListened = false;
  const child = openEdge({
    settings: () => edgeSettings(config(), deps.stateFolder),
    clock,
    log,
    onListening: () => {
      hasListened = true;
      deps.onListening();
    },
    onFigures: deps.onFigures,
    onWhep: (request) => whep.send(request),
  });
  const supervise = openSupervision(deps);
  const whep = openEdgeWhep({ edge: child, config, supervise, clock, log });
  const serving = supervise('media', child.run, () => hasListened);
  return {
    run: (signal) => runAll([serving, whep.run], signal),
    ...pathWithoutDrops(clock, 'an edge makes no clips: ask the box with the camera'),
    endMedia: child.kill,
    leadPhones: child.lead,
    refresh: child.restart,
  };
}
