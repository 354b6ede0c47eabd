/** Which figures of a snapshot are stale. */
import type { BoxSnapshot, UplinkFigures } from './snapshot.ts';

/**
 * The box without what a child that is gone or hangs said last: whoever looks from
 * afar must not take old figures for new ones. Pure.
 */
export function withoutStale(box: BoxSnapshot): BoxSnapshot {
  const { children, warnings } = box;
  const speaks = (name: string) =>
    children[name]?.phase === 'running' && !warnings.some(({ key }) => key === `${name}-silent`);
  const media = speaks('media') ? box.media : undefined;
  const isHeard = media !== undefined && children['capture']?.phase === 'running';
  return {
    ...box,
    media,
    levels: isHeard ? box.levels : undefined,
    uplink: box.uplink === undefined || speaks('uplink') ? box.uplink : unheard(box.uplink),
  };
}

/** Nothing goes upstream by a process that is away. */
function unheard({ phase, targetBps }: UplinkFigures): UplinkFigures {
  return {
    phase: phase === 'off' ? 'off' : 'connecting',
    reason: 'the uplink process is away',
    targetBps,
    bitrateBps: 0,
    missingLinks: [],
  };
}
