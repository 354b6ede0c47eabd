/** A host's picture in several widths, as AVIF, WebP and JPEG. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { entryPoint, runCommand } from '../../hal/os/process.ts';
import { mediaTypeOf, type PictureFormat } from '../clips/accept.ts';

/** One picture in one width and format. */
export interface Variant {
  readonly type: string;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly bytes: Buffer;
}

/** What the process is to do, and where. */
export interface VariantsJob {
  readonly folder: string;
  /** Name of the picture in it. */
  readonly source: string;
}

export interface MadeFile {
  readonly format: PictureFormat;
  readonly widthPx: number;
  readonly heightPx: number;
  readonly name: string;
}

/** It takes a second or two; on a Pi that encodes three renditions, much longer. */
const TIMEOUT_MS = 180_000;

/**
 * In a process of its own, as decoders may crash, and as each encoder occupies a core: viewers'
 * media does not wait for it. The order of formats is AVIF, WebP, JPEG, of widths the smallest first.
 *
 * Rejects with one line where it is no picture.
 */
export async function makeVariants(
  picture: Buffer,
  signal: AbortSignal,
): Promise<readonly Variant[]> {
  const folder = await mkdtemp(join(process.env['RUNTIME_DIRECTORY'] ?? tmpdir(), 'vb-variants-'));
  try {
    const job: VariantsJob = { folder, source: 'picture' };
    await writeFile(join(folder, job.source), picture, { mode: 0o600 });
    const args = [...process.execArgv, entryPoint(import.meta.url, './main'), JSON.stringify(job)];
    const made = await runCommand(process.execPath, args, { timeoutMs: TIMEOUT_MS, signal });
    if (made.exitCode !== 0) throw new Error(`it cannot be decoded: ${lastLine(made.stderr)}`);
    const files = JSON.parse(made.stdout) as readonly MadeFile[];
    return await Promise.all(
      files.map(async ({ format, widthPx, heightPx, name }) => {
        const bytes = await readFile(join(folder, basename(name)));
        return { type: mediaTypeOf(format), widthPx, heightPx, bytes };
      }),
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Of a stack trace: its message. */
function lastLine(stderr: string): string {
  const message = stderr.split('\n').find((line) => /^\w*Error: /.test(line));
  return (message ?? stderr.trim().slice(-200)).replace(/^\w*Error: /, '');
}
