import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { objections, schemas } from '../../support/fixtures.js';
import { CAMERAS, Filtering } from './filtering.js';

const SECOND = 1000;
const start = (id: string, more = {}) => ({ id, state: 'active' as const, correlationId: id, ...more });
const end = (id: string, of: string, more = {}) => ({
  id,
  state: 'inactive' as const,
  correlationId: of,
  ...more,
});

describe('start and end', () => {
  it('gives a passed start its end, whatever has changed meanwhile', () => {
    const trial = new Filtering();
    trial.say(start('a'));
    trial.restart({ kinds: 'motion', cooldown: 60, schedule: '{"mon":[]}' });
    trial.filter.arm(false);
    trial.say(end('b', 'a'));
    assert.deepEqual(trial.take(), ['a', 'b']);
  });

  it('gives a start that was held back no end', () => {
    const trial = new Filtering({ kinds: 'motion' });
    trial.say(start('a'));
    trial.say(end('b', 'a', { kind: 'motion' }));
    assert.deepEqual(trial.take(), ['a kind', 'b start']);
  });

  it('knows a start by its place where nothing else joins it with its end', () => {
    const trial = new Filtering({ cooldown: 60 });
    trial.say({ id: 'a', state: 'active' });
    trial.say({ id: 'b', state: 'active' });
    trial.say({ id: 'c', state: 'inactive' });
    trial.say({ id: 'd', state: 'inactive' });
    trial.say({ id: 'e', state: 'active', channel: 2, channelRaw: 'CH2' });
    trial.say({ id: 'f', state: 'inactive', channel: 3, channelRaw: 'CH3' });
    assert.deepEqual(trial.take(), ['a', 'b cooldown', 'c', 'd start', 'e', 'f start']);
  });

  it('remembers over a restart what was passed', () => {
    const trial = new Filtering();
    trial.say(start('a'));
    trial.filter.arm(false);
    trial.restart({}, JSON.parse(JSON.stringify(trial.memory)));
    assert.equal(trial.filter.armed, false);
    trial.say(end('b', 'a'));
    assert.deepEqual(trial.take(), ['a', 'b']);
  });

  it('lets an end pass that comes once more and whose start nobody remembers', () => {
    const trial = new Filtering({ kinds: 'line-crossing' });
    trial.say(end('a', 'x', { redelivered: true }));
    trial.say(end('b', 'y'));
    trial.say(end('c', 'z', { redelivered: true, kind: 'motion' }));
    assert.deepEqual(trial.take(), ['a', 'b start', 'c start']);
  });

  it('lets out only the states that are asked for', () => {
    const trial = new Filtering({ states: 'inactive' });
    trial.say(start('a'));
    trial.say(end('b', 'a'));
    trial.say({ id: 'c', state: 'pulse' });
    assert.deepEqual(trial.take(), ['a state', 'b', 'c state']);
  });

  for (const rubbish of [null, 1, [], { armed: 'x', sent: 1, episodes: [[1, 2], ['a'], ['b', null]] }])
    it(`begins anew when what is kept is ${JSON.stringify(rubbish)}`, () => {
      const trial = new Filtering();
      trial.restart({}, rubbish);
      assert.equal(trial.filter.armed, true);
      trial.say(start('a'));
      assert.deepEqual(trial.take(), ['a']);
    });
});

