import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../src/limits.js';
import { MULTIPART, multipartBody } from '../../src/simulator/http-push.js';
import { VENDORS } from '../../src/vendors/index.js';
import { decoded, limitsOf, notificationOf } from '../support/fixtures.js';

const JSON_TYPE = 'application/json; charset=UTF-8';
const FIELDS = 'application/x-www-form-urlencoded';
const JPEG = Buffer.from('ffd8ffd9', 'hex');
const MP4 = Buffer.from('\0\0\0\x10ftypisom\0\0\0\0', 'latin1');

/** What names neither a camera nor an alarm. */
const REFUSED: ReadonlyArray<readonly [what: string, contentType: string, body: Buffer | string]> = [
  ['nothing', JSON_TYPE, ''],
  ['an empty object', JSON_TYPE, '{}'],
  ['an object of other names', JSON_TYPE, '{"serial":"VC0000000ABCD","alarm":"18"}'],
  ['a picture alone', JSON_TYPE, `{"picture":"${JPEG.toString('base64')}"}`],
  ['an empty vuid alone', JSON_TYPE, '{"vuid":""}'],
  ['a vuid that is an object', JSON_TYPE, '{"vuid":{"vuid":"VC0000000ABCD"}}'],
  ['a list', JSON_TYPE, '["VC0000000ABCD"]'],
  ['a list of heartbeats', JSON_TYPE, '[{"vuid":"VC0000000ABCD"}]'],
  ['a number', JSON_TYPE, '18'],
  ['text', JSON_TYPE, '"VC0000000ABCD"'],
  ['null', JSON_TYPE, 'null'],
  ['half an object', JSON_TYPE, '{"vuid":"VC0000000'],
  ['plain words', 'text/plain', 'VC0000000ABCD'],
  ['a page', 'text/html', '<html><body>vuid</body></html>'],
  ['fields of other names', FIELDS, 'serial=VC0000000ABCD&alarm=18'],
  ['fields without a value', FIELDS, 'vuid=&type='],
  ['a form of other names', MULTIPART, multipartBody([{ name: 'serial', bytes: 'VC0000000ABCD' }])],
  [
    'a form with a picture and a film alone',
    MULTIPART,
    multipartBody([
      { name: 'picture', filename: 'picture.jpg', contentType: 'image/jpeg', bytes: JPEG },
      { name: 'video', filename: 'record.mp4', contentType: 'video/mp4', bytes: MP4 },
    ]),
  ],
  ['a form without a part', MULTIPART, multipartBody([])],
];

for (const vendor of VENDORS.filter(({ id }) => id === 'vstarcam')) {
  for (const [what, contentType, body] of REFUSED) {
    test(`vstarcam: ${what} is refused`, () => {
      const notification = notificationOf(contentType, [Buffer.from(body as Buffer)], {}, limitsOf(vendor));
      assert.equal(decoded(vendor, notification), undefined);
    });
  }

  test('vstarcam: pictures come before films, in whichever order they were sent', () => {
    const body = multipartBody([
      { name: 'video', bytes: MP4 },
      { name: 'picture', bytes: JPEG },
      { name: 'vuid', bytes: 'VC0000000ABCD' },
      { name: 'type', bytes: '20' },
    ]);
    const [draft] = vendor.decode(notificationOf(MULTIPART, [body], {}, limitsOf(vendor)), LIMITS);
    assert.deepEqual(
      draft?.attachments.map(({ filename, content }) => [filename, content]),
      [
        ['scene-1.jpg', JPEG],
        ['video-2.mp4', MP4],
      ],
    );
  });
}
