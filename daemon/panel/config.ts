import * as v from 'valibot';

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

export type PanelConfig = v.InferOutput<typeof panelSchema>;
