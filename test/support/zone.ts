/** Does something as on a machine in this time zone. */
export function inZone<T>(zone: string, action: () => T): T {
  const before = process.env.TZ;
  try {
    process.env.TZ = zone;
    return action();
  } finally {
    if (before === undefined) delete process.env.TZ;
    else process.env.TZ = before;
  }
}
