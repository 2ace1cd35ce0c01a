import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { BodyPart, PartKind } from '../../src/notification.js';
import { readPictures } from '../../src/vendors/isapi/pictures.js';

type Labels = Pick<BodyPart, 'name' | 'filename' | 'contentId'>;

const part = (labels: Labels, kind: PartKind = 'jpeg', bytes = 'picture'): BodyPart => ({
  headers: new Map(),
  ...labels,
  kind,
  bytes: Buffer.from(bytes),
  truncated: false,
});
/** Role of one picture behind one that nobody named, so that its place says nothing of it. */
const roleOf = (labels: Labels) => readPictures([part({}), part(labels)])[1]?.role;

test('what a picture shows is read from the names devices give', () => {
  const cases: [string, string][] = [
    ['licensePlatePicture.jpg', 'plate'],
    ['LicensePlatePicture', 'plate'],
    ['vehiclePicture.jpg', 'target'],
    ['detectionPicture.jpg', 'scene'],
    ['pedestrianDetectionPicture.jpg', 'target'],
    ['pedestrianPicture.jpg', 'target'],
    ['detectedImage.jpg', 'target'],
    ['humanImage', 'target'],
    ['humanBackgroundImage', 'scene'],
    ['faceImage', 'face'],
    ['faceBackgroundImage', 'scene'],
    ['FACEIMAGE.JPG', 'face'],
    ['targetImage', 'target'],
  ];
  for (const [name, role] of cases) {
    assert.equal(roleOf({ name }), role, `name ${name}`);
    assert.equal(roleOf({ filename: name }), role, `filename ${name}`);
    assert.equal(roleOf({ contentId: name }), role, `Content-ID ${name}`);
    assert.equal(roleOf({ name: 'Picture', filename: 'x.jpg', contentId: name }), role);
  }
});

test('of pictures whose names say nothing, the first is the scene and others are what was seen', () => {
  for (const name of ['Picture', 'Picture_Name', 'MoveDetection.jpg', 'fielddetection', 'CapturePicture', ''])
    assert.deepEqual(
      readPictures([part({ name }), part({ name }), part({ name })]).map(({ role }) => role),
      ['scene', 'target', 'target'],
      name,
    );
});

test('pictures get our own numbered names, whatever the device called them', () => {
  const pictures = readPictures([
    part({ filename: '../../etc/passwd' }),
    part({ filename: 'licensePlatePicture.exe' }),
    part({ name: '__proto__', filename: 'CON' }),
    part({ filename: 'face\r\nX-Header: 1.jpg' }, 'png'),
  ]);
  assert.deepEqual(
    pictures.map(({ filename, contentType }) => [filename, contentType]),
    [
      ['scene-1.jpg', 'image/jpeg'],
      ['plate-2.jpg', 'image/jpeg'],
      ['target-3.jpg', 'image/jpeg'],
      ['face-4.png', 'image/png'],
    ],
  );
});

test('only pictures are attached, in the order they came, byte by byte', () => {
  const pictures = readPictures([
    part({}, 'empty', ''),
    part({ name: 'vehiclePicture' }, 'jpeg', 'one'),
    part({}, 'unknown', 'no picture'),
    part({ name: 'detectionPicture' }, 'png', 'two'),
    part({}, 'xml', '<a/>'),
  ]);
  assert.deepEqual(
    pictures.map(({ filename, content }) => [filename, content.toString()]),
    [
      ['target-1.jpg', 'one'],
      ['scene-2.png', 'two'],
    ],
  );
  assert.ok(pictures.every(({ content }) => Buffer.isBuffer(content)));
  assert.deepEqual(readPictures([]), []);
});
