/** Something that the encoders are set to, also those that are started later. */
import type { ToCapture } from '../../../pipelines/capture/messages.ts';

export interface Kept {
  readonly set: (message: ToCapture) => void;
  /** Encoders run, and know nothing of it yet. */
  readonly onPlaying: () => void;
}

export function openKept(send: (message: ToCapture) => void): Kept {
  let last: ToCapture | undefined;
  return {
    set: (message) => {
      last = message;
      send(message);
    },
    onPlaying: () => {
      if (last !== undefined) send(last);
    },
  };
}
