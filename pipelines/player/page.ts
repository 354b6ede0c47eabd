/** The guests' page: before the drop a countdown, then the picture, then the replay. */

import { connectControls } from './controls.ts';
import { Cover } from './cover.ts';
import { DropInfo } from './drop-info.ts';
import { Hearts } from './hearts.ts';
import { PageBranding } from './page-branding.ts';
import { PlayLoop } from './play-loop.ts';
import { BeaconSender } from './playback/beacon.ts';
import { followBesidePage } from './playback/pace/beside-page.ts';
import { keepPlaying, PLAY_REFUSED, play } from './playback/pace/play.ts';
import { openScreen } from './playback/pace/screen.ts';
import { Rewind } from './rewind.ts';
import { element } from './root.ts';
import { ClipList, connectSharing } from './share-and-clips.ts';
import { Shop } from './shop.ts';
import { connectLanguage } from './texts.ts';

const FIGURES_EVERY_MS = 500;
/** After this long without a new frame the cover takes the place of the picture. */
const FROZEN_AFTER_MS = 5_000;
const UNREACHABLE_RETRY_MS = 1_000;
/** Many phones wait at once: they do not ask more often, and not all at the same moment. */
const ASK_EVERY_MS = 5_000 + 2_000 * Math.random();
/** While the picture plays only new clips are waited for. */
const ASK_PLAYING_EVERY_MS = 20_000 + 10_000 * Math.random();
/** By then the box knows, too, that the first minutes are over; not all phones ask at once. */
const shopAskMs = () => 2_000 + 4_000 * Math.random();

const video = element('video') as HTMLVideoElement;
/** Nothing plays before they want it to go on: the cover has a button for that. */
const isPausedByGuest = () => document.body.classList.contains('paused');
const info = new DropInfo();
const cover = new Cover(info);
const clips = new ClipList();
const shop = new Shop(() => drop.askWithin(shopAskMs()));
const look = new PageBranding();
const parameters = new URLSearchParams(location.search);
const hearts = new Hearts();
const beacon = new BeaconSender(video, parameters.get('profile'), hearts);
const loop = new PlayLoop({
  video,
  beacon,
  nowMs: info.nowMs,
  onFailed: () => {
    cover.set({ isPlaying: false, needsTap: isPausedByGuest() });
    drop.askSoon();
  },
  onEnded: (hasEnded) => {
    cover.set({ isPlaying: false, needsTap: isPausedByGuest(), hasEnded });
    drop.askSoon();
  },
  parameters,
});
document.body.classList.add('script-runs');
connectLanguage(element('language') as HTMLSelectElement, () => {
  controls.render();
  clips.render();
  shop.render();
  hearts.render();
  rewind.render();
  cover.render();
});
const controls = connectControls(
  {
    video,
    mute: element('mute'),
    pause: element('pause'),
    goOn: element('go-on'),
    liveAgain: element('live-again'),
    play: element('play'),
    fullScreen: element('full'),
    pictureInPicture: element('pip'),
    remote: element('airplay'),
    stage: element('stage'),
  },
  {
    pause: () => (rewind.isOn ? video.pause() : loop.setPaused(true)),
    goOn: () => (rewind.isOn ? play(video) : loop.setPaused(false)),
    toLive: () => rewind.toLive(),
  },
);
const rewind = new Rewind({ video, nowMs: info.nowMs, loop });

/** Asks the box for the drop: soon while there is no picture, seldom while there is. */
const drop = {
  askedMs: Number.NEGATIVE_INFINITY,
  everyMs: 0,
  askSoon(): void {
    drop.everyMs = Math.min(drop.everyMs, ASK_EVERY_MS);
  },
  askWithin(ms: number): void {
    drop.everyMs = Math.min(drop.everyMs, performance.now() - drop.askedMs + ms);
  },
  ask(): void {
    if (performance.now() - drop.askedMs < drop.everyMs) return;
    drop.askedMs = performance.now();
    drop.everyMs = ASK_EVERY_MS;
    info.read().then(
      (report) => {
        cover.setDrop(report);
        clips.show(report.clips ?? []);
        shop.show(report.shop);
        look.show(report.look);
        hearts.setOn(report.hasReactions === true);
        const liveMs = info.nowMs() - Date.parse(report.liveSince ?? '');
        rewind.setRange(report.dvrS ?? 0, liveMs || 0);
        drop.everyMs = cover.state === 'live' ? ASK_PLAYING_EVERY_MS : ASK_EVERY_MS;
      },
      () => {
        cover.set({ isUnreachable: true });
        drop.everyMs = UNREACHABLE_RETRY_MS;
      },
    );
  },
};

connectSharing();
hearts.render();
video.addEventListener('playing', () => {
  cover.set({ isPlaying: !cover.hasEnded, needsTap: false });
});
video.addEventListener(PLAY_REFUSED, () => {
  if (!rewind.isOn) cover.set({ isPlaying: false, needsTap: true });
});
keepPlaying(video);
followBesidePage(video, {
  state: () => {
    if (loop.player === undefined || rewind.isOn || cover.hasEnded) return undefined;
    return cover.state === 'live' || cover.state === 'tap' ? cover.state : 'covered';
  },
  isPaused: isPausedByGuest,
  setPaused: (isPaused) => {
    document.body.classList.toggle('paused', isPaused);
    loop.setPaused(isPaused);
  },
});
const watchPicture = openPictureWatch();
/** An iPhone locks itself while a video plays without sound, as this one does at first. */
const keepScreenOn = openScreen();
setInterval(() => {
  watchPicture();
  drop.ask();
  cover.render(loop.player?.latencyMs());
  rewind.render();
  shop.tick();
  keepScreenOn(cover.state === 'live' && !video.paused && !loop.isWireless);
}, FIGURES_EVERY_MS);
// For measurements: the same figures that the page shows and reports.
Object.assign(window, {
  venuebox: () => ({
    player: loop.player?.kind,
    way: loop.player?.way?.(),
    rendition: loop.player?.rendition(),
    switches: loop.player?.switches(),
    latencyMs: loop.player?.latencyMs(),
    ...beacon.figures(),
  }),
});
drop.ask();
void loop.run();

/** Shows the cover while the picture is frozen, and hides it when the picture moves again. */
function openPictureWatch(): () => void {
  let lastS = video.currentTime;
  let movedMs = performance.now();
  return () => {
    const hasMoved = video.currentTime !== lastS;
    lastS = video.currentTime;
    if (hasMoved || video.paused) movedMs = performance.now();
    // What is still buffered of an ended stream plays behind the cover.
    if (cover.hasEnded || rewind.isOn) return;
    const isFrozen = performance.now() - movedMs > FROZEN_AFTER_MS;
    if (cover.state === 'live' && isFrozen) {
      cover.set({ isPlaying: false });
      drop.askSoon();
    }
    if (cover.state !== 'live' && hasMoved && !video.paused)
      cover.set({ isPlaying: true, needsTap: false });
  };
}
