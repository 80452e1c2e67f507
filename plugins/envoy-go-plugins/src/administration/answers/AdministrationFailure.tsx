import { LoadFailure } from '../../feedback';
import { NoPermission } from '../permission';
import { isResponseError } from './isResponseError';

/** Stands where administrators' data could not be had: whoever is no administrator is told whom to ask. */
export function AdministrationFailure(props: {
  /** What was to be shown, such as "The deliveries could not be listed". */
  title: string;
  error: Error;
  onRetry: () => void;
}) {
  const { error } = props;
  return isResponseError(error) && error.statusCode === 403 ? (
    <NoPermission />
  ) : (
    <LoadFailure {...props} />
  );
}
