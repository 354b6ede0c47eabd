/** Camera, exposure and sound. Pure. */
import { quietChannels, soundLevel } from '../../health/thresholds.ts';
import type { Line } from '../../model/readiness.ts';
import { type Facts, fail, pass, warn } from './line.ts';

/** Of the frames that the config asks for. */
const FEW_FRAMES = 0.9;

export function pictureLine({ box, plan }: Facts): Line {
  const { width, height, fps } = plan.picture;
  const mode = `${width} × ${height}, ${fps} fps`;
  const camera = box.sources?.camera;
  if (camera === undefined) {
    return warn(
      'picture',
      `${mode} is set; the camera does not run`,
      'Run the checks while it can.',
    );
  }
  // Of the one on air, where there are two.
  const { framesPerS } = camera.second?.isOnAir === true ? camera.second : camera;
  const seen = `${framesPerS} of ${fps} frames a second, ${width} × ${height}`;
  if (framesPerS === 0) {
    return fail('picture', `${seen}: none come`, 'Check the camera and its cable.');
  }
  return framesPerS < FEW_FRAMES * fps
    ? warn(
        'picture',
        seen,
        'Set the camera to this frame rate, or camera.fps to the camera’s; dim light slows some cameras.',
      )
    : pass('picture', seen);
}

export function exposureLine({ box, plan }: Facts): Line {
  if (!plan.isExposureLocked) {
    return warn(
      'exposure',
      'stays automatic (camera.lock_exposure is off)',
      'Switch it on, so that the camera does not readjust when the light changes.',
    );
  }
  if (box.isCameraLocked) return pass('exposure', 'exposure and white balance are locked');
  const isDue = box.drop.phase === 'armed' || box.drop.phase === 'live';
  return isDue
    ? warn(
        'exposure',
        'not locked',
        'Wait some seconds after arming; a camera that cannot lock needs manual exposure on the camera itself.',
      )
    : pass('exposure', 'is locked when the box is armed: light the stage before');
}

/** Of the time from one frame to the next, on one core: beyond, pictures come late. */
const LOOK_SHARE_MAX = 0.6;

export function lookLine({ box: { look } }: Facts): Line {
  const name = 'look';
  if (look === undefined) return pass(name, 'none is set: the camera’s own colours');
  const { cost, reason = '' } = look;
  const what = `${look.name} at ${Math.round(look.strength * 100)} %`;
  switch (look.phase) {
    case 'refused':
      return fail(name, reason, 'Repair that line, or choose another look: viewers get none now.');
    case 'later':
      return warn(name, `${what}: not in this stream`, 'Disarm, and run the checks again.');
    case 'shed':
      return warn(name, `${what}: off to save power`, 'Plug in the mains.');
    case 'preparing':
      return warn(name, `${what}: it is being prepared`, 'Wait some seconds.');
    case 'ready':
      return pass(name, `${what}, once the camera runs; recordings have the camera’s colours`);
    case 'shown':
      break;
  }
  if (cost === undefined) return pass(name, `${what}; recordings have the camera’s colours`);
  const seen = `${what}, ${cost.frameCostMs.toFixed(1)} of ${Math.round(cost.frameMs)} ms a frame`;
  return cost.frameCostMs > LOOK_SHARE_MAX * cost.frameMs
    ? warn(name, seen, 'Too slow for this machine: use a smaller camera picture, or no look.')
    : pass(name, `${seen}; recordings have the camera’s colours`);
}

const CHANNEL_NAMES = ['left', 'right'];

export function channelsLine({ box, plan, probes }: Facts): Line {
  if (box.sound === 'none') return pass('sound channels', 'no sound is configured');
  const peaks = probes.peakDbfs ?? box.levels?.peakDbfs;
  if (peaks === undefined) {
    return warn(
      'sound channels',
      'no level was measured',
      'Check that the sound card is plugged in.',
    );
  }
  const name = (i: number) => (plan.soundChannels === 2 ? (CHANNEL_NAMES[i] ?? '') : 'mono');
  const seen = peaks.map((peak, i) => `${name(i)} ${peak.toFixed(1)} dBFS`).join(', ');
  if (peaks.length < plan.soundChannels) {
    return fail(
      'sound channels',
      `${peaks.length} of ${plan.soundChannels} channels: ${seen}`,
      'Check cables and sound.channels.',
    );
  }
  const [quiet] = quietChannels(peaks);
  if (quiet !== undefined) {
    return fail(
      'sound channels',
      `${name(quiet - 1)} is silent: ${seen}`,
      'Check that microphone, its cable and its gain.',
    );
  }
  switch (soundLevel(peaks)) {
    case 'silent':
      return warn('sound channels', `silence: ${seen}`, 'Have someone play while the checks run.');
    case 'clipped':
      return warn(
        'sound channels',
        `too loud: ${seen}`,
        'Turn the gain down until peaks stay below -6 dBFS.',
      );
    case 'good':
      return pass('sound channels', seen);
  }
}
