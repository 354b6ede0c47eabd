/** Whether the picture is on a television by AirPlay, in Safari. */

type AppleVideo = HTMLVideoElement & { readonly webkitCurrentPlaybackTargetIsWireless?: boolean };

/** Safari says yes, no and yes again as it changes over. */
const SETTLE_MS = 1_000;

export class Wireless {
  readonly #video: AppleVideo;
  #isOn = false;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param onChange Called when it has begun, and when it is over. */
  constructor(video: AppleVideo, onChange: () => void) {
    this.#video = video;
    const set = (isOn: boolean) => {
      if (isOn === this.#isOn) return;
      this.#isOn = isOn;
      onChange();
    };
    video.addEventListener('webkitcurrentplaybacktargetiswirelesschanged', () => {
      clearTimeout(this.#timer);
      if (this.#isNow) set(true);
      else this.#timer = setTimeout(() => set(this.#isNow), SETTLE_MS);
    });
  }

  get isOn(): boolean {
    return this.#isOn || this.#isNow;
  }

  get #isNow(): boolean {
    return this.#video.webkitCurrentPlaybackTargetIsWireless === true;
  }
}
