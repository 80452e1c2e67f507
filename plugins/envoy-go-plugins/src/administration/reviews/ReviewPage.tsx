import OpenIcon from '@material-ui/icons/OpenInNew';
import { useLocation, useParams } from 'react-router-dom';
import { LinkButton } from '@backstage/core-components';
import { shortCommit } from '../../commits';
import { usePublishRequest } from '../../publishing/answers';
import { RequestFrame, RequestSection } from '../../publishing/request';
import {
  AdministrationFailure,
  StaleAnswerNote,
  isResponseError,
} from '../answers';
import { EmptyNote } from '../lists';
import { DescriptionChange } from './DescriptionChange';
import { RISK_CHECK, RiskReport } from './RiskReport';
import { ReviewersNextStep } from './ReviewersNextStep';

/** A request, for administrators: all that it takes to decide about it, and the decision. */
export function ReviewPage() {
  const { requestId = '' } = useParams();
  const { search } = useLocation();
  const { request, error, refreshError, refresh, change } =
    usePublishRequest(requestId);

  let failure;
  if (error && isResponseError(error) && error.statusCode === 404) {
    failure = (
      <EmptyNote title="This request is not here">
        There is no request {requestId}: the address is not complete.
      </EmptyNote>
    );
  } else if (error) {
    failure = (
      <AdministrationFailure
        title="The request could not be shown"
        error={error}
        onRetry={refresh}
      />
    );
  }

  return (
    <RequestFrame
      request={request}
      change={change}
      back={{ to: `..${search}`, label: 'Review queue' }}
      actions={
        request && (
          <LinkButton
            to={request.commitUrl}
            variant="outlined"
            color="primary"
            endIcon={<OpenIcon />}
          >
            Source at {shortCommit(request.commit)}
          </LinkButton>
        )
      }
      notices={<StaleAnswerNote error={refreshError} onRetry={refresh} />}
      next={request && <ReviewersNextStep request={request} change={change} />}
      findingsElsewhere={RISK_CHECK}
      failure={failure}
    >
      {request && (
        <>
          <RequestSection title="Risk report">
            <RiskReport
              check={request.checkResults.find(
                ({ checkId }) => checkId === RISK_CHECK,
              )}
            />
          </RequestSection>
          <RequestSection title="Description">
            <DescriptionChange
              before={request.previousDescriptionText}
              after={request.descriptionText}
            />
          </RequestSection>
        </>
      )}
    </RequestFrame>
  );
}
