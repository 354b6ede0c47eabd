/**
 * The one table of what may import what, folder by folder, lowest first in each layer.
 * `npm run lint` holds the code to it, and the picture in the README beside it is drawn from it.
 *
 * `may` lists folders of the same layer. Of a layer below, everything may be imported:
 * daemon -> pipelines -> hal. The roots join everything.
 */

import { GUEST_FOLDERS } from './folders-guests.ts';
import { type Folder, HAL_FOLDERS } from './folders-hal.ts';
import { HTTP, HTTP_FOLDERS, PUSH_FOLDERS } from './folders-http.ts';
import { MEDIA_FOLDERS } from './folders-media.ts';
import { MQTT_FOLDERS } from './folders-mqtt.ts';
import { PICTURE_FOLDERS } from './folders-picture.ts';
import { READY_FOLDERS } from './folders-ready.ts';
import { NETWORK_FOLDERS, POWER_FOLDERS, SERVICE_FOLDERS } from './folders-service.ts';
import { UPSTREAM_FOLDERS } from './folders-upstream.ts';
import { WEB_FOLDERS } from './folders-web.ts';

/** Parts as they reach another process, and how it answers for what it makes of them. */
const PARTS = ['pipelines/mp4', ...HTTP, 'pipelines/packager', 'pipelines/feed'] as const;
const BASE = ['daemon/model', 'daemon/config', 'daemon/config/form'] as const;
const YAML = [...BASE, 'daemon/config/yaml'] as const;

