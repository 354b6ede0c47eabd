/** The part of the table of imports (folders.ts) for the media path of the daemon. */
import type { Folder } from './folders-hal.ts';

const BASE = ['daemon/model', 'daemon/config', 'daemon/config/form'] as const;
const PARTS = ['children', 'stream', 'camera', 'look', 'destinations', 'webrtc', 'inputs'];
const MEDIA = PARTS.map((one) => `daemon/media/${one}`);

export const MEDIA_FOLDERS: Readonly<Record<string, Folder>> = {
  'daemon/media/children': { may: [], what: 'the child processes' },
  'daemon/media/camera': {
    may: ['daemon/model', 'daemon/config'],
    what: 'exposure lock and camera switch',
  },
  'daemon/media/stream': { may: [], what: 'the stream’s clock and sequence numbers' },
  'daemon/media/destinations': {
    may: [...BASE, 'daemon/media/children'],
    what: 'further receivers of a drop',
  },
  'daemon/media/webrtc': {
    may: [...BASE, 'daemon/media/children'],
    what: 'viewers by WebRTC, and a phone or OBS as a camera',
  },
  'daemon/media/inputs': {
    may: [...BASE, 'daemon/media/children', 'daemon/media/webrtc'],
    what: 'camera, sound card and encoders of the config',
  },
  'daemon/media': {
    may: [...BASE, ...MEDIA],
    what: 'media path, edge path, uplink',
  },
};
