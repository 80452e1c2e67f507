import { LoadFailure } from '../../feedback';
import { isResponseError } from '../../administration/answers';
import { NoPublishPermission } from '../permission';

/** Stands where something about publishing could not be had: whoever may not publish is told what it takes. */
export function PublishingFailure(props: {
  /** What was to be shown, such as "Your requests could not be listed". */
  title: string;
  error: Error;
  onRetry: () => void;
}) {
  const { error } = props;
  return isResponseError(error) && error.statusCode === 403 ? (
    <NoPublishPermission />
  ) : (
    <LoadFailure {...props} />
  );
}
