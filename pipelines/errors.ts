export type PipelineErrorCode =
  | 'PORT_TAKEN'
  | 'LISTEN_FAILED'
  | 'NO_ENCODER'
  | 'BAD_LAUNCH'
  | 'GRAPH_FAILED'
  | 'BAD_CERTIFICATE'
  | 'BAD_SECRET'
  | 'CLIP_FAILED'
  | 'POSTER_FAILED';

/** A media pipeline cannot go on as it is; its supervisor restarts it. */
export class PipelineError extends Error {
  readonly code: PipelineErrorCode;

  constructor(code: PipelineErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'PipelineError';
    this.code = code;
  }
}
