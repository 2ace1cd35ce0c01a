import assert from 'node:assert/strict';
import { after, before, describe, it, test } from 'node:test';
import type { PushTarget } from '../../src/simulator/http-push.js';
import { picture } from '../../src/simulator/picture.js';
import { PushCamera } from '../../src/simulator/vstarcam/push-camera.js';
import { ALARM_CODES } from '../../src/simulator/vstarcam/push-form.js';
import { EMPTY_FILM } from '../../src/simulator/vstarcam/scenes.js';
import { type MailServer, mailBy, type ReceivedMail, startMailServer } from '../support/mail-server.js';
import { Mailbox } from '../support/mailbox.js';
import { exampleFlow, freePort, type NodeRed, startNodeRed } from '../support/node-red.js';
import { SECRET } from '../support/secrets.js';

const RING = { code: ALARM_CODES.doorbell, picture: picture('door-scene'), film: EMPTY_FILM };
const TAKEN = /^HTTP\/1\.1 200 OK\r\n.*\{"code":"200","message":"Success"\}$/s;

const startExample = (server: MailServer, target: PushTarget, limits: object = {}): Promise<NodeRed> =>
  startNodeRed({
    modules: ['node-red-node-email'],
    flows: exampleFlow('07-vstarcam-doorbell', {
      'alarm-listener': { host: '127.0.0.1', port: String(target.port) },
      'e-mail': mailBy(server),
    }),
    credentials: {
      'camera-alarms-listener': { secret: SECRET },
      'vstarcam-doorbell-mail': { userid: 'doorbell@example.com' },
    },
    settings: { cameraAlarms: { limits } },
  });

describe('example: VStarcam doorbell by e-mail', () => {
  const mails = new Mailbox<ReceivedMail>();
  let server: MailServer;
  let nodeRed: NodeRed;
  let target: PushTarget;

  before(async () => {
    server = await startMailServer((mail) => mails.put(mail));
    target = { host: '127.0.0.1', port: await freePort(), path: `/${SECRET}/vstarcam` };
    nodeRed = await startExample(server, target);
    await nodeRed.said(/waiting for alarms on port/);
  });
  after(async () => {
    await nodeRed?.stop();
    await server?.stop();
  });

  it('mails the picture and the film when somebody rings, byte for byte, once for both servers', async () => {
    const camera = new PushCamera('VC0000000ABCD');
    const below = { ...target, path: `${target.path}/heartbeat` };
    assert.match(await camera.heartbeat(below), TAKEN);
    for (const answer of await camera.alarmToBoth(target, target, RING)) {
      assert.ok(answer.status === 'fulfilled');
      assert.match(answer.value, TAKEN);
    }
    const { mail } = await mails.take();
    assert.match(mail.subject ?? '', /^Doorbell/);
    assert.deepEqual(
      mail.attachments.map(({ filename, content }) => [filename, content]),
      [
        ['scene-1.jpg', RING.picture],
        ['video-2.mp4', RING.film],
      ],
    );
    assert.equal(mails.size, 0);
  });

  it('mails nothing for a person, motion or a heartbeat, and mails the ring of another camera', async () => {
    const passed = { code: ALARM_CODES.person, picture: picture('yard-scene') };
    const quiet = new PushCamera('VC0000001EFGH');
    await quiet.heartbeat(target);
    assert.match(await quiet.alarm(target, passed, { transfer: 'expect' }), TAKEN);
    assert.match(await quiet.alarm(target, { code: ALARM_CODES.motion }, { files: 'bare' }), TAKEN);
    const styles = { code: 'suffixed', files: 'bare', transfer: 'chunked' } as const;
    // With the second ring's mail, one that was wrong and sent before the first would be there too.
    for (const camera of ['VC0000002JKLM', 'VC0000003NPQR']) {
      assert.match(await new PushCamera(camera).alarm(target, RING, styles), TAKEN);
      const { mail } = await mails.take();
      assert.match(mail.subject ?? '', /^Doorbell/);
      assert.deepEqual(mail.attachments[0]?.content, RING.picture);
    }
    assert.equal(mails.size, 0);
  });
});

test('example: VStarcam doorbell by e-mail: says that a camera is gone, and for how long', async (t) => {
  const mails = new Mailbox<ReceivedMail>();
  const server = await startMailServer((mail) => mails.put(mail));
  t.after(() => server.stop());
  const target = { host: '127.0.0.1', port: await freePort(), path: `/${SECRET}/vstarcam` };
  const nodeRed = await startExample(server, target, { keepAliveLeastMs: 200, keepAliveMostMs: 200 });
  t.after(() => nodeRed.stop());
  await nodeRed.said(/waiting for alarms on port/);
  await new PushCamera('VC0000000ABCD').heartbeat(target);
  const { mail } = await mails.take();
  assert.equal(mail.subject, 'VC0000000ABCD is offline');
  assert.match(
    mail.text ?? '',
    /^VC0000000ABCD is offline since 20\d\d-\d\d-\d\d \d\d:\d\d:\d\d (?:UTC|[+-]\d\d:\d\d)\nKEEPALIVE_/,
  );
});
