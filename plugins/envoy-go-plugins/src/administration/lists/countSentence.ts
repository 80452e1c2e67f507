import { ROWS_PER_PAGE } from './addressParameters';

const thousands = new Intl.NumberFormat('en');

/** A number with its noun: "1 delivery", "1,200 deliveries". */
export function counted(count: number, one: string, many: string): string {
  return `${thousands.format(count)} ${count === 1 ? one : many}`;
}

/** Which rows of how many stand on a page: "26–50 of 1,200 deliveries". */
export function countSentence(
  page: number,
  totalItems: number,
  noun: { one: string; many: string },
): string {
  if (totalItems === 0) {
    return `No ${noun.one} matches`;
  }
  const total = counted(totalItems, noun.one, noun.many);
  if (totalItems <= ROWS_PER_PAGE) {
    return total;
  }
  const first = (page - 1) * ROWS_PER_PAGE + 1;
  const last = Math.min(first + ROWS_PER_PAGE - 1, totalItems);
  return `${thousands.format(first)}–${thousands.format(last)} of ${total}`;
}
