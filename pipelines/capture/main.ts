/**
 * The capture process: the encoders, and what feeds them. Encoded tracks leave on
 * inherited descriptors; a native crash ends this process and nothing else.
 */
import { runGstWorker } from '../gst/gst-worker.ts';
import { runEncoders } from './encoders.ts';
import type { CaptureSettings, FromCapture, ToCapture } from './messages.ts';

runGstWorker<CaptureSettings, ToCapture, FromCapture>(runEncoders);
