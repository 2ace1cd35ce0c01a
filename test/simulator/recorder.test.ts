import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Login, USUAL_RULES } from '../../src/simulator/login.js';
import { picture } from '../../src/simulator/picture.js';
import { alarmSnap } from '../../src/simulator/recorder/envelope.js';
import {
  EventPushRecorder,
  type RecorderSettings,
} from '../../src/simulator/recorder/event-push-recorder.js';
import { intrusion, lineCrossing, motion, RECORDER_PUSHES } from '../../src/simulator/recorder/scenes.js';
import {
  faceInfo,
  flatObject,
  OBJECT,
  objectInfo,
  plateInfo,
} from '../../src/simulator/recorder/smart-pictures.js';
import { Mailbox } from '../support/mailbox.js';
import { ManualClock } from '../support/manual-clock.js';
import { freePort } from '../support/node-red.js';
import { PushReceiver } from '../support/push-receiver.js';

/** 08:15:05 at the recorder. */
const recorderAt = (settings: Partial<RecorderSettings> = {}) =>
  new EventPushRecorder(settings, new ManualClock(Date.UTC(2026, 10, 22, 7, 15, 5)));

/** The wall clock as if it showed UTC. */
const WALL_SECONDS = Date.UTC(2026, 10, 22, 8, 15, 5) / 1000;
const LOGIN = { username: 'recorder', password: 'Push-12:3' };

const jpegs = (entry: object) =>
  Object.entries(entry)
    .filter(([, value]) => typeof value === 'string' && value.startsWith('/9j/'))
    .map(([name]) => name);

