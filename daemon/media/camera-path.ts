/** The media path of a box with a camera: media, input and uplink processes. */
import type { SetLive } from '../../hal/camera/port.ts';
import { openSwitch, type Switch } from '../../hal/os/switch.ts';
import { runAll, type Task } from '../../hal/os/task.ts';
import { bitrateProperty } from '../../pipelines/capture/encoder.ts';
import type { Graph } from '../../pipelines/capture/graph.ts';
import type { SourceFigures } from '../../pipelines/capture/messages.ts';
import type { ClipMade } from '../../pipelines/media/archive.ts';
import type { DropOnPage, ShopOnPage } from '../../pipelines/player/drop-json.ts';
import { UPLINK_TRACK } from '../config/uplink.ts';
import { type MediaChild, openMedia } from './children/media.ts';
import { openSupervision } from './children/supervision.ts';
import { type DropRecording, openDropRecording } from './drop-recording.ts';
import type { OwnPath } from './hidden-run.ts';
import { type LiveInput, openLiveInput } from './live-input.ts';
import { StreamLook } from './look/stream-look.ts';
import type { MediaPathDeps, OverlayPicture } from './media-path.ts';
import { type Outbound, openOutbound } from './outbound.ts';
import { mediaSettings } from './settings.ts';
import { EndedStream } from './stream/ended-stream.ts';
import { openSequenceStore, type SequenceStore } from './stream/sequence-store.ts';
import { StreamStartStore } from './stream/stream-start.ts';
import {
  NOTHING_SUSPENDED,
  openSuspendedEncoders,
  type SuspendedEncoders,
  type Suspension,
} from './suspended-encoders.ts';
import { openWhep, type Whep } from './webrtc/whep.ts';

export function openCameraPath(deps: MediaPathDeps): OwnPath {
  return new CameraPath(deps);
}

/** Its methods are fields: other media paths copy and replace them. */
class CameraPath implements OwnPath {
  readonly setLive: SetLive = (...what) => this.#input.setLive(...what);
  readonly choose: LiveInput['choose'] = (camera) => this.#input.choose(camera);
  readonly restartSource: LiveInput['restartSource'] = (...one) =>
    this.#input.restartSource(...one);
  readonly showClock: LiveInput['showClock'] = (isOn) => this.#input.showClock(isOn);
  readonly #deps: MediaPathDeps;
  readonly #media: MediaChild;
  readonly #recording: DropRecording;
  readonly #suspended: SuspendedEncoders;
  readonly #look: StreamLook;
  readonly #input: LiveInput;
  readonly #capturing: Switch;
  readonly #outbound: Outbound;
  readonly #uplinking: Switch;
  readonly #publishing: Switch;
  readonly #whep: Whep;
  readonly #streamStart: StreamStartStore;
  readonly #ended: EndedStream;
  readonly #sequences: SequenceStore;
  readonly #supervise: ReturnType<typeof openSupervision>;
  #hasListened = false;
  #hasPlayed = false;
  #hasFlowed = false;
  #sources: SourceFigures | undefined;
  #uplinkTargetBps: number;
  #suspension: Suspension = NOTHING_SUSPENDED;

