// Time zones in dialogs.
(() => {
  /** Whether it is one: a name such as `Europe/Warsaw`, an offset such as `+01:00`, or `local`. */
  function isZone(text) {
    if (text === 'local' || /^[+-]\d{1,2}:?\d{2}$/.test(text)) return true;
    try {
      return Boolean(new Intl.DateTimeFormat('en', { timeZone: text }));
    } catch {
      return false;
    }
  }

  /** Fills a `datalist` with all that the browser knows, behind those that are given. */
  function offerZones(list, ...first) {
    const zones = [...first, ...(Intl.supportedValuesOf?.('timeZone') ?? [])];
    list.append(zones.map((zone) => $('<option>').val(zone)));
  }

  globalThis.cameraAlarms ??= {};
  Object.assign(globalThis.cameraAlarms, { isZone, offerZones });
})();
