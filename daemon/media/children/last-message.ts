/** The last message of a kind to the encoders: those that are started later get it too. */
import type { ToCapture } from '../../../pipelines/capture/messages.ts';

export interface LastMessage {
  readonly set: (message: ToCapture) => void;
  /** Encoders run, and know nothing of it yet. */
  readonly onPlaying: () => void;
}

export function openLastMessage(send: (message: ToCapture) => void): LastMessage {
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
