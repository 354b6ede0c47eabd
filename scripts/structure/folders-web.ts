/** The part of the table of folders that is the operator's page; see folders.ts. */
import type { Folder } from './folders-hal.ts';

const BASE = ['daemon/model', 'daemon/config', 'daemon/config/form'] as const;
/** The operator's page in seven languages. */
const TEXTS = [
  'daemon/web/page/text/stage',
  'daemon/web/page/text/setup',
  'daemon/web/page/text/box',
  'daemon/web/page/text/messages',
  'daemon/web/page/text/advice',
  'daemon/web/page/text/checks',
  'daemon/web/page/text/settings',
  'daemon/web/page/text/labels',
  'daemon/web/page/text/crew',
  'daemon/web/page/text/plans',
] as const;
const PAGE = ['daemon/model', 'daemon/web', 'daemon/devices', 'daemon/web/page/text'] as const;
const FORM = ['daemon/config/form', 'daemon/settings', 'daemon/web/crew'] as const;

export const WEB_FOLDERS: Readonly<Record<string, Folder>> = {
  'daemon/report': {
    may: [
      ...['daemon/model', 'daemon/drop', 'daemon/report/text'],
      // Alerts are translated for the operator's page already.
      'daemon/web/page/text',
    ],
    what: 'figures of past drops over their time, and the page of a report',
  },
  'daemon/report/text': {
    may: [],
    what: 'the page of a report in seven languages',
  },
  'daemon/report/page': {
    may: ['daemon/model', 'daemon/report', 'daemon/report/text', 'daemon/figures'],
    what: 'the page of a report, which needs no network',
  },
  'daemon/web/page/text/stage': { may: [], what: 'texts of the operator’s page: the drop' },
  'daemon/web/page/text/setup': { may: [], what: 'texts of the first set-up' },
  'daemon/web/page/text/box': { may: [], what: 'texts of the operator’s page: the box' },
  'daemon/web/page/text/messages': { may: [], what: 'messages of the box, in seven languages' },
  'daemon/web/page/text/advice': {
    may: [],
    what: 'advice of alerts and checks, in seven languages',
  },
  'daemon/web/page/text/checks': { may: [], what: 'lines of checks, in seven languages' },
  'daemon/web/page/text/settings': { may: [], what: 'texts of the settings' },
  'daemon/web/page/text/labels': { may: [], what: 'names of the keys of the config' },
  'daemon/web/page/text/crew': { may: [], what: 'texts of clips, addresses, support, overlay' },
  'daemon/web/page/text/plans': { may: [], what: 'texts of coming and past drops, and rehearsals' },
  'daemon/web/page/text': { may: [...TEXTS], what: 'the operator’s page in seven languages' },
  'daemon/web/access': { may: [], what: 'who may sign in, and who holds connections' },
  'daemon/web': {
    may: [
      ...[...BASE, 'daemon/devices', 'daemon/printing', 'daemon/settings'],
      ...['daemon/web/access', 'daemon/web/crew', 'daemon/web/reports', 'daemon/report'],
      ...['daemon/web/setup', 'daemon/first-boot', 'daemon/web/whip'],
      // The page's HTML is written in the language of its reader.
      'daemon/web/page/text/stage',
    ],
    what: 'the server of the operator’s page',
  },
  'daemon/first-boot': {
    // Camera and sound for its picture, beside what a drop wants of them.
    may: [...BASE, 'daemon/media'],
    what: 'the box’s own hotspot, and how far the first set-up is',
  },
  'daemon/web/whip': { may: ['daemon/web'], what: 'a phone or OBS as a camera, over HTTP' },
  'daemon/web/setup': {
    may: ['daemon/model', 'daemon/first-boot', 'daemon/web'],
    what: 'the first set-up, over HTTP',
  },
  'daemon/web/reports': {
    may: ['daemon/web', 'daemon/report'],
    what: 'past drops, over HTTP',
  },
  'daemon/web/crew': {
    may: [...BASE, 'daemon/settings', 'daemon/web', 'daemon/cli/doctor', 'daemon/first-boot'],
    what: 'what the crew asks for beside commands: settings, files, branding, support',
  },
  'daemon/web/page/ui': {
    may: [...PAGE, 'daemon/report', 'daemon/figures'],
    what: 'elements of the operator’s page',
  },
  'daemon/web/page/sections': {
    may: [
      'daemon/model',
      'daemon/health/thresholds.ts',
      'daemon/web',
      'daemon/devices',
      'daemon/web/page/ui',
      'daemon/web/page/text',
      // The shop's section holds the list of orders.
      'daemon/web/page/crew',
    ],
    what: 'sections of the operator’s page',
  },
  'daemon/web/page/settings': {
    // Picture and sound, where camera and sound card are chosen of what is plugged in.
    may: [
      ...[...PAGE, ...FORM, 'daemon/first-boot', 'daemon/web/page/ui'],
      'daemon/web/page/sections',
    ],
    what: 'the settings on the operator’s page',
  },
  'daemon/web/page/setup': {
    may: [
      ...[...PAGE, ...FORM, 'daemon/first-boot', 'daemon/web/setup', 'daemon/web/page/ui'],
      ...['daemon/web/page/settings', 'daemon/web/page/sections'],
    ],
    what: 'the first set-up on the operator’s page',
  },
  'daemon/web/page/crew': {
    may: [...PAGE, ...FORM, 'daemon/web/page/ui'],
    what: 'clips, recordings, addresses and support on the operator’s page',
  },
  'daemon/web/page/drops': {
    // The form of a drop is filled with what the command `drops` returns of it.
    may: [
      ...[
        'daemon/model',
        'daemon/report',
        'daemon/drops',
        'daemon/config/drop-list',
        'daemon/figures',
      ],
      ...['daemon/config', 'daemon/web/page/ui', 'daemon/web/page/text'],
    ],
    what: 'coming and past drops, and all boxes of a fleet, on the operator’s page',
  },
  'daemon/web/page/readiness': {
    may: [
      ...['daemon/model', 'daemon/web/page/ui', 'daemon/web/page/sections'],
      'daemon/web/page/text',
    ],
    what: 'the section before the drop: checklist, rehearsal, survey',
  },
  'daemon/web/page/branding': {
    may: ['daemon/model', 'daemon/web/page/ui', 'daemon/web/page/text'],
    what: 'branding of the guests’ pages, on the operator’s page',
  },
  'daemon/web/page': {
    may: [
      ...[...PAGE, 'daemon/web/page/ui', 'daemon/web/page/sections'],
      ...['daemon/web/page/settings', 'daemon/web/page/crew', 'daemon/web/page/drops'],
      ...['daemon/web/page/readiness', 'daemon/web/page/setup', 'daemon/web/page/branding'],
    ],
    what: 'the operator’s page in the browser',
  },
};
