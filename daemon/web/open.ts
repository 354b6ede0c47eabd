/** Opens the operator's page with the config and the devices of a box. */
import { messageOf } from '../../hal/os/log.ts';
import type { Task } from '../../hal/os/task.ts';
import type { WhipEndpoint } from '../../pipelines/whip/messages.ts';
import type { Config } from '../config/config.ts';
import { hasWhep } from '../config/viewers.ts';
import type { Devices } from '../devices/devices.ts';
import { onceLeft } from '../settings/live-config.ts';
import { type OperatorDeps, runOperator } from './server.ts';

interface Box
  extends Omit<
    OperatorDeps,
    'boxName' | 'slips' | 'panel' | 'viewers' | 'streamNowMs' | 'endedLeftMs' | 'forgetClips'
  > {
  readonly mediaPath: {
    readonly nowMs: () => number;
    readonly endedLeftMs: () => number;
    readonly forgetClips: (ids: readonly string[]) => void;
  };
  readonly devices: Pick<Devices, 'slips' | 'simulatedControls'>;
  readonly source: { readonly whip: () => WhipEndpoint | undefined };
  /** Shows the stage to the crew before it is live; a secret. */
  readonly previewPath: string;
}

/**
 * The operator's page, as a task: see {@link runOperator}. With settings of its server that cannot be
 * used it opens with those before: there they can be changed.
 */
export function openOperatorPage(deps: Box): Task {
  let last: Config | undefined;
  return deps.live.part('page', (now) => async (signal) => {
    const before = last;
    last = now;
    try {
      const task = openPage(now, deps);
      await (before === undefined ? task : onceLeft(task, deps.clock))(signal);
    } catch (error) {
      if (before === undefined || signal.aborted) throw error;
      last = before;
      deps.log.error('operator page not reopened', { reason: messageOf(error) });
      await onceLeft(openPage(before, deps), deps.clock)(signal);
    }
  });
}

function openPage({ box, operator }: Config, deps: Box): Task {
  const { slips, simulatedControls } = deps.devices;
  const page: OperatorDeps = {
    ...deps,
    boxName: box.name,
    slips: slips.list,
    streamNowMs: deps.mediaPath.nowMs,
    endedLeftMs: deps.mediaPath.endedLeftMs,
    forgetClips: (ids) => deps.mediaPath.forgetClips(ids),
    panel: simulatedControls,
    whip: deps.source.whip,
    viewers: () => {
      const { viewers, edge } = deps.live.current();
      return {
        port: viewers.port,
        ...(viewers.tls && { tlsPort: viewers.tls.port }),
        previewPath: edge.upstream === '' ? deps.previewPath : '',
        // An edge has no address for the crew alone, which would need no token.
        hasWhep: hasWhep({ viewers }) && (edge.upstream === '' || viewers.whep.token_file === ''),
      };
    },
  };
  return (signal) => runOperator(operator, page, signal);
}
