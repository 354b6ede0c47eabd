/** Filters raw RGB pictures by ffmpeg. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';

/** One picture through a filter. Rejects with ffmpeg's words. */
export async function ffmpegFilter(
  filter: string,
  pixels: Buffer,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<Buffer> {
  const raw = ['-f', 'rawvideo', '-pix_fmt', 'rgb24', '-s', `${width}x${height}`];
  const args = ['-v', 'error', ...raw, '-i', '-', '-vf', filter, '-frames:v', '1', ...raw, '-'];
  const child = spawn('ffmpeg', args);
  const out: Buffer[] = [];
  let words = '';
  child.stdout.on('data', (bytes: Buffer) => out.push(bytes));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  child.stdin.end(pixels);
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`ffmpeg: ${words}`);
  return Buffer.concat(out);
}
