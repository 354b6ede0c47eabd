/** Reads what is shown while no encoder runs: a key frame of each rendition, as GDP. */
import { readFile } from 'node:fs/promises';
import { parseCaps } from '../gdp/caps.ts';
import { GdpParser } from '../gdp/parse.ts';
import type { Slate } from '../packager/filler.ts';

/** Without those that cannot be read: the last picture stands then. */
export async function readSlates(files: readonly string[]): Promise<readonly Slate[]> {
  const read = await Promise.all(
    files.map((file) =>
      readFile(file)
        .then(parseSlate)
        .catch(() => undefined),
    ),
  );
  return read.filter((slate) => slate !== undefined);
}

function parseSlate(bytes: Buffer): Slate | undefined {
  const packets = new GdpParser().push(bytes);
  if (packets === 'malformed') return undefined;
  const caps = packets.find(({ kind }) => kind === 'caps');
  const unit = packets.find((packet) => packet.kind === 'buffer' && packet.isKeyframe);
  const format = caps?.kind === 'caps' ? parseCaps(caps.caps) : undefined;
  if (format?.kind !== 'video' || unit?.kind !== 'buffer') return undefined;
  return { format, idr: Buffer.from(unit.data) };
}
