// Weekly schedules as the settings of a node hold them: `{"mon":[["22:00","06:00"]]}`, '' for always. No page needed.
(() => {
  const DAYS = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'];
  const DAY = 24 * 60;
  const WEEK = DAYS.length * DAY;
  /** Minutes of a cell of the picker. */
  const CELL = 30;
  const CLOCK = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

  const isClock = (value) => typeof value === 'string' && CLOCK.test(value);
  const isSpan = (span) =>
    Array.isArray(span) && span.length === 2 && isClock(span[0]) && (isClock(span[1]) || span[1] === '24:00');
  const minute = (clock) => Number(clock.slice(0, 2)) * 60 + Number(clock.slice(3));
  const clock = (minutes) =>
    `${String(Math.floor(minutes / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;

  /** Days with their spans, of a text; undefined for one that is no schedule. */
  function parse(text) {
    try {
      const spans = JSON.parse(text);
      if (typeof spans !== 'object' || spans === null || Array.isArray(spans)) return undefined;
      const sound = Object.entries(spans).every(
        ([day, list]) => DAYS.includes(day) && Array.isArray(list) && list.every(isSpan),
      );
      return sound ? spans : undefined;
    } catch {
      return undefined;
    }
  }

  /** One flag for each minute of the week, from Monday 00:00; undefined for a text that is no schedule. */
  function read(text) {
    if (text.trim() === '') return new Uint8Array(WEEK).fill(1);
    const spans = parse(text);
    if (spans === undefined) return undefined;
    const week = new Uint8Array(WEEK);
    for (const [day, list] of Object.entries(spans)) {
      for (const [from, to] of list) {
        const start = DAYS.indexOf(day) * DAY + minute(from);
        const length = minute(to) - minute(from);
        const end = start + (length > 0 ? length : length + DAY);
        week.fill(1, start, end);
        if (end > WEEK) week.fill(1, 0, end - WEEK);
      }
    }
    return week;
  }

  /** Days with their spans, of minutes. A span goes over midnight in one piece unless it is longer than a day. */
  function spansOf(week) {
    if (week.every(Boolean)) return DAYS.map(() => [['00:00', '24:00']]);
    const spans = DAYS.map(() => []);
    const wrap = (at) => (at + WEEK) % WEEK;
    for (let start = 0; start < WEEK; start++) {
      if (!week[start] || week[wrap(start - 1)]) continue;
      let length = 1;
      while (week[wrap(start + length)]) length++;
      for (let at = start, left = length; left > 0; ) {
        const from = at % DAY;
        const piece = length <= DAY ? length : Math.min(left, DAY - from);
        const to = from + piece;
        spans[Math.floor(at / DAY)].push([clock(from), clock(to > DAY ? to - DAY : to)]);
        at = wrap(at + piece);
        left -= piece;
      }
    }
    return spans.map((list) => list.sort());
  }

  /** The text of a schedule, of minutes. */
  function write(week) {
    if (week.every(Boolean)) return '';
    const days = spansOf(week).map((list, day) => [DAYS[day], list]);
    return JSON.stringify(Object.fromEntries(days.filter(([, list]) => list.length > 0)));
  }

  /** What each half hour of the week is: `on`, `off`, or `part` of it on. */
  function cells(week) {
    return Array.from({ length: WEEK / CELL }, (_, cell) => {
      const minutes = week.subarray(cell * CELL, (cell + 1) * CELL);
      return minutes.every(Boolean) ? 'on' : minutes.some(Boolean) ? 'part' : 'off';
    });
  }

  /** Minutes with some half hours turned on or off, and all others as they were. */
  function paint(week, painted, on) {
    const next = week.slice();
    for (const cell of painted) next.fill(on ? 1 : 0, cell * CELL, (cell + 1) * CELL);
    return next;
  }

  /** A schedule in words: days that are alike stand together. `names` are the seven days. */
  function words(week, names, everyDay) {
    const lists = spansOf(week).map((list) => list.map(([from, to]) => `${from}–${to}`).join(', '));
    if (lists.every((list) => list === lists[0])) return lists[0] === '' ? '' : `${everyDay} ${lists[0]}`;
    const lines = [];
    for (let first = 0; first < DAYS.length; ) {
      let last = first;
      while (last + 1 < DAYS.length && lists[last + 1] === lists[first]) last++;
      const days = first === last ? names[first] : `${names[first]}–${names[last]}`;
      if (lists[first] !== '') lines.push(`${days} ${lists[first]}`);
      first = last + 1;
    }
    return lines.join('; ');
  }

  globalThis.cameraAlarms ??= {};
  globalThis.cameraAlarms.week = { DAYS, read, write, cells, paint, words };
})();
