/** Buttons that are ready to be used. */
import type {
  CompanionButtonPresetDefinition,
  CompanionOptionValues,
  CompanionPresetDefinitions,
} from '@companion-module/base';
import { BLACK, GREY, styleOf, WHITE } from './feedbacks.ts';

/** Going live and ending need a hold, as on the operator's page. */
const HOLD_MS = 1_000;

interface Button {
  readonly category: string;
  readonly name: string;
  /** `$(box:NAME)` is replaced by the variable's value. */
  readonly text: string;
  readonly action?: readonly [id: string, options?: CompanionOptionValues];
  readonly isHeld?: boolean;
  readonly feedback?: readonly [id: string, options?: CompanionOptionValues];
}

const DROP = 'The drop';
const STATE = 'State';
const CAMERAS = 'Cameras';

const BUTTONS: Readonly<Record<string, Button>> = {
  arm: {
    ...{ category: DROP, name: 'Arm', text: 'ARM' },
    ...{ action: ['arm'], feedback: ['phase', { phase: 'armed' }] },
  },
  live: {
    ...{ category: DROP, name: 'Go live (hold)', text: 'GO LIVE\\n$(box:live_time)' },
    ...{ action: ['go_live'], isHeld: true, feedback: ['phase', { phase: 'live' }] },
  },
  end: {
    ...{ category: DROP, name: 'End the drop (hold)', text: 'END' },
    ...{ action: ['end'], isHeld: true, feedback: ['phase', { phase: 'ending' }] },
  },
  mark: { category: DROP, name: 'Mark', text: 'MARK', action: ['mark'] },
  checks: {
    ...{ category: DROP, name: 'Checklist', text: 'CHECKS' },
    ...{ action: ['preflight'], feedback: ['phase', { phase: 'preflight' }] },
  },
  camera1: {
    ...{ category: CAMERAS, name: 'Camera 1', text: 'CAM 1' },
    ...{ action: ['camera', { camera: '1' }], feedback: ['camera', { camera: '1' }] },
  },
  camera2: {
    ...{ category: CAMERAS, name: 'Camera 2', text: 'CAM 2' },
    ...{ action: ['camera', { camera: '2' }], feedback: ['camera', { camera: '2' }] },
  },
  viewers: {
    ...{ category: STATE, name: 'Guests', text: '$(box:viewers)\\nguests\\n$(box:latency) s' },
  },
  alerts: {
    ...{ category: STATE, name: 'Alerts', text: '$(box:alerts) alerts\\n$(box:alert)' },
    feedback: ['alert', { critical: false }],
  },
  links: {
    ...{ category: STATE, name: 'Uplink', text: 'Links $(box:links)\\n$(box:uplink_mbps) Mb/s' },
    feedback: ['uplink'],
  },
  recording: {
    ...{ category: STATE, name: 'Recordings', text: 'REC\\n$(box:recordings)' },
    feedback: ['recording'],
  },
  battery: {
    ...{ category: STATE, name: 'Battery', text: '$(box:charge) %\\n$(box:minutes_left) min' },
    feedback: ['battery'],
  },
};

/** @param label The name of the connection, which variables begin with. */
export function presetDefinitions(label: string): CompanionPresetDefinitions {
  return Object.fromEntries(
    Object.entries(BUTTONS).map(([id, button]) => [id, presetOf(button, label)]),
  );
}

function presetOf(
  { category, name, text, action, isHeld = false, feedback }: Button,
  label: string,
): CompanionButtonPresetDefinition {
  const actions = action === undefined ? [] : [{ actionId: action[0], options: action[1] ?? {} }];
  const shown = text.replaceAll('$(box:', `$(${label}:`);
  const away = { feedbackId: 'away', options: {}, style: { bgcolor: GREY } };
  const own =
    feedback === undefined ? [] : [{ feedbackId: feedback[0], options: feedback[1] ?? {} }];
  return {
    ...{ type: 'button', category, name },
    style: { text: shown, size: 'auto', color: WHITE, bgcolor: BLACK },
    steps: [isHeld ? { down: [], up: [], [HOLD_MS]: actions } : { down: actions, up: [] }],
    feedbacks: [...own.map((one) => ({ ...one, style: styleOf(one.feedbackId) })), away],
  };
}
