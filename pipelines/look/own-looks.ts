/** The looks that come with the box, as formulas. Pure. */
import type { LookUp } from './apply.ts';

export const OWN_LOOKS = ['warm', 'cool', 'faded', 'mono'] as const;
export type OwnLook = (typeof OWN_LOOKS)[number];

const mix = (a: number, b: number, share: number) => a + (b - a) * share;
/** Steeper in the middle, and the same at both ends. */
const contrast = (value: number, amount: number) =>
  mix(value, value * value * (3 - 2 * value), amount);
/** 1 in the middle tones, 0 in black and white. */
const middle = (value: number) => 4 * value * (1 - value);
const light = (r: number, g: number, b: number) => 0.2126 * r + 0.7152 * g + 0.0722 * b;

const FORMULAS: Readonly<Record<OwnLook, LookUp>> = {
  // Stage lamps: red lifted, blue taken back, most of it in the middle tones.
  warm: (r, g, b, out) => {
    const [red, green, blue] = toned(r, g, b, 1.08, 0.25);
    out[0] = red + 0.05 * middle(red);
    out[1] = green + 0.012 * middle(green);
    out[2] = blue - 0.055 * middle(blue);
  },
  // Moonlight.
  cool: (r, g, b, out) => {
    const [red, green, blue] = toned(r, g, b, 0.94, 0.25);
    out[0] = red - 0.045 * middle(red);
    out[1] = green;
    out[2] = blue + 0.05 * middle(blue);
  },
  // An old print: lifted blacks, soft whites, less colour.
  faded: (r, g, b, out) => {
    const [red, green, blue] = toned(r, g, b, 0.78, 0.2);
    out[0] = 0.072 + 0.88 * red;
    out[1] = 0.06 + 0.88 * green;
    out[2] = 0.068 + 0.862 * blue;
  },
  // Black and white, with the green and red of faces light.
  mono: (r, g, b, out) => {
    out.fill(contrast(0.33 * r + 0.57 * g + 0.1 * b, 0.4));
  },
};

/** Further from grey or nearer to it, then with more contrast. */
function toned(
  r: number,
  g: number,
  b: number,
  saturation: number,
  amount: number,
): readonly [number, number, number] {
  const grey = light(r, g, b);
  const tone = (value: number) =>
    contrast(Math.min(1, Math.max(0, mix(grey, value, saturation))), amount);
  return [tone(r), tone(g), tone(b)];
}

export function ownLook(name: OwnLook): LookUp {
  return FORMULAS[name];
}
