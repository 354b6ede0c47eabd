/**
 * A source process: one camera or sound card. Its raw frames leave on an
 * inherited descriptor; a crash of its driver ends this process and nothing else.
 */
import { runGstWorker } from '../gst/gst-worker.ts';
import type { FromSource, SourceSettings, ToSource } from './messages.ts';
import { runSource } from './source.ts';

runGstWorker<SourceSettings, ToSource, FromSource>(runSource);