  constructor(deps: MediaPathDeps) {
    this.#deps = deps;
    this.#uplinkTargetBps = deps.config().uplink?.bitrate_bps ?? 0;
    this.#streamStart = new StreamStartStore(deps.stateFolder, deps.clock, deps.log);
    this.#ended = new EndedStream(deps.clock, deps.config);
    this.#sequences = openSequenceStore(deps.stateFolder, deps);
    this.#supervise = openSupervision(deps);
    this.#media = this.#openMedia();
    this.#recording = openDropRecording((message) => this.#media.send(message), deps.clock);
    this.#suspended = openSuspendedEncoders({
      toMedia: (message) => this.#media.send(message),
      toCapture: (message) => this.#input.capture.send(message),
      valveOf: (rendition) => this.#outputOf(rendition)?.valve,
      restartCapture: (reason) => this.#input.capture.restart(reason),
      clock: deps.clock,
    });
    this.#look = new StreamLook({
      ...deps,
      toCapture: (message) => this.#input.capture.send(message),
      onNeed: () => this.#suspend(),
    });
    this.#input = this.#openInput();
    const [media, supervise] = [this.#media, this.#supervise];
    const onTarget = this.#setUplinkBitrate.bind(this);
    this.#whep = openWhep({ ...deps, media, supervise, start: () => this.#streamStart.current });
    this.#capturing = openSwitch((signal) => runAll([this.#input.run, this.#whep.run], signal));
    this.#outbound = openOutbound({ ...deps, media, supervise, onTarget });
    this.#uplinking = openSwitch(this.#outbound.uplink);
    this.#publishing = openSwitch(this.#outbound.destinations);
  }

  readonly run: Task = (signal) => {
    const serving = this.#supervise('media', this.#media.run, () => this.#hasListened);
    const wanted = [this.#capturing, this.#uplinking, this.#publishing, this.#streamStart];
    return runAll([serving, this.#look.run, ...wanted.map(({ run }) => run)], signal);
  };

  readonly setCapturing = (isWanted: boolean): void => {
    const wasWanted = this.#capturing.isWanted;
    if (isWanted && !wasWanted) this.#beginStream();
    this.#capturing.set(isWanted);
    if (isWanted) return;
    if (wasWanted) this.endStream(false);
    this.#look.end();
    this.#sources = undefined;
    this.#deps.onSources(undefined);
  };

  readonly endMedia = (): void => this.#media.kill();
  readonly refresh = (what: 'media' | 'links' | 'input'): void => {
    if (what === 'media') this.#media.restart('its settings have changed');
    else if (what === 'links') this.#outbound.refresh();
    else if (this.#capturing.isWanted) for (const isOn of [false, true]) this.#capturing.set(isOn);
  };
  readonly blockLinks = (links: readonly string[]): void => this.#outbound.block(links);
  readonly setUplinking = (isOn: boolean): void => this.#uplinking.set(isOn);
  readonly setPublishing = (isWanted: boolean): void => this.#publishing.set(isWanted);

  readonly showOverlay = ({ sprites, scan }: OverlayPicture): void => {
    this.#input.capture.showOverlay(sprites);
    this.#media.scan(scan);
  };

  readonly setRecording = (dropId: string | undefined, signal: AbortSignal): Promise<void> => {
    void this.#streamStart.save(dropId);
    return this.#recording.set(dropId, signal);
  };

  readonly clip = (label: string | undefined, signal: AbortSignal): Promise<ClipMade> => {
    const seconds = this.#deps.config().clips.length_s;
    return this.#media.clip({ seconds, ...(label === undefined ? {} : { label }) }, signal);
  };

  readonly showShop = (shop: ShopOnPage | undefined): void =>
    this.#media.send({ type: 'shop', ...(shop && { shop }) });

  readonly leadPhones = (page: string | undefined): void => this.#media.lead(page);
  readonly forgetClips = (ids: readonly string[]): void =>
    this.#media.send({ type: 'forget-clips', ids });
  readonly showDrop = (drop: DropOnPage): void => this.#recording.show(drop);

  readonly suspend = (wanted: Suspension): void => {
    this.#suspension = wanted;
    this.#look.shed(!wanted.hasLook);
    this.#suspend();
    this.#setUplinkBitrate(this.#uplinkTargetBps);
  };

  readonly endStream = (isSeen = true): void => {
    if (this.#ended.end(isSeen)) this.#media.send({ type: 'end', isSeen });
  };
  readonly endedLeftMs = (): number => this.#ended.leftMs();

  readonly nowMs = (): number => this.#streamStart.nowMs();

  #beginStream(): void {
    this.choose('camera');
    const start = this.#streamStart.begin(this.#deps.liveDropId());
    // A stream that has ended stays so: the next one is of another process.
    const hasOtherTracks = this.#look.begin();
    if (this.#ended.hasEnded || hasOtherTracks) this.#media.restart('another stream begins');
    else this.#media.send({ type: 'stream', start });
    this.#ended.begin();
  }

  #openMedia(): MediaChild {
    const { config, inputs, stateFolder, previewPath, clock, log, ...deps } = this.#deps;
    return openMedia({
      settings: async (signal) => {
        const firstMsn = await this.#sequences.begin(signal);
        const now = { ...config(), drop: deps.presentDrop() };
        const isEnded = this.#ended.handOver();
        const track = { hasSound: inputs().hasSound, hasClean: this.#look.hasClean, isEnded };
        return mediaSettings(now, track, stateFolder, previewPath, firstMsn);
      },
      ...{ clock, log },
      onListening: (servesEnded) => {
        this.#hasListened = true;
        this.#ended.onServing(servesEnded);
        const start = this.#streamStart.current;
        const isOn = start !== undefined && this.#capturing.isWanted;
        if (isOn) this.#media.send({ type: 'stream', start });
        this.#suspended.onMediaServing();
        this.#recording.onMediaServing();
        deps.onListening();
      },
      onKeyframesWanted: () => this.#input.capture.send({ type: 'keyframe' }),
      onScan: deps.onScan,
      onWhep: (request) => this.#whep.send(request),
      // Levels that were sent before the switch arrive after it.
      onLevels: (levels) => {
        if (this.#capturing.isWanted) deps.onLevels(levels);
      },
      onRecording: (targets) => {
        this.#recording.onTargets(targets);
        deps.onRecording(targets);
      },
      onFigures: (figures, newestMsn) => {
        if (newestMsn !== undefined) this.#sequences.note(newestMsn);
        this.#suspended.onFigures(figures);
        this.#look.onFigures(figures.substitutes);
        this.#hasFlowed ||= figures.isFlowing;
        const { framesPerS } = this.#sources?.camera ?? {};
        deps.onFigures({ ...figures, ...(framesPerS !== undefined && { framesPerS }) });
      },
    });
  }

  #openInput(): LiveInput {
    const { inputs, log, isFirstDrop, onSources } = this.#deps;
    return openLiveInput({
      ...{ ...this.#deps, media: this.#media, look: this.#look, supervise: this.#supervise },
      isRecovering: () => this.#hasFlowed || this.#hasPlayed || !isFirstDrop(),
      onPlaying: () => {
        this.#hasPlayed = true;
        this.#suspended.onCapturePlaying();
        log.info('encoders started', { video: inputs().encoders.video });
        // A new encoder starts at its highest bitrate; the links may carry less now.
        this.#setUplinkBitrate(this.#uplinkTargetBps);
      },
      onFigures: (figures) => {
        if (!this.#capturing.isWanted) return;
        this.#sources = figures;
        this.#look.onSources(figures);
        onSources(figures);
      },
    });
  }

  #suspend(): void {
    const substitutes = this.#look.substitutes(this.#suspension.substitutes);
    this.#suspended.set({ ...this.#suspension, substitutes });
  }

  #outputOf(rendition: string): Graph['outputs'][number] | undefined {
    return this.#input.graph().outputs.find(({ id }) => id === rendition);
  }

  #setUplinkBitrate(targetBps: number): void {
    this.#uplinkTargetBps = targetBps;
    const output = this.#outputOf(UPLINK_TRACK);
    const bitrateBps = Math.min(targetBps, this.#suspension.uplinkMaxBps ?? targetBps);
    const value = bitrateProperty(this.#deps.inputs().encoders.video, bitrateBps);
    if (output === undefined || value === undefined) return;
    this.#input.capture.send({ type: 'bitrate', element: output.encoder, value });
  }
}
