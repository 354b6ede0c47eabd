/** `venuebox preview`: a slip as a picture, without printing it. */
import { writeFile } from 'node:fs/promises';
import { messageOf } from '../../hal/os/log.ts';
import { ask, ControlError } from './control/client.ts';
import { UsageError } from './usage.ts';

export interface PreviewArguments {
  readonly document: string;
  readonly out: string;
}

/** @throws UsageError */
export function previewArguments(document: string | undefined, out: string | undefined) {
  if (document === undefined) throw new UsageError('preview needs a document', 'preview');
  const named = document.endsWith('.pdf') ? document : `${document}.png`;
  return { document, out: out ?? named };
}

/** Resolves with what to print. Rejects with ControlError, or UsageError for a file that cannot be written. */
export async function runPreviewCommand(
  { document, out }: PreviewArguments,
  { paths }: { readonly paths: readonly string[] },
  signal: AbortSignal,
): Promise<string> {
  for await (const answer of ask(paths, { ask: 'preview', document }, signal)) {
    if (answer.type === 'error') throw new ControlError(answer.message);
    if (answer.type !== 'preview') continue;
    await writeFile(out, Buffer.from(answer.png, 'base64')).catch((error: unknown) => {
      throw new UsageError(`--out ${out}: ${messageOf(error)}`, 'preview');
    });
    return `saved in ${out}\n`;
  }
  throw new ControlError('the box stopped before it answered');
}
