const CONTROLS = /[^\P{Cc}\t\n]/gu;

/** A text without what a terminal would obey to. */
export function withoutControls(text: string): string {
  return text.replace(CONTROLS, '\ufffd');
}
