/** How many places of a text are found at most; more would only be noise. */
export const MAX_PLACES = 1_000;

/** A piece of a text; what was searched for has the number of the place, from 0. */
export interface TextPiece {
  text: string;
  place?: number;
}

/** Cuts a text where the words that are searched for occur, without regard to case. */
export function findInText(
  text: string,
  wanted: string,
): { pieces: TextPiece[]; places: number } {
  if (!wanted) {
    return { pieces: [{ text }], places: 0 };
  }
  const escaped = wanted.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pieces: TextPiece[] = [];
  let end = 0;
  let places = 0;
  for (const match of text.matchAll(new RegExp(escaped, 'giu'))) {
    if (places === MAX_PLACES) {
      break;
    }
    pieces.push({ text: text.slice(end, match.index) });
    pieces.push({ text: match[0], place: places });
    end = match.index + match[0].length;
    places += 1;
  }
  pieces.push({ text: text.slice(end) });
  return { pieces, places };
}

/** JSON as people read it; what is no JSON as it is. */
export function prettyJson(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), undefined, 2);
  } catch {
    return text;
  }
}