export const FOLDERS: Readonly<Record<string, Folder>> = {
  ...HAL_FOLDERS,

  'pipelines/errors': { may: [], what: 'PipelineError' },
  'pipelines/gdp': {
    may: ['pipelines/errors'],
    what: 'access units from GStreamer (GDP)',
  },
  'pipelines/h264': { may: [], what: 'H.264: NAL units, parameter sets, a key frame sent again' },
  'pipelines/mp4': { may: ['pipelines/errors'], what: 'MP4 boxes' },
  'pipelines/gst': {
    may: ['pipelines/errors'],
    what: 'GStreamer pipelines in this process',
  },
  'pipelines/source': {
    may: ['pipelines/errors', 'pipelines/gdp', 'pipelines/gst'],
    what: 'the source processes, and the picture while a camera is away',
  },
  ...HTTP_FOLDERS,
  'pipelines/hls': {
    may: ['pipelines/gdp', 'pipelines/http/cache'],
    what: 'LL-HLS rules: window, playlists, directives',
  },
  'pipelines/packager': {
    may: ['pipelines/gdp', 'pipelines/h264', 'pipelines/mp4', 'pipelines/hls'],
    what: 'access units to parts and segments',
  },
  'pipelines/origin': {
    may: [...HTTP, 'pipelines/hls', 'pipelines/packager'],
    what: 'answers LL-HLS requests',
  },
  'pipelines/feed': {
    may: ['pipelines/gdp', 'pipelines/mp4', 'pipelines/hls', 'pipelines/packager'],
    what: 'sends parts and access units to other processes',
  },
  ...PUSH_FOLDERS,
  'pipelines/recording/files': {
    may: ['pipelines/mp4', 'pipelines/packager', 'pipelines/feed'],
    what: 'recordings on a disk: movie, journal, repair',
  },
  'pipelines/recording': {
    may: ['pipelines/errors', ...PARTS, 'pipelines/recording/files'],
    what: 'the recorder processes, and the replay',
  },
  'pipelines/player/text': { may: [], what: 'the guests’ page in seven languages' },
  'pipelines/clips': {
    may: ['pipelines/errors', ...PARTS],
    what: 'clips and posters, and the process that makes them',
  },

  ...GUEST_FOLDERS,
  'pipelines/edge': {
    may: [
      'pipelines/errors',
      ...[...HTTP, 'pipelines/captive'],
      'pipelines/http/access',
      'pipelines/hls',
      'pipelines/origin',
      'pipelines/push',
      'pipelines/push/wire',
      'pipelines/player',
      'pipelines/player/brand',
      'pipelines/edge/webrtc',
      // The words that it and the WHEP process exchange, and by which it feeds it.
      'pipelines/whep',
      'pipelines/feed',
      'pipelines/whep/http',
      'pipelines/player/pictures',
      'pipelines/variants',
    ],
    what: 'the edge process: another box’s stream',
  },
  'pipelines/edge/webrtc': {
    may: [
      ...['pipelines/mp4', ...HTTP, 'pipelines/feed', 'pipelines/push', 'pipelines/push/wire'],
      ...['pipelines/whep', 'pipelines/whep/http', 'pipelines/edge'],
    ],
    what: 'the upstream’s stream for viewers by WebRTC',
  },
  ...UPSTREAM_FOLDERS,
  'pipelines/media': {
    may: [
      'pipelines/errors',
      'pipelines/gdp',
      ...[...HTTP, 'pipelines/captive'],
      'pipelines/http/access',
      'pipelines/hls',
      'pipelines/packager',
      'pipelines/origin',
      'pipelines/feed',
      'pipelines/push',
      'pipelines/recording',
      'pipelines/clips',
      'pipelines/scan',
      'pipelines/player',
      'pipelines/player/text',
      ...['pipelines/player/pictures', 'pipelines/player/brand', 'pipelines/variants'],
      'pipelines/edge',
      // The words that the two processes exchange.
      ...['pipelines/whep', 'pipelines/whep/http'],
    ],
    what: 'the media process, made of the folders below',
  },

  'pipelines/probe': {
    may: [
      'pipelines/origin',
      'pipelines/player/playback',
      'pipelines/player/playback/pace',
      'pipelines/clips',
    ],
    what: 'a viewer inside the box, for rehearsals',
  },
  ...PICTURE_FOLDERS,

  'daemon/model': { may: [], what: 'the box’s state (snapshot), commands, events' },
  // The file reads through the rules; the rules walk through the schema.
  // Apart from the config's own file: the list of drops is read and described in the same way.
  'daemon/config/yaml': { may: [...BASE], what: 'a YAML text, and what is wrong with it' },
  'daemon/config/drop-list': { may: YAML, what: 'the list of coming drops, as text' },
  'daemon/config/form': { may: YAML, what: 'the config as a form: fields, faults, layers' },
  'daemon/config': {
    may: YAML,
    what: 'every schema, the file, cross-field rules',
  },
  'daemon/settings': {
    may: [...YAML, 'daemon/config/files'],
    what: 'the settings of the operator’s page, applied',
  },
  'daemon/config/files': { may: [...BASE], what: 'files and folders that a config names' },
  ...MEDIA_FOLDERS,
  'daemon/health/thresholds.ts': { may: [], what: 'every threshold of alerts, checks and lamps' },
  'daemon/health': {
    may: ['daemon/model', 'daemon/health/thresholds.ts'],
    what: 'rules and alerts',
  },
  'daemon/drop': {
    may: ['daemon/model', 'daemon/health', 'daemon/health/thresholds.ts'],
    what: 'phases, checks, reports',
  },
  ...READY_FOLDERS,
  // Apart from daemon/drop: the ledger must never forget, and outlasts drops.
  'daemon/orders/webhook': {
    may: ['daemon/model', 'daemon/config', 'daemon/orders'],
    what: 'signed orders',
  },
  'daemon/orders': {
    may: [...BASE, 'daemon/orders/webhook'],
    what: 'the shop: orders and their ledger',
  },

  ...SERVICE_FOLDERS,
  'daemon/panel': {
    may: [...BASE, 'daemon/health/thresholds.ts'],
    what: 'which command a press is, which pattern a lamp shows',
  },
  'daemon/devices': { may: [...BASE, 'daemon/panel'], what: 'opens the devices of the config' },
  'daemon/printing': {
    may: [...BASE, 'daemon/printing/pdf', 'daemon/printing/text'],
    what: 'slips: the queue on disk, tickets of orders',
  },
  'daemon/printing/pdf': { may: [], what: 'text and QR codes on a PDF page' },
  'daemon/printing/text': {
    // Alerts and checks are translated for the page already.
    may: ['daemon/model', 'daemon/figures', 'daemon/web/page/text'],
    what: 'what is printed, in seven languages',
  },
  'daemon/printing/page': {
    may: ['daemon/printing/page/text'],
    what: 'the page that checks claim stubs without a network',
  },
  'daemon/printing/page/text': {
    may: [],
    what: 'the page that checks claim stubs, in seven languages',
  },
  ...POWER_FOLDERS,
  'daemon/modems': { may: [...BASE, 'daemon/media'], what: 'SIM PINs, resets, data use' },
  ...MQTT_FOLDERS,
  ...WEB_FOLDERS,
  ...NETWORK_FOLDERS,
  'daemon/cli/doctor': {
    may: [
      ...BASE,
      'daemon/config/files',
      'daemon/media/inputs',
      'daemon/health',
      'daemon/health/thresholds.ts',
    ],
    what: 'venuebox doctor',
  },
  'daemon/cli/control': {
    may: ['daemon/model', 'daemon/figures'],
    what: 'the socket of the command line',
  },
  'daemon/cli': {
    may: [
      ...[...BASE, 'daemon/printing', 'daemon/media', 'daemon/orders', 'daemon/settings'],
      ...[
        'daemon/config/yaml',
        'daemon/config/files',
        'daemon/cli/doctor',
        'daemon/cli/control',
        'daemon/update',
      ],
      ...['daemon/first-boot', 'daemon/devices'],
    ],
    what: 'the command line',
  },
  'daemon/backfill': {
    may: [...BASE, 'daemon/media', 'daemon/media/destinations'],
    what: 'sends what the SRT receiver missed, in spare bandwidth',
  },
  'daemon/announce': { may: [...BASE], what: 'found on the network by mDNS' },
  'daemon/metrics': { may: [...BASE, 'daemon/figures'], what: 'Prometheus metrics' },
  'daemon/watchdog': { may: ['daemon/model', 'daemon/health'], what: 'reports to systemd' },
};

export const ROOTS: readonly string[] = ['daemon/main.ts', 'daemon/box.ts'];
