import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { describe, it } from 'node:test';
import { simpleParser } from 'mailparser';
import { DeviceClient, HttpListener, isapi, openAlertStream } from '../../src/index.js';
import { picture } from '../../src/simulator/picture.js';
import { Mailbox } from '../support/mailbox.js';
import { freePort, ROOT } from '../support/node-red.js';
import { PushReceiver } from '../support/push-receiver.js';

/** Everything a program writes, as soon as it holds what is waited for. */
async function output(child: ChildProcess, until: RegExp): Promise<string> {
  let text = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (until.test(text)) child.emit('said');
    });
  }
  // Not `exit`, which may come before the last words.
  await Promise.race([once(child, 'said'), once(child, 'close')]);
  return text;
}

describe('the demo', () => {
  it('is ready when an alarm went through to mail and chat, shows where the mail is, and stops on Ctrl-C', async () => {
    const port = await freePort();
    const demo = spawn(process.execPath, [path.join(ROOT, 'scripts/demo.mjs')], {
      cwd: ROOT,
      env: { ...process.env, PORT: String(port) },
    });
    const text = await output(demo, /^ready: /m);
    assert.match(text, new RegExp(`^ready: http://127\\.0\\.0\\.1:${port}$`, 'm'));
    assert.match(text, /^\d\d:\d\d:\d\d {2}alarm {5}gate camera: linedetection, Gate -> HTTP\/1\.1 200 OK$/m);
    assert.match(
      text,
      /^\d\d:\d\d:\d\d {2}Telegram {2}Line crossing – started \[scene-1\.jpg \d+ KB, target-2\.jpg \d+ KB\]$/m,
    );
    const [, file] = /e-mail {4}Line crossing: Gate \[.*\] {2}(\S+\.eml)$/m.exec(text) ?? [];
    const mail = await simpleParser(readFileSync(path.join(ROOT, file ?? '')));
    assert.deepEqual(mail.attachments[0]?.content, picture('gate-scene'));
    demo.kill('SIGINT');
    assert.deepEqual(await once(demo, 'exit'), [0, null]);
    const probe = net.connect(port, '127.0.0.1');
    const [error] = (await once(probe, 'error')) as [NodeJS.ErrnoException];
    assert.equal(error.code, 'ECONNREFUSED');
  });

  it('says in plain words that its port is taken', async () => {
    const other = net.createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const { port } = other.address() as net.AddressInfo;
    const demo = spawn(process.execPath, [path.join(ROOT, 'scripts/demo.mjs')], {
      env: { ...process.env, PORT: String(port) },
    });
    const text = await output(demo, /PORT=/);
    assert.match(text, new RegExp(`^Port ${port} is in use by another program\\..*PORT=1990 npm start\n$`));
    if (demo.exitCode === null) await once(demo, 'exit');
    assert.equal(demo.exitCode, 1);
    other.close();
  });
});

