import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { AlarmMessage } from '../../nodes/lib/to-msg.js';
import { SYSTEM_CLOCK } from '../../src/clock.js';
import type { Notification } from '../../src/notification.js';
import { join, jpeg } from '../support/multipart-samples.js';
import { seeded } from '../vendors/changes.js';
import { type Build, promise } from './support/promise.js';

const BASE = [
  '../evil',
  '..\\evil',
  '/etc/passwd',
  'C:\\Windows\\evil',
  '\\\\server\\share\\evil',
  '%2e%2e%2fevil',
  '..%5cevil',
  'evil\0',
  'CON',
  'NUL.jpg',
  'aux.txt:stream',
  '\u202egpj.evil',
  '\u2066evil\u2069',
  '~',
  '.',
  '..',
  '',
  ' ',
  'x'.repeat(300),
  '__proto__',
  '-rf',
  '$(id)',
  'a;b',
  '\uff0e\uff0e\uff0fevil',
  '....//evil',
];
const ENDINGS = ['', '.jpg', '/../../x', '\\..\\x.png', '\0.jpg', '.jpg/', ' .', '?x=1#y'];
/** 200 names that nobody should use. */
const NAMES = BASE.flatMap((name) => ENDINGS.map((ending) => name + ending));
const PIECES = [
  '..',
  '/',
  '\\',
  '%2e',
  '%00',
  '\0',
  ':',
  'a',
  '.jpg',
  '\u202e',
  '~',
  '|',
  '*',
  ' ',
  '\r',
  '"',
];

const FILE_NAME = /^[a-z]+-\d{1,2}\.(jpg|png|mp4|h264|h265|avi|bin)$/;
const CONTENT_ID = /^[\w-]+\.\d{1,2}@camera-alarms$/;
const MEMORY_FILE = /^[\da-f]{32}\.json$/;
const PICTURE = jpeg();
const FILM = Buffer.from('\0\0\0\x18ftypisom\0\0\0\0', 'latin1');
const MULTIPART = 'multipart/form-data; boundary=b';

const quoted = (name: string) => `"${name.replaceAll(/["\\]/g, '\\$&').replaceAll(/[\r\n]/g, ' ')}"`;
const part = (name: string, bytes: Buffer | string) =>
  join(
    `--b\r\nContent-Disposition: form-data; name=${quoted(name)}; filename=${quoted(name)}; filename*=UTF-8''${encodeURIComponent(name)}\r\n` +
      `Content-ID: <${name.replaceAll(/[\r\n]/g, ' ')}>\r\n\r\n`,
    bytes,
    '\r\n',
  );
const form = (name: string) =>
  join(
    '--b\r\nContent-Disposition: form-data; name="vuid"\r\n\r\n',
    name,
    '\r\n--b\r\nContent-Disposition: form-data; name="type"\r\n\r\n18\r\n',
    `--b\r\nContent-Disposition: form-data; name="picture"; filename=${quoted(name)}\r\n\r\n`,
    PICTURE,
    `\r\n--b\r\nContent-Disposition: form-data; name="video"; filename=${quoted(name)}\r\n\r\n`,
    FILM,
    '\r\n--b--\r\n',
  );
const base64 = PICTURE.toString('base64');

/** Deliveries whose every name is this one: vendor, content type, body. */
const deliveries = (name: string): [vendor: string, contentType: string, body: Buffer][] => [
  [
    'isapi',
    MULTIPART,
    join(
      part(
        name,
        JSON.stringify({
          eventType: 'linedetection',
          eventState: 'active',
          channelName: name,
          picName: name,
          Extensions: { serialNumber: name },
        }),
      ),
      part(name, PICTURE),
      part(name, PICTURE),
      '--b--\r\n',
    ),
  ],
  ['vstarcam', MULTIPART, form(name)],
  ['vstarcam', 'application/json', Buffer.from(JSON.stringify({ vuid: name, type: '18', picture: base64 }))],
  [
    'raysharp',
    'application/json',
    Buffer.from(
      JSON.stringify({
        data: {
          dev_net_info: [{ device_name: name, mac: name }],
          alarm_list: [
            {
              channel_alarm: [
                { channel: 'CH1', channel_name: name, motion_alarm: true, take_alarm_snap: name },
              ],
            },
          ],
          alarm_snap_data: [{ img_id: name, img_name: name, img_data: base64 }],
        },
      }),
    ),
  ],
];

/** Gives a delivery to an inbox of its own. @returns the labels of its parts, and the messages of a flow */
function receiving({ load }: Build) {
  const { limitsOf, notificationOf } =
    load<typeof import('../support/fixtures.js')>('test/support/fixtures.js');
  const { BodyReader } = load<typeof import('../../src/wire/body.js')>('src/wire/body.js');
  const { Inbox } = load<typeof import('../../src/inbox/inbox.js')>('src/inbox/inbox.js');
  const { createIds } = load<typeof import('../../src/event-id.js')>('src/event-id.js');
  const { LIMITS } = load<typeof import('../../src/limits.js')>('src/limits.js');
  const { VENDORS } = load<typeof import('../../src/vendors/index.js')>('src/vendors/index.js');
  const { alarmMessage } = load<typeof import('../../nodes/lib/to-msg.js')>('nodes/lib/to-msg.js');
  return (id: string, contentType: string, body: Buffer) => {
    const vendor = VENDORS.find((each) => each.id === id) ?? assert.fail(id);
    const reader = new BodyReader(contentType, limitsOf(vendor), vendor.sendsFormData);
    reader.write(body);
    const { parts, truncated } = reader.end();
    const notification: Notification = { ...notificationOf(contentType, []), parts, truncated };
    const messages: AlarmMessage[] = [];
    const inbox = new Inbox(vendor, createIds(), LIMITS);
    inbox.subscribe({ alarm: (alarm) => messages.push(alarmMessage(alarm)), sign: () => undefined });
    inbox.accept({ notification, raw: () => Buffer.alloc(0) });
    inbox.stop();
    return { messages, labels: parts.flatMap(({ name = '', filename = '' }) => [name, filename]) };
  };
}

