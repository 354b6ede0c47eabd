/** Buttons that try what a section sets, by its title. */
import type { UplinkTest } from '../../../model/readiness.ts';
import { openPicture } from '../sections/picture.ts';
import { openSound } from '../sections/sound.ts';
import { boxTexts, stageTexts } from '../text/texts.ts';
import { h } from '../ui/dom.ts';
import { followLive } from '../ui/live-view.ts';
import { askJson, askPreview, type Outcome, runCommand } from '../ui/request.ts';
import type { Section } from '../ui/section.ts';
import { openPlugged } from './plugged.ts';
import { SAYS } from './words.ts';

type Say = (text: string, isBad?: boolean) => void;

/** The box waits ten seconds for the broker. */
const BROKER_TIMEOUT_MS = 15_000;
/** Connecting, and four links one after the other, each with time to come back. */
const UPLINK_TIMEOUT_MS = 180_000;

export interface SettingsTests {
  /** At the end of sections, by their titles. */
  readonly elements: Readonly<Record<string, readonly HTMLElement[]>>;
  /** Ends what shows the box as it is now: out of sight it would hold its events, and keep the camera on. */
  close(): void;
}

export function testsOf(say: Say, onError: (error: unknown) => void): SettingsTests {
  const open = (name: string, ask: () => Promise<Outcome>, describe = plain) => {
    const button = h('button', { type: 'button', class: 'quiet' }, name);
    button.addEventListener('click', () => {
      say(SAYS.testing);
      button.disabled = true;
      ask()
        .then((outcome) => say(describe(outcome), outcome.status !== 'done'), onError)
        .finally(() => {
          button.disabled = false;
        });
    });
    return button;
  };
  const askTest = async (path: string, timeoutMs: number) =>
    (await askJson('POST', path, undefined, timeoutMs)) as Outcome;
  const preview = openLive(SAYS.testPreview, openPicture);
  const sound = openLive(SAYS.testListen, openListening);
  const elements = {
    [boxTexts.printer]: [
      open(SAYS.testPrint, () => runCommand('print', undefined, { document: 'status' })),
    ],
    [SAYS.sectionMqtt]: [open(SAYS.testBroker, () => askTest('/tests/broker', BROKER_TIMEOUT_MS))],
    [boxTexts.camera]: [openPlugged('camera', onError), preview.element],
    [stageTexts.sound]: [openPlugged('sound', onError), sound.element],
    [SAYS.sectionUplink]: [
      open(SAYS.testUplink, () => askTest('/tests/uplink', UPLINK_TIMEOUT_MS), describeUplink),
    ],
  };
  const close = () => {
    preview.close();
    sound.close();
  };
  return { elements, close };
}

/** A button that shows the box as it is now below it, and hides it again. */
function openLive(name: string, openSection: () => Section) {
  const button = h('button', { type: 'button', class: 'quiet', 'aria-expanded': 'false' }, name);
  const place = h('div', {});
  let live: ReturnType<typeof followLive> | undefined;
  const show = (next: typeof live) => {
    live?.stop();
    live = next;
    live?.start();
    place.replaceChildren(...(live === undefined ? [] : [live.element]));
    button.setAttribute('aria-expanded', String(live !== undefined));
  };
  button.addEventListener('click', () =>
    show(live === undefined ? followLive(openSection(), askPreview) : undefined),
  );
  return { element: h('div', {}, button, place), close: () => show(undefined) };
}

/** Meters, and below them the picture with a button that lets its sound be heard. */
function openListening(): Section {
  const sections = [openSound(), openPicture()];
  return {
    element: h('div', {}, ...sections.map(({ element }) => element)),
    update: (...now) => {
      for (const section of sections) section.update(...now);
    },
    close: () => {
      for (const section of sections) section.close?.();
    },
  };
}

const plain = ({ detail }: Outcome) => detail;

/** A sentence for each link, and one for the receiver. */
function describeUplink(outcome: Outcome): string {
  if (outcome.status !== 'done') return outcome.detail;
  const { links, wantedBps, reachedBps, unreached } = outcome.result as UplinkTest;
  const wanted = mbps(wantedBps);
  const sentences = links.map((link) => {
    const { id } = link;
    if ('bps' in link) {
      const isWhole = link.bps >= 0.9 * wantedBps;
      return isWhole ? SAYS.linkWhole(id, wanted) : SAYS.linkPart(id, mbps(link.bps), wanted);
    }
    if (link.why === 'down') return SAYS.linkDown(id, link.reason);
    return link.why === 'spared' ? SAYS.linkSpared(id) : SAYS.linkUntried(id);
  });
  const receiver =
    unreached === undefined
      ? reachedBps === undefined
        ? []
        : [SAYS.receiverAnswers(mbps(reachedBps))]
      : [SAYS.receiverSilent(unreached)];
  return [...receiver, ...sentences].join(' ');
}

const mbps = (bps: number) => (bps / 1e6).toFixed(1);
