/** What is in a coming drop's picture, in the words of its form and as drops.yaml has it. Pure. */
import { numberOf } from './drop-fields.ts';

export interface OverlayValues {
  /** Empty: as in the config; `link`: that of the next field. */
  readonly code: string;
  readonly link: string;
  readonly corner: string;
  /** In per cent. */
  readonly size: string;
  /** In seconds; empty is 0. */
  readonly from: string;
  readonly for: string;
  readonly every: string;
  readonly title: string;
  readonly name: string;
  readonly line: string;
}

/** What is as usual is left out; `null` takes all of it away. */
export function overlayOf(values: OverlayValues): Record<string, unknown> | null {
  if (values.code === '') return null;
  const texts = { title: values.title.trim(), name: values.name.trim(), line: values.line.trim() };
  const written = Object.entries(texts).filter(([, text]) => text !== '');
  return { code: codeOf(values), ...Object.fromEntries(written) };
}

function codeOf({ code, link, corner, size, ...times }: OverlayValues): Record<string, unknown> {
  if (code === 'none') return { link: code };
  const seconds = { from_s: times.from, for_s: times.for, every_s: times.every };
  const timed = Object.entries(seconds)
    .map(([key, text]) => [key, numberOf(text.trim() === '' ? '0' : text)] as const)
    .filter(([, value]) => value !== 0);
  return {
    ...{ link: code === 'link' ? link.trim() : code, corner },
    size_pct: sizeOf(size),
    ...Object.fromEntries(timed),
  };
}

/** `22` and `22,5`; what is no number is sent as it is: the box says so. */
function sizeOf(text: string): number | string {
  const plain = text.trim().replace(',', '.');
  return /^\d{1,3}(\.\d+)?$/.test(plain) ? Number(plain) : text;
}
