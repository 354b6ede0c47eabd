/** The part of the table of imports (folders.ts) for the guests' pages. */

import type { Folder } from './folders-hal.ts';
import { HTTP } from './folders-http.ts';

export const GUEST_FOLDERS: Readonly<Record<string, Folder>> = {
  'pipelines/player/playback': {
    may: ['pipelines/origin', 'pipelines/player/playback/push', 'pipelines/player/playback/pace'],
    what: 'the players of the guests’ page, and their reports',
  },
  'pipelines/player/playback/pace': {
    may: [],
    what: 'how fast to play, close to the live edge, and what the device around the page does',
  },
  'pipelines/player/playback/rtc': {
    may: ['pipelines/player/playback', 'pipelines/player/playback/pace'],
    what: 'the player by WebRTC',
  },
  'pipelines/player/playback/push': {
    may: ['pipelines/push/wire', 'pipelines/player/playback'],
    what: 'plays what is pushed, and fetches parts where that fails',
  },
  'pipelines/player/clock': { may: [], what: 'the box’s clock, as a page knows it' },
  'pipelines/player/pictures': {
    may: [...HTTP, 'pipelines/player'],
    what: 'pictures of drops and of what is sold',
  },
  'pipelines/player/link': {
    may: ['pipelines/player', 'pipelines/player/brand', 'pipelines/player/text'],
    what: 'what messengers show of a link to a page',
  },
  'pipelines/player/brand': {
    may: ['pipelines/player/pictures'],
    what: 'the venue’s colours, logo and title picture',
  },
  'pipelines/player': {
    may: [
      ...[
        ...HTTP,
        'pipelines/player/playback',
        'pipelines/player/playback/pace',
        'pipelines/player/text',
      ],
      ...['pipelines/player/playback/rtc', 'pipelines/player/clock'],
      ...['pipelines/player/pictures', 'pipelines/player/brand', 'pipelines/player/link'],
    ],
    what: 'the guests’ page',
  },
  // In a process of its own.
  'pipelines/variants': {
    // What a picture may be: it is read where it is decoded.
    may: ['pipelines/clips', 'pipelines/player/pictures'],
    what: 'a title picture in several widths and formats',
  },
  'pipelines/player/watch': {
    may: [
      ...['pipelines/player/playback', 'pipelines/player/playback/pace'],
      ...['pipelines/player/text', 'pipelines/player'],
    ],
    what: 'the pages of the replay and of a clip, in the browser',
  },
};
