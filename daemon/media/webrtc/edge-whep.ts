/** WebRTC at an edge: the WHEP process beside the edge process. */
import type { EdgeChild } from '../children/edge.ts';
import { openWhepBeside, type Whep, type WhepBesideDeps } from './whep.ts';

export interface EdgeWhepDeps
  extends Pick<WhepBesideDeps, 'config' | 'supervise' | 'clock' | 'log'> {
  readonly edge: EdgeChild;
}

/** It starts when the edge knows what its upstream has, and again when that changes. */
export function openEdgeWhep({ edge, ...deps }: EdgeWhepDeps): Whep {
  return openWhepBeside({
    ...{ ...deps, feeder: edge },
    stream: () => {
      const source = edge.whepSource();
      if (source === undefined) throw new Error('the upstream has no stream yet');
      const { renditions, hasSound, start } = source;
      return {
        bitrates: renditions.map(({ name, bitrateBps }) => [name, bitrateBps]),
        hasSound,
        start,
      };
    },
    reply: (message) => edge.send({ type: 'whep', message }),
  });
}
