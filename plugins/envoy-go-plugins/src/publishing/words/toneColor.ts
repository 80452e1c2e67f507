import type { Theme } from '@material-ui/core/styles';
import { readableErrorColor } from '../../accessibility';

/** How something that is said in a word and an icon is meant. */
export type Tone = 'good' | 'bad' | 'caution' | 'neutral';

/** The colour of a tone, to be read by everybody on either theme (WCAG 2.1, 1.4.3). */
export function toneColor(theme: Theme, tone: Tone): string {
  const dark = theme.palette.type === 'dark';
  switch (tone) {
    case 'good':
      return dark ? '#7ddc9f' : '#1a7037';
    case 'bad':
      return readableErrorColor(theme);
    case 'caution':
      return dark ? '#ffcc66' : '#8a4b00';
    default:
      return theme.palette.textSubtle;
  }
}
