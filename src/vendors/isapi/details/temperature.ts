import type { Draft, Temperature } from '../../../event.js';
import { child, type Fields, number, put, text } from '../../../wire/fields.js';

/** The first temperature in the regions of a TMA (alarm) or TMPA (pre-alarm) event (isapi.md §7). */
export function readTemperature(entries: readonly Fields[]): Temperature | undefined {
  for (const entry of entries) {
    const measured = child(entry, 'TMA') ?? child(entry, 'TMPA');
    if (measured === undefined) continue;
    const temperature: Draft<Temperature> = {};
    const unit = text(measured, 'thermometryUnit');
    put(temperature, 'unit', unit);
    const current = number(measured, 'currTemperature');
    put(temperature, 'current', current);
    const threshold = number(measured, 'ruleTemperature');
    put(temperature, 'threshold', threshold);
    const rule = text(measured, 'ruleType');
    put(temperature, 'rule', rule);
    const preset = text(measured, 'presetNo');
    put(temperature, 'preset', preset);
    return temperature;
  }
  return undefined;
}
