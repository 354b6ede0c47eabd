import { createRequire } from 'node:module';

/** A message from the pipeline's bus, as the binding renders it. */
export interface BusMessage {
  readonly type: string;
  readonly name?: string;
  readonly message?: string;
  readonly _src_element_name?: string;
  readonly [field: string]: unknown;
}

/** The part of gstreamer-superficial 1.7.4 that the box uses, behind types. */
export interface GstPipeline {
  play(): void;
  stop(): void;
  /** Takes a libuv thread for as long as the pipeline lives: raise UV_THREADPOOL_SIZE. */
  pollBus(onMessage: (message: BusMessage) => void): void;
  /** Asks the encoder upstream of a sink for a key frame. The sink must exist: the binding crashes else. */
  forceKeyUnit(sink: string, count: number): void;
  findChild(name: string): GstElement | undefined;
}

export interface GstElement {
  /** Only on an appsrc. The time stamp is 8 bytes, big-endian ns. */
  push?(data: Buffer, pts: Buffer): void;
  /** Properties. Enumerations cannot be set, and numbers pass through float32. */
  [property: string]: unknown;
}

interface Binding {
  readonly Pipeline: new (launch: string) => GstPipeline;
}

/** Builds a pipeline. Throws with GStreamer's words where the launch line is wrong. */
export function openPipeline(launch: string): GstPipeline {
  const binding = createRequire(import.meta.url)('gstreamer-superficial') as Binding;
  return new binding.Pipeline(launch);
}
