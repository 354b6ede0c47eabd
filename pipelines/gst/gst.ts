/** The GStreamer binding, with types for the part of it that the box uses. */
import { createRequire } from 'node:module';

/** A message from the pipeline's bus, as the binding renders it. */
export interface BusMessage {
  readonly type: string;
  readonly name?: string;
  readonly message?: string;
  readonly _src_element_name?: string;
  readonly [field: string]: unknown;
}

/** Of gstreamer-superficial 1.7.4. */
export interface GstPipeline {
  play(): void;
  stop(): void;
  /** Occupies a libuv thread while the pipeline exists: raise UV_THREADPOOL_SIZE. */
  pollBus(onMessage: (message: BusMessage) => void): void;
  /** Forces a key frame in the encoder upstream of a sink. The binding crashes where the sink does not exist. */
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

/** Throws an Error with GStreamer's message where the launch line is invalid. */
export function openPipeline(launch: string): GstPipeline {
  return new (loadBinding().Pipeline)(launch);
}

/** Loads GStreamer before it is needed; what is wrong with it is thrown when it is. */
export function prepareGst(): void {
  try {
    loadBinding();
  } catch {
    // openPipeline throws it again.
  }
}

function loadBinding(): Binding {
  return createRequire(import.meta.url)('gstreamer-superficial') as Binding;
}
