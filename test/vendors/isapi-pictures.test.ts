import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LIMITS } from '../../src/limits.js';
import type { BodyPart, PartKind } from '../../src/notification.js';
import { isapi } from '../../src/vendors/isapi/index.js';
import { pictureLinks, pictureUrls } from '../../src/vendors/isapi/links.js';
import { isLinked, readPictures } from '../../src/vendors/isapi/pictures.js';
import { notificationOf } from '../support/fixtures.js';

type Labels = Pick<BodyPart, 'name' | 'filename' | 'contentId'>;

/** How parts of a kind begin. */
const BEGIN: Partial<Record<PartKind, string>> = { jpeg: '\xff\xd8', png: '\x89PNG' };
const part = (labels: Labels, kind: PartKind = 'jpeg', bytes = 'picture'): BodyPart => ({
  headers: new Map(),
  ...labels,
  kind,
  bytes: Buffer.from((BEGIN[kind] ?? '') + bytes, 'latin1'),
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
    pictures.map(({ filename, content }) => [filename, content.toString('latin1')]),
    [
      ['target-1.jpg', '\xff\xd8one'],
      ['scene-2.png', '\x89PNGtwo'],
    ],
  );
  assert.ok(pictures.every(({ content }) => Buffer.isBuffer(content)));
  assert.deepEqual(readPictures([]), []);
});

/** Roles of the pictures of an alert that have these labels, in their order. */
const rolesOf = (alert: Readonly<Record<string, unknown>>, ...labels: Labels[]) =>
  readPictures(
    labels.map((each) => part(each)),
    pictureLinks(alert, LIMITS.depth),
  ).map(({ role }) => role);
const FACES = {
  faceCapture: [
    {
      targetAttrs: { contentID: 'c-0', pId: 'p-0' },
      faces: [
        { contentID: 'c-1', pId: 'p-1' },
        { contentID: 'c-2', pId: 'p-2' },
      ],
    },
  ],
};

test('a picture shows what the document that names it says, by Content-ID, part name and file name', () => {
  const wanted = ['face', 'scene', 'face'];
  const forms: ((name: string) => Labels)[] = [
    (name) => ({ contentId: name }),
    (name) => ({ name }),
    (name) => ({ filename: name }),
    (name) => ({ filename: `${name}.jpg` }),
    (name) => ({ contentId: name, name: 'detectionPicture', filename: 'licensePlate.jpg' }),
    (name) => ({ contentId: 'nobody knows', name: 'vehiclePicture', filename: `${name}.jpg` }),
  ];
  for (const form of forms)
    for (const ids of [
      ['c-1', 'c-0', 'c-2'],
      ['p-2', 'p-0', 'p-1'],
    ])
      assert.deepEqual(rolesOf(FACES, ...ids.map(form)), wanted);
});

test('of the two pictures of an object the second is the whole view, in whatever order they come', () => {
  for (const [name, role] of [
    ['Human', 'target'],
    ['Vehicle', 'target'],
    ['NonMotor', 'target'],
    ['Face', 'face'],
  ] as const) {
    for (const link of ['contentID', 'pId', 'fileName']) {
      const alert = { CaptureResult: [{ targetID: 1, [name]: { [`${link}1`]: 'a', [`${link}2`]: 'b' } }] };
      assert.deepEqual(rolesOf(alert, { name: 'b' }, { name: 'a' }), ['scene', role], `${name} ${link}`);
      assert.deepEqual(rolesOf(alert, { name: 'a' }, { name: 'b' }), [role, 'scene'], `${name} ${link}`);
    }
  }
  const named = { CaptureResult: { Human: { contentID1: 'humanImage', contentID2: 'faceImage' } } };
  assert.deepEqual(rolesOf(named, { name: 'faceImage' }, { name: 'humanImage' }), ['scene', 'target']);
});

test('the type beside the name of a picture counts before every name', () => {
  const pictureInfo = [
    { fileName: 'a.jpg', type: 'licensePlatePicture' },
    { pId: 'vehiclePicture', type: 'detectionPicture' },
    { fileName: 'licensePlate.jpg', type: 'vehiclePicture' },
    { fileName: 'licensePlate2.jpg', type: 'something else' },
  ];
  const labels = ['a.jpg', 'vehiclePicture', 'licensePlate.jpg', 'licensePlate2.jpg'].map((filename) => ({
    filename,
  }));
  const alert = { ANPR: { pictureInfoList: { pictureInfo } } };
  assert.deepEqual(rolesOf(alert, ...labels), ['plate', 'scene', 'target', 'plate']);
});

