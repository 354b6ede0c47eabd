/** The operator's page as it is sent: markup, style and script, nothing from elsewhere. */

export const OPERATOR_HTML = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>venuebox operator</title>
<link rel="stylesheet" href="/operator.css">
<h1>venuebox</h1>
<p id="age" role="status">connecting</p>
<section><h2>On air</h2><dl id="air"></dl></section>
<section><h2>Sound</h2><div id="levels"></div></section>
<section><h2>Viewers</h2><dl id="viewers"></dl></section>
<section><h2>Parts of the box</h2><dl id="children"></dl></section>
<script src="/operator.js" defer></script>
</html>
`;

export const OPERATOR_CSS = `
:root { color-scheme: dark; font: 16px/1.4 system-ui, sans-serif; background: #111; color: #eee }
body { max-width: 42rem; margin: auto; padding: 1rem }
h1 { font-size: 1.2rem; margin: 0 } h2 { font-size: 1rem; color: #9ad; margin: 0 0 .5rem }
section { background: #1c1c1f; border-radius: .5rem; padding: .8rem 1rem; margin: .8rem 0 }
dl { display: grid; grid-template-columns: auto 1fr; gap: .2rem 1rem; margin: 0 }
dt { color: #aaa } dd { margin: 0; overflow-wrap: anywhere }
meter { width: 100% } .stale { color: #f66 }
`;

export const OPERATOR_JS = `
const byId = (id) => document.getElementById(id);
const list = (id, rows) => byId(id).replaceChildren(...rows.flatMap(([name, value]) => {
  const dt = document.createElement('dt'); dt.textContent = name;
  const dd = document.createElement('dd'); dd.textContent = value ?? 'unknown';
  return [dt, dd];
}));
const ms = (q) => q ? Math.round(q.p50) + ' ms (p95 ' + Math.round(q.p95) + ', ' + q.n + ')' : 'unknown';
let freshAt = 0;
async function refresh() {
  try {
    const box = await (await fetch('/state.json', { signal: AbortSignal.timeout(3000) })).json();
    freshAt = Date.now();
    const media = box.media;
    list('air', [
      ['state', media?.isFlowing ? 'on air' : 'no picture'],
      ['camera', box.camera], ['sound', box.sound], ['encoder', box.encoder],
      ['frame to servable', ms(media?.partLagMs)],
    ]);
    list('viewers', [
      ['watching', media?.viewers.viewers], ['connections', media?.http.connections],
      ['first picture after', ms(media?.viewers.startupMs)],
      ['stalls', media?.viewers.stallsTotal],
      ...Object.entries(media?.viewers.latencyMsByRendition ?? {}).map(([id, q]) => ['latency ' + id, ms(q)]),
    ]);
    list('children', Object.entries(box.children).map(([name, child]) =>
      [name, child.phase + ', ' + child.restartsTotal + ' restarts' + (child.lastFailure ? ': ' + child.lastFailure : '')]));
    byId('levels').replaceChildren(...(box.levels?.peakDbfs ?? []).map((peak) => {
      const meter = document.createElement('meter');
      Object.assign(meter, { min: -60, max: 0, high: -6, low: -50, optimum: -20, value: Math.max(-60, peak) });
      meter.title = peak.toFixed(1) + ' dBFS';
      return meter;
    }));
  } catch { /* the line below says how old the figures are */ }
  const age = (Date.now() - freshAt) / 1000;
  byId('age').textContent = freshAt === 0 ? 'connecting' : age > 3 ? 'no answer for ' + Math.round(age) + ' s' : 'live';
  byId('age').className = age > 3 ? 'stale' : '';
  setTimeout(refresh, 500);
}
refresh();
`;
