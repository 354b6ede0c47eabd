/** What buttons do. Pure but for `send`. */
import type {
  CompanionActionDefinitions,
  CompanionOptionValues,
  SomeCompanionActionInputField,
} from '@companion-module/base';
import type { Verb } from '../../daemon/model/commands.ts';

/** Sends a command; a refusal is told by the caller. */
export type Send = (verb: Verb, args: Readonly<Record<string, unknown>>) => Promise<void>;

interface Action {
  readonly name: string;
  readonly description: string;
  readonly verb: Verb;
  readonly options?: SomeCompanionActionInputField[];
  readonly args?: (options: CompanionOptionValues) => Readonly<Record<string, unknown>>;
}

const ACTIONS: Readonly<Record<string, Action>> = {
  arm: { name: 'Arm', description: 'Runs the checks and arms', verb: 'arm' },
  disarm: { name: 'Disarm', description: 'Back to idle', verb: 'disarm' },
  go_live: { name: 'Go live', description: 'The drop goes on air', verb: 'go-live' },
  end: { name: 'End the drop', description: 'The drop goes off air', verb: 'end' },
  mark: { name: 'Mark', description: 'Makes a clip of the last 30 seconds', verb: 'mark' },
  preflight: { name: 'Checklist', description: 'Runs all checks', verb: 'preflight' },
  rehearse: {
    name: 'Rehearsal',
    description: 'A hidden run; guests see nothing of it',
    verb: 'rehearse',
    options: [{ ...number('minutes', 'Minutes', 5), min: 1, max: 10 }],
    args: ({ minutes }) => ({ minutes: Number(minutes) }),
  },
  camera: {
    name: 'Camera',
    description: 'Puts a camera on air',
    verb: 'camera',
    options: [
      choice('camera', 'Camera', [
        { id: 'other', label: 'The other one' },
        { id: '1', label: 'Camera 1' },
        { id: '2', label: 'Camera 2' },
      ]),
    ],
    args: ({ camera }) => (camera === 'other' ? {} : { camera: Number(camera) }),
  },
  texts: {
    name: 'Texts in the picture',
    description: 'Title and lower third; empty for none',
    verb: 'overlay',
    options: [
      text('title', 'Title'),
      text('name', 'Lower third'),
      text('line', 'Line below the lower third'),
    ],
    args: ({ title, name, line }) => ({ title, name, line }),
  },
  code: {
    name: 'QR code in the picture',
    description: '"page", "checkout", "none", or an https:// link to a host that the config allows',
    verb: 'overlay',
    options: [text('code', 'Code', 'page')],
    args: ({ code }) => ({ code }),
  },
  print: {
    name: 'Print',
    description: 'Prints a document',
    verb: 'print',
    options: [
      choice('document', 'Document', [
        { id: 'address', label: 'Address for guests' },
        { id: 'status', label: 'Status of the box' },
        { id: 'card', label: 'Crew sheet' },
      ]),
    ],
    args: ({ document }) => ({ document }),
  },
};

export function actionDefinitions(send: Send): CompanionActionDefinitions {
  return Object.fromEntries(
    Object.entries(ACTIONS).map(([id, { name, description, verb, options = [], args }]) => [
      id,
      {
        ...{ name, description, options },
        callback: ({ options: chosen }) => send(verb, args?.(chosen) ?? {}),
      },
    ]),
  );
}

function choice(id: string, label: string, choices: { id: string; label: string }[]) {
  return { type: 'dropdown' as const, id, label, choices, default: choices[0]?.id ?? '' };
}

function text(id: string, label: string, value = '') {
  return { type: 'textinput' as const, id, label, default: value, useVariables: true };
}

function number(id: string, label: string, value: number) {
  return { type: 'number' as const, id, label, default: value };
}
