/** Cameras and sound cards of this machine, as the set-up offers them. */
import { listSoundCards } from '../../hal/audio/list.ts';
import { listCameras } from '../../hal/camera/list.ts';

/** Values of the config, and what their makers call them. */
export interface FoundDevices {
  readonly cameras: readonly {
    readonly driver: string;
    readonly device: string;
    readonly name: string;
  }[];
  readonly sounds: readonly { readonly device: string; readonly name: string }[];
}

/** One search at a time, of whoever asks: each starts programs, beside a drop too. */
export function shareSearch(find: typeof findDevices): typeof findDevices {
  let running: Promise<FoundDevices> | undefined;
  return (signal) => {
    running ??= find(signal).finally(() => {
      running = undefined;
    });
    return running;
  };
}

export async function findDevices(signal: AbortSignal): Promise<FoundDevices> {
  const [cameras, cards] = await Promise.all([listCameras(signal), listSoundCards()]);
  return {
    cameras: cameras.map(({ driver, id, name }) => ({ driver, device: id, name })),
    sounds: cards.flatMap(({ name, captures }) => captures.map(({ device }) => ({ device, name }))),
  };
}