/** A step of a path below the archive: nothing in it leads anywhere else. */
const STEP = /^(?!\.)[^\p{Cc}\p{Cf}\p{Cs}/\\:*?"<>|]{1,150}(?<![. ])$/u;
const DAY = /^\d{4}-\d\d-\d\d$/;
const NAME_FROM_CLOCK = /^\d\d-\d\d-\d\d [a-z]/;

/** Gives messages to an archive. @returns the files it would write */
function archiving({ load }: Build) {
  const { Archive } = load<typeof import('../../src/archive/archive.js')>('src/archive/archive.js');
  const { LIMITS } = load<typeof import('../../src/limits.js')>('src/limits.js');
  const files: string[] = [];
  const nothing = async function* () {};
  const archive = new Archive(
    {
      pathOf: (file) => file,
      write: async (file) => files.push(file) > 0,
      sync: async () => undefined,
      read: async () => undefined,
      folders: nothing,
      files: nothing,
      remove: async () => undefined,
      removeFolder: async () => undefined,
      clear: async () => undefined,
    },
    SYSTEM_CLOCK,
    LIMITS,
  );
  return { files, keep: (message: AlarmMessage) => archive.keep(message) };
}

/** Names of the files that are made when devices of these names are remembered, all below one folder. */
async function remembered({ load }: Build, names: readonly string[], userDir: string): Promise<string[]> {
  const { DeviceMemory } = load<typeof import('../../nodes/lib/device-memory.js')>(
    'nodes/lib/device-memory.js',
  );
  const memory = new DeviceMemory(userDir);
  for (const name of names) await memory.linkage.save(name, []);
  const files = readdirSync(path.dirname(userDir), { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  return files.map((entry) => realpathSync(path.join(entry.parentPath ?? entry.path, entry.name)));
}

promise(
  'P35',
  'no name from the wire becomes a path; in the archive it is one harmless step of one at most',
  async ({ build, t, short, figure }) => {
    const random = seeded(20_261_122);
    const made = Array.from({ length: short ? 0 : 2_000 }, () =>
      Array.from({ length: 1 + random(12) }, () => PIECES[random(PIECES.length)]).join(''),
    );
    const names = [...new Set([...NAMES, ...made])];
    const receive = receiving(build);
    const archive = archiving(build);
    let attachments = 0;
    for (const name of names) {
      for (const [vendor, contentType, body] of deliveries(name)) {
        const { messages, labels } = receive(vendor, contentType, body);
        const where = `${JSON.stringify(name)} from ${vendor}`;
        for (const label of labels)
          assert.match(label, /^[^\p{Cc}/\\\u202a-\u202e\u2066-\u2069]{0,100}$/u, `a label of ${where}`);
        for (const message of messages) {
          await archive.keep(message);
          if (message.filename !== undefined) assert.match(message.filename, FILE_NAME, where);
          assert.match(message.topic, /^[\w.-]+\/[\w.-]*\/\d+\/[\w-]+$/, `the topic of ${where}`);
          for (const { filename, cid } of message.attachments) {
            assert.match(filename, FILE_NAME, where);
            assert.match(cid, CONTENT_ID, where);
            attachments++;
          }
        }
      }
    }
    for (const file of archive.files) {
      const [day = '', place = '', name = '', ...more] = file.split('/');
      assert.deepEqual(more, [], file);
      assert.match(day, DAY, file);
      assert.match(place, STEP, file);
      assert.match(name, STEP, file);
      assert.match(name, NAME_FROM_CLOCK, file);
    }
    const places = new Set(archive.files.map((file) => file.split('/')[1]));
    const base = realpathSync(mkdtempSync(path.join(os.tmpdir(), 'no-paths-')));
    t.after(() => rmSync(base, { recursive: true, force: true }));
    const userDir = path.join(base, 'user');
    mkdirSync(userDir);
    const few = names.slice(0, short ? 30 : 400);
    const files = await remembered(build, few, userDir);
    const folder = path.join(userDir, 'camera-alarms', 'devices');
    for (const file of files) {
      assert.equal(path.dirname(file), folder, file);
      assert.match(path.basename(file), MEMORY_FILE, file);
    }
    const devices = files.map((file) => JSON.parse(readFileSync(file, 'utf8')).device as string);
    assert.deepEqual(devices.sort(), [...few].sort(), 'each device has a file of its own');
    figure(
      `${names.length} names: ${attachments} attachments with names of ours, archived in ${places.size} folders; ${files.length} files of devices, all in one folder`,
    );
  },
  [
    {
      what: 'takes the file name of a picture from the wire',
      file: 'src/vendors/isapi/pictures.js',
      from: "cid: '' };",
      to: "cid: '', filename: part.filename ?? 'a' };",
    },
    {
      what: 'keeps the path in a label',
      file: 'src/wire/header.js',
      from: "const last = name.slice(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\\\')) + 1);",
      to: 'const last = name;',
    },
    {
      what: 'lets a name from the wire lead out of the archive',
      file: 'src/archive/safe-name.js',
      from: ".replace(FORBIDDEN, '-')",
      to: '',
    },
    {
      what: 'names the file of a device after the device',
      file: 'nodes/lib/device-memory.js',
      from: "(0, node_crypto_1.createHash)('sha256').update(device).digest('hex').slice(0, 32)",
      to: 'device',
    },
  ],
);
