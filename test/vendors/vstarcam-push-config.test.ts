import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { LIMITS } from '../../src/limits.js';
import { type CgiBehaviour, FACTORY_PUSH } from '../../src/simulator/vstarcam/cgi-behaviour.js';
import { cgiWords, resultWords } from '../../src/simulator/vstarcam/cgi-words.js';
import { readCgiValues } from '../../src/vendors/vstarcam/cgi-values.js';
import {
  differing,
  isDenied,
  isSameSetting,
  pushQuery,
  readPushConfig,
  readSetResult,
  shownSetting,
} from '../../src/vendors/vstarcam/push-config.js';

const CONFIG = {
  heartbeatTime: '60',
  heartbeatServer: 'http://192.0.2.10:8089/Kx7pQ2mWz9aB/vstarcam',
  alarmPushMainServer: 'http://198.51.100.4/push.php?a=1&b=2',
  alarmPushSubServer: '',
};
const answer = (body: string | Buffer, status = 200) => ({ status, body: Buffer.from(body as string) });
const WORDS: CgiBehaviour['words'][] = ['var', 'plain', 'bare', 'list', 'json', 'nested json'];

describe('what a camera says of its alarm push', () => {
  for (const words of WORDS) {
    it(`is read in the words "${words}"`, () => {
      assert.deepEqual(readPushConfig(answer(cgiWords(CONFIG, words)), LIMITS), CONFIG);
    });
  }

  it('is read with the blanks of the document, single quotes, other letters, escapes and lists', () => {
    const body = [
      "var heartbeat Server='http://192.0.2.10:8089\\/a\\x41\\u0042';",
      'VAR = 1',
      'HEARTBEATTIME = 90 ;',
      'var alarmPushMainServer = new Array("http://192.0.2.11/;x", "http://192.0.2.12/");',
      'alarmPushSub Server=["http://192.0.2.13/","b"];alarmPushSubServer[1]="c";',
    ].join('\r\n');
    assert.deepEqual(readPushConfig(answer(body), LIMITS), {
      heartbeatTime: '90',
      heartbeatServer: 'http://192.0.2.10:8089/aAB',
      alarmPushMainServer: 'http://192.0.2.11/;x',
      alarmPushSubServer: 'http://192.0.2.13/',
    });
  });

  it('may lack the sub server, and nothing else', () => {
    const { alarmPushSubServer: _, ...rest } = CONFIG;
    assert.deepEqual(readPushConfig(answer(cgiWords(rest, 'var')), LIMITS), rest);
    const { heartbeatServer: __, ...less } = rest;
    assert.equal(readPushConfig(answer(cgiWords(less, 'var')), LIMITS), 'broken');
  });

  it('is told apart from a firmware without it, a refusal and half an answer', () => {
    assert.equal(readPushConfig(answer('Not Found', 404), LIMITS), 'missing');
    assert.equal(readPushConfig(answer(''), LIMITS), 'missing');
    assert.equal(readPushConfig(answer(' \r\n<!DOCTYPE html><html>'), LIMITS), 'missing');
    assert.equal(readPushConfig(answer('var result="failed";'), LIMITS), 'missing');
    assert.equal(readPushConfig(answer('result=-1;cmd=2106;command=9;'), LIMITS), 'missing');
    assert.equal(readPushConfig(answer('{"result":"unknown"}'), LIMITS), 'missing');
    assert.equal(readPushConfig(answer('var result="Auth Failed";'), LIMITS), 'denied');
    assert.equal(readPushConfig(answer('', 403), LIMITS), 'denied');
    assert.equal(readPushConfig(answer('', 503), LIMITS), 'failed');
    assert.equal(
      readPushConfig(answer('var heartbeatTime=60;var heartbeatServer="http://192'), LIMITS),
      'broken',
    );
    assert.equal(readPushConfig(answer('{"heartbeatTime":60,'), LIMITS), 'broken');
    assert.equal(readPushConfig(answer(`heartbeatTime=60;${' '.repeat(64 * 1024)}`), LIMITS), 'broken');
  });

  it('holds no name but those asked for, whatever is sent', () => {
    const names = new Set(['result']);
    const body = 'var __proto__="a";constructor=1;result=0;{"__proto__":1}';
    assert.deepEqual([...(readCgiValues(Buffer.from(body), names, LIMITS) ?? [])], [['result', '0']]);
    const json = '{"__proto__":{"result":"x"},"constructor":{"result":"y"},"result":"z"}';
    assert.deepEqual([...(readCgiValues(Buffer.from(json), names, LIMITS) ?? [])], [['result', 'z']]);
  });

  it('never throws, and takes no half of a quoted value for the whole', () => {
    const whole = Buffer.from(cgiWords(CONFIG, 'var'));
    for (let cut = 0; cut < whole.length; cut++) {
      const read = readPushConfig(answer(whole.subarray(0, cut)), LIMITS);
      if (typeof read === 'object') assert.deepEqual({ ...CONFIG, ...read }, CONFIG);
    }
    const piece = fc.constantFrom(
      'var ',
      'heartbeatTime',
      '=',
      '"',
      "'",
      '\\',
      ';',
      '[0]',
      '\n',
      'new Array(',
      '{',
      '<',
      '\\u12',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 60 }), (pieces) => {
        const body = answer(pieces.join(''));
        readPushConfig(body, LIMITS);
        readSetResult(body, LIMITS);
        isDenied(body, LIMITS);
      }),
    );
  });
});

