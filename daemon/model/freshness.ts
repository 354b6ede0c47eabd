/** Which figures of a snapshot are stale. */
import type { BoxSnapshot, UplinkFigures } from './snapshot.ts';

/**
 * The box without what a child that is gone or hangs reported last: remote
 * clients must not take old figures for new ones. Pure.
 */
export function withoutStale(box: BoxSnapshot): BoxSnapshot {
  const { children, warnings } = box;
  const isReporting = (name: string) =>
    children[name]?.phase === 'running' && !warnings.some(({ key }) => key === `${name}-silent`);
  const media = isReporting('media') ? box.media : undefined;
  const hasLevels = media !== undefined && children['capture']?.phase === 'running';
  return {
    ...box,
    media,
    levels: hasLevels ? box.levels : undefined,
    uplink:
      box.uplink === undefined || isReporting('uplink') ? box.uplink : disconnected(box.uplink),
  };
}

/** A media process that is down has no frames, whatever it reported last. */
export function framesFlow({ media, children }: Pick<BoxSnapshot, 'media' | 'children'>): boolean {
  return media?.isFlowing === true && children['media']?.phase === 'running';
}

/** Nothing goes upstream by a process that is away. */
function disconnected({ phase, targetBps }: UplinkFigures): UplinkFigures {
  return {
    phase: phase === 'off' ? 'off' : 'connecting',
    reason: 'the uplink process is away',
    targetBps,
    bitrateBps: 0,
    missingLinks: [],
  };
}
