/** Which button does what an alert advises. Pure. */
import { stageTexts, crewTexts as text } from '../text/texts.ts';

/** Where it leads: a section of this page, a section of the settings, or a command. */
export type AlertAction =
  | { readonly label: string; readonly section: string }
  | { readonly label: string; readonly settings: string }
  | { readonly label: string; readonly command: 'restart' };

const ACTIONS: readonly (readonly [keys: RegExp, action: AlertAction])[] = [
  [/^sim-.*-(?:pin-|locked)/, { label: text.enterPin, settings: 'modems' }],
  [/^(?:sim|link)-.*-(?:over-budget|spent)$/, { label: stageTexts.settings, settings: 'uplink' }],
  [/^modems?-/, { label: stageTexts.settings, settings: 'modems' }],
  [/^(?:print-uncertain|printer-|tickets-held)/, { label: text.showSlips, section: 'slips' }],
  [/^(?:broker|events|topics|messages)-/, { label: text.mqttSettings, settings: 'mqtt' }],
  [/^(?:uplink|links|link)-/, { label: text.showLinks, section: 'links' }],
  [/^(?:recording|recorder|disk)-/, { label: text.showRecordings, section: 'clips' }],
  [/^(?:orders|tickets)-/, { label: text.showShop, section: 'shop' }],
  // Another one may be plugged in: there it is chosen.
  [/^camera2?-down$/, { label: text.cameraSettings, settings: 'camera' }],
  [/^sound-down$/, { label: stageTexts.settings, settings: 'sound' }],
  [/^sound-/, { label: text.showSound, section: 'sound' }],
  [/^no-picture$/, { label: text.cameraSettings, settings: 'camera' }],
  [/^viewers-/, { label: text.guestsSettings, settings: 'viewers' }],
  [/^edge-/, { label: text.streamSettings, settings: 'edge' }],
  [/^(?:on-battery|battery-)/, { label: text.showPower, section: 'power' }],
  [/^drops-/, { label: text.showDrops, section: 'drops' }],
  [/^code-/, { label: text.showOverlay, section: 'overlay' }],
  [/^settings-|^box-name-/, { label: stageTexts.settings, settings: 'box' }],
  [/^certificate-/, { label: stageTexts.settings, settings: 'operator' }],
  [/^wifi-/, { label: text.chooseWifi, settings: 'wifi' }],
  [/^network-/, { label: stageTexts.settings, settings: 'network' }],
  [/^(?:destination|backfill)-/, { label: stageTexts.settings, settings: 'uplink' }],
  [/^(?:buttons?|lamps)-/, { label: stageTexts.settings, settings: 'panel' }],
  [/^look-/, { label: stageTexts.settings, settings: 'drop' }],
  [/^safe-mode$/, { label: text.restart, command: 'restart' }],
];

/** Settings and commands are for the crew. */
export function isForCrew(action: AlertAction): boolean {
  return !('section' in action);
}

/** Undefined where the advice is for hands: plug it in, close the lid. */
export function actionOf(key: string): AlertAction | undefined {
  return ACTIONS.find(([keys]) => keys.test(key))?.[1];
}
