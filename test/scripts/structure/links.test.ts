/** What the documents point at exists: files, headings, and the source files that they name. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const test = suite('links of the documents');

const FILES = ['daemon', 'hal', 'pipelines', 'scripts', 'systemd', 'test']
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => `${folder}/${path}`),
  )
  .concat(readdirSync('.'));
const DOCUMENTS = FILES.filter((path) => path.endsWith('.md'));

/** As GitHub makes it of a heading. */
const anchorOf = (heading: string) =>
  heading
    .replace(/^#+ /, '')
    .toLowerCase()
    .replace(/[^\p{L}\p{N} -]/gu, '')
    .replaceAll(' ', '-');

function anchorsOf(path: string): readonly string[] {
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.filter((line) => /^#+ /.test(line)).map(anchorOf);
}

/** Links of a document that lead nowhere. */
function deadLinks(document: string, text: string): readonly string[] {
  return [...text.matchAll(/\]\((?!https?:)([^)\s]+)\)/g)]
    .map(([, link = '']) => link)
    .filter((link) => {
      const [path = '', anchor] = link.split('#');
      const target = path === '' ? document : join(dirname(document), path);
      return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
    });
}

/**
 * Source files in code marks that are nowhere. In the product one without a folder is below the document's own;
 * `DEVICE/port.ts` stands for one of each device.
 */
function deadNames(document: string, text: string): readonly string[] {
  const own = /^(?:daemon|hal|pipelines)\//.test(document) ? `${dirname(document)}/` : '';
  return [...text.matchAll(/`([\w./-]+\.(?:ts|mjs|sh))`/g)]
    .map(([, name = '']) => name)
    .filter((name) => !/[A-Z]{3}/.test(name))
    .filter((name) => {
      const below = name.includes('/') ? '' : own;
      const ending = `/${name.replace(/^(?:\.{1,2}\/)+/, '')}`;
      return !FILES.some((path) => path.startsWith(below) && `/${path}`.endsWith(ending));
    });
}

test('every link leads to a file, and to a heading in it', () => {
  for (const path of DOCUMENTS) assert.equal(deadLinks(path, readFileSync(path, 'utf8')), [], path);
});

test('every source file that a document names exists', () => {
  for (const path of DOCUMENTS) {
    assert.equal(deadNames(path, readFileSync(path, 'utf8')), [], path);
  }
});

test('a dead link, heading or name is found', () => {
  const text = '[a](no.md) [b](README.md#no-such) [c](#test-it) [d](hal/README.md#printers)';
  assert.equal(deadLinks('README.md', text), ['no.md', 'README.md#no-such']);
  assert.equal(deadNames('hal/README.md', '`no.ts` `box.ts` `daemon/box.ts`'), ['no.ts', 'box.ts']);
});

test.run();
