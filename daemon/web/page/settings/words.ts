/** Words of the settings: names of sections and keys as people call them, and what the page says. */
import { fill } from '../../../../pipelines/player/text/fill.ts';
import { boxTexts, labelTexts, stageTexts, settingsTexts as text } from '../text/texts.ts';

/** Sections in the order of the page, and the keys of each by their beginnings. */
export const SECTIONS: readonly (readonly [title: string, prefixes: readonly string[]])[] = [
  [stageTexts.drop, ['drop']],
  [text.sectionReady, ['rehearsal', 'survey', 'card']],
  [boxTexts.camera, ['camera']],
  [labelTexts.camera2, ['camera2']],
  [stageTexts.sound, ['sound']],
  [text.sectionQuality, ['renditions', 'profiles', 'encoder']],
  [text.sectionGuests, ['viewers']],
  [text.sectionUplink, ['uplink']],
  [text.sectionModems, ['modems']],
  [text.sectionRecordings, ['recording', 'clips']],
  [boxTexts.printer, ['printer']],
  [text.sectionShop, ['orders']],
  [text.sectionSignIn, ['operator']],
  [text.sectionMqtt, ['mqtt', 'metrics']],
  [text.sectionFleet, ['fleet']],
  [text.sectionPower, ['power']],
  [text.sectionPanel, ['panel']],
  [text.sectionEdge, ['edge']],
  [boxTexts.box, ['box', 'network', 'update', 'log']],
];

/** What is in no section above. */
export const OTHER = text.sectionOther;

/** Keys as people call them; others are called by their last word. */
export const LABELS: Readonly<Record<string, string>> = labelTexts;

/** What a change needs, before it is applied. */
export const NEEDS = {
  nothing: text.needNothing,
  mqtt: text.needMqtt,
  metrics: text.needMetrics,
  announce: text.needAnnounce,
  modems: text.needModems,
  printer: text.needPrinter,
  camera: text.needCamera,
  sound: text.needSound,
  panel: text.needPanel,
  page: text.needPage,
  webhook: text.needWebhook,
  between: text.needBetween,
  media: text.needMedia,
  network: text.needNetwork,
  restart: text.needRestart,
} as const;

export const SAYS = {
  ...text,
  pageMoved: (address: string) => fill(text.pageMoved, { address }),
  changes: (count: number) => fill(text.changes, { count: String(count) }),
  pending: (names: string) => fill(text.pending, { names }),
  conflictSame: (names: string) => fill(text.conflictSame, { names }),
  pendingDrop: (names: string) => fill(text.pendingDrop, { names }),
  afterDrop: (names: string) => fill(text.afterDrop, { names }),
  linkWhole: (id: string, mbps: string) => fill(text.linkWhole, { id, mbps }),
  linkPart: (id: string, mbps: string, wanted: string) => fill(text.linkPart, { id, mbps, wanted }),
  linkDown: (id: string, reason: string) => fill(text.linkDown, { id, reason }),
  linkSpared: (id: string) => fill(text.linkSpared, { id }),
  linkUntried: (id: string) => fill(text.linkUntried, { id }),
  receiverAnswers: (mbps: string) => fill(text.receiverAnswers, { mbps }),
  receiverSilent: (reason: string) => fill(text.receiverSilent, { reason }),
  wrong: (count: number) => fill(text.wrong, { count: String(count) }),
};
