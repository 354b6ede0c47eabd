/** The rendition that only the uplink sends, as the scanner reads it. */
import sharp from 'sharp';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeStill } from '../../../pipelines/clips/still.ts';
import { UnpublishedRenditions } from '../../../pipelines/scan/unpublished.ts';
import { encodeMedia, type RealMedia } from '../../support/media/real-media.ts';

const test = suite<{ media: RealMedia }>('renditions that no viewer gets');

test.before(async (context) => {
  context.media = await encodeMedia();
});

test('the newest key frame is a movie that can be decoded', async ({ media: { video } }) => {
  const renditions = new UnpublishedRenditions();
  renditions.setCaps('uplink', video.caps);
  for (const [i, unit] of video.units.entries()) {
    renditions.add('uplink', { ...unit, timeUs: i * video.unitUs });
  }
  // Of 120 frames each thirtieth is a key frame.
  const newestUs = 90 * video.unitUs;
  const [still, ...others] = renditions.stills(newestUs);
  assert.equal([still?.rendition, others], ['uplink', []]);
  const movie = { chunks: [Buffer.from(still?.movie ?? '', 'base64')] };
  const picture = await sharp(await decodeStill(movie, AbortSignal.timeout(60_000))).metadata();
  assert.equal([picture.width, picture.height], [320, 180]);
  assert.equal(renditions.stills(newestUs + 1), [], 'an encoder that rests holds nothing up');
});

test('sound, what cannot be packaged, and what comes before its caps are left out', ({ media }) => {
  const { video, audio } = media;
  const renditions = new UnpublishedRenditions();
  const [frame] = video.units;
  if (frame === undefined) throw new Error('no frame');
  renditions.add('uplink', { ...frame, timeUs: 0 });
  renditions.setCaps('meter', audio.caps);
  renditions.add('meter', { ...frame, timeUs: 0 });
  renditions.setCaps('vp8', 'video/x-vp8, width=(int)320');
  renditions.add('vp8', { ...frame, timeUs: 0 });
  assert.equal(renditions.stills(0), []);
});

test('a new run begins without a picture of the last one', ({ media: { video } }) => {
  const renditions = new UnpublishedRenditions();
  const [frame] = video.units;
  if (frame === undefined) throw new Error('no frame');
  renditions.setCaps('uplink', video.caps);
  renditions.add('uplink', { ...frame, timeUs: 5 });
  assert.is(renditions.stills(0).length, 1);
  renditions.setCaps('uplink', video.caps);
  assert.is(renditions.stills(0).length, 0);
});

test.run();
