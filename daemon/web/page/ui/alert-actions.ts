/** Which button does what an alert advises. Pure. */

/** Where it leads: a section of this page, a section of the settings, or a command. */
export type AlertAction =
  | { readonly label: string; readonly section: string }
  | { readonly label: string; readonly settings: string };

const ACTIONS: readonly (readonly [keys: RegExp, action: AlertAction])[] = [
  [/^sim-/, { label: 'Enter the PIN', settings: 'modems' }],
  [/^(?:print-uncertain|printer-)/, { label: 'Show the slips', section: 'slips' }],
  [/^(?:broker|events|topics)-/, { label: 'MQTT settings', settings: 'mqtt' }],
  [/^(?:uplink|links|link)-/, { label: 'Show the links', section: 'links' }],
  [/^(?:recording|recorder|disk)-/, { label: 'Show the recordings', section: 'clips' }],
  [/^orders-/, { label: 'Show the shop', section: 'shop' }],
  [/^sound-/, { label: 'Show the sound', section: 'sound' }],
  [/^no-picture$/, { label: 'Camera settings', settings: 'camera' }],
  [/^viewers-/, { label: 'Guests’ settings', settings: 'viewers' }],
  [/^edge-/, { label: 'Settings of the stream', settings: 'edge' }],
  [/^(?:on-battery|battery-)/, { label: 'Show the power', section: 'power' }],
  [/^settings-/, { label: 'Settings', settings: 'box' }],
];

/** Undefined where the advice is for hands: plug it in, close the lid. */
export function actionOf(key: string): AlertAction | undefined {
  return ACTIONS.find(([keys]) => keys.test(key))?.[1];
}
