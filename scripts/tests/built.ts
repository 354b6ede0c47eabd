/** Where a test, or what it imports, lies once it is built (scripts/tests/build.ts). */

export const BUILT = '.tests';

/** @param file From the root of the repository; one that is no TypeScript is run as it is. */
export function builtOf(file: string): string {
  return file.endsWith('.ts') ? `${BUILT}/${file.slice(0, -'ts'.length)}js` : file;
}
