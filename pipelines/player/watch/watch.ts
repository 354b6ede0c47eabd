/** The pages of the replay and of a clip: a finished movie with a scrub bar. */
import { ClipList, connectSharing } from '../below.ts';
import { DropInfo } from '../drop-info.ts';
import { connectKeys, connectPictureButtons, toggleFullScreen } from '../picture-buttons.ts';
import { playFinished } from '../playback/fallback.ts';
import { element, ROOT } from '../root.ts';
import { announce, connectLanguage, setLabel, texts, write } from '../texts.ts';
import { Chapters } from './chapters.ts';
import { ScrubBar } from './scrub-bar.ts';

/** Many phones ask: not all of them at the same moment. */
const ASK_EVERY_MS = 8_000 + 4_000 * Math.random();
const SKIP_S = 10;

const video = element('video') as HTMLVideoElement;
const info = new DropInfo();
const clips = new ClipList();
const bar = new ScrubBar(video);
const chapters = new Chapters(video, bar);
const isReplay = document.body.dataset['kind'] === 'replay';
let isLive = false;

document.body.classList.add('script-runs');
video.controls = false;
const [stage, mute, play] = [element('stage'), element('mute'), element('play')];
const renderPicture = connectPictureButtons({
  ...{ video, mute, stage, fullScreen: element('full') },
  ...{ pictureInPicture: element('pip'), remote: element('airplay') },
});
const render = () => {
  renderPicture();
  setLabel(play, video.paused ? texts().play : texts().pause);
  document.body.classList.toggle('paused', video.paused);
  if (isLive) write(element('to-live'), texts().liveNow);
};
const togglePlay = () => {
  if (video.paused) video.play().catch(() => undefined);
  else video.pause();
};
const toggleSound = () => {
  video.muted = !video.muted;
};
connectLanguage(element('language') as HTMLSelectElement, () => {
  render();
  bar.render();
  clips.render();
  chapters.render();
});
connectSharing();
for (const event of ['play', 'pause', 'ended']) video.addEventListener(event, render);
for (const target of [play, video]) target.addEventListener('click', togglePlay);
mute.addEventListener('click', toggleSound);
connectKeys({
  k: togglePlay,
  m: toggleSound,
  f: () => toggleFullScreen(stage, video),
  j: () => bar.moveBy(-SKIP_S),
  l: () => bar.moveBy(SKIP_S),
});
render();
if (isReplay) void playFinished(video, new URL('replay/index.m3u8', ROOT), ROOT);
void ask();
setInterval(ask, ASK_EVERY_MS);

/** What is new of the drop. A box that does not answer is asked again. */
async function ask(): Promise<void> {
  const drop = await info.read().catch(() => undefined);
  if (drop === undefined) return;
  clips.show(drop.clips ?? []);
  if (isReplay) chapters.show(drop.clips ?? []);
  const wasLive = isLive;
  isLive = (drop.liveSince ?? '') !== '';
  document.body.classList.toggle('live-now', isLive);
  if (isLive && !wasLive) announce(texts().liveNow);
  element('to-live').dataset['text'] = isLive ? 'liveNow' : 'toLivePage';
  write(element('to-live'), isLive ? texts().liveNow : texts().toLivePage);
}
