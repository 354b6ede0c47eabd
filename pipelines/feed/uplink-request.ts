/** How the daemon asks a process for access units by FIFOs: media, or that of an edge. */
import { messageOf } from '../../hal/os/log.ts';
import type { TrackKind } from '../packager/track.ts';
import type { UplinkFeed } from './uplink-feed.ts';

/** A reader starts, an uplink or another destination: it reads these tracks from these FIFOs. */
export interface UplinkRequest {
  readonly type: 'uplink';
  readonly run: number;
  /** Names the reader: a new one of this name replaces the old one. */
  readonly reader: string;
  readonly outputs: readonly {
    readonly id: string;
    readonly kind: TrackKind;
    readonly path: string;
  }[];
}

/** About FIFOs that a process was asked to open, by the number of the request. */
export type PipesMessage =
  /** All are open: the daemon can remove them and close its descriptors. */
  | { readonly type: 'opened'; readonly run: number }
  /** One cannot be opened, or what comes through them is wrong or of another time. */
  | { readonly type: 'broken'; readonly run: number; readonly message: string };

export function openOutputs(
  feed: Pick<UplinkFeed, 'open'>,
  { run, reader, outputs }: UplinkRequest,
): PipesMessage {
  try {
    feed.open(reader, outputs);
    return { type: 'opened', run };
  } catch (error) {
    return { type: 'broken', run, message: messageOf(error) };
  }
}
