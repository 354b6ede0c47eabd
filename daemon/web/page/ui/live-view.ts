/** A section of the page by itself, with the box as it is now. */
import { openEvents } from './event-connection.ts';
import { fromHello, type Model, withChange } from './model.ts';
import type { Section } from './section.ts';

/** The box runs camera and sound for as long as it is asked. */
const ASK_EVERY_MS = 10_000;

/**
 * Picture or meters of the box as it is now, beside a page that shows nothing else of it.
 *
 * @param want Asks the box to run them, and to end them.
 */
export function followLive(section: Section, want: (isOn: boolean) => Promise<void>) {
  let running: (() => void) | undefined;
  const stop = () => {
    running?.();
    running = undefined;
  };
  const start = () => {
    stop();
    let model: Model | undefined;
    const update = (next: Model | undefined) => {
      model = next;
      if (model !== undefined) section.update(model, Date.now() + model.offsetMs);
    };
    const ask = () => void want(true).catch(() => undefined);
    const nothing = () => undefined;
    const events = openEvents({
      hello: (hello) => update(fromHello(hello, Date.now())),
      change: (change) => update(model && withChange(model, change, Date.now())),
      levels: (levels) => update(model && { ...model, levels }),
      ...{ sample: nothing, log: nothing, progress: nothing },
      ...{ signedOut: nothing, replaced: nothing },
    });
    const timer = setInterval(ask, ASK_EVERY_MS);
    ask();
    running = () => {
      events.close();
      clearInterval(timer);
    };
  };
  const close = () => {
    stop();
    section.close?.();
    void want(false).catch(() => undefined);
  };
  return { element: section.element, start, stop: close, isRunning: () => running !== undefined };
}