describe('what a camera says of a change', () => {
  it('is yes in every dialect, and no', () => {
    for (const words of WORDS)
      for (const result of ['quoted', 'bare', 'number'] as const) {
        const behaviour = { words, result } as CgiBehaviour;
        assert.equal(readSetResult(answer(resultWords(true, behaviour)), LIMITS), 'ok', `${words} ${result}`);
        assert.equal(
          readSetResult(answer(resultWords(false, behaviour)), LIMITS),
          'failed',
          `${words} ${result}`,
        );
      }
    for (const no of ['var result="erro";', 'result=-2;', 'var result="failed"'])
      assert.equal(readSetResult(answer(no), LIMITS), 'failed');
    assert.equal(readSetResult(answer(''), LIMITS), 'ok');
    assert.equal(readSetResult(answer('', 404), LIMITS), 'missing');
    assert.equal(readSetResult(answer('', 400), LIMITS), 'failed');
    assert.equal(readSetResult(answer('var result="Auth Failed";'), LIMITS), 'denied');
  });
});

describe('what a camera is told', () => {
  it('has each value escaped, under its name with or without the blank of the document', () => {
    const plain = pushQuery(CONFIG, false);
    assert.match(plain, /^heartbeatTime=60&heartbeatServer=http%3A%2F%2F192\.0\.2\.10%3A8089%2FKx7/);
    assert.deepEqual(Object.fromEntries(new URLSearchParams(plain)), CONFIG);
    const blanks = pushQuery(CONFIG, true);
    assert.match(blanks, /&heartbeat%20Server=.*&alarmPushMainServer=.*%26b%3D2&alarmPushSub%20Server=$/);
    assert.match(pushQuery({ ...CONFIG, heartbeatServer: '\ud800' }, false), /heartbeatServer=%EF%BF%BD&/);
    const { alarmPushSubServer: _, ...rest } = CONFIG;
    assert.doesNotMatch(pushQuery(rest, false), /Sub/);
  });

  it('differs from what it has by what it means', () => {
    assert.equal(isSameSetting('heartbeatTime', '060', '60'), true);
    assert.equal(isSameSetting('heartbeatTime', '', '0'), false);
    assert.equal(isSameSetting('heartbeatServer', 'HTTP://Host:80', 'http://host/'), true);
    assert.equal(isSameSetting('heartbeatServer', 'http://host/a', 'http://host/b'), false);
    assert.deepEqual(differing(FACTORY_PUSH, CONFIG), [
      'heartbeatTime',
      'heartbeatServer',
      'alarmPushMainServer',
    ]);
  });

  it('is shown without the secret, and of others without all that may be one', () => {
    const url = CONFIG.heartbeatServer;
    const shown = (value: string | undefined) => shownSetting('heartbeatServer', value, url, 'Kx7pQ2mWz9aB');
    assert.equal(shown(url), 'http://192.0.2.10:8089/***/vstarcam');
    assert.equal(shown('http://user:pass@192.0.2.9:81/token?key=1'), 'http://192.0.2.9:81/***');
    assert.equal(shown('loginpas=hidden'), '***');
    assert.equal(shown(''), '(empty)');
    assert.equal(shown(undefined), '(empty)');
    assert.equal(shownSetting('heartbeatTime', '60', url, 's'), '60');
    assert.equal(shownSetting('heartbeatTime', 'secret', url, 's'), '***');
    assert.equal(
      shownSetting('heartbeatServer', 'http://192.0.2.1/', 'http://192.0.2.1/', ''),
      'http://192.0.2.1/',
    );
  });
});
