/** The edge process: serves another origin's stream to viewers. The daemon sends what to serve over IPC. */
import { runAsWorker } from '../../hal/os/worker-child.ts';
import type { EdgeSettings, FromEdge, ToEdge } from './messages.ts';
import { runEdgeService } from './service.ts';

runAsWorker<EdgeSettings, ToEdge, FromEdge>(runEdgeService);
