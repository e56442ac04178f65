/**
 * A weekday of the last week, as `2026-05-11`: in the past everywhere on Earth, and within the year that the simulated
 * history goes back. A date that is written down is not, a year later.
 */
export function recentWeekday(): string {
  const day = new Date(Date.now() - 3 * 86_400_000);
  while (day.getUTCDay() === 0 || day.getUTCDay() === 6) day.setUTCDate(day.getUTCDate() - 1);
  return day.toISOString().slice(0, 10);
}
