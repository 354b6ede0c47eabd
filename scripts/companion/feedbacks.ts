/** When buttons change their look. Pure: the state comes in. */
import {
  type CompanionFeedbackDefinitions,
  type CompanionOptionValues,
  combineRgb,
  type SomeCompanionFeedbackInputField,
} from '@companion-module/base';
import { DROP_PHASES } from '../../daemon/model/snapshot.ts';
import type { View } from '../../daemon/web/protocol.ts';
import { onAirOf } from './variables.ts';

export const WHITE = combineRgb(255, 255, 255);
export const BLACK = combineRgb(0, 0, 0);
const RED = combineRgb(190, 20, 20);
const GREEN = combineRgb(0, 110, 50);
const AMBER = combineRgb(200, 120, 0);
export const GREY = combineRgb(60, 60, 60);

interface Feedback {
  readonly name: string;
  readonly background: number;
  readonly options?: SomeCompanionFeedbackInputField[];
  readonly isTrue: (view: View, options: CompanionOptionValues) => boolean;
}

const FEEDBACKS: Readonly<Record<string, Feedback>> = {
  phase: {
    name: 'The drop is in this phase',
    background: RED,
    options: [
      {
        ...{ type: 'dropdown', id: 'phase', label: 'Phase', default: 'live' },
        choices: DROP_PHASES.map((phase) => ({ id: phase, label: phase })),
      },
    ],
    isTrue: ({ drop }, { phase }) => drop.phase === phase,
  },
  alert: {
    name: 'There is an alert',
    background: AMBER,
    options: [{ type: 'checkbox', id: 'critical', label: 'Only critical ones', default: false }],
    isTrue: ({ warnings }, { critical }) =>
      warnings.some(
        ({ severity }) => severity === 'critical' || (!critical && severity !== 'info'),
      ),
  },
  uplink: {
    name: 'The uplink is connected',
    background: GREEN,
    isTrue: ({ uplink }) => uplink?.phase === 'connected',
  },
  recording: {
    name: 'All disks record',
    background: GREEN,
    isTrue: ({ recording }) =>
      recording.length > 0 && recording.every(({ phase }) => phase === 'recording'),
  },
  battery: {
    name: 'The mains are away',
    background: AMBER,
    isTrue: ({ battery }) => battery.phase !== 'absent' && battery.mains === 'off',
  },
  camera: {
    name: 'This camera is on air',
    background: RED,
    options: [
      {
        ...{ type: 'dropdown', id: 'camera', label: 'Camera', default: '1' },
        choices: ['1', '2'].map((id) => ({ id, label: `Camera ${id}` })),
      },
    ],
    isTrue: (view, { camera }) => onAirOf(view) === Number(camera),
  },
};

/** How a button looks while a feedback is true. */
export function styleOf(id: string) {
  return { color: WHITE, bgcolor: FEEDBACKS[id]?.background ?? GREY };
}

/** All feedbacks, and `away`, which is about the connection. */
export function feedbackDefinitions(view: () => View | undefined): CompanionFeedbackDefinitions {
  const defined = Object.entries(FEEDBACKS).map(([id, { name, options, isTrue }]) => [
    id,
    {
      ...{ type: 'boolean' as const, name, options: options ?? [] },
      defaultStyle: styleOf(id),
      callback: ({ options: chosen }: { readonly options: CompanionOptionValues }) => {
        const now = view();
        return now !== undefined && isTrue(now, chosen);
      },
    },
  ]);
  const away = {
    ...{ type: 'boolean' as const, name: 'The box does not answer', options: [] },
    defaultStyle: { color: WHITE, bgcolor: GREY },
    callback: () => view() === undefined,
  };
  return { ...Object.fromEntries(defined), away };
}