describe('a simulated recorder pushes by POST', () => {
  it('the flat form as printed: head, order of fields, 231 bytes', async (t) => {
    const { target, pushes } = await PushReceiver.start(t);
    const who = { name: 'SIM-NVR-16-EVENT-PUSH-01', address: '198.51.100.31', platform: '' };
    const recorder = recorderAt({ who: { ...who, mac: '00:00:5e:00:53:31' } });
    const answer = await recorder.pushFlat(target, { ...motion(false), channelName: 'Gate1' });
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n.*\{"result":"success","data":\{\}\}$/s);
    const { head, body } = await pushes.take();
    assert.equal(
      head,
      `POST /push HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\nAccept: */*\r\n` +
        'Content-Type: application/json;charset=UTF-8\r\nContent-Length: 231\r\n\r\n',
    );
    assert.equal(
      body.toString(),
      '{"result":"success","data":{"EventType":"VideoMotion","EventTime":"2026-11-22 8:15:5","EventAction":"stop",' +
        '"ChannelName":"Gate1","DeviceName":"SIM-NVR-16-EVENT-PUSH-01","IPAddress":"198.51.100.31",' +
        '"MacAddress":"00-00-5E-00-53-31"}}',
    );
  });

  it('the flat form bare, with the other name of the MAC address and a picture', async (t) => {
    const { target, pushes } = await PushReceiver.start(t);
    const recorder = recorderAt();
    const shot = { channel: 1, label: 'CH1', id: 4, moment: recorder.moment };
    const object = {
      ...shot,
      type: OBJECT.lineHuman,
      object: 'gate-target',
      background: 'gate-scene',
    } as const;
    const alarm = { ...motion(true), type: 'LCD ', picture: { SnapedObjInfo: flatObject(object) } };
    await recorder.pushFlat(target, alarm, { wrapped: false, macName: 'MACAddress' });
    const { EventType, MACAddress, PicData } = JSON.parse(String((await pushes.take()).body));
    assert.deepEqual([EventType, MACAddress], ['LCD ', '00-00-5E-00-53-31']);
    const { ObjectImage, Background, ...rest } = PicData.SnapedObjInfo;
    assert.deepEqual(Buffer.from(ObjectImage, 'base64'), picture('gate-target'));
    assert.deepEqual(Buffer.from(Background, 'base64'), picture('gate-scene'));
    const times = { StartTime: WALL_SECONDS, EndTime: WALL_SECONDS + 1 };
    assert.deepEqual(rest, { Chn: 0, StrChn: 'CH1', ...times, SnapId: 4, Type: 5 });
  });

  it('the newer form with the picture that its alarm names', async (t) => {
    const { target, pushes } = await PushReceiver.start(t);
    const recorder = recorderAt();
    await recorder.push(target, lineCrossing(recorder, true));
    await recorder.push(target, lineCrossing(recorder, false));
    const { data } = JSON.parse(String((await pushes.take()).body));
    const [{ img_data, ...snap }] = data.alarm_snap_data;
    assert.deepEqual(Buffer.from(img_data, 'base64'), picture('yard-scene'));
    assert.deepEqual(
      { ...data, alarm_snap_data: [snap] },
      {
        dev_net_info: [
          {
            device_name: 'SIM-NVR-16',
            mac: '00-00-5E-00-53-31',
            ip: '192.0.2.31',
            phy: 'eth0',
            ChannelName: 'Node-RED',
          },
        ],
        alarm_list: [
          {
            time: '2026-11-22T08:15:05Z+01:00',
            channel_alarm: [
              {
                int_alarm: { alarm_val: true, int_subtype: 'lcd' },
                int_alarm_ex: [{ alarm_val: true, int_subtype: 'lcd', take_alarm_snap: 701 }],
                channel: 'CH2',
                record_flag: { s: 'G' },
                chn_alias: 'Yard',
              },
            ],
          },
        ],
        alarm_snap_data: [
          {
            channel: 'CH2',
            img_id: 701,
            img_time: WALL_SECONDS,
            img_encode: 'base64',
            img_format: 'image/jpeg',
          },
        ],
        subscribe_id: 1,
        data_pos: 1,
      },
    );
    const { data: end } = JSON.parse(String((await pushes.take()).body));
    assert.equal(end.alarm_list[0].channel_alarm[0].int_alarm.alarm_val, false);
    assert.deepEqual([end.alarm_snap_data, end.data_pos], [undefined, 2]);
  });

  it('a picture in a push of its own, and signs of life, without a list of alarms', async (t) => {
    const { target, pushes } = await PushReceiver.start(t);
    const recorder = recorderAt();
    await recorder.push(target, { alarm_snap_data: [alarmSnap('CH1', 7, recorder.moment, 'door-scene')] });
    await recorder.push(target, { heat_alarm: 'HeatAlarm' });
    const keys = async () => Object.keys(JSON.parse(String((await pushes.take()).body)).data);
    assert.deepEqual(await keys(), ['dev_net_info', 'alarm_snap_data', 'subscribe_id', 'data_pos']);
    assert.deepEqual(await keys(), ['dev_net_info', 'heat_alarm', 'subscribe_id', 'data_pos']);
  });

  it('what it recognised, with numbers that no double holds and base64 that is no picture', async (t) => {
    const { target, pushes } = await PushReceiver.start(t);
    const recorder = recorderAt();
    const shot = { channel: 3, label: 'IP_CH3', id: 9, moment: recorder.moment };
    const object = { ...shot, type: OBJECT.human, object: 'gate-target', background: 'gate-scene' } as const;
    const ai_snap_picture = {
      SnapedObjInfo: [objectInfo(object)],
      PlateInfo: [true, false].map((registered) => plateInfo({ ...shot, number: 'SIM12E34', registered })),
      FaceInfo: [faceInfo({ ...shot, name: 'Ada', similarity: 96 })],
    };
    await recorder.push(target, { ai_snap_picture });
    const { body } = await pushes.take();
    assert.match(body.toString(), /"GrpId":9223372036854775807,/);
    const { SnapedObjInfo, PlateInfo, FaceInfo } = JSON.parse(String(body)).data.ai_snap_picture;
    assert.deepEqual(jpegs(SnapedObjInfo[0]), ['ObjectImage', 'backGround']);
    assert.deepEqual(
      PlateInfo.map(({ Id, SnapId }: { Id: string; SnapId: string }) => [Id, SnapId]),
      [
        ['SIM12E34', '9'],
        ['', 'SIM12E34'],
      ],
    );
    assert.deepEqual(jpegs(PlateInfo[0]), ['PlateImg', 'BgImg']);
    assert.deepEqual(jpegs(FaceInfo[0]), ['Image1', 'Image2', 'Image3', 'Image4']);
    for (const { Chn, ImageAllInfo, StartTime } of [...SnapedObjInfo, ...PlateInfo, ...FaceInfo]) {
      assert.deepEqual([Chn, StartTime], [2, WALL_SECONDS]);
      assert.equal(Buffer.from(ImageAllInfo, 'base64').length, 32);
    }
    assert.equal(Buffer.from(FaceInfo[0].Feature, 'base64').length, 512);
  });

  it('its keep-alive: a path of its own, 30 bytes', async (t) => {
    const { target, pushes } = await PushReceiver.start(t);
    await recorderAt().keepAlive(target);
    const { head, body } = await pushes.take();
    assert.equal(
      head,
      `POST /API/HttpListening/KeepLive HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\nAccept: */*\r\n` +
        'Content-Type: application/json;charset=UTF-8\r\nContent-Length: 30\r\n\r\n',
    );
    assert.equal(body.toString(), `{"data":{"time":"${Date.UTC(2026, 10, 22, 7, 15, 5) / 1000}"}}`);
  });

  it('to a path as it was typed, without its slash too', async (t) => {
    const { target, pushes } = await PushReceiver.start(t);
    await recorderAt().pushFlat({ ...target, path: 'API/AlarmEvent/EventPush' }, motion(true));
    assert.match((await pushes.take()).head, /^POST API\/AlarmEvent\/EventPush HTTP\/1\.1\r\n/);
  });
});

