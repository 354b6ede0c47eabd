/** Encodes the slate as the live encoders would, once, in a process that ends with it. */
import { readFileSync, renameSync } from 'node:fs';
import { setPriority } from 'node:os';
import { endProcess, playPipeline, pusherInto } from '../gst/pipeline.ts';
import { CAMERA_INPUT } from './graph.ts';
import type { SlateEncoding } from './slate-units.ts';

const { launch, titleFile, files } = JSON.parse(process.argv[2] ?? '{}') as SlateEncoding;

/** The live encoders go first. */
setPriority(19);

/** Whole, or not at all: another process reads them. */
function finish(): void {
  for (const file of files) renameSync(`${file}.new`, file);
  endProcess();
}

function fail(message: string): void {
  process.stderr.write(`${message}\n`, endProcess);
}

const pipeline = playPipeline(launch, {
  onPlaying: () => undefined,
  onEnd: finish,
  onError: fail,
});
pusherInto(pipeline, CAMERA_INPUT)(readFileSync(titleFile), 0n);
