import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AlarmEvent } from '../../../src/event.js';
import type { FilterSettings } from '../../../src/routing/filter/rules.js';
import { CAMERAS, Filtering } from './filtering.js';

const CASES: readonly [string, Partial<FilterSettings>, Partial<AlarmEvent>, string][] = [
  ['a kind that is listed', { kinds: 'motion, line-crossing' }, {}, '1'],
  ['a kind that is not', { kinds: 'motion' }, {}, '1 kind'],
  ['a device by its id', { devices: CAMERAS[0] }, {}, '1'],
  ['a device by its MAC address in another writing', { devices: '0000.5E00.5341' }, {}, '1'],
  ['a device by its name, whatever the case', { devices: 'garage; gATE ' }, {}, '1'],
  ['a device by its address', { devices: '192.0.2.9' }, { device: { id: 'x', address: '192.0.2.9' } }, '1'],
  ['another device', { devices: CAMERAS[1] }, {}, '1 device'],
  ['a channel by its number', { channels: '1' }, {}, '1'],
  ['a channel in a span', { channels: '3, 4-9' }, { channel: 9 }, '1'],
  ['a channel by its name', { channels: 'yard' }, { channelName: 'Yard' }, '1'],
  ['a channel outside', { channels: '3,4-9' }, { channel: 10 }, '1 channel'],
  [
    'no channel where one is asked for',
    { channels: '1' },
    { channel: undefined as never, channelRaw: '' },
    '1 channel',
  ],
  ['a region by its id', { regions: '2' }, { regions: [{ id: '1' }, { id: '2' }] }, '1'],
  ['a region by its name', { regions: 'drive' }, { regions: [{ id: '1', name: 'Drive' }] }, '1'],
  ['no region where one is asked for', { regions: '2' }, {}, '1 region'],
  ['a target', { targets: 'human,animal' }, { targets: ['vehicle', 'human'] }, '1'],
  ['no target where one is asked for', { targets: 'human' }, {}, '1 target'],
  ['a person, which is human', { targets: 'human' }, { kind: 'person' }, '1'],
  ['a plate, which is of a vehicle', { targets: 'vehicle' }, { kind: 'plate' }, '1'],
  ['at least medium', { severity: 'medium' }, { severity: 'high' }, '1'],
  ['below high', { severity: 'high' }, { severity: 'medium' }, '1 severity'],
  [
    'an event of an earlier version, by its kind',
    { severity: 'high' },
    { severity: undefined as never },
    '1',
  ],
  ['a list of nothing but commas wants all', { kinds: ' , ;' }, {}, '1'],
];

describe('conditions of a filter', () => {
  for (const [what, settings, event, wanted] of CASES) {
    it(`decides about ${what}`, () => {
      const trial = new Filtering(settings);
      trial.say(event);
      assert.deepEqual(trial.take(), [wanted]);
    });
  }
});
