import * as v from 'valibot';
import type { Fault } from './rules.ts';

/** Added to the config as `panel`. */

const text = v.pipe(v.string('must be text'), v.maxLength(64, 'must be 64 characters at most'));

/** A line of the kernel by its name, or an offset on a chip; empty where there is none. */
const line = v.union(
  [
    text,
    v.strictObject({
      chip: text,
      offset: v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(1023)),
    }),
  ],
  'must be a line like GPIO17, or {chip: LABEL, offset: N}, or empty',
);

const flag = v.boolean('must be true or false');

const button = (preset: string) =>
  v.optional(
    v.strictObject({
      line: v.optional(line, preset),
      active_low: v.optional(flag, true),
      bias: v.optional(
        v.picklist(['pull-up', 'pull-down', 'none'], 'must be one of: pull-up, pull-down, none'),
        'pull-up',
      ),
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

export const panelSchema = v.strictObject({
  driver: v.optional(
    v.picklist(['simulated', 'gpio', 'none'], 'must be one of: simulated, gpio, none'),
    'simulated',
  ),
  debounce_ms: v.optional(
    v.pipe(
      v.number('must be ms, 0 to 500'),
      v.integer('must be whole ms'),
      v.minValue(0, 'must be ms, 0 to 500'),
      v.maxValue(500, 'must be ms, 0 to 500'),
    ),
    30,
  ),
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
});

/** A line works one thing: a button and a lamp on the same one, or two, is a slip of the pen. */
export function* panelFaults({ driver, buttons, lamps }: PanelConfig): Generator<Fault> {
  if (driver !== 'gpio') return;
  const users = [
    ...Object.entries(buttons).map(([name, { line }]) => ['buttons', name, line] as const),
    ...Object.entries(lamps)
      .filter(([, { led }]) => led === '')
      .map(([name, { line }]) => ['lamps', name, line] as const),
  ];
  const taken = new Map<string, string>();
  for (const [kind, name, line] of users) {
    if (line === '') continue;
    const key = JSON.stringify(line);
    const first = taken.get(key);
    const text = typeof line === 'string' ? line : `${line.chip} ${line.offset}`;
    if (first !== undefined) {
      const message = `must not be ${text}: ${first} is that; empty is for what is not there`;
      yield { path: ['panel', kind, name, 'line'], message };
    }
    taken.set(key, first ?? `panel.${kind}.${name}.line`);
  }
}

export type PanelConfig = v.InferOutput<typeof panelSchema>;
