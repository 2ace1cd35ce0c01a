import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { inspect } from 'node:util';
import type { ConfigureResult } from '../../src/configure/configurator.js';
import { AlarmError } from '../../src/errors.js';
import type { CgiBehaviour } from '../../src/simulator/vstarcam/cgi-behaviour.js';
import { SECRET } from './support.js';
import { cameraWith, LOGIN, TARGET, URL_TOLD } from './vstarcam-support.js';

/** What the camera has before: somebody's server, with a login of theirs in it. */
const THEIRS = {
  heartbeatTime: '30',
  heartbeatServer: 'http://198.51.100.4:9000/beat?key=abc',
  alarmPushMainServer: '',
  alarmPushSubServer: 'http://user:word@198.51.100.5/sub',
};
const TOLD = { ...THEIRS, heartbeatTime: '60', heartbeatServer: URL_TOLD, alarmPushMainServer: URL_TOLD };

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => assert.fail('it was no failure'),
    (error: unknown) => (error instanceof AlarmError ? error.code : error),
  );

/** Everything of an error or a result that anybody could print. */
const print = (value: unknown) => inspect(value, { depth: 12, showHidden: true, maxStringLength: null });
const isSecretIn = (text: string) =>
  [LOGIN.password, encodeURIComponent(LOGIN.password), 'Canary', 'user:word', 'key=abc'].some((each) =>
    text.includes(each),
  );