describe('cool-down', () => {
  it('lets forty crossings in a minute out once', () => {
    const trial = new Filtering({ cooldown: 60 });
    for (let count = 0; count < 40; count++) {
      trial.say({ state: count % 2 === 0 ? 'pulse' : 'active' });
      trial.clock.pass(1.4 * SECOND);
    }
    assert.deepEqual([trial.filter.passed, trial.filter.suppressed], [1, 39]);
  });

  it('counts from the last alarm that was sent, not from the last that came', () => {
    const trial = new Filtering({ cooldown: 60 });
    for (let second = 0; second <= 120; second += 20) {
      trial.say({ state: 'pulse' });
      trial.clock.pass(20 * SECOND);
    }
    assert.deepEqual(trial.take(), ['1', '2 cooldown', '3 cooldown', '4', '5 cooldown', '6 cooldown', '7']);
  });

  it('does not begin with an end, and does not hold one up', () => {
    const trial = new Filtering({ cooldown: 60 });
    trial.say(start('a'));
    trial.clock.pass(59 * SECOND);
    trial.say(end('b', 'a'));
    trial.clock.pass(1 * SECOND);
    trial.say(start('c'));
    assert.deepEqual(trial.take(), ['a', 'b', 'c']);
  });

  const PER: readonly [string, string[]][] = [
    ['device+channel+kind', ['1', '2', '3', '4', '5 cooldown']],
    ['device+channel', ['1', '2 cooldown', '3', '4', '5 cooldown']],
    ['device', ['1', '2 cooldown', '3 cooldown', '4', '5 cooldown']],
    ['kind', ['1', '2', '3 cooldown', '4 cooldown', '5 cooldown']],
    ['all', ['1', '2 cooldown', '3 cooldown', '4 cooldown', '5 cooldown']],
  ];
  for (const [cooldownPer, wanted] of PER)
    it(`is one for each ${cooldownPer}`, () => {
      const trial = new Filtering({ cooldown: 60, cooldownPer });
      trial.say({ state: 'pulse' });
      trial.say({ state: 'pulse', kind: 'motion' });
      trial.say({ state: 'pulse', channel: 2 });
      trial.say({ state: 'pulse', device: { id: CAMERAS[1] } });
      trial.say({ state: 'pulse' });
      assert.deepEqual(trial.take(), wanted);
    });

  it('judges what comes again after an outage by when it came first', () => {
    const trial = new Filtering({ cooldown: 60 });
    const ago = (seconds: number) => new Date(trial.clock.now() - seconds * SECOND).toISOString();
    for (const [index, seconds] of [600, 590, 480, 500].entries())
      trial.say({ id: `${index}`, state: 'pulse', receivedAt: ago(seconds), redelivered: true });
    assert.deepEqual(trial.take(), ['0', '1 cooldown', '2', '3 cooldown']);
  });
});

describe('the same alarm once more', () => {
  it('is decided as before, so that a confirmed flow loses nothing', () => {
    const trial = new Filtering({ cooldown: 60 });
    for (const id of ['a', 'b', 'a', 'b']) trial.say({ id, state: 'pulse', redelivered: true });
    assert.deepEqual(trial.take(), ['a', 'b cooldown', 'a', 'b cooldown']);
  });

  it('passes behind a restart that remembers it as the last one', () => {
    const trial = new Filtering({ cooldown: 60 });
    trial.say({ id: 'a', state: 'pulse' });
    trial.restart({ cooldown: 60 }, JSON.parse(JSON.stringify(trial.memory)));
    trial.say({ id: 'b', state: 'pulse' });
    trial.say({ id: 'a', state: 'pulse', redelivered: true });
    assert.deepEqual(trial.take(), ['a', 'b cooldown', 'a']);
  });
});

describe('armed, schedule', () => {
  it('holds back starts and pulses while disarmed', () => {
    const trial = new Filtering();
    trial.filter.arm(false);
    trial.say(start('a'));
    trial.say({ id: 'b', state: 'pulse' });
    trial.filter.arm(true);
    trial.say(end('c', 'a'));
    trial.say(start('d'));
    assert.deepEqual(trial.take(), ['a armed', 'b armed', 'c start', 'd']);
  });

  it('decides by the time an alarm came first', () => {
    const trial = new Filtering({ schedule: '{"mon":[["22:00","06:00"]]}' });
    trial.say({ id: 'a', state: 'pulse', receivedAt: '2026-11-23T23:00:00+01:00' });
    trial.say({ id: 'b', state: 'pulse', receivedAt: '2026-11-23T12:00:00+01:00' });
    assert.deepEqual(trial.take(), ['a', 'b schedule']);
  });
});

describe('so many within so long', () => {
  it('passes the one that makes it enough, then counts anew', () => {
    const trial = new Filtering({ count: 3, within: 10 });
    for (let count = 0; count < 7; count++) trial.say({ state: 'pulse' });
    assert.deepEqual(trial.take(), ['1 count', '2 count', '3', '4 count', '5 count', '6', '7 count']);
  });

  it('forgets those that are too long ago', () => {
    const trial = new Filtering({ count: 2, within: 10 });
    trial.say({ state: 'pulse' });
    trial.clock.pass(10 * SECOND);
    trial.say({ state: 'pulse' });
    trial.clock.pass(9 * SECOND);
    trial.say({ state: 'pulse' });
    assert.deepEqual(trial.take(), ['1 count', '2 count', '3']);
  });
});

