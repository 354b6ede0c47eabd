/** Reads what a device tells until closed, and keeps the newest. */
export function follow<T>(open: (signal: AbortSignal) => AsyncIterable<T>) {
  const stop = new AbortController();
  let latest: T | undefined;
  const ended = (async () => {
    for await (const one of open(stop.signal)) latest = one;
  })();
  return {
    latest: () => latest,
    [Symbol.asyncDispose]: async () => {
      stop.abort();
      await ended;
    },
  };
}
