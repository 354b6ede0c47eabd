/** Folders of a config that the installed service may not write to. */
import { posix } from 'node:path';
import type { Config } from '../config.ts';

/** ReadWritePaths and StateDirectory of systemd/venuebox.service. */
export const WRITABLE: readonly string[] = ['/media', '/mnt', '/srv', '/var/lib/venuebox'];

/** One line each. Relative folders lie in the state folder, which is writable. */
export function unwritableFolders({
  recording,
  clips,
}: Pick<Config, 'recording' | 'clips'>): readonly string[] {
  const folders = [
    ...recording.targets.map(({ folder }, i) => [`recording.targets.${i}.folder`, folder] as const),
    ['clips.folder', clips.folder] as const,
  ];
  return folders
    .filter(([, folder]) => folder.startsWith('/') && !isWritable(posix.normalize(folder)))
    .map(([key, folder]) => `${key}: the service may not write to ${folder}; ${ADVICE}`);
}

const ADVICE = `use a folder below ${WRITABLE.join(', ')}, or add it to ReadWritePaths with: systemctl edit venuebox`;

function isWritable(folder: string): boolean {
  return WRITABLE.some((path) => folder === path || folder.startsWith(`${path}/`));
}
