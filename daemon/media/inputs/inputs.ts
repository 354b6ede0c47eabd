/** Camera, sound card and encoders that a config names, each opened again only where its own keys differ. */
import { openSound, openTestSound } from '../../../hal/audio/open.ts';
import type { Sound } from '../../../hal/audio/port.ts';
import { openCamera, openTestCamera, withSound } from '../../../hal/camera/open.ts';
import type { Camera, CameraConfig, SetLive } from '../../../hal/camera/port.ts';
import type { Clock } from '../../../hal/os/clock.ts';
import type { Log } from '../../../hal/os/log.ts';
import { whipCameraOf } from '../../config/capture.ts';
import type { Config } from '../../config/config.ts';
import type { BoxSnapshot } from '../../model/snapshot.ts';
import { openWhipCamera, type WhipCamera } from '../webrtc/whip-camera.ts';
import { whipSettings } from '../webrtc/whip-settings.ts';
import { type Encoders, findEncoders } from './element-check.ts';
import { openSrtCamera, type SrtCamera, srtKey } from './srt-camera.ts';

/** What the media path is fed by. */
export interface Inputs {
  readonly camera: Camera;
  /** To switch to; undefined where there is one camera. */
  readonly camera2: Camera | undefined;
  readonly sound: Sound;
  readonly hasSound: boolean;
  readonly encoders: Encoders;
}

/** A simulated device whose plug can be pulled. */
export interface Pluggable {
  setPlugged(isPlugged: boolean): void;
}

export interface InputsDeps {
  /** Reaches the camera's pipeline that runs. */
  readonly setLive: SetLive;
  readonly stateFolder: string;
  readonly clock: Clock;
  readonly log: Log;
}

/** Something open, and what of the config it was opened for. */
export interface Slot<Value> {
  readonly key: string;
  readonly is: Value;
}

interface Device<Of> {
  readonly device: Of;
  readonly plug?: Pluggable;
}

export interface OpenInputs {
  readonly whip: Slot<WhipCamera>;
  readonly srt: Slot<SrtCamera>;
  readonly camera: Slot<Device<Camera>>;
  readonly camera2: Slot<Camera | undefined>;
  readonly sound: Slot<Device<Sound>>;
  readonly encoders: Slot<Encoders>;
  readonly drivers: Drivers;
}

export type Drivers = NonNullable<BoxSnapshot['drivers']>;

/**
 * Rejects with a ConfigError, HalError or PipelineError for what an operator must repair; nothing
 * of `before` is closed by it.
 *
 * @param before Those of another config.
 */
export async function openInputs(
  config: Config,
  before: OpenInputs | undefined,
  deps: InputsDeps,
): Promise<OpenInputs> {
  const whip = await slot(before?.whip, whipKey(config), () => openWhipCamera(config, deps));
  const srt = await slot(before?.srt, srtKey(config), () => openSrtCamera(config, deps));
  const ofWhip = ({ driver }: { readonly driver: string }) => (driver === 'whip' ? whip.key : '');
  const sent = { whip: whip.is, srt: srt.is };
  const first = [cameraKey(config), ofWhip(config.camera), srt.key];
  const camera = await slot(before?.camera, first, () => openMain(config, sent, deps.setLive));
  const second = config.camera2 && [secondKey(config), ofWhip(config.camera2)];
  const camera2 = await slot(before?.camera2, second, () => openSecond(config, whip.is));
  const sound = await slot(before?.sound, soundKey(config, [whip.key, srt.key]), () =>
    openConfigured(config, sent),
  );
  const sources = { camera: camera.is.device.source, sound: sound.is.device.source };
  const hasWhep = config.viewers.whep.port !== 0;
  const needs = [sources.camera.needs, sources.sound?.needs, sources.sound === undefined];
  const encoders = await slot(
    before?.encoders,
    [config.encoder.driver, hasWhep, receiversOf(config), needs],
    async () => await findEncoders(config.encoder.driver, config.uplink, sources, hasWhep),
  );
  const drivers = {
    camera: config.camera.driver,
    camera2: config.camera2?.driver,
    sound: config.sound.driver,
  };
  return { whip, srt, camera, camera2, sound, encoders, drivers };
}

/** What is open already where it is for the same; else what is opened in its place. */
async function slot<Value>(
  before: Slot<Value> | undefined,
  of: unknown,
  open: () => Value | Promise<Value>,
): Promise<Slot<Value>> {
  const key = JSON.stringify(of) ?? '';
  return before?.key === key ? before : { key, is: await open() };
}

/** Devices whose picture or sound another process receives. */
interface Sent {
  readonly whip: WhipCamera;
  readonly srt: SrtCamera;
}

function openMain(config: Config, { whip, srt }: Sent, setLive: SetLive): Device<Camera> {
  if (config.camera.driver !== 'test') {
    return { device: srt.camera(whip.camera(openCamera(config.camera, setLive))) };
  }
  const { camera, setPlugged } = openTestCamera(config.camera);
  return { device: camera, plug: { setPlugged } };
}

function openSecond(config: Config, whip: WhipCamera): Camera | undefined {
  const second = secondOf(config);
  return second && whip.camera2(openCamera(second));
}

function openConfigured(config: Config, { whip, srt }: Sent): Device<Sound> {
  if (config.sound.driver !== 'test') {
    return { device: srt.sound(whip.sound(openSound(config.sound, withSound(config.camera)))) };
  }
  const { sound, setPlugged } = openTestSound();
  return { device: sound, plug: { setPlugged } };
}

/** Its picture is made the first one's size. */
function secondOf({ camera, camera2 }: Config): CameraConfig | undefined {
  const { width, height, fps } = camera;
  return camera2 && { ...camera2, width, height, fps };
}

/** Without what is read elsewhere. */
function cameraKey({ camera }: Config): unknown {
  const { away_text: _text, lock_exposure: _lock, port: _port, ...device } = camera;
  return device;
}

function secondKey(config: Config): unknown {
  return { ...secondOf(config), port: 0 };
}

function soundKey({ camera, sound }: Config, sent: readonly string[]): unknown {
  const { driver, device, pick, file, launch } = sound;
  const ofCamera = driver === 'camera' ? [withSound(camera), ...sent] : [];
  // A card is opened with as many channels as are picked.
  const ofCard = driver === 'alsa' ? [pick] : [];
  return [driver, device, file, launch, ...ofCamera, ...ofCard];
}

function whipKey(config: Config): unknown {
  const key = whipCameraOf(config);
  if (key === undefined) return 'none';
  const isSound = key === 'camera' && config.sound.driver === 'camera';
  return [key, isSound, config[key]?.credentials_file, whipSettings(config, key)];
}

/** Kinds of receivers: each has elements of its own. */
function receiversOf({ uplink }: Config): unknown {
  return [uplink?.host !== undefined, uplink?.destinations.map(({ kind }) => kind)];
}
