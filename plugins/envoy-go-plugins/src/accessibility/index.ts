export { VisuallyHidden } from './VisuallyHidden';
export { readableErrorColor } from './readableErrorColor';