test('a link without meaning leaves the name and the place of a picture to tell', () => {
  const alert = { something: { contentID: 'x', pId: 'faceImage' }, other: { contentID: '' } };
  assert.deepEqual(rolesOf(alert, { name: 'x' }, { name: 'x' }), ['scene', 'target']);
  assert.deepEqual(rolesOf(alert, { name: 'a' }, { name: 'faceImage' }), ['scene', 'face']);
  assert.deepEqual([...pictureLinks(alert, LIMITS.depth).keys()], ['x', 'faceImage']);
  assert.equal(isLinked(part({}), new Map([['', 'face']])), false);
});

test('names that are numbers link as well, however they are written', () => {
  const alert = { faceCapture: { faces: [{ pId: 7 }, { contentID: '8' }], targetAttrs: { contentID: 9 } } };
  assert.deepEqual(rolesOf(alert, { name: '7' }, { name: '9' }, { name: '8' }), ['face', 'scene', 'face']);
});

test('names from the wire are looked up and become no key of an object', () => {
  for (const name of ['__proto__', 'constructor', 'toString']) {
    assert.equal(isLinked(part({ name }), pictureLinks({}, LIMITS.depth)), false);
    assert.deepEqual(rolesOf({ faces: { pId: name } }, {}, { name }), ['scene', 'face']);
  }
});

test('a document as deep as documents may be is searched, and a deeper one comes to an end', () => {
  const nest = (depth: number): Readonly<Record<string, unknown>> =>
    depth === 0 ? { contentID: 'x', bkgUrl: 'http://192.0.2.7/x' } : { faces: [[nest(depth - 1)]] };
  assert.deepEqual([...pictureLinks(nest(30), LIMITS.depth)], [['x', 'face']]);
  assert.equal(pictureUrls(nest(30), LIMITS.depth).length, 1);
  assert.deepEqual(
    [pictureLinks(nest(1_000), LIMITS.depth).size, pictureUrls(nest(1_000), LIMITS.depth)],
    [0, []],
  );
});

test('addresses of pictures are told in the order of the document, each once, with what they show', () => {
  const at = (name: string) => `http://192.0.2.7/${name}.jpg`;
  const alert = {
    faceCapture: [
      {
        faces: [
          { URL: at('face-1') },
          { URL: at('face-2'), again: { faceURL: at('face-1') } },
          { URL: ['', at('face-3'), at('face-3')] },
        ],
        targetAttrs: { bkgUrl: at('whole'), URL: at('whole') },
      },
    ],
    CaptureResult: { Vehicle: { URL: at('car') }, Human: { humanImageURL: at('man') } },
    plateURL: at('plate'),
    pictureURL: at('some'),
  };
  assert.deepEqual(pictureUrls(alert, LIMITS.depth), [
    { url: at('face-1'), role: 'face' },
    { url: at('face-2'), role: 'face' },
    { url: at('face-3'), role: 'face' },
    { url: at('whole'), role: 'scene' },
    { url: at('car'), role: 'target' },
    { url: at('man'), role: 'target' },
    { url: at('plate'), role: 'plate' },
    { url: at('some'), role: 'target' },
  ]);
});

test('the type beside an address says what the picture shows', () => {
  const pictureInfo = ['licensePlatePicture', 'vehiclePicture', 'detectionPicture'].map((type) => ({
    type,
    pictureURL: `http://192.0.2.7/${type}`,
  }));
  assert.deepEqual(
    pictureUrls({ ANPR: { pictureInfoList: { pictureInfo } } }, LIMITS.depth).map(({ role }) => role),
    ['plate', 'target', 'scene'],
  );
});

test('only addresses of web pictures are told, under names of pictures', () => {
  const url = 'https://192.0.2.7/a?b=c&d=e';
  const told: [string, unknown, boolean][] = [
    ['bkgUrl', url, true],
    ['BKGURL', url, true],
    ['URL', 'HTTP://192.0.2.7/', true],
    ['pictureURL', url, true],
    ['PicUrl', url, true],
    ['face_picurl', url, true],
    ['bkgUrl', '/picture/a.jpg', false],
    ['bkgUrl', 'ftp://192.0.2.7/a.jpg', false],
    ['bkgUrl', 'file:///etc/passwd', false],
    ['bkgUrl', 'javascript:alert(1)', false],
    ['bkgUrl', 'data:image/jpeg;base64,AAAA', false],
    ['bkgUrl', 'httpx://192.0.2.7/', false],
    ['bkgUrl', '', false],
    ['bkgUrl', 7, false],
    ['bkgUrl', null, false],
    ['bkgUrl', { a: 'text' }, false],
    ['requestURL', url, false],
    ['URLCertificationType', url, false],
    ['url of a picture', url, false],
  ];
  for (const [name, value, wanted] of told)
    assert.equal(
      pictureUrls({ [name]: value }, LIMITS.depth).length,
      wanted ? 1 : 0,
      `${name} ${String(value)}`,
    );
});