describe('a VStarcam camera is told where to push', () => {
  it('shows what would change, changes it, proves it, and brings back what was there', async (t) => {
    const { camera, configurator, backups } = await cameraWith(t, {}, THEIRS);
    const planned = await configurator().plan();
    assert.deepEqual(planned, {
      url: URL_TOLD,
      changed: false,
      difference: [
        'heartbeatTime: 30 -> 60',
        'heartbeatServer: http://198.51.100.4:9000/*** -> http://192.0.2.10:8089/***/vstarcam',
        'alarmPushMainServer: (empty) -> http://192.0.2.10:8089/***/vstarcam',
      ],
      remarks: ['heartbeatServer: another server is there now, which hears nothing any more then'],
    });
    assert.deepEqual(camera.settings, THEIRS);
    const applied = await configurator().apply();
    assert.deepEqual(applied, { ...planned, changed: true });
    assert.deepEqual(camera.settings, TOLD);
    assert.deepEqual((await configurator().plan()).difference, []);
    const restored = await configurator().restore();
    assert.equal(restored.changed, true);
    assert.equal(restored.difference[0], 'heartbeatTime: 60 -> 30');
    assert.deepEqual(camera.settings, THEIRS);
    assert.equal(backups.all.size, 0);
    assert.equal(await codeOf(configurator().restore()), 'CONFIG_NO_BACKUP');
  });

  it('reads and changes nothing', async (t) => {
    const { camera, configurator } = await cameraWith(t, {}, TOLD);
    assert.deepEqual((await configurator().read()).remarks, [
      'heartbeatTime: 60',
      'heartbeatServer: http://192.0.2.10:8089/***/vstarcam',
      'alarmPushMainServer: http://192.0.2.10:8089/***/vstarcam',
      'alarmPushSubServer: http://198.51.100.5/***',
    ]);
    assert.deepEqual((await configurator().apply()).remarks, ['nothing to change']);
    assert.equal(camera.requests.filter((target) => target.startsWith('/set_')).length, 0);
  });

  it('writes with the blanks of the document where the names without them do not take', async (t) => {
    for (const empties of [false, true]) {
      const { camera, configurator } = await cameraWith(t, { names: 'blanks', empties }, THEIRS);
      assert.equal((await configurator().apply()).changed, true);
      assert.deepEqual(camera.settings, TOLD);
      const sets = camera.requests.filter((target) => target.startsWith('/set_'));
      assert.deepEqual(
        sets.map((target) => target.includes('heartbeat%20Server=')),
        [false, true],
      );
    }
  });

  it('keeps what was first there over further changes, field by field', async (t) => {
    const { camera, configurator } = await cameraWith(t, {}, THEIRS);
    await configurator().apply();
    const path = `/${SECRET}/other`;
    await configurator({ target: { ...TARGET, path }, heartbeat: 90 }).apply();
    assert.equal(camera.settings.heartbeatTime, '90');
    camera.settings.alarmPushMainServer = 'http://203.0.113.7/later';
    await configurator().apply();
    await configurator().restore();
    assert.deepEqual(camera.settings, { ...THEIRS, alarmPushMainServer: 'http://203.0.113.7/later' });
  });

  it('leaves alone what somebody changed since', async (t) => {
    const { camera, configurator } = await cameraWith(t, {}, THEIRS);
    await configurator().apply();
    camera.settings.alarmPushMainServer = 'http://203.0.113.7/later';
    const { remarks } = await configurator().restore();
    assert.deepEqual(remarks, ['alarmPushMainServer: changed by somebody else since, and left so']);
    assert.deepEqual(camera.settings, { ...THEIRS, alarmPushMainServer: 'http://203.0.113.7/later' });
    await configurator().apply();
    Object.assign(camera.settings, { heartbeatServer: 'http://203.0.113.7/', alarmPushMainServer: '' });
    assert.equal(await codeOf(configurator().restore()), 'CONFIG_NO_ENTRY');
    assert.equal(camera.settings.heartbeatServer, 'http://203.0.113.7/');
  });

  it('leaves the sub server as it is, unless it is our listener at an older address or secret', async (t) => {
    for (const [sub, after] of [
      ['http://198.51.100.9/x', 'http://198.51.100.9/x'],
      [`http://192.0.2.99:8089/${SECRET}/vstarcam`, URL_TOLD],
      ['http://192.0.2.10:8089/oldsecret123/vstarcam', URL_TOLD],
      [`http://192.0.2.10:8089/${SECRET}/other`, `http://192.0.2.10:8089/${SECRET}/other`],
    ] as const) {
      const { camera, configurator } = await cameraWith(t, {}, { alarmPushSubServer: sub });
      await configurator().apply();
      assert.equal(camera.settings.alarmPushSubServer, after);
    }
  });

  it('fails with the camera as it was when it stores only a part', async (t) => {
    for (const [behaviour, code] of [
      [{ stores: ['heartbeatTime', 'alarmPushMainServer'] }, 'CONFIG_NOT_STORED'],
      [{ longest: 40 }, 'CONFIG_NOT_STORED'],
      [{ stores: [] }, 'CONFIG_NOT_STORED'],
      [{ refuses: true }, 'CONFIG_REFUSED'],
    ] as [Partial<CgiBehaviour>, string][]) {
      const { camera, configurator, backups } = await cameraWith(t, behaviour, THEIRS);
      assert.equal(await codeOf(configurator().apply()), code);
      assert.deepEqual(camera.settings, THEIRS);
      assert.equal(backups.all.size, 0);
    }
  });

  it('says so when what was there cannot be brought back, and remembers it', async (t) => {
    const { camera, configurator, backups } = await cameraWith(t, {}, THEIRS);
    await configurator().apply();
    camera.behaviour = { ...camera.behaviour, refuses: true };
    assert.equal(await codeOf(configurator().restore()), 'CONFIG_NOT_RESTORED');
    assert.equal(backups.all.size, 1);
    camera.behaviour = { ...camera.behaviour, refuses: false };
    await configurator().restore();
    assert.deepEqual(camera.settings, THEIRS);
  });

  it('believes what the camera has, not whether it answered', async (t) => {
    const { camera, configurator } = await cameraWith(t, { cuts: 'set' }, THEIRS);
    assert.equal((await configurator().apply()).changed, true);
    assert.deepEqual(camera.settings, TOLD);
  });

  it('tells a firmware without alarm push apart, and what it can do instead', async (t) => {
    for (const alarmPush of ['404', 'nothing', 'page', 'unknown'] as const) {
      const { configurator } = await cameraWith(t, { alarmPush });
      await assert.rejects(configurator().apply(), {
        code: 'CONFIG_NO_ALARM_PUSH',
        message: /alarm_http_url.*no picture/,
      });
    }
  });

  it('writes nothing when it cannot know what is there', async (t) => {
    const { camera, configurator } = await cameraWith(t, { shows: ['heartbeatTime'] }, THEIRS);
    assert.equal(await codeOf(configurator().apply()), 'CONFIG_UNREADABLE');
    const cut = await cameraWith(t, { cuts: 'always' }, THEIRS);
    assert.equal(await codeOf(cut.configurator().apply()), 'DEVICE_ANSWER_BROKEN');
    assert.deepEqual([camera.settings, cut.camera.settings], [THEIRS, THEIRS]);
  });

  it('names a listener with a login, which the camera does not know', async (t) => {
    const { camera, configurator } = await cameraWith(t);
    const target = { ...TARGET, auth: 'digest' } as const;
    assert.equal(await codeOf(configurator({ target }).apply()), 'CONFIG_LOGIN');
    assert.deepEqual(camera.requests, []);
  });

  it('writes IPv6 addresses and HTTPS as they are written, and says what is not certain', async (t) => {
    const { configurator } = await cameraWith(t);
    const { url, remarks } = await configurator({
      target: { ...TARGET, host: '2001:db8::1', tls: true },
    }).plan();
    assert.equal(url, `https://[2001:db8::1]:8089/${SECRET}/vstarcam`);
    assert.match(remarks.join(), /HTTPS/);
  });
});

