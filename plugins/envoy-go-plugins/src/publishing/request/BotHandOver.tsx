import Button from '@material-ui/core/Button';
import { makeStyles } from '@material-ui/core/styles';
import Typography from '@material-ui/core/Typography';
import OpenIcon from '@material-ui/icons/OpenInNew';
import { LinkButton } from '@backstage/core-components';
import type { PublishRequest } from '@envoy-go/backstage-plugin-envoy-go-plugins-common';
import { useAuthorToken } from '../own-name';
import type { ChangeRequest } from '../answers';
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

/** Gives the bot the access that it needs to the repository: by one click where that works, by exact steps where it does not. */
export function BotHandOver(props: {
  request: PublishRequest;
  change: ChangeRequest;
  /** Whether it is the next thing to do. */
  emphasis: boolean;
}) {
  const { request, change, emphasis } = props;
  const { bot, repository, repositoryUrl, target } = request;
  const classes = useStyles();
  const { ask } = useAuthorToken();
  const { busy, error, run } = useAction();
  const name = bot.bot ?? 'the portal’s bot';
  const oneClick = request.allowedActions.includes('add-bot');

  const add = () =>
    run('add', async () => {
      const ownName = await ask(repositoryUrl);
      await change(api => api.addPublishBot({ id: request.id, ...ownName }));
    });
  const again = () =>
    run('again', () => change(api => api.getPublishRequest(request.id)));

  const isApp = bot.kind === 'app';
  const why = {
    missing: isApp
      ? `${name} is not installed for ${repository} yet.`
      : `${name} has no access to ${repository} yet, or not enough.`,
    invited: `${name} is invited to ${repository}, and accepts by itself in a moment.`,
    unknown: `What ${name} may do with ${repository} could not be found out.`,
    'not-needed': '',
    admin: '',
  }[bot.state];

  return (
    <RequestSection title="Prepare the hand over" emphasis={emphasis}>
      <div className={classes.root}>
        <Typography>
          {why} Once the request is approved, the repository moves to{' '}
          <strong>{target}</strong>; GitHub lets only administrators of a
          repository do that. Nothing is moved before.
        </Typography>
        {oneClick && (
          <div className={classes.actions}>
            <Button
              variant={emphasis ? 'contained' : 'outlined'}
              color="primary"
              disabled={Boolean(busy)}
              onClick={add}
            >
              {busy === 'add' ? 'Giving access …' : `Give ${name} access`}
            </Button>
          </div>
        )}
        <ActionRefusal error={error} />
        {bot.steps.length > 0 && (
          <>
            <Typography variant="body2" className={classes.subtle}>
              {oneClick ? 'Or by hand, on GitHub:' : 'On GitHub:'}
            </Typography>
            <ol className={classes.steps}>
              {bot.steps.map(step => (
                <li key={step}>{step}</li>
              ))}
            </ol>
          </>
        )}
        <div className={classes.actions}>
          {bot.url && (
            <LinkButton
              to={bot.url}
              variant="outlined"
              color="primary"
              endIcon={<OpenIcon />}
            >
              Open on GitHub
            </LinkButton>
          )}
          <Button
            variant={oneClick ? 'text' : 'outlined'}
            color="primary"
            disabled={Boolean(busy)}
            onClick={again}
          >
            {busy === 'again' ? 'Looking …' : 'Check again'}
          </Button>
        </div>
      </div>
    </RequestSection>
  );
}