/** Events of a multipart body, each with the names of its pictures, which are what they hold. */
function delivered(...parts: (Readonly<Record<string, unknown>> | string)[]): [string, string[]][] {
  const pieces = parts.map((each) =>
    typeof each === 'string'
      ? `Content-Disposition: form-data; name="${each}"\r\n\r\n\xff\xd8${each}\xff\xd9`
      : `\r\n${JSON.stringify(each)}`,
  );
  const body = pieces.map((piece) => `--b\r\n${piece}\r\n`).join('');
  const notification = notificationOf('multipart/form-data; boundary=b', [
    Buffer.from(`${body}--b--\r\n`, 'latin1'),
  ]);
  return isapi
    .decode(notification, LIMITS)
    .map(({ event, attachments }) => [
      event.type,
      attachments.map(({ content }) => content.subarray(2, -2).toString('latin1')),
    ]);
}
const naming = (eventType: string, ...names: string[]) => ({
  eventType,
  faces: names.map((pId) => ({ pId })),
});

test('a picture that only another document of the delivery names goes to that one, wherever it stands', () => {
  const one = naming('faceCapture', 'a');
  const two = naming('alarmResult', 'b');
  for (const parts of [
    [one, two, 'a', 'b'],
    [one, 'b', two, 'a'],
    ['b', 'a', one, two],
    ['b', one, two, 'a'],
  ])
    assert.deepEqual(
      delivered(...parts),
      [
        ['faceCapture', ['a']],
        ['alarmResult', ['b']],
      ],
      JSON.stringify(parts),
    );
});

test('a picture that both or none name stays with the document before it', () => {
  const none = { eventType: 'VMD' };
  assert.deepEqual(delivered(naming('faceCapture', 'a'), naming('alarmResult', 'a'), 'a', 'x'), [
    ['faceCapture', []],
    ['alarmResult', ['a', 'x']],
  ]);
  assert.deepEqual(delivered('x', none, 'y', naming('faceCapture', 'a'), 'z', 'a', { eventType: 'IO' }), [
    ['VMD', ['x', 'y']],
    ['faceCapture', ['z', 'a']],
    ['IO', []],
  ]);
});

test('of several alerts in one document each gets the pictures it names, and the first one the others', () => {
  const [one, two] = [naming('one', 'a', 'c'), naming('two', 'b')];
  for (const document of [
    { EventNotificationAlert: [one, two] },
    { EventNotificationAlert: [one, two, one] },
  ])
    assert.deepEqual(delivered('x', document, 'b', 'a', 'y').slice(0, 2), [
      ['one', ['x', 'a', 'y']],
      ['two', ['b']],
    ]);
  assert.deepEqual(delivered({ EventNotificationAlert: [one, two] }, 'b', naming('three', 'c'), 'a', 'c'), [
    ['one', ['a']],
    ['two', ['b']],
    ['three', ['c']],
  ]);
});

test('no picture is lost or shown twice, however many documents and pictures a delivery mixes', () => {
  const names = ['a', 'b', 'c', 'd'];
  for (let order = 0; order < 64; order++) {
    const documents = [0, 1, 2].map((index) =>
      naming(`type${index}`, ...names.filter((_, bit) => ((order >> ((bit + index) % 6)) & 1) === 1)),
    );
    const parts = [...documents, ...names].map((each, index) => ({ each, place: (index * (order + 3)) % 7 }));
    const mixed = parts.sort((a, b) => a.place - b.place).map(({ each }) => each);
    const shown = delivered(...mixed).flatMap(([, pictures]) => pictures);
    assert.deepEqual(shown.sort(), names);
  }
});

test('a picture without its end marker marks the alarm as truncated; what a camera appends behind it does not', () => {
  const jpeg = (...rest: Buffer[]) => Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0]), ...rest]);
  const end = Buffer.from([0xff, 0xd9]);
  const scene = Buffer.alloc(20_000, 0x41);
  const alert = '<EventNotificationAlert><eventType>VMD</eventType></EventNotificationAlert>';
  for (const [picture, truncated] of [
    [jpeg(scene, end), undefined],
    [jpeg(scene, end, Buffer.alloc(3_000, 0x20)), undefined],
    [jpeg(scene), true],
    [jpeg(end, scene), true],
  ] as const) {
    const body = Buffer.concat([
      Buffer.from(
        `--b\r\nContent-Type: application/xml\r\nContent-Length: ${alert.length}\r\n\r\n${alert}\r\n`,
      ),
      Buffer.from(`--b\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`),
      picture,
      Buffer.from('\r\n--b--\r\n'),
    ]);
    const [draft] = isapi.decode(notificationOf('multipart/form-data; boundary=b', [body]), LIMITS);
    assert.equal(draft?.event.truncated, truncated);
    assert.deepEqual(
      draft?.attachments.map(({ content }) => content.length),
      [picture.length],
    );
  }
});
