/** Lays out source files in a temporary folder that becomes the working directory. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Calls `check` in that folder, and removes the folder. */
export async function inTree<T>(
  files: Readonly<Record<string, string>>,
  check: () => T | Promise<T>,
): Promise<T> {
  const root = mkdtempSync(join(tmpdir(), 'venuebox-structure-'));
  const before = process.cwd();
  try {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), text);
    }
    process.chdir(root);
    return await check();
  } finally {
    process.chdir(before);
    rmSync(root, { recursive: true });
  }
}
