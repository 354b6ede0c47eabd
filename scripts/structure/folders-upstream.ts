/** The part of the table of imports (folders.ts) for what goes upstream. */
import type { Folder } from './folders-hal.ts';

const BOND = ['pipelines/bond/wire', 'pipelines/bond/core/path', 'pipelines/bond/core'] as const;

export const UPSTREAM_FOLDERS: Readonly<Record<string, Folder>> = {
  'pipelines/bond/wire': { may: [], what: 'SRTLA and SRT packets' },
  'pipelines/bond/core/path': { may: [], what: 'figures of one link’s path' },
  'pipelines/bond/core': {
    may: ['pipelines/bond/wire', 'pipelines/bond/core/path'],
    what: 'which link carries a packet, and when a link is lost',
  },
  'pipelines/bond/net': { may: [...BOND], what: 'sockets and routing tables of the links' },
  'pipelines/bond/relay': { may: [...BOND], what: 'the receiver of bonded links' },
  'pipelines/uplink': {
    may: ['pipelines/errors', 'pipelines/gst', ...BOND, 'pipelines/bond/net'],
    what: 'the uplink process: SRT and its bitrate',
  },
  'pipelines/store': {
    // One address has few connections, as at the viewers' port.
    may: [
      ...['pipelines/errors', 'pipelines/http', 'pipelines/http/cache', 'pipelines/http/clients'],
      'pipelines/http/access',
    ],
    what: 'takes files of boxes, beside a relay',
  },
  'pipelines/backfill': {
    may: ['pipelines/store', 'pipelines/recording', 'pipelines/recording/files'],
    what: 'the process that sends what the SRT receiver missed',
  },
  'pipelines/webrtc': {
    may: ['pipelines/errors'],
    what: 'offers (SDP) and connections of WebRTC, whoever sends',
  },
  'pipelines/whep': {
    may: ['pipelines/errors', 'pipelines/gdp', 'pipelines/h264', 'pipelines/webrtc'],
    what: 'the process of viewers by WebRTC',
  },
  'pipelines/whep/http': {
    may: [
      ...['pipelines/errors', 'pipelines/http', 'pipelines/http/access', 'pipelines/webrtc'],
      'pipelines/whep',
    ],
    what: 'viewers’ requests for WebRTC, at a box and at an edge',
  },
  'pipelines/whip': {
    may: ['pipelines/gdp', 'pipelines/h264', 'pipelines/webrtc'],
    what: 'the process of a phone or OBS as a camera, by WebRTC',
  },
  'pipelines/srt': {
    may: ['pipelines/gdp', 'pipelines/gst'],
    what: 'the process of a camera by SRT whose sound is taken, too',
  },
  'pipelines/rtmp': {
    may: ['pipelines/errors', 'pipelines/gst'],
    what: 'the process of an RTMP destination',
  },
};
