import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import OpenIcon from '@material-ui/icons/OpenInNew';
import { LinkButton } from '@backstage/core-components';
import type {
  PublishHandOver,
  PublishRequest,
} from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import type { ChangeRequest } from '../answers';
import { useAuthorToken } from '../own-name';
import { ActionRefusal } from './ActionRefusal';
import { RequestSection } from './RequestSection';
import { useAction } from './useAction';

const useStyles = makeStyles(theme => ({
  root: { display: 'grid', gap: theme.spacing(1.5) },
  actions: { display: 'flex', flexWrap: 'wrap', gap: theme.spacing(1) },
  steps: {
    margin: 0,
    paddingLeft: theme.spacing(3),
    display: 'grid',
    gap: theme.spacing(0.5),
    overflowWrap: 'anywhere',
  },
  subtle: { color: theme.palette.textSubtle },
}));

/** Its author's turn: they transfer the repository in their own name, by one click or by hand. */
export function AuthorHandOver(props: {
  request: PublishRequest;
  handOver: PublishHandOver;
  change: ChangeRequest;
}) {
  const { request, handOver, change } = props;
  const classes = useStyles();
  const { ask } = useAuthorToken();
  const { busy, error, run } = useAction();
  const [organization] = request.target.split('/');

  if (!request.allowedActions.includes('hand-over')) {
    return (
      <RequestSection title="GitHub moves the repository" emphasis>
        <Typography>
          You handed it over, and GitHub moves it to{' '}
          <strong>{request.target}</strong>. That takes a minute or two, and
          needs nothing more of you.
        </Typography>
      </RequestSection>
    );
  }
  return (
    <RequestSection title="It is your turn: hand the repository over" emphasis>
      <div className={classes.root}>
        <Typography>
          It is approved. GitHub lets nobody but you move {request.repository},
          so you move it to <strong>{request.target}</strong> in your own name.
          The portal keeps nothing of your sign-in.
        </Typography>
        <div className={classes.actions}>
          <Button
            variant="contained"
            color="primary"
            disabled={Boolean(busy)}
            onClick={() =>
              run('hand-over', async () => {
                const ownName = await ask(request.repositoryUrl);
                await change(api =>
                  api.handOverPublishRequest({ id: request.id, ...ownName }),
                );
              })
            }
          >
            {busy ? 'Handing over …' : 'Hand over now'}
          </Button>
          <LinkButton
            to={handOver.url}
            variant="outlined"
            color="primary"
            endIcon={<OpenIcon />}
          >
            Open on GitHub
          </LinkButton>
        </div>
        <ActionRefusal error={error} />
        <Typography variant="body2" className={classes.subtle}>
          Or by hand, on GitHub. It takes that you may create repositories in{' '}
          {organization}, either way:
        </Typography>
        <ol className={classes.steps}>
          {handOver.steps.map(step => (
            <li key={step}>{step}</li>
          ))}
        </ol>
      </div>
    </RequestSection>
  );
}
