import type { BoxSnapshot } from '../model/snapshot.ts';
import { type Metric, type Sample, scaled } from './metric.ts';

/** Picture, sound and viewers. */
export const mediaMetrics: readonly Metric[] = [
  {
    name: 'venuebox_media_flowing',
    help: '1 while frames reach the viewers.',
    type: 'gauge',
    samples: ({ media }) => [[media === undefined ? undefined : Number(media.isFlowing)]],
  },
  {
    name: 'venuebox_parts_total',
    help: 'LL-HLS parts that were published.',
    type: 'counter',
    samples: ({ media }) => [[media?.partsTotal]],
  },
  {
    name: 'venuebox_camera_frames_per_second',
    help: 'Frames of the camera in the last second.',
    type: 'gauge',
    samples: ({ media }) => [[media?.framesPerS]],
  },
  {
    name: 'venuebox_frames_held_total',
    help: 'Frames that the camera left out.',
    type: 'counter',
    samples: ({ media }) => [[media?.repeatedFramesTotal]],
  },
  {
    name: 'venuebox_part_lag_seconds',
    help: "From a part's last captured frame to its bytes being servable.",
    type: 'gauge',
    labels: ['percentile'],
    samples: ({ media }) => quantiles(media?.partLagMs),
  },
  {
    name: 'venuebox_sound_peak_dbfs',
    help: 'Peak of the last 100 ms.',
    type: 'gauge',
    labels: ['channel'],
    samples: ({ levels }) => byChannel(levels?.peakDbfs),
  },
  {
    name: 'venuebox_sound_rms_dbfs',
    help: 'RMS of the last 100 ms.',
    type: 'gauge',
    labels: ['channel'],
    samples: ({ levels }) => byChannel(levels?.rmsDbfs),
  },
  {
    name: 'venuebox_viewers',
    help: 'Pages that are watching.',
    type: 'gauge',
    samples: ({ media }) => [[media?.viewers.viewers]],
  },
  {
    name: 'venuebox_viewer_latency_seconds',
    help: 'From the glass of the camera to that of the phone, as the pages tell.',
    type: 'gauge',
    labels: ['rendition', 'percentile'],
    samples: ({ media }) =>
      Object.entries(media?.viewers.latencyMsByRendition ?? {}).flatMap(([rendition, latency]) =>
        quantiles(latency, { rendition }),
      ),
  },
  {
    name: 'venuebox_viewer_startup_seconds',
    help: 'From opening the page to the first frame, as the pages tell.',
    type: 'gauge',
    labels: ['percentile'],
    samples: ({ media }) => quantiles(media?.viewers.startupMs),
  },
  {
    name: 'venuebox_viewer_stalls_total',
    help: 'Times that a page had nothing to play.',
    type: 'counter',
    samples: ({ media }) => [[media?.viewers.stallsTotal]],
  },
  {
    name: 'venuebox_viewer_stalled_seconds_total',
    help: 'Time that pages had nothing to play.',
    type: 'counter',
    samples: ({ media }) => [[scaled(media?.viewers.stalledMsTotal, 0.001)]],
  },
  {
    name: 'venuebox_http_connections',
    help: "Connections to the viewers' server.",
    type: 'gauge',
    samples: ({ media }) => [[media?.http.connections]],
  },
  {
    name: 'venuebox_http_requests_total',
    help: 'Requests that were answered.',
    type: 'counter',
    samples: ({ media }) => [[media?.http.requestsTotal]],
  },
  {
    name: 'venuebox_http_sent_bytes_total',
    help: 'Bytes that went to viewers.',
    type: 'counter',
    samples: ({ media }) => [[media?.http.sentBytesTotal]],
  },
  {
    name: 'venuebox_http_refused_total',
    help: 'Connections beyond the limits.',
    type: 'counter',
    samples: ({ media }) => [[media?.http.refusedTotal]],
  },
  {
    name: 'venuebox_http_dropped_slow_total',
    help: 'Viewers that took nothing for too long.',
    type: 'counter',
    samples: ({ media }) => [[media?.http.droppedSlowTotal]],
  },
  {
    name: 'venuebox_http_failed_total',
    help: 'Requests that met a mistake of the box; the journal says which.',
    type: 'counter',
    samples: ({ media }) => [[media?.http.failedTotal]],
  },
];

type Quantiles = NonNullable<NonNullable<BoxSnapshot['media']>['partLagMs']>;

function quantiles(ms: Quantiles | undefined, labels = {}): readonly Sample[] {
  return [
    [scaled(ms?.p50, 0.001), { ...labels, percentile: '50' }],
    [scaled(ms?.p95, 0.001), { ...labels, percentile: '95' }],
  ];
}

function byChannel(dbfs: readonly number[] | undefined): readonly Sample[] {
  return (dbfs ?? []).map((value, i) => [value, { channel: String(i + 1) }]);
}