describe('a simulated recorder pushes by GET', () => {
  it('with the blank as it is, numbers not padded, and no body', async (t) => {
    const { target, pushes } = await PushReceiver.start(t);
    await recorderAt().pushQuery(target, intrusion(true));
    await recorderAt().pushQuery(target, motion(false), { mac: 'plain', channelName: false });
    const { head, body } = await pushes.take();
    assert.equal(
      head,
      'GET /push?EventType=PID&EventTime=2026-11-22 8:15:5&EventAction=start&ChannelName=Door&' +
        `MACAddress=00-00-5E-00-53-31 HTTP/1.1\r\nHost: 127.0.0.1:${target.port}\r\nAccept: */*\r\n` +
        'Content-Type: application/json;charset=UTF-8\r\n\r\n',
    );
    assert.equal(body.length, 0);
    assert.match(
      (await pushes.take()).head,
      /^GET \/push\?EventType=VideoMotion&EventTime=2026-11-22 8:15:5&EventAction=stop&MACAddress=00005E005331 HTTP/,
    );
  });
});

describe('a simulated recorder of an older make', () => {
  it('writes the lines of 2017 to an absolute target, 67 bytes', async (t) => {
    const { target, pushes } = await PushReceiver.start(t);
    await recorderAt().pushOf2017(target, { type: 1, status: 1, channel: 0 });
    const { head, body } = await pushes.take();
    assert.equal(
      head,
      `POST http://127.0.0.1:${target.port}/push HTTP/1.1\r\nHost: 127.0.0.1\r\n` +
        'DATE: Sun, 22 Nov 2026 07:15:05 GMT\r\nContent-Type: text/html; charset=utf-8\r\nContent-Length: 67\r\n\r\n',
    );
    assert.equal(
      body.toString(),
      'EventType=1\r\nStatus=1\r\nChannel=0\r\nTriggerTime=2026-11-22 08:15:05\r\n',
    );
  });

  it('writes the JSON of 2019, also as its document misprints it, and the picture behind it', async (t) => {
    const { target, pushes } = await PushReceiver.start(t);
    const recorder = recorderAt();
    const alarm = { type: 29, status: 1, channel: 2 } as const;
    await recorder.pushOf2019(target, alarm);
    await recorder.pushOf2019(target, alarm, true);
    await recorder.pushPictureOf2019(target, 0, 'door-scene');
    const { head, body } = await pushes.take();
    assert.match(
      head,
      /^POST \/push HTTP\/1\.1\r\nHost: 127\.0\.0\.1\r\nConnection: close\r\nContent-Type: application\/json\r\n/,
    );
    const triggerTime = '2026-11-22 08:15:05';
    const told = { eventType: 29, status: 1, channel: 2, triggerTime, id: 123456, chid: 1 };
    assert.deepEqual(JSON.parse(String(body)), told);
    const misprint = String((await pushes.take()).body);
    assert.match(misprint, /\n"triggerTime":" 2026-11-22 08:15:05"\n"id":123456,\n/);
    const { imageBase64, ...shown } = JSON.parse(String((await pushes.take()).body));
    assert.deepEqual(Buffer.from(imageBase64, 'base64'), picture('door-scene'));
    assert.deepEqual(shown, { id: 123456, eventType: 0, imageType: 0, imageName: `${triggerTime}.jpg` });
  });
});