/** The url alone has the secret. */
const withoutUrl = (result: ConfigureResult) => ({ ...result, url: '' });

describe('over all dialects', () => {
  const dialects = (['var', 'plain', 'bare', 'list', 'json', 'nested json'] as const).flatMap((words) =>
    (['quoted', 'bare', 'number'] as const).flatMap((result) =>
      (['none', 'basic', 'query', 'query, 401'] as const).flatMap((login) =>
        (['plain', 'blanks'] as const).flatMap((names) =>
          [false, true].map((empties) => ({ words, result, login, names, empties })),
        ),
      ),
    ),
  );

  it(`restore(apply(x)) = x in each of ${dialects.length}, and no secret comes out`, async (t) => {
    for (const dialect of dialects) {
      const { camera, configurator, cgi } = await cameraWith(t, dialect, THEIRS);
      const seen = [await configurator().apply(), await configurator().read()].map(withoutUrl);
      assert.deepEqual(camera.settings, TOLD, inspect(dialect));
      const restored = await configurator().restore();
      assert.deepEqual(camera.settings, THEIRS, inspect(dialect));
      assert.equal(isSecretIn(print([seen, restored])) || print([seen, restored]).includes(SECRET), false);
      await cgi.close();
      await camera.close();
    }
  });

  it('no failure holds the password', async (t) => {
    const failing: Partial<CgiBehaviour>[] = [
      { cuts: 'always' },
      { alarmPush: '404' },
      { shows: [] },
      { stores: [] },
      { refuses: true },
    ];
    for (const login of ['basic', 'query', 'query, 401'] as const)
      for (const behaviour of failing)
        for (const password of [LOGIN.password, `${LOGIN.password}wrong`]) {
          const given = { ...LOGIN, password };
          const { configurator, cgi, camera } = await cameraWith(t, { ...behaviour, login }, THEIRS, {
            login: given,
          });
          const error = await configurator()
            .apply()
            .then(
              () => assert.fail('applied'),
              (each: unknown) => each,
            );
          assert.ok(error instanceof AlarmError);
          assert.equal(isSecretIn(print(error)), false, print(error));
          assert.equal(isSecretIn(print(cgi)), false);
          await cgi.close();
          await camera.close();
        }
  });
});
