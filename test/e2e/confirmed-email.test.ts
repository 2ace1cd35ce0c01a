import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { type Scene, simulatedRecorder } from '../../src/simulator/hikvision.js';
import { type PictureName, picture } from '../../src/simulator/picture.js';
import { type MailServer, mailBy, type ReceivedMail, startMailServer } from '../support/mail-server.js';
import { Mailbox } from '../support/mailbox.js';
import { exampleFlow, freePort, type NodeRed, startNodeRed } from '../support/node-red.js';

const TAB = 'confirmed-email';
const SECRET = 'confirm12345';
const PICTURES: readonly PictureName[] = ['gate-scene', 'yard-scene', 'door-scene', 'car-scene', 'car-plate'];
/** Alarms come again soon, and for as long as it takes. */
const EAGER = { confirmMs: 300, confirmMostMs: 600, confirmTries: 1_000 };

/** Each camera of a recorder shows a picture of its own. */
const pictureOf = (camera: number) => PICTURES[camera % PICTURES.length] as PictureName;
const sceneOf = (camera: number): Scene => ({
  eventType: 'VMD',
  eventDescription: 'Motion alarm',
  channel: camera,
  channelName: `Camera ${camera}`,
  pictures: [{ name: pictureOf(camera), part: 'MoveDetection' }],
});

describe('example: alarm picture by e-mail, confirmed', () => {
  const recorder = simulatedRecorder();
  let mails: Mailbox<ReceivedMail>;
  let userDir: string;
  let port: number;
  let mailPort: number;
  let server: MailServer | undefined;
  let nodeRed: NodeRed;

  beforeEach(async () => {
    mails = new Mailbox();
    userDir = mkdtempSync(path.join(tmpdir(), 'camera-alarms-confirmed-'));
    [port, mailPort] = [await freePort(), await freePort()];
  });
  afterEach(async () => {
    await nodeRed?.stop();
    await stopMail();
    rmSync(userDir, { recursive: true });
  });

  async function startMail(): Promise<void> {
    server = await startMailServer((mail) => mails.put(mail), mailPort);
  }

  async function stopMail(): Promise<void> {
    await server?.stop();
    server = undefined;
  }

  async function start(limits: object = EAGER): Promise<void> {
    const flows = exampleFlow('13-confirmed-email', {
      'alarm-listener': { host: '127.0.0.1', port: String(port) },
      'e-mail': mailBy({ port: mailPort }),
      'alarm-settle': { wires: [['confirmed']] },
      debug: { console: true },
    });
    const shown = { complete: 'topic', console: true, active: true, x: 1, y: 1, wires: [] };
    nodeRed = await startNodeRed({
      userDir,
      modules: ['node-red-node-email'],
      flows: [...flows, { id: 'confirmed', type: 'debug', z: TAB, name: 'confirmed', ...shown }],
      credentials: {
        'confirmed-email-listener': { secret: SECRET },
        'confirmed-email-mail': { userid: 'gate@example.com' },
      },
      settings: { cameraAlarms: { limits } },
    });
    await nodeRed.said(/waiting for alarms on port/);
  }

  async function push(cameras: readonly number[]): Promise<void> {
    const target = { host: '127.0.0.1', port, path: `/${SECRET}/isapi` };
    for (const camera of cameras)
      assert.match(await recorder.push(target, sceneOf(camera)), /^HTTP\/1\.1 200 /, `camera ${camera}`);
  }

  /** Waits until each of these cameras has its mail, with its picture; some may come twice, and none of another. */
  async function expectMails(cameras: readonly number[]): Promise<void> {
    const missing = new Map(cameras.map((camera) => [`Motion: Camera ${camera}`, camera]));
    const wanted = new Map(missing);
    while (missing.size > 0) {
      const { mail } = await mails.take();
      const camera = wanted.get(mail.subject ?? '');
      assert.ok(camera !== undefined, `a mail with the subject ${mail.subject}`);
      assert.deepEqual(
        mail.attachments.map(({ content }) => content),
        [picture(pictureOf(camera))],
      );
      missing.delete(mail.subject ?? '');
    }
    for (const camera of cameras)
      await nodeRed.said(new RegExp(`\\[debug:confirmed\\]\\s+Motion: Camera ${camera}\\b`));
  }

  /** What is kept on disk behind an orderly end; an alarm that is not dealt with would be in it. */
  async function leftBehind(): Promise<string[]> {
    await nodeRed.stop();
    const spool = path.join(userDir, 'camera-alarms', 'spool');
    return readdirSync(spool, { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.alarms'),
    );
  }

  it('mails every alarm when the mail server is back, and gives none out any more', async () => {
    await start();
    const cameras = [1, 2, 3, 4, 5, 6, 7, 8];
    await push(cameras);
    // All of them, and some for the second or third time.
    await nodeRed.said(/(?:ECONNREFUSED[\s\S]*?){20}/);
    await startMail();
    await expectMails(cameras);
    assert.deepEqual(await leftBehind(), []);
  });

  it('mails what was not confirmed when Node-RED was killed, and not again what was', async () => {
    await startMail();
    await start();
    await push([1, 2, 3]);
    await expectMails([1, 2, 3]);
    await stopMail();
    const cameras = [4, 5, 6, 7, 8, 9];
    await push(cameras);
    await nodeRed.said(/ECONNREFUSED/);
    nodeRed.process.kill('SIGKILL');
    await once(nodeRed.process, 'exit');
    await startMail();
    await start();
    await expectMails(cameras);
    assert.deepEqual(await leftBehind(), []);
  });

  it('tells of an alarm that could not be mailed in all its tries, and gives it out no more', async () => {
    await start({ confirmMs: 50, confirmMostMs: 50, confirmTries: 3 });
    await push([1]);
    await nodeRed.said(/\[debug:undelivered\][\s\S]*?event: 'undelivered'/);
    assert.equal(nodeRed.log().match(/ECONNREFUSED/g)?.length, 3);
    assert.deepEqual(await leftBehind(), []);
  });
});
