/** QR codes on the page. */
import encodeQR from 'qr';
import { svg } from './dom.ts';

/** Black on white: what every phone reads. */
export function renderCode(url: string): SVGElement {
  const rows = encodeQR(url, 'raw', { border: 2 });
  const size = String(rows.length);
  const path = rows
    .flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [`M${x} ${y}h1v1h-1z`] : [])))
    .join('');
  return svg(
    'svg',
    { viewBox: `0 0 ${size} ${size}`, class: 'qr', role: 'img', 'aria-label': url },
    svg('rect', { width: size, height: size, fill: '#fff' }),
    svg('path', { d: path, fill: '#000' }),
  );
}
