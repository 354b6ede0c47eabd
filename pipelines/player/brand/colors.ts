/** The colours of a venue, and the style sheet that the guests' pages have of them. Pure. */
import * as v from 'valibot';

/** What is wrong with a file of the look, and what to do. */
export class BrandingError extends Error {}

const color = v.pipe(v.string(), v.regex(/^#[\da-f]{6}$/i, 'must be a colour like #1a2b3c'));
const colorsSchema = v.strictObject({ background: color, text: color, accent: color });

export type Colors = v.InferOutput<typeof colorsSchema>;

export const COLORS_FILE = 'colors.json';
/** WCAG 2.2, 1.4.3: of text and its background. */
const CONTRAST_MIN = 4.5;

/** @throws BrandingError where they are none, or cannot be read on one another. */
export function checkColors(value: unknown): Colors {
  const parsed = v.safeParse(colorsSchema, value);
  if (!parsed.success) {
    const [issue] = parsed.issues;
    const key = v.getDotPath(issue) ?? 'it';
    throw new BrandingError(`${key} ${issue.message}; it has background, text, accent`);
  }
  const { background, text, accent } = parsed.output;
  for (const [name, of] of [
    ['text', text],
    ['accent', accent],
  ] as const) {
    const contrast = contrastOf(of, background);
    if (contrast < CONTRAST_MIN) {
      const figure = contrast.toFixed(1);
      throw new BrandingError(
        `${name} on background has a contrast of ${figure}, and needs ${CONTRAST_MIN}: choose one that is lighter or darker`,
      );
    }
  }
  return parsed.output;
}

export function renderColors({ background, text, accent }: Colors): string {
  const onAccent =
    contrastOf('#ffffff', accent) > contrastOf('#17131f', accent) ? '#fff' : '#17131f';
  const scheme = luminanceOf(background) > 0.2 ? 'light' : 'dark';
  return `:root{color-scheme:${scheme};--back:${background};--text:${text};--quiet:${text};--line:${text}55;--action:${accent};--on-action:${onAccent}}\n`;
}

/** WCAG 2.2, contrast ratio. */
function contrastOf(a: string, b: string): number {
  const [darker = 0, lighter = 0] = [luminanceOf(a), luminanceOf(b)].sort((x, y) => x - y);
  return (lighter + 0.05) / (darker + 0.05);
}

/** WCAG 2.2, relative luminance of `#rrggbb`. */
function luminanceOf(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
