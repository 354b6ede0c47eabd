/** The part of the table of imports (folders.ts) for the encoders, and for what is drawn over the picture. */

import type { Folder } from './folders-hal.ts';

export const PICTURE_FOLDERS: Readonly<Record<string, Folder>> = {
  'pipelines/overlay': { may: [], what: 'code, title and lower third, drawn over the picture' },
  'pipelines/look': { may: [], what: 'the look: .cube files, and colours of frames' },
  'pipelines/capture': {
    may: [
      ...['pipelines/errors', 'pipelines/gst', 'pipelines/source', 'pipelines/overlay'],
      'pipelines/look',
    ],
    what: 'the capture process: the encoders',
  },
  'pipelines/scan': {
    may: [
      // The uplink's rendition is not packaged for viewers: it is made of access units.
      'pipelines/gdp',
      'pipelines/mp4',
      'pipelines/http',
      'pipelines/http/cache',
      'pipelines/packager',
      'pipelines/feed',
      'pipelines/hls',
      'pipelines/clips',
    ],
    what: 'reads the code off the stream, in a process of its own',
  },
  'daemon/media/look': {
    may: ['daemon/model', 'daemon/config', 'daemon/config/form'],
    what: 'the look over the stream, never over recordings',
  },
  'daemon/overlay': {
    may: [
      'daemon/model',
      'daemon/config',
      'daemon/config/form',
      'daemon/media',
      'daemon/media/camera',
    ],
    what: 'the commands that change the picture: code and texts over it, the camera',
  },
};