describe('an alarm that has to go on', () => {
  it('passes when it has, and so does its end', () => {
    const trial = new Filtering({ minDuration: 5 });
    trial.say(start('a'));
    trial.clock.pass(4.999 * SECOND);
    assert.deepEqual(trial.take(), []);
    trial.clock.pass(1);
    assert.deepEqual(trial.take(), ['a']);
    trial.say(end('b', 'a'));
    assert.deepEqual(trial.take(), ['b']);
  });

  it('is held back with its end when it was too short', () => {
    const trial = new Filtering({ minDuration: 5 });
    trial.say(start('a'));
    trial.say(end('b', 'a'));
    trial.clock.pass(60 * SECOND);
    trial.say({ id: 'c', state: 'pulse' });
    assert.deepEqual(trial.take(), ['a duration', 'b duration', 'c']);
  });

  it('is held back when it is repeated before, and not any more afterwards', () => {
    const trial = new Filtering({ minDuration: 5 });
    for (let second = 0; second < 7; second++) {
      trial.say({ id: `${second}`, state: 'active' });
      trial.clock.pass(SECOND);
    }
    assert.deepEqual(trial.take(), ['1 duration', '2 duration', '3 duration', '4 duration', '0', '5', '6']);
  });

  it('tells of a flow that throws, and goes on', () => {
    const trial = new Filtering({ minDuration: 5 });
    trial.throws = true;
    trial.say(start('a'));
    trial.clock.pass(5 * SECOND);
    assert.equal(trial.errors.length, 1);
    trial.throws = false;
    trial.say(end('b', 'a'));
    assert.deepEqual(trial.take(), ['b']);
  });

  it('goes on over a redeploy', () => {
    const trial = new Filtering({ minDuration: 5 });
    trial.say(start('a'));
    trial.clock.pass(3 * SECOND);
    trial.restart({ minDuration: 5 });
    trial.clock.pass(2 * SECOND);
    assert.deepEqual(trial.take(), ['a']);
  });

  it('is handed on when it comes again while it waits, once', () => {
    const trial = new Filtering({ minDuration: 5 });
    trial.say(start('a'));
    trial.say(start('a', { redelivered: true }));
    trial.clock.pass(5 * SECOND);
    assert.deepEqual(trial.take(), ['a']);
  });

  it('makes room for others by passing the oldest', () => {
    const trial = new Filtering({ minDuration: 5 }, { filterHeld: 2 });
    for (const id of ['a', 'b', 'c']) trial.say(start(id));
    assert.deepEqual(trial.take(), ['a']);
  });
});

describe('summary of a cool-down', () => {
  it('says how many were held back, with the last picture, and counts as sent', () => {
    const trial = new Filtering({ cooldown: 600, summary: true });
    trial.say({ state: 'pulse' });
    for (let minute = 1; minute < 9; minute++) {
      trial.clock.pass(60 * SECOND);
      trial.say({ state: 'pulse' }, minute === 3 ? 2 : 0);
    }
    assert.equal(trial.take().length, 9);
    trial.clock.pass(120 * SECOND);
    const [{ summary, pictures } = {}] = trial.out.splice(0);
    assert.equal(pictures, 2);
    assert.equal(summary?.title, '8 more in 7 min: Line crossing: Gate');
    assert.match(summary?.text ?? '', /^8 more in 7 min\nLine crossing – now\n/);
    assert.equal(objections(schemas().alarm, summary), '');
    trial.say({ state: 'pulse' });
    assert.deepEqual(trial.take(), ['10 cooldown']);
    trial.clock.pass(600 * SECOND);
    assert.deepEqual(trial.take(), ['summary of 1']);
  });

  it('says nothing where nothing was held back, nor while disarmed', () => {
    const trial = new Filtering({ cooldown: 60, summary: true });
    trial.say({ state: 'pulse' });
    trial.clock.pass(60 * SECOND);
    trial.say({ state: 'pulse' });
    trial.say({ state: 'pulse' });
    trial.filter.arm(false);
    trial.clock.pass(60 * SECOND);
    assert.deepEqual(trial.take(), ['1', '2', '3 cooldown']);
  });

  it('comes behind a redeploy too', () => {
    const trial = new Filtering({ cooldown: 60, summary: true });
    trial.say({ state: 'pulse' });
    trial.say({ state: 'pulse' });
    trial.restart({ cooldown: 60, summary: true });
    trial.clock.pass(60 * SECOND);
    assert.deepEqual(trial.take(), ['1', '2 cooldown', 'summary of 1']);
  });
});
