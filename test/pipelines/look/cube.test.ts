/** The parser of .cube files. */
import fc from 'fast-check';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseCube } from '../../../pipelines/look/cube.ts';
import { renderCube } from './support/render-cube.ts';

const test = suite('.cube files');

const HEAD = 'LUT_3D_SIZE 2\n';
const ROWS = '0 0 0\n1 0 0\n0 1 0\n1 1 0\n0 0 1\n1 0 1\n0 1 1\n1 1 1\n';

test('title, comments, domain, empty lines and Windows line ends are read', () => {
  const text = `\uFEFF# by hand\r\nTITLE "Warm 50%"\r\n\r\nDOMAIN_MIN 0 0 0\r\nDOMAIN_MAX 1 2 3\r\n${HEAD}# table\r\n${ROWS}`;
  const cube = parseCube(text);
  if ('reason' in cube) throw new Error(cube.reason);
  assert.is(cube.title, 'Warm 50%');
  assert.is(cube.kind, '3D');
  assert.is(cube.size, 2);
  assert.equal(cube.domainMax, [1, 2, 3]);
  assert.equal([...cube.rgb.subarray(0, 6)], [0, 0, 0, 1, 0, 0]);
});

test('a table of Resolve has its range as LUT_3D_INPUT_RANGE', () => {
  const cube = parseCube(`${HEAD}LUT_3D_INPUT_RANGE 0.0 2.0\n${ROWS}`);
  assert.equal('reason' in cube ? undefined : cube.domainMax, [2, 2, 2]);
});

/** Each with the line that is wrong. */
const BROKEN: readonly (readonly [string, number, RegExp])[] = [
  ['', 1, /LUT_1D_SIZE or LUT_3D_SIZE is missing/],
  ['TITLE "x"\n', 2, /is missing/],
  [ROWS, 1, /must stand before the table/],
  [`LUT_3D_SIZE\n${ROWS}`, 1, /from 2 to 65/],
  [`LUT_3D_SIZE 1\n${ROWS}`, 1, /from 2 to 65/],
  [`LUT_3D_SIZE 66\n${ROWS}`, 1, /from 2 to 65/],
  [`LUT_3D_SIZE 2.5\n${ROWS}`, 1, /from 2 to 65/],
  [`LUT_3D_SIZE -2\n${ROWS}`, 1, /from 2 to 65/],
  [`LUT_3D_SIZE 2 2\n${ROWS}`, 1, /from 2 to 65/],
  ['LUT_1D_SIZE 70000\n', 1, /from 2 to 65536/],
  [`${HEAD}LUT_1D_SIZE 2\n${ROWS}`, 2, /one table/],
  [`${HEAD}${HEAD}${ROWS}`, 2, /twice/],
  [`${HEAD}${ROWS.replace('1 1 1\n', '')}`, 9, /ends after 7 of 8/],
  [`${HEAD}${ROWS}0 0 0\n`, 10, /more than its 8 lines/],
  [`${HEAD}${ROWS.replace('0 1 0', '0 1')}`, 4, /three numbers/],
  [`${HEAD}${ROWS.replace('0 1 0', '0 1 0 1')}`, 4, /three numbers/],
  [`${HEAD}${ROWS.replace('0 1 0', '0 nan 0')}`, 4, /three numbers/],
  [`${HEAD}${ROWS.replace('0 1 0', '0 1e9 0')}`, 4, /three numbers/],
  [`${HEAD}${ROWS.replace('0 1 0', '0,1,0')}`, 4, /neither a keyword nor three numbers/],
  [`${HEAD}${ROWS.replace('0 1 0', '0x1 0 0')}`, 4, /neither a keyword/],
  [`DOMAIN_MIN 0 0\n${HEAD}${ROWS}`, 1, /DOMAIN_MIN must be three numbers/],
  [`DOMAIN_MAX 0 0 0\n${HEAD}${ROWS}`, 1, /below that of DOMAIN_MAX/],
  [`${HEAD}DOMAIN_MIN 1 0 0\n${ROWS}`, 2, /below that of DOMAIN_MAX/],
  [`LUT_3D_INPUT_RANGE 1\n${HEAD}${ROWS}`, 1, /two numbers/],
  [`LUT_SHAPER 3\n${HEAD}${ROWS}`, 1, /not a keyword/],
  [`${HEAD}${ROWS.replace('0 1 0', 'TITLE "late"')}`, 4, /must stand before the table/],
  ['{"lut": true}', 1, /neither a keyword/],
];

test(`${BROKEN.length} broken files are refused, each with its line and reason`, () => {
  assert.ok(BROKEN.length >= 20);
  for (const [text, line, reason] of BROKEN) {
    const fault = parseCube(text);
    if (!('reason' in fault)) throw new Error(`taken: ${text}`);
    assert.is(fault.line, line, `${text}: ${fault.reason}`);
    assert.match(fault.reason, reason);
  }
});

test('no fault has words of the file: any file of the box can be named', () => {
  const secret = 'hunter2';
  for (const text of [secret, `KEY=${secret}`, `${HEAD}${secret} 1 2`, `${HEAD}1 ${secret} 2`]) {
    const fault = parseCube(text);
    assert.ok('reason' in fault);
    assert.not.match(JSON.stringify(fault), secret);
  }
});

test('any text is a table or a fault with a line of it', () => {
  const word = fc.constantFrom(
    ...['LUT_3D_SIZE', 'LUT_1D_SIZE', 'TITLE', 'DOMAIN_MIN', '2', '0', '1.5', '-1', '"', '#', '\n'],
  );
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.array(word).map((words) => words.join(' ')),
      ),
      (text) => {
        const read = parseCube(text);
        return !('reason' in read) || (read.line >= 1 && read.reason.length > 0);
      },
    ),
    { seed: 15 },
  );
});

test('what was written is read again', () => {
  const property = fc.property(
    fc.constantFrom('1D' as const, '3D' as const),
    fc.integer({ min: 2, max: 6 }),
    fc.double({ min: -1, max: 1, noNaN: true }),
    (kind, size, bend) => {
      const cube = parseCube(renderCube(kind, size, (r, g, b) => [r + bend, g * bend, b]));
      return !('reason' in cube) && cube.size === size && cube.kind === kind;
    },
  );
  fc.assert(property, { seed: 15 });
});

test.run();
