/** The time of day, in UTC: `14:02 UTC`. */
export function clockTime(time: Date): string {
  return `${time.toISOString().slice(11, 16)} UTC`;
}
