/** How the media pipelines fail, and what a supervisor can do about it. */

import { CodedError } from '../../hal/os/errors.ts';
import type { WorkerFailure } from '../../hal/os/worker-child.ts';

const CODES = [
  'PORT_TAKEN',
  'LISTEN_FAILED',
  'NO_ENCODER',
  'BAD_LAUNCH',
  'GRAPH_FAILED',
  'BAD_CERTIFICATE',
  'BAD_SECRET',
  'CLIP_FAILED',
  'POSTER_FAILED',
  'SETTINGS',
] as const;

export type PipelineErrorCode = (typeof CODES)[number];

/** A media pipeline cannot go on as it is; its supervisor restarts it. */
export class PipelineError extends CodedError<PipelineErrorCode> {
  override readonly name = 'PipelineError';
}

/** The error of what a worker reported as its failure. */
export function pipelineErrorOf({ code, message }: WorkerFailure): PipelineError {
  return new PipelineError(CODES.find((known) => known === code) ?? 'GRAPH_FAILED', message);
}