describe('camera-alarms-simulator', () => {
  const cli = path.join(ROOT, 'dist/src/simulator/cli.js');

  it('pushes alarms of several devices at any listener and says what each got', async () => {
    const kinds = new Mailbox<string>();
    const states = new Mailbox<number>();
    const settings = {
      host: '127.0.0.1',
      port: 0,
      secret: '',
      auth: 'none',
      username: '',
      password: '',
      allow: '',
    } as const;
    const listener = new HttpListener(settings, {
      onState: (state) => state.state === 'listening' && states.put(state.port),
    });
    listener
      .inbox('/isapi', isapi)
      .subscribe({ alarm: ({ event }) => kinds.put(event.kind), sign: () => undefined });
    listener.start();
    const url = `http://127.0.0.1:${await states.take()}/isapi`;
    const child = spawn(process.execPath, [cli, '--url', url, '--count', '3', '--every', '0']);
    const text = await output(child, /terminal: .*\n/);
    assert.match(
      text,
      /^camera: linedetection on channel 1 \(Gate\) -> HTTP\/1\.1 200 OK\nrecorder: .* 200 OK\nterminal: .* 200 OK\n$/,
    );
    assert.deepEqual(
      [await kinds.take(), await kinds.take(), await kinds.take()],
      ['line-crossing', 'intrusion', 'motion'],
    );
    await listener.stop();
  });

  it('is a recorder that begins and ends alarms in all its ways, after a keep-alive', async (t) => {
    const { target, pushes } = await PushReceiver.start(t);
    const url = `http://127.0.0.1:${target.port}/SECRET/push`;
    const child = spawn(process.execPath, [cli, '--recorder', url, '--count', '4', '--every', '0']);
    const text = await output(child, /ends.*\n/);
    const lines = ['keep-alive', 'lcd .* begins', 'VideoMotion .* begins', 'PID .* begins', 'lcd .* ends'];
    const pattern = lines.map((each) => `recorder: ${each} -> HTTP/1\\.1 200 OK\n`).join('');
    assert.match(text, new RegExp(`^${pattern}$`));
    const requests = [];
    while (requests.length < lines.length) requests.push(/^\w+ [^? ]+/.exec((await pushes.take()).head)?.[0]);
    const push = 'POST /SECRET/push';
    const get = 'GET /SECRET/push';
    assert.deepEqual(requests, ['POST /API/HttpListening/KeepLive', push, push, get, push]);
    // Its timer for the next keep-alive does not keep it.
    if (child.exitCode === null) await once(child, 'exit');
    assert.equal(child.exitCode, 0);
  });

  it('is a doorbell that gives a sign of life, rings, and sees people', async (t) => {
    const { target, pushes } = await PushReceiver.start(t);
    const url = `http://127.0.0.1:${target.port}/SECRET/vstarcam`;
    const child = spawn(process.execPath, [cli, '--vstarcam', url, '--count', '2', '--every', '0']);
    const text = await output(child, /person.*\n/);
    const lines = ['heartbeat', 'doorbell', 'person'];
    assert.equal(text, lines.map((each) => `camera: ${each} -> HTTP/1.1 200 OK\n`).join(''));
    assert.match(String((await pushes.take()).body), /^\{"vuid":"VC\d{7}[A-Z]{4}"\}$/);
    for (const code of [20, 41]) {
      const { head, body } = await pushes.take();
      assert.match(head, /^POST \/SECRET\/vstarcam HTTP\/1\.1\r\n/);
      assert.match(body.toString('latin1'), new RegExp(`name="type"\r\n\r\n${code}\r\n`));
    }
    if (child.exitCode === null) await once(child, 'exit');
    assert.equal(child.exitCode, 0);
  });

  it('is a recorder that sends datagrams', async (t) => {
    const socket = createSocket('udp4').bind(0, '127.0.0.1');
    t.after(() => socket.close());
    await once(socket, 'listening');
    const datagrams = new Mailbox<string>();
    socket.on('message', (bytes) => datagrams.put(bytes.toString()));
    const target = `127.0.0.1:${socket.address().port}`;
    const child = spawn(process.execPath, [cli, '--udp', target, '--count', '2', '--every', '0']);
    const text = await output(child, /VideoMotion.*\n/);
    assert.match(
      text,
      /^recorder: lcd .* begins -> sent, unicast\nrecorder: VideoMotion .* sent, unicast\n$/,
    );
    assert.match(await datagrams.take(), /"int_subtype":"lcd"/);
    assert.match(await datagrams.take(), /"EventType":"VideoMotion"/);
    if (child.exitCode === null) await once(child, 'exit');
    assert.equal(child.exitCode, 0);
  });

  it('is a camera whose alert stream can be read', async () => {
    const child = spawn(process.execPath, [cli, '--stream', '0', '--every', '0.05']);
    const port = Number(/127\.0\.0\.1:(\d+)/.exec(await output(child, /at 127.*\n/))?.[1]);
    const login = { username: 'admin', password: 'Simulated-1' };
    const client = new DeviceClient({ protocol: 'http', host: '127.0.0.1', port, verifyTls: true, ...login });
    const enough = new AbortController();
    let received = '';
    const sink = {
      open: () => undefined,
      data: (chunk: Buffer) => {
        received += chunk.toString('latin1');
        if (/active.*image\/jpeg.*inactive.*<\/EventNotificationAlert>/s.test(received)) enough.abort();
      },
    };
    await assert.rejects(openAlertStream(client)(sink, enough.signal), { name: 'AbortError' });
    await client.close();
    child.kill();
    await once(child, 'exit');
  });

  it('explains itself when called without a listener', async () => {
    const child = spawn(process.execPath, [cli]);
    assert.match(await output(child, /--url/), /camera-alarms-simulator --url/);
    if (child.exitCode === null) await once(child, 'exit');
    assert.equal(child.exitCode, 2);
  });
});
