/** The media path of a box in safe mode: none. What the box died of is most likely a part of it. */
import { untilAborted } from '../../hal/os/async.ts';
import type { Clock } from '../../hal/os/clock.ts';
import { type MediaPath, pathWithoutDrops } from '../media/media-path.ts';
import { type MediaSource, NO_DEVICES } from '../media/media-source.ts';
import { sheddableOf } from '../media/sheddable.ts';

/** No camera, no encoder, no child process; guests find no page. */
export function openSafeSource(): MediaSource {
  return {
    ...NO_DEVICES,
    facts: () => ({ camera: 'none, in safe mode', sound: 'none', encoder: 'none' }),
    // It has no drops of its own either.
    isEdge: true,
    sheddable: (config) => sheddableOf(config, undefined),
    open: openSafePath,
  };
}

function openSafePath({ clock }: { readonly clock: Clock }): MediaPath {
  const noClips = 'the box is in safe mode: start it again first';
  return { ...pathWithoutDrops(clock, noClips), run: untilAborted };
}
