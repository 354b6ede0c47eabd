/** Renders a picture as PNG. */
import type { Picture } from './picture.ts';

/** A PNG of one bit a dot, as a person sees the paper. */
export async function renderPng({ width, height, dots }: Picture): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const grey = Buffer.from(dots.map((dot) => (dot === 1 ? 0 : 255)));
  const raw = { width: Math.max(1, width), height: Math.max(1, height), channels: 1 as const };
  const input = width * height === 0 ? Buffer.from([255]) : grey;
  return await sharp(input, { raw }).png({ palette: true, colours: 2 }).toBuffer();
}
