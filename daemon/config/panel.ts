/** `panel` of the config: buttons and lamps. */
import * as v from 'valibot';
import { type Fault, flag, integer, oneOf, repeatedFaults, textOf } from './rules.ts';

const text = textOf(64);

/** A line of the kernel by its name, or an offset on a chip; empty where there is none. */
const line = v.union(
  [
    text,
    v.strictObject({
      chip: text,
      offset: integer(0, 1023),
    }),
  ],
  'must be a line like GPIO17, or {chip: LABEL, offset: N}, or empty',
);

const button = (preset: string) =>
  v.optional(
    v.strictObject({
      line: v.optional(line, preset),
      active_low: v.optional(flag, true),
      bias: v.optional(oneOf('pull-up', 'pull-down', 'none'), 'pull-up'),
    }),
    {},
  );

const lamp = (preset: string) =>
  v.optional(
    v.strictObject({
      line: v.optional(line, preset),
      /** A lamp that the device tree gives to the kernel: it then blinks without this program. */
      led: v.optional(text, ''),
      active_low: v.optional(flag, false),
    }),
    {},
  );

/** Of `lamps`, below. */
const LAMP_NAMES = ['power', 'on-air', 'links', 'sound', 'recording'] as const;

export const panelSchema = v.strictObject({
  driver: v.optional(oneOf('auto', 'simulated', 'gpio', 'none'), 'auto'),
  debounce_ms: v.optional(integer(0, 500), 30),
  buttons: v.optional(v.strictObject({ drop: button('GPIO17'), mark: button('GPIO27') }), {}),
  lamps: v.optional(
    v.strictObject({
      power: lamp('GPIO22'),
      'on-air': lamp('GPIO23'),
      links: lamp('GPIO24'),
      sound: lamp('GPIO25'),
      recording: lamp('GPIO16'),
    }),
    {},
  ),
  /** Shows for a moment that guests send hearts, where it has no fault to show. */
  hearts_lamp: v.optional(oneOf('none', ...LAMP_NAMES), 'none'),
});

/** A line works one button or one lamp. */
export function* panelFaults({ driver, buttons, lamps }: PanelConfig): Generator<Fault> {
  if (driver !== 'gpio') return;
  const users = [
    ...Object.entries(buttons).map(([name, { line }]) => ['buttons', name, line] as const),
    ...Object.entries(lamps)
      .filter(([, { led }]) => led === '')
      .map(([name, { line }]) => ['lamps', name, line] as const),
  ];
  yield* repeatedFaults(
    users
      .filter(([, , line]) => line !== '')
      .map(([kind, name, line]) => [
        ['panel', kind, name, 'line'],
        typeof line === 'string' ? line : `${line.chip} ${line.offset}`,
      ]),
    'line ',
  );
}

export type PanelConfig = v.InferOutput<typeof panelSchema>;