describe('a simulated recorder and its clock', () => {
  it('writes local time west of Greenwich with its offset', async (t) => {
    const { target, pushes } = await PushReceiver.start(t);
    await recorderAt({ zone: -210 }).push(target, { channel_alarm: [{ channel: 'CH1', io_alarm: true }] });
    const { data } = JSON.parse(String((await pushes.take()).body));
    assert.equal(data.alarm_list[0].time, '2026-11-22T03:45:05Z-03:30');
  });

  it('sends a keep-alive at its interval until called off, and goes on when nobody is there', async (t) => {
    const receiver = await PushReceiver.start(t);
    const clock = new ManualClock();
    const recorder = new EventPushRecorder({}, clock);
    const stop = recorder.keepAlives(receiver.target, 60);
    assert.equal(clock.next, 60_000);
    clock.pass(60_000);
    await receiver.pushes.take();
    clock.pass(60_000);
    await receiver.pushes.take();
    assert.equal(receiver.connections, 2);
    stop();
    assert.equal(clock.waiting, 0);
    const answers = new Mailbox<string>();
    recorder.keepAlives({ ...receiver.target, port: await freePort() }, 60, (answer) => answers.put(answer));
    clock.pass(60_000);
    assert.match(await answers.take(), /ECONNREFUSED/);
    assert.equal(clock.waiting, 1);
  });
});

describe('a simulated recorder and its connections', () => {
  for (const { name, push } of RECORDER_PUSHES) {
    for (const begins of [true, false]) {
      it(`sends ${name} once, over one connection: ${begins ? 'begins' : 'ends'}`, async (t) => {
        const receiver = await PushReceiver.start(t);
        assert.match(await push(recorderAt(), receiver.target, begins), /^HTTP\/1\.1 200 /);
        const { head, body } = await receiver.pushes.take();
        assert.equal(receiver.connections, 1);
        assert.equal(body.length, Number(/Content-Length: (\d+)/.exec(head)?.[1] ?? 0));
        assert.doesNotMatch(head, /User-Agent|Connection|Authorization/i);
      });
    }
  }

  it('gives its password away unasked when told so', async (t) => {
    const receiver = await PushReceiver.start(t);
    await recorderAt({ login: { ...LOGIN, scheme: 'basic' } }).pushFlat(receiver.target, motion(true));
    const { head } = await receiver.pushes.take();
    const [, sent = ''] = /\r\nAuthorization: Basic (\S+)\r\n/.exec(head) ?? [];
    assert.equal(Buffer.from(sent, 'base64').toString(), 'recorder:Push-12:3');
    assert.equal(receiver.connections, 1);
  });

  for (const [password, status] of [
    [LOGIN.password, '200'],
    ['wrong', '401'],
  ] as const) {
    it(`answers the challenge of a Digest login once: ${status}`, async (t) => {
      const login = new Login({ ...USUAL_RULES, ...LOGIN }, () => 0);
      const receiver = await PushReceiver.start(t, (head) => {
        const [, method = '', target = ''] = /^(\S+) (.*) HTTP/.exec(head) ?? [];
        const authorization = /\r\nAuthorization: (.*)\r\n/.exec(head)?.[1];
        const refusal = login.check(method, target, authorization);
        const challenge = `WWW-Authenticate: ${refusal?.challenges[0]}\r\n`;
        return refusal === undefined
          ? 'HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n'
          : `HTTP/1.1 401 Unauthorized\r\n${challenge}Content-Length: 0\r\n\r\n`;
      });
      const recorder = recorderAt({ login: { ...LOGIN, password, scheme: 'digest' } });
      const answer = await recorder.pushQuery(receiver.target, motion(true));
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.doesNotMatch((await receiver.pushes.take()).head, /Authorization/);
      assert.match((await receiver.pushes.take()).head, /Authorization: Digest username="recorder"/);
      assert.equal(receiver.connections, 2);
    });
  }
});
