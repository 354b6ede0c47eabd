/** Draws what is shown in the camera's place, once, in a process that ends with it. */
import sharp from 'sharp';
import { saveFile } from '../../hal/os/save-file.ts';
import type { SlateFiles, SlateSettings } from './slate-files.ts';

/** BT.601, video range, as `videoconvert` makes of RGB below 720 lines and our encoders signal. */
function toI420(rgb: Buffer, widthPx: number, heightPx: number): Buffer {
  const lumaBytes = widthPx * heightPx;
  const out = Buffer.alloc((lumaBytes * 3) / 2);
  for (let y = 0; y < heightPx; y += 1) {
    for (let x = 0; x < widthPx; x += 1) {
      const at = (y * widthPx + x) * 3;
      const [r, g, b] = [rgb[at] ?? 0, rgb[at + 1] ?? 0, rgb[at + 2] ?? 0];
      out[y * widthPx + x] = 16 + (65.5 * r + 128.6 * g + 25 * b) / 255;
      if (y % 2 === 1 || x % 2 === 1) continue;
      const chroma = lumaBytes + (y / 2) * (widthPx / 2) + x / 2;
      out[chroma] = 128 + (-37.8 * r - 74.2 * g + 112 * b) / 255;
      out[chroma + lumaBytes / 4] = 128 + (112 * r - 93.8 * g - 18.2 * b) / 255;
    }
  }
  return out;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
};

/** A line of text in the middle, as large as it fits; `fill` is its colour. */
function renderText(
  text: string,
  widthPx: number,
  heightPx: number,
  y: number,
  fill: string,
): string {
  const printable = text.replace(/\p{C}/gu, ' ').slice(0, 120);
  const sizePx = Math.min(heightPx / 9, (widthPx * 1.35) / Math.max(8, printable.length));
  const escaped = printable.replace(/[&<>"]/g, (char) => ESCAPES[char] ?? '');
  return `<text x="50%" y="${Math.round(y)}" text-anchor="middle" font-family="DejaVu Sans, Noto Sans, sans-serif" font-weight="bold" font-size="${sizePx.toFixed(1)}" fill="${fill}">${escaped}</text>`;
}

function svg(widthPx: number, heightPx: number, body: string): Buffer {
  return Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="${widthPx}" height="${heightPx}">${body}</svg>`,
  );
}

async function drawTitle({
  widthPx,
  heightPx,
  title,
  pictureFile,
}: SlateSettings): Promise<Buffer> {
  const background =
    pictureFile === ''
      ? sharp(svg(widthPx, heightPx, '<rect width="100%" height="100%" fill="#14141c"/>'))
      : sharp(pictureFile)
          .resize(widthPx, heightPx, { fit: 'cover' })
          .modulate({ brightness: 0.6 });
  const text = svg(
    widthPx,
    heightPx,
    renderText(title, widthPx, heightPx, heightPx * 0.53, '#fff'),
  );
  const rgb = await background
    .composite([{ input: text }])
    .flatten({ background: '#14141c' })
    .removeAlpha()
    .toColourspace('srgb')
    .raw()
    .toBuffer();
  return toI420(rgb, widthPx, heightPx);
}

async function drawText({ widthPx, heightPx, text }: SlateSettings): Promise<Buffer> {
  const body = `<rect width="100%" height="100%" fill="#000"/>${renderText(text, widthPx, heightPx, heightPx * 0.53, '#fff')}`;
  return await sharp(svg(widthPx, heightPx, body))
    .greyscale()
    .raw()
    .toBuffer();
}

const settings = JSON.parse(process.argv[2] ?? '{}') as SlateSettings & SlateFiles;
// Whole, or not at all, also after a power cut: another process reads them.
await saveFile(settings.titleFile, await drawTitle(settings));
if (settings.textFile !== '') await saveFile(settings.textFile, await drawText(settings));
