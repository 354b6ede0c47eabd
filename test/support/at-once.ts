/** Runs the tests of a file side by side, where each mostly waits. */
import { suite } from 'uvu';

/** Like `suite`, but each test starts when it is declared. Nothing may be shared between them. */
export function suiteAtOnce(title: string) {
  const tests = suite(title);
  const declare = (name: string, body: () => Promise<void>): void => {
    const running = body();
    // Its failure is reported when its turn comes.
    running.catch(() => undefined);
    tests(name, () => running);
  };
  return Object.assign(declare, {
    /** Starts when all others have ended. */
    last: (name: string, body: () => Promise<void>) => tests(name, body),
    run: () => tests.run(),
  });
}
