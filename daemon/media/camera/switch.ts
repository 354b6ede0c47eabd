/** Carries out the command `camera`: puts one of two cameras on air. */
import type { CameraKind } from '../../../pipelines/capture/camera-choice.ts';
import type { BoxEvent, SwitchCamera } from '../../model/commands.ts';
import type { BoxSnapshot } from '../../model/snapshot.ts';

export interface CameraSwitchDeps {
  readonly hasSecond: () => boolean;
  readonly choose: (camera: CameraKind) => void;
  readonly snapshot: () => BoxSnapshot;
  readonly onEvent: (event: BoxEvent) => void;
  readonly wallMs: () => number;
}

export function openCameraSwitch(deps: CameraSwitchDeps): SwitchCamera {
  return (asked, isDryRun) => {
    if (!deps.hasSecond()) {
      const detail = 'there is one camera; a second one is camera2 in the config';
      return { status: 'rejected', code: 'UNSUPPORTED', detail };
    }
    const { sources } = deps.snapshot();
    if (sources === undefined) {
      const detail = 'the cameras are off; arm first';
      return { status: 'rejected', code: 'WRONG_PHASE', detail };
    }
    const isSecond = asked === undefined ? sources.camera.second?.isOnAir !== true : asked === 2;
    const name = `camera ${isSecond ? 2 : 1}`;
    const { framesPerS = 0 } = (isSecond ? sources.camera.second : sources.camera) ?? {};
    if (framesPerS === 0) {
      const detail = `${name} sends no pictures: check that it is plugged in and switched on`;
      return { status: 'rejected', code: 'WRONG_PHASE', detail };
    }
    if (isDryRun) return { status: 'done', detail: `would put ${name} on air` };
    deps.choose(isSecond ? 'camera2' : 'camera');
    const data = { camera: isSecond ? 2 : 1 };
    deps.onEvent({ type: 'camera.switched', severity: 'info', atMs: deps.wallMs(), data });
    return { status: 'done', detail: `${name} is on air` };
  };
}
