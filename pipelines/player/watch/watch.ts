/** The pages of the replay and of a clip: a finished movie with a scrub bar. */

import { type Drop, DropInfo } from '../drop-info.ts';
import { renderStart } from '../notice.ts';
import { connectKeys, connectPictureButtons, toggleFullScreen } from '../picture-buttons.ts';
import { openScreen } from '../playback/pace/screen.ts';
import { element } from '../root.ts';
import { ClipList, connectSharing } from '../share-and-clips.ts';
import { announce, connectLanguage, setLabel, texts, write } from '../texts.ts';
import { Chapters } from './chapters.ts';
import { Movie } from './movie.ts';
import { ScrubBar } from './scrub-bar.ts';

/** Many phones ask: not all of them at the same moment. */
const ASK_EVERY_MS = 8_000 + 4_000 * Math.random();
const SKIP_S = 10;

connectLanguage(element('language') as HTMLSelectElement, () => {
  render();
  movie.render();
  bar.render();
  clips.render();
  chapters.render();
});
const video = element('video') as HTMLVideoElement;
const info = new DropInfo();
const clips = new ClipList();
const bar = new ScrubBar(video);
const chapters = new Chapters(video, bar);
const keepScreenOn = openScreen();
const isReplay = document.body.dataset['kind'] === 'replay';
const movie = new Movie(video, isReplay);
let drop: Drop | undefined;
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
  keepScreenOn(!video.paused);
  if (isLive) write(element('to-live'), texts().liveNow);
  const said = { text: texts(), lang: document.documentElement.lang };
  const next = drop?.isOver ? renderStart(drop, said, info.planNowMs()) : '';
  write(element('starts'), next);
  element('next').hidden = next === '';
};
const togglePlay = () => movie.toggle();
const toggleSound = () => {
  video.muted = !video.muted;
};
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
void ask();
setInterval(ask, ASK_EVERY_MS);

/** What is new of the drop. A box that does not answer is asked again. */
async function ask(): Promise<void> {
  const answer = await info.read().catch(() => undefined);
  if (answer === undefined) return movie.setReplay('unknown');
  drop = answer;
  clips.show(drop.clips ?? []);
  movie.setReplay(drop.hasReplay === true);
  if (isReplay) chapters.show(drop.chapters ?? []);
  const wasLive = isLive;
  isLive = (drop.liveSince ?? '') !== '';
  document.body.classList.toggle('live-now', isLive);
  if (isLive && !wasLive) announce(texts().liveNow);
  element('to-live').dataset['text'] = isLive ? 'liveNow' : 'toLivePage';
  write(element('to-live'), isLive ? texts().liveNow : texts().toLivePage);
  render();
}
