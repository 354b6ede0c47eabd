/** Measures source files: their lines, their functions and whether they open with a comment. */
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { FOLDERS, listFiles } from './list-files.ts';

interface FunctionLength {
  readonly name: string;
  readonly line: number;
  readonly lines: number;
}

export interface Source {
  /** Relative to the root, with slashes. */
  readonly path: string;
  readonly lines: number;
  /** Without blank lines and comments. */
  readonly codeLines: number;
  readonly hasOpeningLine: boolean;
  readonly functions: readonly FunctionLength[];
}

/** Every TypeScript file and module script below the root's own folders. */
export function readSources(root: string): readonly Source[] {
  return FOLDERS.flatMap((folder) => listFiles(root, folder))
    .filter((path) => /\.(ts|mjs)$/.test(path) && !path.startsWith('test/data/'))
    .map((path) => measure(path, readFileSync(join(root, path), 'utf8')));
}

export function measure(path: string, text: string): Source {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS);
  const coded = new Set<number>();
  const functions: FunctionLength[] = [];
  const lineAt = (position: number) => file.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    if (ts.isJSDoc(node)) return;
    const children = node.getChildren(file);
    const [first, last] = [lineAt(node.getStart(file)), lineAt(node.getEnd())];
    if (children.length === 0 && node.getEnd() > node.getStart(file)) {
      for (let line = first; line <= last; line += 1) coded.add(line);
    }
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      functions.push({ name: nameOf(node, file), line: first + 1, lines: last - first + 1 });
    }
    for (const child of children) visit(child);
  };
  visit(file);
  return {
    path,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    codeLines: coded.size,
    hasOpeningLine: /^(#!.*\n)?\s*(\/\*|\/\/)/.test(text),
    functions,
  };
}

function nameOf(node: ts.SignatureDeclaration, file: ts.SourceFile): string {
  const holder = node.name === undefined ? node.parent : node;
  const name = 'name' in holder ? (holder.name as ts.Node | undefined) : undefined;
  return name?.getText(file) ?? '(no name)';
}

export interface FolderSize {
  readonly folder: string;
  readonly files: number;
  readonly lines: number;
  readonly codeLines: number;
}

/** Files that lie in each folder itself. */
export function sizesByFolder(sources: readonly Source[]): readonly FolderSize[] {
  return [...grouped(sources)]
    .map(([folder, files]) => ({
      folder,
      files: files.length,
      lines: sum(files.map((file) => file.lines)),
      codeLines: sum(files.map((file) => file.codeLines)),
    }))
    .toSorted((a, b) => (a.folder < b.folder ? -1 : 1));
}

function grouped(sources: readonly Source[]): Map<string, Source[]> {
  const folders = new Map<string, Source[]>();
  for (const source of sources) {
    const folder = dirname(source.path);
    folders.set(folder, [...(folders.get(folder) ?? []), source]);
  }
  return folders;
}

export function sum(values: readonly number[]): number {
  return values.reduce((all, value) => all + value, 0);
}
