/** Encodes the slate as the live encoders would, once, in a process that ends with it. */
import { readFileSync } from 'node:fs';
import { setPriority } from 'node:os';
import { messageOf } from '../../hal/os/log.ts';
import { saveFile } from '../../hal/os/save-file.ts';
import { endProcess, playPipeline, pusherInto } from '../gst/pipeline.ts';
import { CAMERA_INPUT } from './graph.ts';
import type { SlateEncoding } from './slate-units.ts';

const { launch, titleFile, files } = JSON.parse(process.argv[2] ?? '{}') as SlateEncoding;

/** The live encoders go first. */
setPriority(19);

/** Whole, or not at all, also after a power cut: another process reads them. */
async function finish(): Promise<void> {
  for (const file of files) await saveFile(file, readFileSync(`${file}.new`));
  endProcess();
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`, endProcess);
}

const pipeline = playPipeline(launch, {
  onPlaying: () => undefined,
  onEnd: () => void finish().catch((error: unknown) => fail(messageOf(error))),
  onError: fail,
});
pusherInto(pipeline, CAMERA_INPUT)(readFileSync(titleFile), 0n);
