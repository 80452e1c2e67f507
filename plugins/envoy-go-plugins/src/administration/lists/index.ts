export { ConfirmDialog } from './ConfirmDialog';
export { EmptyNote } from './EmptyNote';
export { FilterChips } from './FilterChips';
export type { FilterOption } from './FilterChips';
export { FilterPanel } from './FilterPanel';
export { ListAnswer } from './ListAnswer';
export { ListFrame } from './ListFrame';
export { ListPaging } from './ListPaging';
export { SkeletonRows } from './SkeletonRows';
export { TimeRangeField } from './TimeRangeField';
export {
  ROWS_PER_PAGE,
  readOneOf,
  readPage,
  readText,
  readValues,
  toggled,
  toggledOf,
  writeParameters,
} from './addressParameters';
export { countSentence, counted } from './countSentence';
export {
  isTimeRangeSet,
  readTimeRange,
  timeRangeParameters,
  toTimeQuery,
} from './timeRange';
export type { TimeRange } from './timeRange';
export { useAddressState } from './useAddressState';
export type { AddressState, ChangeAddressState } from './useAddressState';
export { useLastPage } from './useLastPage';
