import type { Theme } from '@material-ui/core/styles';

/** The colour of errors, light enough on the dark theme to be read by everybody (WCAG 2.1, 1.4.3). */
export function readableErrorColor(theme: Theme): string {
  return theme.palette.type === 'dark' ? '#ff9b92' : theme.palette.error.dark;
}
